#include "snapshot_copies.h"

#include "sieve.h"
#include "snapshot_view.h"

#include <stdlib.h>

/* One run may be a file of any length. */
#define ROWS_BETWEEN_POLLS 16384u

struct wanted {
    struct hash128 id;
    size_t which;
};

struct pass {
    struct wanted *list; /* by id */
    size_t count;
    struct sieve sieve;
    struct cancel *cancel;
    snapshot_copy_fn *visit;
    void *arg;
};

static int compare_wanted(const void *a, const void *b)
{
    const struct wanted *x = a, *y = b;
    return hash128_compare(x->id, y->id);
}

static const struct wanted *find(const struct pass *p, const struct hash128 *id)
{
    size_t low = 0, high = p->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = hash128_compare(p->list[middle].id, *id);
        if (c == 0)
            return &p->list[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static int visit_rows(const struct pass *p, const struct snapshot_segment *v, uint32_t begin,
                      uint32_t end)
{
    const struct segment *g = v->segment;
    for (uint32_t row = begin; row < end; row++) {
        if (!sieve_may_hold(&p->sieve, g->identity[row]) ||
            (g->bits[row].rank & SEGMENT_HAS_UUID) == 0)
            continue;
        const struct wanted *w = find(p, &g->identity[row]);
        if (w != NULL && p->visit(p->arg, w->which, v->first_row + row) != 0)
            return -1;
    }
    return 0;
}

/* Return 1 if it was cancelled. */
static int visit_segment(const struct pass *p, const struct snapshot_segment *v)
{
    const struct segment *g = v->segment;
    uint32_t since = ROWS_BETWEEN_POLLS;
    for (uint32_t i = 0; i < g->runs; i++) {
        if (v->run_source[i] == SNAPSHOT_DEAD)
            continue;
        for (uint32_t row = g->run[i].row, end; row < g->run[i].end; row = end) {
            end =
                g->run[i].end - row > ROWS_BETWEEN_POLLS ? row + ROWS_BETWEEN_POLLS : g->run[i].end;
            if (since >= ROWS_BETWEEN_POLLS) {
                since = 0;
                if (cancel_poll(p->cancel) != CANCEL_NONE)
                    return 1;
            }
            since += end - row;
            if (visit_rows(p, v, row, end) != 0)
                return -1;
        }
    }
    return 0;
}

int snapshot_copies(const struct snapshot *s, const struct hash128 *ids, size_t n,
                    struct cancel *cancel, snapshot_copy_fn *visit, void *arg)
{
    struct pass p = {.count = n, .cancel = cancel, .visit = visit, .arg = arg};
    int rc = 0;
    if (n == 0)
        return 0;
    p.list = malloc(n * sizeof *p.list);
    if (p.list == NULL)
        return -1;
    for (size_t i = 0; i < n; i++) {
        p.list[i] = (struct wanted){ids[i], i};
        sieve_add(&p.sieve, ids[i]);
    }
    qsort(p.list, n, sizeof *p.list, compare_wanted);
    for (uint32_t i = 0; rc == 0 && i < s->segment_count; i++)
        rc = visit_segment(&p, &s->segments[i]);
    free(p.list);
    return rc < 0 ? -1 : 0;
}
