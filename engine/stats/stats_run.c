#include "stats_run.h"

#include "clock.h"
#include "error.h"
#include "reply.h"
#include "span.h"
#include "tally.h"

#include <stdlib.h>

/* A row in the making. */
struct sums {
    struct reply_stats_row row;
    struct pair_set unpriced; /* numbers of models in tally.responses.models */
    bool used;
};

struct counting {
    const struct tally *tally;
    const struct pricing *pricing;
    struct dimension dimension;
    bool by; /* rows are asked for */
    struct sums totals;
    struct sums *rows; /* by number in the dimension */
    size_t row_count;
    struct pair_set projects, files; /* (row + 1, number); row 0 is the totals */
};

static struct sums *row_at(struct counting *c, uint32_t id)
{
    if (id >= c->row_count) {
        size_t size = (size_t)id * 2 + 64;
        struct sums *p = realloc(c->rows, size * sizeof *p);
        if (p == NULL)
            return NULL;
        memset(p + c->row_count, 0, (size - c->row_count) * sizeof *p);
        c->rows = p;
        c->row_count = size;
    }
    struct sums *s = &c->rows[id];
    if (!s->used) {
        s->used = true;
        s->row.first_ms = s->row.last_ms = TIME_NONE;
    }
    return s;
}

/* Call ${fn} for the totals and each row that the match ${index} counts in. */
typedef int row_fn(struct counting *c, struct sums *s, uint32_t row, uint32_t index);

static int each_row(struct counting *c, uint32_t index, row_fn *fn)
{
    uint32_t ids[DIMENSION_MAX_IDS];
    const uint32_t *list;
    if (fn(c, &c->totals, 0, index) != 0)
        return -1;
    if (!c->by)
        return 0;
    int n = dimension_ids(&c->dimension, index, ids, &list);
    for (int i = 0; i < n; i++) {
        struct sums *s = row_at(c, list[i]);
        if (s == NULL || fn(c, s, list[i] + 1, index) != 0)
            return -1;
    }
    return n < 0 ? -1 : 0;
}

static int add_message(struct counting *c, struct sums *s, uint32_t row, uint32_t index)
{
    const struct match *m = &c->tally->results.all[index];
    struct reply_stats_row *r = &s->row;
    r->messages++;
    r->prompts += m->kind == KIND_PROMPT;
    r->tool_calls += tally_record_of(c->tally, index)->tool_calls;
    r->errors += (m->flags & MESSAGE_ERROR) != 0;
    if (r->first_ms == TIME_NONE || m->time_ms < r->first_ms)
        r->first_ms = m->time_ms;
    if (r->last_ms == TIME_NONE || m->time_ms > r->last_ms)
        r->last_ms = m->time_ms;
    int project = pair_set_add(&c->projects, row, c->tally->results.place_project[m->place]);
    r->projects += project > 0;
    return project < 0 ? -1 : 0;
}

static int add_session(struct counting *c, struct sums *s, uint32_t row, uint32_t index)
{
    (void)c;
    (void)row;
    (void)index;
    s->row.sessions++;
    return 0;
}

static int add_file(struct counting *c, struct sums *s, uint32_t row, uint32_t index)
{
    int file = pair_set_add(&c->files, row, c->tally->results.all[index].source);
    s->row.files += file > 0;
    return file < 0 ? -1 : 0;
}

static int add_usage(struct counting *c, struct sums *s, const struct response *one)
{
    return tally_spend(c->tally, c->pricing, one, &s->row.tokens, &s->row.cost_picodollars,
                       &s->unpriced);
}

static int count_sessions(struct counting *c)
{
    uint32_t *first;
    int rc = tally_first_of_sessions(c->tally, &first);
    for (uint32_t s = 0; rc == 0 && s < c->tally->results.values.count; s++)
        if (first[s] != 0)
            rc = each_row(c, first[s] - 1, add_session);
    free(first);
    return rc;
}

static int count_responses(struct counting *c)
{
    const struct tally *t = c->tally;
    uint32_t ids[DIMENSION_MAX_IDS];
    const uint32_t *list;
    for (uint32_t i = 0; i < t->responses.count; i++) {
        if (t->first_match[i] == 0)
            continue;
        const struct response *one = &t->responses.items[i];
        if (add_usage(c, &c->totals, one) != 0)
            return -1;
        int n = c->by ? dimension_ids(&c->dimension, t->first_match[i] - 1, ids, &list) : 0;
        for (int k = 0; k < n; k++) {
            struct sums *s = row_at(c, list[k]);
            if (s == NULL || add_usage(c, s, one) != 0)
                return -1;
        }
        if (n < 0)
            return -1;
    }
    return 0;
}

