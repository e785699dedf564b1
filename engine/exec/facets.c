#include "facets.h"

#include "dimension.h"
#include "span.h"

#include <stdlib.h>

/* How often each number of a dimension occurs. */
struct counts {
    uint64_t *by_id;
    size_t size;
};

static int count_id(struct counts *c, uint32_t id)
{
    if (id >= c->size) {
        size_t size = c->size * 2 <= id ? (size_t)id + 64 : c->size * 2;
        uint64_t *p = realloc(c->by_id, size * sizeof *p);
        if (p == NULL)
            return -1;
        memset(p + c->size, 0, (size - c->size) * sizeof *p);
        c->by_id = p;
        c->size = size;
    }
    c->by_id[id]++;
    return 0;
}

static int count_all(struct dimension *d, struct counts *c)
{
    const struct result_set *r = d->results;
    uint32_t ids[DIMENSION_MAX_IDS];
    const uint32_t *list;
    for (uint64_t k = 0; k < r->shown_count; k++) {
        int n = dimension_ids(d, r->shown[k], ids, &list);
        for (int i = 0; i < n; i++)
            if (count_id(c, list[i]) != 0)
                return -1;
        if (n < 0)
            return -1;
    }
    return 0;
}

static int compare_buckets(const void *a, const void *b)
{
    const struct reply_bucket *x = a, *y = b;
    if (x->count != y->count)
        return x->count > y->count ? -1 : 1;
    if ((x->value.ptr == NULL) != (y->value.ptr == NULL))
        return x->value.ptr == NULL ? -1 : 1;
    return span_compare(x->value, y->value);
}

static int keep(const struct reply_bucket *all, size_t n, uint32_t limit, struct arena *arena,
                struct reply_facet *out)
{
    out->count = n > limit ? limit : (uint32_t)n;
    struct reply_bucket *kept = arena_alloc(arena, ((size_t)out->count + 1) * sizeof *kept);
    if (kept == NULL)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (i >= out->count) {
            out->others += dimension_is_single(out->facet) ? all[i].count : 0;
            continue;
        }
        kept[i] = all[i];
        if (all[i].value.ptr != NULL && arena_copy(arena, all[i].value, &kept[i].value) != 0)
            return -1;
    }
    out->buckets = kept;
    return 0;
}

static int count_one(const struct result_set *r, uint32_t limit, const struct zone *zone,
                     struct arena *arena, struct reply_facet *out)
{
    struct counts c = {0};
    struct dimension d;
    struct reply_bucket *all = NULL;
    size_t n = 0;
    int rc = dimension_init(&d, r, out->facet, zone);
    if (rc == 0)
        rc = count_all(&d, &c);
    if (rc == 0 && (all = malloc((c.size + 1) * sizeof *all)) == NULL)
        rc = -1;
    for (size_t id = 0; rc == 0 && id < c.size; id++)
        if (c.by_id[id] > 0)
            all[n++] = (struct reply_bucket){dimension_name(&d, (uint32_t)id), c.by_id[id]};
    if (rc == 0) {
        qsort(all, n, sizeof *all, compare_buckets);
        rc = keep(all, n, limit, arena, out);
    }
    free(all);
    free(c.by_id);
    dimension_clear(&d);
    return rc;
}

int facets_count(const struct result_set *r, unsigned mask, uint32_t limit, const struct zone *zone,
                 struct arena *arena, struct reply_facet **out, uint32_t *count)
{
    *out = arena_zalloc(arena, FACET_COUNT * sizeof **out);
    *count = 0;
    if (*out == NULL)
        return -1;
    for (unsigned f = 0; f < FACET_COUNT; f++) {
        if ((mask & (1u << f)) == 0)
            continue;
        struct reply_facet *one = &(*out)[(*count)++];
        one->facet = (enum facet)f;
        if (count_one(r, limit, zone, arena, one) != 0)
            return -1;
    }
    return 0;
}
