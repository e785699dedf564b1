/* result_set.h: The matches of one request after the merge: copies collapsed, ready to be counted,
 * sorted and shown.
 */
#ifndef SCROLLBACK_RESULT_SET_H
#define SCROLLBACK_RESULT_SET_H

#include "match_set.h"

struct result_set {
    struct match *all; /* every matching record, copies included */
    uint64_t count;
    struct match_names names;
    uint32_t *shown; /* indexes in all: one of each message, ascending */
    uint64_t shown_count;
    double *scores; /* by index in all, or NULL */

    /* what each place stands for, by its number: numbers of values */
    struct intern values; /* the distinct sessions and projects */
    uint32_t *place_session;
    uint32_t *place_project;
};

/* result_set_init(r), result_set_clear(r): Make it empty; free it. */
void result_set_init(struct result_set *r);
void result_set_clear(struct result_set *r);

/* result_set_collapse(r, dedupe): Fill shown from all.  Of the matches with one identity the one
 * of lowest rank, then source, offset, position is shown; without ${dedupe} all are.
 * Return 0 or -1 without memory.  At most UINT32_MAX matches. */
int result_set_collapse(struct result_set *r, bool dedupe);

/* result_set_places(r): Fill values and the two tables.  Return 0 or -1. */
int result_set_places(struct result_set *r);

/* match_compare_place(a, b): The order of source, offset, position: <0, 0 or >0. */
static inline int match_compare_place(const struct match *a, const struct match *b)
{
    if (a->source != b->source)
        return a->source < b->source ? -1 : 1;
    if (a->offset != b->offset)
        return a->offset < b->offset ? -1 : 1;
    return (a->position > b->position) - (a->position < b->position);
}

/* match_is_preferred(a, b): Of two copies of a message, whether ${a} is the one to show. */
static inline bool match_is_preferred(const struct match *a, const struct match *b)
{
    return a->rank != b->rank ? a->rank < b->rank : match_compare_place(a, b) < 0;
}

/* match_compare_oldest(a, b): The order "oldest"; "newest" is its exact reverse. */
static inline int match_compare_oldest(const struct match *a, const struct match *b)
{
    if (a->time_ms != b->time_ms)
        return a->time_ms < b->time_ms ? -1 : 1;
    return match_compare_place(a, b);
}

#endif
