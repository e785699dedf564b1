#include "hits.h"

#include "error.h"
#include "snippet.h"
#include "span.h"

#include <stdio.h>
#include <stdlib.h>

static int copy_list(struct arena *a, struct span_list list, const struct span **out,
                     uint32_t *count)
{
    struct span *items = arena_alloc(a, ((size_t)list.count + 1) * sizeof *items);
    if (items == NULL)
        return -1;
    for (uint32_t i = 0; i < list.count; i++)
        if (arena_copy_any(a, list.items[i], &items[i]) != 0)
            return -1;
    *out = items;
    *count = list.count;
    return 0;
}

int hit_id(const struct source_list *list, const struct message *m, struct arena *a,
           struct span *out)
{
    struct span source = list->items[m->source].name;
    if (m->uuid.ptr != NULL)
        return arena_copy_any(a, m->uuid, out);
    char *text = arena_alloc(a, 33);
    size_t size = source.len + 48;
    char *place = malloc(size);
    if (text == NULL || place == NULL) {
        free(place);
        return -1;
    }
    memcpy(place, source.ptr, source.len);
    int n =
        snprintf(place + source.len, 48, "\n%llu\n%u", (unsigned long long)m->line, m->position);
    struct hash128 h = hash_128((struct span){place, source.len + (size_t)n});
    free(place);
    (void)snprintf(text, 33, "%016llx%016llx", (unsigned long long)h.hi, (unsigned long long)h.lo);
    *out = (struct span){text, 32};
    return 0;
}

int hit_from_message(const struct source_list *list, const struct message *m, struct arena *arena,
                     struct reply_hit *out)
{
    struct span source = list->items[m->source].name;
    *out = (struct reply_hit){.line = m->line,
                              .offset = m->offset,
                              .position = m->position,
                              .time_ms = m->time_ms,
                              .role = m->role,
                              .kind = m->kind,
                              .flags = m->flags};
    if (hit_id(list, m, arena, &out->id) != 0 || arena_copy_any(arena, source, &out->source) != 0 ||
        arena_copy_any(arena, m->session, &out->session) != 0 ||
        arena_copy_any(arena, m->project, &out->project) != 0 ||
        arena_copy_any(arena, m->cwd, &out->cwd) != 0 ||
        arena_copy_any(arena, m->model, &out->model) != 0 ||
        arena_copy_any(arena, m->branch, &out->branch) != 0 ||
        arena_copy_any(arena, m->agent, &out->agent) != 0 ||
        copy_list(arena, m->tools, &out->tools, &out->tool_count) != 0)
        return -1;
    return copy_list(arena, m->files, &out->files, &out->file_count);
}

static int copy_snippet(struct arena *a, const struct snippet *s, struct reply_snippet *out)
{
    struct reply_segment *segments = arena_alloc(a, ((size_t)s->count + 1) * sizeof *segments);
    if (segments == NULL)
        return -1;
    for (uint32_t i = 0; i < s->count; i++)
        segments[i] = (struct reply_segment){s->segments[i].text, s->segments[i].match};
    *out = (struct reply_snippet){.part = s->part,
                                  .matches = s->matches,
                                  .truncated = s->truncated,
                                  .segments = segments,
                                  .count = s->count};
    return arena_copy_any(a, s->tool, &out->tool);
}

/* One match to be shown, as a hit or as another copy of one. */
struct slot {
    struct reply_hit *hit;
    struct reply_copy *also;
    bool found;
};

struct making {
    const struct hit_maker *maker;
    struct match_scratch *scratch;
    struct slot *slots;
};

int hit_add_snippets(const struct hit_maker *h, struct match_scratch *scratch,
                     const struct message *m, struct reply_hit *hit)
{
    struct snippet made[PART_COUNT];
    uint32_t n = 0;
    if (snippet_make(h->matcher, scratch, m, h->snippet_chars, h->arena, made, &n) != 0)
        return -1;
    struct reply_snippet *out = arena_alloc(h->arena, ((size_t)n + 1) * sizeof *out);
    if (out == NULL)
        return -1;
    for (uint32_t i = 0; i < n; i++)
        if (copy_snippet(h->arena, &made[i], &out[i]) != 0)
            return -1;
    hit->snippets = out;
    hit->snippet_count = n;
    return 0;
}

static int take(void *arg, size_t i, const struct message *m, struct span line)
{
    struct making *k = arg;
    struct slot *s = &k->slots[i];
    (void)line;
    const struct hit_maker *h = k->maker;
    s->found = true;
    if (s->hit != NULL) {
        if (hit_from_message(h->sources, m, h->arena, s->hit) != 0)
            return -1;
        return hit_add_snippets(h, k->scratch, m, s->hit);
    }
    s->also->line = m->line;
    if (arena_copy_any(h->arena, m->session, &s->also->session) != 0)
        return -1;
    return arena_copy_any(h->arena, h->sources->items[m->source].name, &s->also->source);
}

/* A match and the hit of the page that it is a copy of. */
struct copy_of {
    uint32_t index;
    uint32_t hit;
};

struct by_identity {
    const struct match *match;
    uint32_t hit;
};

static int compare_by_identity(const void *a, const void *b)
{
    return hash128_compare(((const struct by_identity *)a)->match->identity,
                           ((const struct by_identity *)b)->match->identity);
}

