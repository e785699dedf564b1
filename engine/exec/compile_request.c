#include "compile_request.h"

#include "clock.h"
#include "error.h"
#include "session_list.h"

/* The parameters of a request and the fields of the query language are the same, in one order. */
_Static_assert((int)FILTER_COUNT == (int)FIELD_ID && (int)FILTER_HAS == (int)FIELD_HAS &&
                   (int)FILTER_PART == (int)FIELD_PART && (int)FILTER_SINCE == (int)FIELD_SINCE,
               "request_filter and field must agree");
_Static_assert((int)MODE_REGEX == (int)QUERY_MODE_REGEX && (int)CASE_SMART == (int)QUERY_CASE_SMART,
               "modes and cases must agree");

static int parse(const struct request_query *r, const struct compiled *c, struct query **out,
                 struct error *err)
{
    struct query_input in = {.text = r->q,
                             .mode = (enum query_mode)r->mode,
                             .letter_case = (enum query_case)r->letter_case,
                             .word = r->word,
                             .now_ms = c->now_ms,
                             .zone = c->zone};
    for (int f = 0; f < FILTER_COUNT; f++) {
        in.values[f] = r->values[f];
        in.value_count[f] = r->value_count[f];
    }
    return query_parse(&in, out, err);
}

static enum strategy choose(const struct environment *env, enum strategy asked)
{
    if (asked == STRATEGY_INDEX && env->snapshot != NULL)
        return STRATEGY_INDEX;
    if (strategy_available(asked))
        return asked;
    return strategy_available(env->strategy) ? env->strategy : strategy_choose(env->sources);
}

int request_compile(const struct environment *env, const struct request_query *r, int64_t now_ms,
                    struct cancel *cancel, struct compiled *out, struct error *err)
{
    struct span tz = r->tz.ptr == NULL ? (struct span){"UTC", 3} : r->tz;
    *out = (struct compiled){0};
    out->now_ms = now_ms != 0 ? now_ms : r->now_ms != 0 ? r->now_ms : clock_now_ms();
    out->strategy = choose(env, r->strategy);
    out->threads = r->threads != 0 ? r->threads : env->threads;
    if (out->threads > SCAN_MAX_THREADS)
        out->threads = SCAN_MAX_THREADS;
    if (out->strategy == STRATEGY_SERIAL)
        out->threads = 1;
    if (zone_open(tz, &out->zone, err) != 0) {
        error_parameter(err, "tz");
        return -1;
    }
    if (parse(r, out, &out->query, err) != 0)
        return -1;
    if (out->query->prefix_sessions && session_list_pin(env, out, cancel, err) != 0)
        return -1;
    bool oracle = out->strategy == STRATEGY_SERIAL;
    if (matcher_new(out->query, oracle ? MATCHER_ORACLE : MATCHER_FAST, &out->matcher, err) != 0)
        return -1;
    if (!oracle && prefilter_new(out->matcher, &out->prefilter) != 0)
        return error_no_memory(err);
    return 0;
}

void compiled_clear(struct compiled *c)
{
    prefilter_free(c->prefilter);
    matcher_free(c->matcher);
    query_free(c->query);
    zone_close(c->zone);
    *c = (struct compiled){0};
}

struct scan compiled_scan(const struct compiled *c, const struct environment *env,
                          struct scan_sink sink, struct cancel *cancel)
{
    return (struct scan){.sources = env->sources,
                         .query = c->query,
                         .matcher = c->matcher,
                         .prefilter = c->prefilter,
                         .sink = sink,
                         .threads = c->threads,
                         .team = env->team,
                         .unit_bytes = env->unit_bytes,
                         .cancel = cancel};
}

enum strategy compiled_reader(const struct compiled *c)
{
    return c->strategy == STRATEGY_INDEX ? STRATEGY_WORKSHARING : c->strategy;
}

enum incomplete_reason request_incomplete(const struct scan_outcome *o)
{
    if (o->stopped == CANCEL_TIMEOUT)
        return INCOMPLETE_TIMEOUT;
    if (o->stopped != CANCEL_NONE)
        return INCOMPLETE_CANCELLED;
    return o->limited ? INCOMPLETE_REGEX_LIMIT : INCOMPLETE_NONE;
}

struct reply_scanned request_scanned(const struct scan_outcome *o)
{
    return (struct reply_scanned){o->files, o->bytes, o->counts.messages,
                                  o->counts.malformed_lines};
}
