#include "engine.h"

#include "arena.h"
#include "engine_inner.h"
#include "error.h"
#include "hash.h"

#include <stdlib.h>
#include <string.h>

/* A hash over everything that tells one state of the files from another. */
static uint64_t fingerprint(const struct source_list *list)
{
    uint64_t h = list->count;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct source *s = &list->items[i];
        uint64_t facts[] = {s->size, (uint64_t)s->mtime_ns, s->device, s->inode};
        h = hash_64_seeded(s->name, h);
        h = hash_64_seeded((struct span){(const char *)facts, sizeof facts}, h);
    }
    return h;
}

void engine_remember_counts(struct engine *e, const struct view *v,
                            const struct extract_counts *counts)
{
    const struct source_list *list = v->env.sources;
    struct counted now = {true, fingerprint(list), list->count, list->bytes, *counts};
    pthread_mutex_lock(&e->lock);
    e->counted = now;
    pthread_mutex_unlock(&e->lock);
}

static int take_nothing(void *arg, unsigned worker, const struct message *m, bool matched)
{
    (void)arg;
    (void)worker;
    (void)m;
    (void)matched;
    return 0;
}

static struct extract_counts counts_of(const struct snapshot_totals *t)
{
    return (struct extract_counts){.messages = t->messages,
                                   .other_records = t->other_records,
                                   .malformed_lines = t->malformed_lines,
                                   .text_bytes = t->text_bytes};
}

/* What all lines hold, where that is known without reading them. */
static bool known_counts(struct engine *e, const struct view *v, struct extract_counts *out)
{
    if (v->snapshot != NULL && snapshot_uncovered(v->snapshot)->count == 0) {
        struct snapshot_totals t;
        snapshot_totals(v->snapshot, &t);
        *out = counts_of(&t);
        return true;
    }
    uint64_t print = fingerprint(v->env.sources);
    pthread_mutex_lock(&e->lock);
    bool known = e->counted.known && e->counted.print == print;
    if (known)
        *out = e->counted.counts;
    pthread_mutex_unlock(&e->lock);
    return known;
}

/* *${known} only if nothing cut it short: a part of the lines would pass for all. */
static int count_lines(struct engine *e, const struct view *v, struct cancel *cancel,
                       struct extract_counts *out, bool *known, struct error *err)
{
    struct scan_outcome outcome;
    struct scan scan = {.sources = v->env.sources,
                        .sink = {.take = take_nothing, .every = true},
                        .threads = e->threads,
                        .team = e->team,
                        .cancel = cancel};
    if (strategy_scan(STRATEGY_WORKSHARING, &scan, &outcome, err) != 0)
        return -1;
    *out = outcome.counts;
    *known = outcome.stopped == CANCEL_NONE;
    if (*known)
        engine_remember_counts(e, v, out);
    return 0;
}

/* --- the state ----------------------------------------------------------------------------------- */

static void set_counts(struct engine_state *s, const struct extract_counts *c)
{
    s->counted = true;
    s->messages = c->messages;
    s->malformed_lines = c->malformed_lines;
    s->other_records = c->other_records;
}

/* What the index says of itself; s->bytes is known. */
static void set_index(struct engine_state *s, const struct index_state *state,
                      const struct snapshot_totals *totals)
{
    s->ready = state->ready;
    s->bytes_done = state->ready ? s->bytes : state->bytes_done;
    s->progress = state->ready ? 1 : 0;
    if (!state->ready && state->bytes_total > 0)
        s->progress = (double)state->bytes_done / (double)state->bytes_total;
    s->eta_s = state->eta_s;
    s->index_enabled = true;
    s->index_messages = totals->messages;
    s->index_text_bytes = totals->text_bytes;
    s->index_segments = totals->segments;
    s->index_disk_bytes = totals->disk_bytes;
    s->index_memory_bytes = totals->memory_bytes;
    s->index_last_refresh_ms = state->last_refresh_ms;
    s->index_refresh_ns = state->refresh_ns;
}

void engine_state(struct engine *e, struct engine_state *out)
{
    struct index_state state;
    pthread_mutex_lock(&e->lock);
    *out = (struct engine_state){.files = e->seen.files,
                                 .bytes = e->seen.bytes,
                                 .sample = e->seen.sample,
                                 .ready = true,
                                 .progress = 1};
    if (e->counted.known && e->counted.files == out->files && e->counted.bytes == out->bytes)
        set_counts(out, &e->counted.counts);
    pthread_mutex_unlock(&e->lock);
    if (e->index == NULL)
        return;
    index_state(e->index, &state);
    if (state.ready && (state.files > 0 || !out->sample)) {
        struct extract_counts counts = counts_of(&state.totals);
        out->files = state.files;
        out->bytes = state.bytes;
        out->sample = false;
        set_counts(out, &counts);
    }
    if (!out->sample)
        set_index(out, &state, &state.totals);
}

/* --- after a look -------------------------------------------------------------------------------- */

