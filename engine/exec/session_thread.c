#include "session_thread.h"

#include <stdlib.h>

struct span source_thread(const struct source *s)
{
    if (!s->is_agent)
        return (struct span){NULL, 0};
    return s->agent.ptr != NULL ? s->agent : s->stem;
}

static bool is_of_thread(const struct source *s, struct span agent)
{
    struct span name = source_thread(s);
    return agent.ptr == NULL ? name.ptr == NULL : name.ptr != NULL && span_equal(name, agent);
}

/* Records of one file follow each other. */
static void choose(const struct source_list *list, const struct session_match *of, size_t n,
                   struct span agent, bool all, struct session_thread *out)
{
    int64_t latest = INT64_MIN;
    for (size_t i = 0; i < n; i++) {
        const struct match *m = &of[i].match;
        if (!all && !is_of_thread(&list->items[m->source], agent))
            continue;
        bool same_file = out->count > 0 && out->items[out->count - 1].match->source == m->source;
        latest = same_file && latest > m->time_ms ? latest : m->time_ms;
        out->items[out->count++] = (struct thread_item){m, latest};
    }
}

static int compare_copies(const void *a, const void *b)
{
    const struct match *x = ((const struct thread_item *)a)->match;
    const struct match *y = ((const struct thread_item *)b)->match;
    int c = hash128_compare(x->identity, y->identity);
    return c != 0 ? c : match_is_preferred(y, x) - match_is_preferred(x, y);
}

static int compare_shown(const void *a, const void *b)
{
    const struct thread_item *x = a, *y = b;
    if (x->time_ms != y->time_ms)
        return x->time_ms < y->time_ms ? -1 : 1;
    return match_compare_place(x->match, y->match);
}

int session_thread_make(const struct source_list *list, const struct session_match *of, size_t n,
                        struct span agent, struct session_thread *out)
{
    *out = (struct session_thread){.items = malloc((n + 1) * sizeof *out->items)};
    if (out->items == NULL)
        return -1;
    choose(list, of, n, agent, false, out);
    if (out->count == 0 && agent.ptr == NULL)
        choose(list, of, n, agent, true, out);
    qsort(out->items, out->count, sizeof *out->items, compare_copies);
    size_t kept = 0;
    for (size_t i = 0; i < out->count; i++)
        if (kept == 0 ||
            !hash128_equal(out->items[kept - 1].match->identity, out->items[i].match->identity))
            out->items[kept++] = out->items[i];
    out->count = kept;
    qsort(out->items, out->count, sizeof *out->items, compare_shown);
    return 0;
}

void session_thread_clear(struct session_thread *t)
{
    free(t->items);
    *t = (struct session_thread){0};
}

size_t session_thread_find(const struct session_thread *t, struct hash128 identity)
{
    size_t i = 0;
    while (i < t->count && !hash128_equal(t->items[i].match->identity, identity))
        i++;
    return i;
}
