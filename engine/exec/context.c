#include "context.h"

#include "error.h"
#include "fetch.h"
#include "hits.h"
#include "session_thread.h"
#include "span.h"
#include "utf8.h"

#include <stdlib.h>

/* A message near a hit, and where it is to be shown. */
struct neighbour {
    const struct match *match;
    struct reply_hit *to; /* zeroed; stays so if the message is gone */
};

struct around {
    const struct environment *env;
    uint32_t n;
    struct arena *arena;
    struct intern sessions; /* number - 1 is their place in the list of ids */
    struct session_matches matches;
    struct neighbour *list;
    size_t count;
};

static int take(void *arg, size_t i, const struct message *m, struct span line)
{
    struct around *a = arg;
    struct neighbour *one = &a->list[i];
    (void)line;
    if (hit_from_message(a->env->sources, m, a->arena, one->to) != 0)
        return -1;
    one->to->text = SPAN("");
    for (unsigned p = 0; p < PART_COUNT; p++) {
        if (m->part[p].len == 0)
            continue;
        struct span head = {m->part[p].ptr, utf8_cut(m->part[p], CONTEXT_TEXT_CHARS)};
        return arena_copy(a->arena, head, &one->to->text);
    }
    return 0;
}

static int add_run(struct around *a, const struct session_thread *t, size_t first, size_t n,
                   const struct reply_hit **out)
{
    struct reply_hit *shown = arena_zalloc(a->arena, (n + 1) * sizeof *shown);
    if (shown == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        a->list[a->count++] =
            (struct neighbour){.match = t->items[first + i].match, .to = &shown[i]};
    *out = shown;
    return 0;
}

/* The records of one session. */
static const struct session_match *records_of(const struct around *a, uint32_t session, size_t *n)
{
    const struct session_match *items = a->matches.items;
    size_t low = 0, high = a->matches.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (items[middle].session < session)
            low = middle + 1;
        else
            high = middle;
    }
    for (high = low; high < a->matches.count && items[high].session == session;)
        high++;
    *n = high - low;
    return items + low;
}

#define NOWHERE SIZE_MAX

struct placed {
    struct reply_hit *hit;
    const struct source *source;
    uint32_t session;
    size_t at; /* in its thread, or NOWHERE */
};

/* By thread. */
static int compare_placed(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    if (x->session != y->session)
        return x->session < y->session ? -1 : 1;
    return span_compare(source_thread(x->source), source_thread(y->source));
}

/* A number under which a hit's message may be known. */
struct wanted {
    struct hash128 identity;
    struct placed *of;
};

static int compare_wanted(const void *a, const void *b)
{
    return hash128_compare(((const struct wanted *)a)->identity,
                           ((const struct wanted *)b)->identity);
}

/* Two for each hit: by its id, which copies share, or by its place. */
static void list_wanted(struct placed *list, uint32_t n, struct wanted *out)
{
    for (uint32_t i = 0; i < n; i++) {
        const struct reply_hit *hit = list[i].hit;
        struct message unnamed = {
            .source = list[i].source->id, .offset = hit->offset, .position = hit->position};
        out[2 * i] = (struct wanted){hash_128(hit->id), &list[i]};
        out[2 * i + 1] = (struct wanted){message_identity(&unnamed), &list[i]};
    }
    qsort(out, 2 * (size_t)n, sizeof *out, compare_wanted);
}

/* Where the hits stand in their thread, in one pass over it.  Return 0, or -1 without memory. */
static int find_hits(const struct session_thread *t, struct placed *list, uint32_t n)
{
    size_t count = 2 * (size_t)n;
    struct wanted *wanted = malloc((count + 1) * sizeof *wanted);
    if (wanted == NULL)
        return -1;
    list_wanted(list, n, wanted);
    for (size_t i = 0; i < t->count; i++) {
        struct wanted key = {t->items[i].match->identity, NULL};
        struct wanted *w = bsearch(&key, wanted, count, sizeof *wanted, compare_wanted);
        if (w == NULL)
            continue;
        while (w > wanted && compare_wanted(w - 1, &key) == 0)
            w--;
        for (; w < wanted + count && compare_wanted(w, &key) == 0; w++)
            w->of->at = i;
    }
    free(wanted);
    return 0;
}

