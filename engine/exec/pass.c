#include "pass.h"

#include "clock.h"

static int take_row(void *arg, unsigned worker, const struct message *m, uint32_t row, bool matched)
{
    return collector_take(arg, worker, m, row, matched);
}

static void add_step(struct pass_outcome *out, const char *step, uint64_t before, uint64_t after,
                     double ms)
{
    out->step[out->steps++] = (struct pass_step){step, before, after, ms};
}

static int ask_index(const struct environment *env, const struct compiled *c,
                     struct collector *collector, struct cancel *cancel, struct pass_outcome *out,
                     struct error *err)
{
    struct index_query q = {.query = c->query,
                            .matcher = c->matcher,
                            .tools = collector_wants_tools(collector),
                            .threads = c->threads,
                            .team = env->index_team,
                            .unit_bytes = env->unit_bytes,
                            .cancel = cancel};
    struct index_outcome o = {0};
    struct match_set *sets[INDEX_QUERY_MAX_THREADS];
    struct match_names *names[INDEX_QUERY_MAX_THREADS];
    int rc;
    for (unsigned i = 0; i < c->threads && i < INDEX_QUERY_MAX_THREADS; i++)
        collector_direct(collector, i, &sets[i], &names[i]);
    if (collector_has_companion(collector))
        rc =
            index_each(env->snapshot, &q, collector_every(collector), take_row, collector, &o, err);
    else
        rc = index_query(env->snapshot, &q, sets, names, &o, err);
    out->scan.bytes += o.bytes;
    out->scan.counts.messages += o.messages;
    out->scan.limited |= o.limited;
    out->scan.stopped = o.stopped;
    for (uint32_t i = 0; i < o.steps; i++)
        add_step(out, o.step[i].step, o.step[i].before, o.step[i].after, o.step[i].ms);
    return rc;
}

static int read_files(const struct environment *env, const struct compiled *c,
                      const struct source_list *sources, struct collector *collector,
                      struct cancel *cancel, struct pass_outcome *out, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct scan_outcome o;
    struct scan scan = compiled_scan(c, env, collector_sink(collector), cancel);
    scan.sources = sources;
    if (strategy_scan(compiled_reader(c), &scan, &o, err) != 0)
        return -1;
    if (env->profile != NULL)
        profile_add(env->profile, &o.profile);
    out->scan.files += o.files;
    out->scan.bytes += o.bytes;
    out->scan.unreadable += o.unreadable;
    out->scan.limited |= o.limited;
    out->scan.stopped = o.stopped;
    out->scan.counts.messages += o.counts.messages;
    out->scan.counts.malformed_lines += o.counts.malformed_lines;
    out->scan.counts.other_records += o.counts.other_records;
    out->scan.counts.text_bytes += o.counts.text_bytes;
    out->scan.counts.lines += o.counts.lines;
    add_step(out, "files", sources->count, o.counts.messages,
             (double)(clock_monotonic_ns() - started) / 1e6);
    return 0;
}

int pass_run(const struct environment *env, const struct compiled *c, struct collector *collector,
             struct cancel *cancel, struct pass_outcome *out, struct error *err)
{
    *out = (struct pass_outcome){0};
    if (c->strategy != STRATEGY_INDEX)
        return read_files(env, c, env->sources, collector, cancel, out, err);
    if (ask_index(env, c, collector, cancel, out, err) != 0)
        return -1;
    const struct source_list *rest = snapshot_uncovered(env->snapshot);
    if (rest->count == 0 || out->scan.stopped != CANCEL_NONE)
        return 0;
    return read_files(env, c, rest, collector, cancel, out, err);
}