/* The caller sees the first member. */
struct status_answer {
    struct engine_status status;
    struct arena arena;
};

static int copy_unreadable(struct status_answer *a, const struct source_list *list)
{
    struct reply_unreadable *items =
        arena_alloc(&a->arena, ((size_t)list->unreadable_count + 1) * sizeof *items);
    if (items == NULL)
        return -1;
    for (uint32_t i = 0; i < list->unreadable_count; i++)
        if (arena_copy(&a->arena, list->unreadable[i].name, &items[i].source) != 0 ||
            arena_copy(&a->arena, list->unreadable[i].reason, &items[i].reason) != 0)
            return -1;
    a->status.unreadable = items;
    a->status.unreadable_count = list->unreadable_count;
    return 0;
}

static int count_roots(struct status_answer *a, const struct source_list *list)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i].root >= count)
            count = list->items[i].root + 1;
    struct reply_root *roots = arena_zalloc(&a->arena, ((size_t)count + 1) * sizeof *roots);
    if (roots == NULL)
        return -1;
    for (uint32_t i = 0; i < list->count; i++) {
        struct reply_root *root = &roots[list->items[i].root];
        root->files++;
        root->bytes += list->items[i].size;
    }
    a->status.roots = roots;
    a->status.root_count = count;
    return 0;
}

static int fill_profile(struct status_answer *a, const struct profile *p, enum strategy strategy,
                        struct reply_profile *out)
{
    struct reply_phase *phases = arena_zalloc(&a->arena, PHASE_COUNT * sizeof *phases);
    uint64_t total = profile_total(p);
    if (phases == NULL)
        return -1;
    for (int i = 0; i < PHASE_COUNT; i++)
        phases[i] = (struct reply_phase){.phase = profile_phase_name((enum phase)i),
                                         .ms = (double)p->ns[i] / 1e6,
                                         .share = total == 0 ? 0 : (double)p->ns[i] / (double)total,
                                         .bytes = p->bytes[i],
                                         .records = p->records[i]};
    *out = (struct reply_profile){.strategy = strategy,
                                  .runs = p->runs,
                                  .io = profile_io_name(p->io),
                                  .phases = phases,
                                  .phase_count = PHASE_COUNT};
    return 0;
}

/* The strategies that have run, and where their time went. */
static int fill_profiles(struct engine *e, struct status_answer *a)
{
    struct profile all[STRATEGY_COUNT];
    struct reply_profile *items = arena_zalloc(&a->arena, STRATEGY_COUNT * sizeof *items);
    if (items == NULL)
        return -1;
    pthread_mutex_lock(&e->lock);
    memcpy(all, e->profiles, sizeof all);
    pthread_mutex_unlock(&e->lock);
    if (e->index != NULL)
        index_profile(e->index, &all[STRATEGY_INDEX]); /* what reading for it took */
    for (int s = 0; s < STRATEGY_COUNT; s++)
        if (all[s].runs > 0 &&
            fill_profile(a, &all[s], (enum strategy)s, &items[a->status.profile_count++]) != 0)
            return -1;
    a->status.profiles = items;
    return 0;
}

static int fill(struct engine *e, const struct view *v, bool counts, struct cancel *cancel,
                struct status_answer *a, struct error *err)
{
    struct extract_counts seen = {0};
    struct engine_state *s = &a->status.state;
    *s = (struct engine_state){.files = v->env.sources->count,
                               .bytes = v->env.sources->bytes,
                               .sample = v->sample,
                               .ready = true,
                               .progress = 1};
    bool known = known_counts(e, v, &seen);
    if (!known && counts && count_lines(e, v, cancel, &seen, &known, err) != 0)
        return -1;
    if (known)
        set_counts(s, &seen);
    if (v->snapshot != NULL) {
        struct index_state state;
        struct snapshot_totals totals;
        index_state(e->index, &state);
        snapshot_totals(v->snapshot, &totals);
        set_index(s, &state, &totals);
    }
    return copy_unreadable(a, v->env.sources) == 0 && count_roots(a, v->env.sources) == 0 &&
                   fill_profiles(e, a) == 0
               ? 0
               : error_no_memory(err);
}

int engine_status(struct engine *e, bool counts, struct cancel *cancel, struct engine_status **out,
                  struct error *err)
{
    struct view v;
    struct status_answer *a = calloc(1, sizeof *a);
    if (a == NULL)
        return error_no_memory(err);
    arena_init(&a->arena);
    int rc = view_open(e, STRATEGY_INDEX, &v, err);
    if (rc == 0) {
        rc = fill(e, &v, counts, cancel, a, err);
        view_close(&v);
    }
    if (rc == 0)
        *out = &a->status;
    else
        engine_status_free(&a->status);
    return rc;
}

void engine_status_free(struct engine_status *s)
{
    struct status_answer *a = (struct status_answer *)s;
    if (a == NULL)
        return;
    arena_clear(&a->arena);
    free(a);
}
