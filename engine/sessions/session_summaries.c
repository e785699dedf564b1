#include "session_summaries.h"

#include "sieve.h"

#include <stdlib.h>

/* A summary, and what was found of the message that it names. */
struct summary {
    struct hash128 leaf; /* all zeros: it names none */
    uint32_t index;
    uint32_t source;
    bool is_known;    /* some file holds the leaf */
    bool is_own;      /* its own does */
    uint32_t session; /* of the leaf */
};

struct adding {
    const struct result_set *results;
    const uint32_t *named;
    struct session_row *rows;
    struct summary *list;  /* by leaf, then source */
    uint32_t *last_record; /* by source: 1 + index of the last one that is no summary; 0: none */
    size_t count;
};

static bool is_same_leaf(const struct summary *s, struct hash128 leaf)
{
    return hash128_equal(s->leaf, leaf);
}

static int compare_summaries(const void *a, const void *b)
{
    const struct summary *x = a, *y = b;
    int c = hash128_compare(x->leaf, y->leaf);
    return c != 0 ? c : (x->source > y->source) - (x->source < y->source);
}

static uint32_t session_of(const struct result_set *r, uint32_t index)
{
    return r->place_session[r->all[index].place];
}

/* The first summary with that leaf in that source or a later one, or NULL. */
static struct summary *find_leaf(const struct adding *a, struct hash128 leaf, uint32_t source)
{
    struct summary key = {.leaf = leaf, .source = source};
    size_t low = 0, high = a->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_summaries(&a->list[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < a->count && is_same_leaf(&a->list[low], leaf) ? &a->list[low] : NULL;
}

/* Note of a record that it is a leaf, at the first summary that names it and the first in its own file. Of
 * several copies the one that is shown tells the session. */
static void note_leaf(const struct adding *a, uint32_t index, bool shown)
{
    const struct match *m = &a->results->all[index];
    struct summary *s = find_leaf(a, m->identity, 0);
    if (s == NULL)
        return;
    s->is_known = true;
    if (shown)
        s->session = session_of(a->results, index);
    s = find_leaf(a, m->identity, m->source);
    if (s != NULL && s->source == m->source)
        s->is_own = true;
}

/* Give what was noted to the other summaries that name the same. */
static void share_notes(const struct adding *a)
{
    for (size_t k = 1; k < a->count; k++) {
        const struct summary *before = &a->list[k - 1];
        struct summary *s = &a->list[k];
        if (!is_same_leaf(before, s->leaf))
            continue;
        s->is_known = before->is_known;
        s->session = before->session;
        s->is_own |= before->is_own && before->source == s->source;
    }
}

static void note_last(const struct adding *a, uint32_t index)
{
    const struct match *all = a->results->all, *m = &all[index];
    uint32_t *last = &a->last_record[m->source];
    if (m->kind != KIND_SUMMARY && (*last == 0 || match_compare_place(&all[*last - 1], m) < 0))
        *last = index + 1;
}

/* One pass over all records, whatever the number of summaries. */
static void look_at_records(const struct adding *a)
{
    const struct result_set *r = a->results;
    struct sieve sieve = {0};
    uint64_t next = 0;
    for (size_t k = 0; k < a->count; k++)
        sieve_add(&sieve, a->list[k].leaf);
    for (uint32_t i = 0; i < r->count; i++) {
        bool shown = next < r->shown_count && r->shown[next] == i;
        next += shown;
        note_last(a, i);
        if (sieve_may_hold(&sieve, r->all[i].identity))
            note_leaf(a, i, shown);
    }
    share_notes(a);
}

/* Whether a message other than a summary stands behind it in its file. */
static bool has_message_behind(const struct adding *a, const struct match *summary)
{
    uint32_t last = a->last_record[summary->source];
    return last != 0 && match_compare_place(&a->results->all[last - 1], summary) > 0;
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

/* The summaries that may be a title. */
static void list_summaries(struct adding *a, const struct tally *t)
{
    const struct result_set *r = a->results;
    for (uint64_t i = 0; i < r->shown_count; i++) {
        const struct match *m = &r->all[r->shown[i]];
        if (m->kind == KIND_SUMMARY && (m->parts & 1u << PART_SUMMARY) != 0)
            a->list[a->count++] =
                (struct summary){.leaf = tally_record_of(t, r->shown[i])->response,
                                 .index = r->shown[i],
                                 .source = m->source};
    }
    qsort(a->list, a->count, sizeof *a->list, compare_summaries);
}

int session_summaries_add(const struct tally *t, uint32_t sources, const uint32_t *named,
                          struct session_row *rows)
{
    struct adding a = {.results = &t->results, .named = named, .rows = rows};
    a.list = malloc((t->results.shown_count + 1) * sizeof *a.list);
    a.last_record = calloc((size_t)sources + 1, sizeof *a.last_record);
    int rc = a.list == NULL || a.last_record == NULL ? -1 : 0;
    if (rc == 0)
        list_summaries(&a, t);
    if (a.count > 0)
        look_at_records(&a);
    for (size_t i = 0; i < a.count; i++)
        give(&a, &a.list[i]);
    free(a.list);
    free(a.last_record);
    return rc;
}
