/* candidates.h: Which blocks of a segment a query can have matches in.
 *
 * A superset: the literals that every match must contain, by signature, and the times that every
 * match must lie between, by the blocks' smallest and largest.
 */
#ifndef SCROLLBACK_CANDIDATES_H
#define SCROLLBACK_CANDIDATES_H

#include "matcher.h"
#include "segment.h"

/* Folded copies of the required literals; made once a query, then constant. */
struct candidates {
    const struct query *query;
    const struct require *require;
    struct arena arena;
    struct require *folded; /* the same tree, all literals folded; NULL: nothing is required */
};

/* candidates_init(c, m), candidates_clear(c): Return 0, or -1 without memory. */
int candidates_init(struct candidates *c, const struct matcher *m);
void candidates_clear(struct candidates *c);

/* candidates_time(c, s, set), candidates_text(c, s, set): Clear in ${set} (a bit a block, in words
 * of 64) what cannot match.  candidates_text() returns 0, or -1 without memory. */
void candidates_time(const struct candidates *c, const struct segment *s, uint64_t *set);
int candidates_text(const struct candidates *c, const struct segment *s, uint64_t *set);

#endif