static int compare_copies(const void *a, const void *b, void *arg)
{
    const struct match *all = arg;
    const struct copy_of *x = a, *y = b;
    if (x->hit != y->hit)
        return x->hit < y->hit ? -1 : 1;
    return match_compare_place(&all[x->index], &all[y->index]);
}

static struct by_identity *page_by_identity(const struct result_set *r, const struct page *page)
{
    struct by_identity *ids = malloc(((size_t)page->count + 1) * sizeof *ids);
    for (uint32_t i = 0; ids != NULL && i < page->count; i++)
        ids[i] = (struct by_identity){&r->all[page->items[i]], i};
    if (ids != NULL)
        qsort(ids, page->count, sizeof *ids, compare_by_identity);
    return ids;
}

/* All matches that are copies of a hit on the page, by hit and place.  They are among those that
 * are not shown: what the two ascending runs leave between them. */
static int find_copies(const struct result_set *r, const struct page *page, struct copy_of **out,
                       size_t *count)
{
    size_t hidden = (size_t)(r->count - r->shown_count), k = 0;
    *count = 0;
    *out = malloc((hidden + 1) * sizeof **out);
    if (*out == NULL || hidden == 0 || page->count == 0)
        return *out == NULL ? -1 : 0;
    struct by_identity *ids = page_by_identity(r, page);
    if (ids == NULL)
        return -1;
    for (uint64_t i = 0; i < r->count; i++) {
        if (k < r->shown_count && r->shown[k] == i) {
            k++;
            continue;
        }
        struct by_identity key = {&r->all[i], 0};
        const struct by_identity *hit =
            bsearch(&key, ids, page->count, sizeof *ids, compare_by_identity);
        if (hit != NULL)
            (*out)[(*count)++] = (struct copy_of){(uint32_t)i, hit->hit};
    }
    qsort_r(*out, *count, sizeof **out, compare_copies, r->all);
    free(ids);
    return 0;
}

/* Room for everything that will be read: the hits, then their copies. */
struct plan {
    struct reply_hit *hits;
    struct reply_copy *copies;
    const struct match **matches;
    struct slot *slots;
    size_t count;
};

static int plan_make(const struct hit_maker *h, const struct page *page,
                     const struct copy_of *copies, size_t copy_count, struct plan *p)
{
    p->count = page->count + copy_count;
    p->hits = arena_zalloc(h->arena, ((size_t)page->count + 1) * sizeof *p->hits);
    p->copies = arena_zalloc(h->arena, (copy_count + 1) * sizeof *p->copies);
    p->matches = malloc((p->count + 1) * sizeof *p->matches);
    p->slots = calloc(p->count + 1, sizeof *p->slots);
    if (p->hits == NULL || p->copies == NULL || p->matches == NULL || p->slots == NULL)
        return -1;
    for (uint32_t i = 0; i < page->count; i++) {
        p->matches[i] = &h->results->all[page->items[i]];
        p->slots[i].hit = &p->hits[i];
    }
    for (size_t k = 0; k < copy_count; k++) {
        p->matches[page->count + k] = &h->results->all[copies[k].index];
        p->slots[page->count + k].also = &p->copies[k];
    }
    return 0;
}

/* What a hit holds beside its message, and closing the gaps of those not found. */
static uint32_t complete(const struct hit_maker *h, const struct page *page,
                         const struct copy_of *copies, size_t copy_count, struct plan *p)
{
    uint32_t kept = 0;
    size_t k = 0;
    for (uint32_t i = 0; i < page->count; i++) {
        struct reply_hit *hit = &p->hits[i];
        hit->has_score = h->results->scores != NULL;
        if (hit->has_score)
            hit->score = h->results->scores[page->items[i]];
        hit->group_count = page->group_counts == NULL ? 0 : page->group_counts[i];
        struct reply_copy *also = &p->copies[k];
        for (; k < copy_count && copies[k].hit == i; k++)
            if (p->slots[page->count + k].found)
                also[hit->also_in_count++] = p->copies[k];
        hit->also_in = also;
        if (p->slots[i].found)
            p->hits[kept++] = *hit;
    }
    return kept;
}

int hits_make(const struct hit_maker *h, const struct page *page, struct reply_hit **out,
              uint32_t *count, bool *limited, struct error *err)
{
    struct making k = {.maker = h};
    struct plan p = {0};
    struct copy_of *copies = NULL;
    size_t copy_count = 0;
    int rc = -1;
    if (find_copies(h->results, page, &copies, &copy_count) != 0 ||
        plan_make(h, page, copies, copy_count, &p) != 0 ||
        match_scratch_new(h->matcher, h->cancel, &k.scratch) != 0) {
        error_no_memory(err);
        goto done;
    }
    k.slots = p.slots;
    if (fetch_messages(h->sources, h->snapshot, p.matches, p.count, take, &k, err) != 0)
        goto done;
    *count = complete(h, page, copies, copy_count, &p);
    *limited = match_scratch_limited(k.scratch);
    *out = p.hits;
    rc = 0;
done:
    match_scratch_free(k.scratch);
    free(copies);
    free(p.matches);
    free(p.slots);
    return rc;
}
