#include "facets.h"

#include "clock.h"
#include "span.h"

#include <stdio.h>
#include <stdlib.h>

/* Counts by number: of an intern table, or of an enumeration. */
struct counts {
    uint64_t *by_id;
    size_t size;
};

/* A day is counted by name; the last one is remembered, since neighbours in time are the rule. */
struct day_counter {
    struct intern names;
    int64_t day;
    uint32_t id;
    bool any;
};

static uint32_t day_id(struct day_counter *d, int64_t day)
{
    char text[16];
    int y, m, dd;
    if (d->any && day == d->day)
        return d->id;
    clock_civil_from_days(day, &y, &m, &dd);
    int n = snprintf(text, sizeof text, "%04d-%02d-%02d", y, m, dd);
    if (intern_put(&d->names, (struct span){text, (size_t)n}, &d->id) != 0)
        return UINT32_MAX;
    d->any = true;
    d->day = day;
    return d->id;
}

static int grow(struct counts *c, size_t need)
{
    if (need <= c->size)
        return 0;
    size_t size = c->size * 2 < need ? need : c->size * 2;
    uint64_t *p = realloc(c->by_id, size * sizeof *p);
    if (p == NULL)
        return -1;
    memset(p + c->size, 0, (size - c->size) * sizeof *p);
    c->by_id = p;
    c->size = size;
    return 0;
}

static int count_days(const struct result_set *r, const struct zone *zone, struct day_counter *d,
                      struct counts *c)
{
    for (uint64_t k = 0; k < r->shown_count; k++) {
        uint32_t id = day_id(d, zone_day(zone, r->all[r->shown[k]].time_ms));
        if (id == UINT32_MAX || grow(c, (size_t)id + 1) != 0)
            return -1;
        c->by_id[id]++;
    }
    return 0;
}

/* Each list of tools counts for its names; few distinct lists, so they are taken apart once. */
static int count_tools(const struct result_set *r, struct intern *names, struct counts *c)
{
    struct counts lists = {0};
    int rc = grow(&lists, (size_t)r->names.tools.count + 1);
    for (uint64_t k = 0; rc == 0 && k < r->shown_count; k++)
        lists.by_id[r->all[r->shown[k]].tools]++;
    for (uint32_t id = 1; rc == 0 && id < r->names.tools.count; id++) {
        struct span rest = intern_get(&r->names.tools, id), name;
        while (rc == 0 && match_tools_next(&rest, &name)) {
            uint32_t tool;
            rc = intern_put(names, name, &tool);
            if (rc == 0)
                rc = grow(c, (size_t)tool + 1);
            if (rc == 0)
                c->by_id[tool] += lists.by_id[id];
        }
    }
    free(lists.by_id);
    return rc;
}

static void count_parts(const struct result_set *r, struct counts *c)
{
    for (uint64_t k = 0; k < r->shown_count; k++)
        for (unsigned p = 0; p < PART_COUNT; p++)
            c->by_id[p] += (r->all[r->shown[k]].parts >> p) & 1;
}

static uint32_t value_id(const struct result_set *r, enum facet f, const struct match *m)
{
    switch (f) {
    case FACET_ROLE:
        return vocabulary_kind_role((enum kind)m->kind);
    case FACET_KIND:
        return m->kind;
    case FACET_PROJECT:
        return r->place_project[m->place];
    case FACET_SESSION:
        return r->place_session[m->place];
    case FACET_MODEL:
        return m->model;
    default:
        return m->branch;
    }
}

static size_t id_limit(const struct result_set *r, enum facet f)
{
    switch (f) {
    case FACET_PROJECT:
    case FACET_SESSION:
        return (size_t)r->values.count + 1;
    case FACET_MODEL:
        return (size_t)r->names.model.count + 1;
    case FACET_BRANCH:
        return (size_t)r->names.branch.count + 1;
    default:
        return 16; /* roles, kinds, parts */
    }
}

static struct span value_name(const struct result_set *r, enum facet f, const struct intern *own,
                              uint32_t id)
{
    switch (f) {
    case FACET_ROLE:
        return span_of(vocabulary_role_name((enum role)id));
    case FACET_KIND:
        return span_of(vocabulary_kind_name((enum kind)id));
    case FACET_PART:
        return span_of(vocabulary_part_name((enum part)id));
    case FACET_PROJECT:
    case FACET_SESSION:
        return intern_get(&r->values, id);
    case FACET_MODEL:
        return intern_get(&r->names.model, id);
    case FACET_BRANCH:
        return intern_get(&r->names.branch, id);
    default:
        return intern_get(own, id);
    }
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

/* The ${limit} largest buckets into the arena. */
static int fill(const struct result_set *r, const struct counts *c, const struct intern *own,
                uint32_t limit, struct arena *arena, struct reply_facet *out)
{
    struct reply_bucket *all = malloc((c->size + 1) * sizeof *all), *kept;
    size_t n = 0;
    int rc = -1;
    for (size_t id = 0; all != NULL && id < c->size; id++)
        if (c->by_id[id] > 0)
            all[n++] =
                (struct reply_bucket){value_name(r, out->facet, own, (uint32_t)id), c->by_id[id]};
    if (all == NULL)
        return -1;
    qsort(all, n, sizeof *all, compare_buckets);
    out->count = n > limit ? limit : (uint32_t)n;
    if (out->facet != FACET_TOOL && out->facet != FACET_PART)
        for (size_t i = out->count; i < n; i++)
            out->others += all[i].count;
    kept = arena_alloc(arena, ((size_t)out->count + 1) * sizeof *kept);
    if (kept == NULL)
        goto done;
    memcpy(kept, all, out->count * sizeof *kept);
    out->buckets = kept;
    for (uint32_t i = 0; i < out->count; i++)
        if (kept[i].value.ptr != NULL && arena_copy(arena, kept[i].value, &kept[i].value) != 0)
            goto done;
    rc = 0;
done:
    free(all);
    return rc;
}

static int count_one(const struct result_set *r, uint32_t limit, const struct zone *zone,
                     struct arena *arena, struct reply_facet *out)
{
    struct counts c = {0};
    struct day_counter days = {0};
    intern_init(&days.names);
    int rc = grow(&c, id_limit(r, out->facet));
    if (rc != 0)
        goto done;
    if (out->facet == FACET_DAY)
        rc = count_days(r, zone, &days, &c);
    else if (out->facet == FACET_TOOL)
        rc = count_tools(r, &days.names, &c);
    else if (out->facet == FACET_PART)
        count_parts(r, &c);
    else
        for (uint64_t k = 0; k < r->shown_count; k++)
            c.by_id[value_id(r, out->facet, &r->all[r->shown[k]])]++;
    if (rc == 0)
        rc = fill(r, &c, &days.names, limit, arena, out);
done:
    free(c.by_id);
    intern_clear(&days.names);
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