static int count_all(struct counting *c)
{
    const struct result_set *r = &c->tally->results;
    for (uint64_t k = 0; k < r->shown_count; k++)
        if (each_row(c, r->shown[k], add_message) != 0)
            return -1;
    for (uint64_t i = 0; i < r->count; i++)
        if (each_row(c, (uint32_t)i, add_file) != 0)
            return -1;
    return count_sessions(c) == 0 ? count_responses(c) : -1;
}

/* The models without a price. */
static int finish_row(struct counting *c, struct sums *s, struct arena *arena)
{
    return pair_set_names(&s->unpriced, &c->tally->responses.models, arena, &s->row.unpriced_models,
                          &s->row.unpriced_count);
}

static int compare_rows(const void *a, const void *b)
{
    const struct reply_stats_row *x = a, *y = b;
    if (x->messages != y->messages)
        return x->messages > y->messages ? -1 : 1;
    return (x->key.ptr == NULL) != (y->key.ptr == NULL) ? (x->key.ptr == NULL ? -1 : 1)
                                                        : span_compare(x->key, y->key);
}

/* Days and hours read best in their own order. */
static int compare_row_keys(const void *a, const void *b)
{
    const struct span x = ((const struct reply_stats_row *)a)->key,
                      y = ((const struct reply_stats_row *)b)->key;
    return x.len != y.len ? (x.len < y.len ? -1 : 1) : span_compare(x, y);
}

static int write_rows(struct counting *c, struct stats_answer *a)
{
    struct reply_stats_row *rows = arena_alloc(&a->arena, (c->row_count + 1) * sizeof *rows);
    uint32_t n = 0;
    if (rows == NULL)
        return -1;
    for (size_t id = 0; id < c->row_count; id++) {
        struct sums *s = &c->rows[id];
        struct span name;
        if (!s->used || s->row.messages == 0)
            continue;
        if (finish_row(c, s, &a->arena) != 0)
            return -1;
        name = dimension_name(&c->dimension, (uint32_t)id);
        rows[n] = s->row;
        if (name.ptr != NULL && arena_copy(&a->arena, name, &rows[n].key) != 0)
            return -1;
        n++;
    }
    bool ordered = c->dimension.facet == FACET_DAY || c->dimension.facet == FACET_HOUR;
    qsort(rows, n, sizeof *rows, ordered ? compare_row_keys : compare_rows);
    a->reply.rows = rows;
    a->reply.row_count = n;
    return 0;
}

static int count(const struct tally *t, const struct pricing *pricing, enum facet by,
                 struct stats_answer *a)
{
    struct counting c = {.tally = t, .pricing = pricing, .by = by != FACET_NONE};
    int rc = 0;
    c.totals.row.first_ms = c.totals.row.last_ms = TIME_NONE;
    if (c.by)
        rc = tally_dimension(t, by, &c.dimension);
    if (rc == 0)
        rc = count_all(&c);
    if (rc == 0)
        rc = finish_row(&c, &c.totals, &a->arena);
    if (rc == 0 && c.by)
        rc = write_rows(&c, a);
    a->reply.totals = c.totals.row;
    for (size_t i = 0; i < c.row_count; i++)
        pair_set_clear(&c.rows[i].unpriced);
    pair_set_clear(&c.totals.unpriced);
    pair_set_clear(&c.projects);
    pair_set_clear(&c.files);
    free(c.rows);
    if (c.by)
        dimension_clear(&c.dimension);
    return rc;
}

int stats_run(const struct environment *env, const struct pricing *pricing,
              const struct stats_request *request, struct cancel *cancel,
              struct extract_counts *counts, struct stats_reply **out, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct tally tally;
    struct stats_answer *a = calloc(1, sizeof *a);
    int rc = -1;
    *out = NULL;
    if (a == NULL)
        return error_no_memory(err);
    arena_init(&a->arena);
    if (tally_run(env, &request->query, cancel, &tally, err) == 0) {
        rc = count(&tally, pricing, request->by, a);
        if (rc != 0)
            error_no_memory(err);
    }
    if (rc == 0) {
        a->reply.by = request->by;
        a->reply.incomplete_reason = request_incomplete(&tally.outcome);
        a->reply.complete = a->reply.incomplete_reason == INCOMPLETE_NONE;
        a->reply.strategy = tally.compiled.strategy;
        a->reply.scanned = request_scanned(&tally.outcome);
        *counts = tally.outcome.counts;
        a->reply.took_ms = (double)(clock_monotonic_ns() - started) / 1e6;
        *out = &a->reply;
    } else {
        stats_reply_free(&a->reply);
    }
    tally_clear(&tally);
    return rc;
}

void stats_reply_free(struct stats_reply *r)
{
    struct stats_answer *a = (struct stats_answer *)r;
    if (a == NULL)
        return;
    arena_clear(&a->arena);
    free(a);
}
