#include "session_summaries.h"

#include "sieve.h"

#include <stdlib.h>

/* A summary, and what was found of the message that it names. */
struct summary {
    struct hash128 leaf; /* all zeros: it names none */
    uint32_t index;
    bool is_known;    /* some file holds the leaf */
    bool is_own;      /* its own does */
    uint32_t session; /* of the leaf */
};

struct adding {
    const struct result_set *results;
    const uint32_t *named;
    struct session_row *rows;
    struct summary *list; /* by leaf */
    size_t count;
};

static int compare_leaves(const void *a, const void *b)
{
    const struct summary *x = a, *y = b;
    if (x->leaf.hi != y->leaf.hi)
        return x->leaf.hi < y->leaf.hi ? -1 : 1;
    return (x->leaf.lo > y->leaf.lo) - (x->leaf.lo < y->leaf.lo);
}

static uint32_t session_of(const struct result_set *r, uint32_t index)
{
    return r->place_session[r->all[index].place];
}

/* The first summary with that leaf, or the end of the list. */
static size_t find_leaf(const struct adding *a, struct hash128 leaf)
{
    struct summary key = {.leaf = leaf};
    size_t low = 0, high = a->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_leaves(&a->list[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Look for the leaves among all records; of several copies the one that is shown tells the session. */
static void find_leaves(struct adding *a)
{
    const struct result_set *r = a->results;
    struct sieve sieve = {0};
    uint64_t next = 0;
    for (size_t k = 0; k < a->count; k++)
        sieve_add(&sieve, a->list[k].leaf);
    for (uint32_t i = 0; i < r->count; i++) {
        bool shown = next < r->shown_count && r->shown[next] == i;
        struct hash128 id = r->all[i].identity;
        next += shown;
        if (!sieve_may_hold(&sieve, id))
            continue;
        for (size_t k = find_leaf(a, id); k < a->count; k++) {
            struct summary *s = &a->list[k];
            if (s->leaf.hi != id.hi || s->leaf.lo != id.lo)
                break;
            s->is_known = true;
            s->is_own |= r->all[i].source == r->all[s->index].source;
            if (shown)
                s->session = session_of(r, i);
        }
    }
}

/* Whether a message other than a summary stands behind it in its file. */
static bool has_message_behind(const struct adding *a, const struct match *summary)
{
    const struct result_set *r = a->results;
    for (uint64_t i = 0; i < r->count; i++)
        if (r->all[i].source == summary->source && r->all[i].kind != KIND_SUMMARY &&
            match_compare_place(&r->all[i], summary) > 0)
            return true;
    return false;
}

/* The session that it is the title of; 0: none. */
static uint32_t titled(const struct adding *a, const struct summary *s)
{
    const struct match *m = &a->results->all[s->index];
    uint32_t own = a->named[m->source];
    if (s->is_known && !(s->is_own && own != 0))
        return s->session;
    if (own == 0 || s->is_known || (s->leaf.hi | s->leaf.lo) == 0)
        return own;
    return a->rows[own].first_prompt == NO_MATCH || !has_message_behind(a, m) ? own : 0;
}

/* Of several the last one counts. */
static void give(const struct adding *a, const struct summary *s)
{
    const struct match *all = a->results->all;
    uint32_t session = titled(a, s), *last = &a->rows[session].summary;
    if (session != 0 &&
        (*last == NO_MATCH || match_compare_oldest(&all[*last], &all[s->index]) < 0))
        *last = s->index;
}

int session_summaries_add(const struct tally *t, const uint32_t *named, struct session_row *rows)
{
    const struct result_set *r = &t->results;
    struct adding a = {.results = r, .named = named, .rows = rows};
    a.list = malloc((r->shown_count + 1) * sizeof *a.list);
    if (a.list == NULL)
        return -1;
    for (uint64_t i = 0; i < r->shown_count; i++) {
        const struct match *m = &r->all[r->shown[i]];
        if (m->kind == KIND_SUMMARY && (m->parts & 1u << PART_SUMMARY) != 0)
            a.list[a.count++] = (struct summary){.leaf = tally_record_of(t, r->shown[i])->response,
                                                 .index = r->shown[i]};
    }
    qsort(a.list, a.count, sizeof *a.list, compare_leaves);
    if (a.count > 0)
        find_leaves(&a);
    for (size_t i = 0; i < a.count; i++)
        give(&a, &a.list[i]);
    free(a.list);
    return 0;
}
