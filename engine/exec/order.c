#include "order.h"

#include <stdlib.h>

struct order_key order_key_of(const struct result_set *r, uint32_t index)
{
    const struct match *m = &r->all[index];
    return (struct order_key){.score = r->scores == NULL ? 0 : r->scores[index],
                              .time_ms = m->time_ms,
                              .source = (uint64_t)m->source * 2 + 1,
                              .offset = m->offset,
                              .position = m->position};
}

static int compare_oldest(const struct order_key *a, const struct order_key *b)
{
    if (a->time_ms != b->time_ms)
        return a->time_ms < b->time_ms ? -1 : 1;
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return (a->position > b->position) - (a->position < b->position);
}

int order_compare(enum request_sort sort, const struct order_key *a, const struct order_key *b)
{
    if (sort == SORT_OLDEST)
        return compare_oldest(a, b);
    if (sort == SORT_RELEVANCE && (a->score > b->score || a->score < b->score))
        return a->score > b->score ? -1 : 1;
    return compare_oldest(b, a);
}

struct entry {
    struct order_key key;
    uint32_t index;
};

/* The page in the making: a heap whose root is the last of the entries kept, or all in a row. */
struct selection {
    enum request_sort sort;
    struct entry *items;
    size_t count;
    size_t limit;
};

static bool later(const struct selection *s, size_t a, size_t b)
{
    return order_compare(s->sort, &s->items[a].key, &s->items[b].key) > 0;
}

static void swap(struct selection *s, size_t a, size_t b)
{
    struct entry t = s->items[a];
    s->items[a] = s->items[b];
    s->items[b] = t;
}

static void sift_down(struct selection *s, size_t at)
{
    for (;;) {
        size_t last = at, left = 2 * at + 1;
        if (left < s->count && later(s, left, last))
            last = left;
        if (left + 1 < s->count && later(s, left + 1, last))
            last = left + 1;
        if (last == at)
            return;
        swap(s, at, last);
        at = last;
    }
}

static void offer(struct selection *s, const struct entry *e)
{
    if (s->count < s->limit) {
        s->items[s->count++] = *e;
        if (s->count == s->limit)
            for (size_t i = s->count / 2; i-- > 0;)
                sift_down(s, i);
    } else if (order_compare(s->sort, &e->key, &s->items[0].key) < 0) {
        s->items[0] = *e;
        sift_down(s, 0);
    }
}

static int compare_entries(const void *a, const void *b, void *arg)
{
    const struct selection *s = arg;
    return order_compare(s->sort, &((const struct entry *)a)->key, &((const struct entry *)b)->key);
}

/* For each session the index + 1 of its first hit, and how many it has. */
static int first_of_sessions(const struct result_set *r, enum request_sort sort, uint32_t *first,
                             uint64_t *counts)
{
    for (uint64_t k = 0; k < r->shown_count; k++) {
        uint32_t i = r->shown[k], session = r->place_session[r->all[i].place];
        struct order_key key = order_key_of(r, i), best;
        counts[session]++;
        if (first[session] != 0) {
            best = order_key_of(r, first[session] - 1);
            if (order_compare(sort, &key, &best) > 0)
                continue;
        }
        first[session] = i + 1;
    }
    return 0;
}

static void offer_after(const struct result_set *r, uint32_t index, const struct order_key *after,
                        struct selection *s)
{
    struct entry e = {order_key_of(r, index), index};
    if (after == NULL || order_compare(s->sort, &e.key, after) > 0)
        offer(s, &e);
}

static int finish(const struct result_set *r, struct selection *s, uint32_t limit,
                  const uint64_t *counts, struct page *out)
{
    qsort_r(s->items, s->count, sizeof *s->items, compare_entries, s);
    out->more = s->count > limit;
    out->count = out->more ? limit : (uint32_t)s->count;
    out->items = malloc(((size_t)out->count + 1) * sizeof *out->items);
    out->group_counts =
        counts == NULL ? NULL : malloc(((size_t)out->count + 1) * sizeof *out->group_counts);
    if (out->items == NULL || (counts != NULL && out->group_counts == NULL))
        return -1;
    for (uint32_t i = 0; i < out->count; i++) {
        out->items[i] = s->items[i].index;
        if (counts != NULL)
            out->group_counts[i] = counts[r->place_session[r->all[s->items[i].index].place]];
    }
    return 0;
}

int page_select(const struct result_set *r, enum request_sort sort, bool group,
                const struct order_key *after, uint32_t limit, struct page *out)
{
    size_t sessions = (size_t)r->values.count + 1;
    uint32_t *first = group ? calloc(sessions, sizeof *first) : NULL;
    uint64_t *counts = group ? calloc(sessions, sizeof *counts) : NULL;
    struct selection s = {.sort = sort}; /* one more than asked for tells whether more follow */
    int rc = -1;
    *out = (struct page){0};
    s.limit = limit >= r->shown_count ? (size_t)r->shown_count + 1 : (size_t)limit + 1;
    s.items = malloc(s.limit * sizeof *s.items);
    if (s.items == NULL || (group && (first == NULL || counts == NULL)))
        goto done;
    if (group) {
        first_of_sessions(r, sort, first, counts);
        for (size_t i = 0; i < sessions; i++)
            if (first[i] != 0)
                offer_after(r, first[i] - 1, after, &s);
    } else {
        for (uint64_t k = 0; k < r->shown_count; k++)
            offer_after(r, r->shown[k], after, &s);
    }
    rc = finish(r, &s, limit, counts, out);
done:
    free(first);
    free(counts);
    free(s.items);
    return rc;
}

void page_clear(struct page *p)
{
    free(p->items);
    free(p->group_counts);
    *p = (struct page){0};
}