/* Which messages are near one hit. */
static int add_hit(struct around *a, const struct session_thread *t, const struct placed *p)
{
    struct reply_hit *hit = p->hit;
    if (p->at == NOWHERE)
        return 0;
    size_t before = p->at < a->n ? p->at : a->n;
    size_t behind = t->count - p->at - 1, after = behind < a->n ? behind : a->n;
    hit->before_count = (uint32_t)before;
    hit->after_count = (uint32_t)after;
    return add_run(a, t, p->at - before, before, &hit->before) == 0
               ? add_run(a, t, p->at + 1, after, &hit->after)
               : -1;
}

/* The hits of each thread, one thread after the other. */
static int add_threads(struct around *a, struct placed *list, uint32_t count)
{
    for (uint32_t i = 0, k; i < count; i = k) {
        struct session_thread thread;
        size_t n;
        const struct session_match *of = records_of(a, list[i].session, &n);
        for (k = i; k < count && compare_placed(&list[i], &list[k]) == 0;)
            k++;
        int rc =
            session_thread_make(a->env->sources, of, n, source_thread(list[i].source), &thread);
        if (rc == 0)
            rc = find_hits(&thread, list + i, k - i);
        for (uint32_t h = i; rc == 0 && h < k; h++)
            rc = add_hit(a, &thread, &list[h]);
        session_thread_clear(&thread);
        if (rc != 0)
            return -1;
    }
    return 0;
}

/* Close the gaps of those that are gone from their files. */
static uint32_t drop_missing(const struct reply_hit *list, uint32_t n)
{
    struct reply_hit *own = (struct reply_hit *)list; /* made here */
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (own[i].source.ptr != NULL)
            own[kept++] = own[i];
    return kept;
}

static int read_all(struct around *a, struct error *err)
{
    const struct match **matches = malloc((a->count + 1) * sizeof *matches);
    if (matches == NULL)
        return error_no_memory(err);
    for (size_t i = 0; i < a->count; i++)
        matches[i] = a->list[i].match;
    int rc = fetch_messages(a->env->sources, a->env->snapshot, matches, a->count, take, a, err);
    free(matches);
    return rc;
}

/* Which threads the hits are in. */
static int place_hits(struct around *a, struct reply_hit *hits, uint32_t count, struct placed *list,
                      uint32_t *n)
{
    for (uint32_t i = 0; i < count; i++) {
        struct placed one = {
            .hit = &hits[i], .source = source_find(a->env->sources, hits[i].source), .at = NOWHERE};
        if (intern_put(&a->sessions, hits[i].session, &one.session) != 0)
            return -1;
        one.session--;
        if (one.source != NULL)
            list[(*n)++] = one;
    }
    qsort(list, *n, sizeof *list, compare_placed);
    return 0;
}

static int run(struct around *a, struct reply_hit *hits, uint32_t count, struct cancel *cancel,
               struct placed *placed, struct error *err)
{
    uint32_t n = 0;
    if (place_hits(a, hits, count, placed, &n) != 0)
        return error_no_memory(err);
    if (session_matches_find(a->env, a->sessions.strings + 1, a->sessions.count - 1, cancel,
                             &a->matches, err) != 0)
        return -1;
    if (add_threads(a, placed, n) != 0)
        return error_no_memory(err);
    if (read_all(a, err) != 0)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        hits[i].before_count = drop_missing(hits[i].before, hits[i].before_count);
        hits[i].after_count = drop_missing(hits[i].after, hits[i].after_count);
    }
    return 0;
}

int context_add(const struct environment *env, uint32_t n, struct cancel *cancel,
                struct arena *arena, struct reply_hit *hits, uint32_t count, struct error *err)
{
    if (n == 0 || count == 0)
        return 0;
    struct around a = {.env = env, .n = n, .arena = arena};
    struct error own = {0};
    struct placed *placed = malloc(count * sizeof *placed);
    a.list = malloc((size_t)count * n * 2 * sizeof *a.list);
    intern_init(&a.sessions);
    int rc = placed == NULL || a.list == NULL ? error_no_memory(&own)
                                              : run(&a, hits, count, cancel, placed, &own);
    session_matches_clear(&a.matches);
    intern_clear(&a.sessions);
    free(a.list);
    free(placed);
    if (rc == 0 || own.code == ERROR_TIMEOUT || own.code == ERROR_CANCELLED)
        return 0;
    return error_no_memory(err);
}
