/* weigher.h: What relevance needs of a direct scan: the terms' frequencies in every message. */
#ifndef SCROLLBACK_WEIGHER_H
#define SCROLLBACK_WEIGHER_H

#include "collect.h"
#include "relevance.h"

struct weigher;

/* weigher_new(r, workers, out): ${r} is borrowed.  Return 0 or -1 without memory. */
int weigher_new(struct relevance *r, unsigned workers, struct weigher **out);
void weigher_free(struct weigher *w); /* NULL does nothing */

/* weigher_companion(w): To be given to a collector. */
struct companion weigher_companion(struct weigher *w);

/* weigher_score(w, records, out): Fill out->scores from the companion's records, and r->sums; gives
 * match.row its meaning for the index back.
 * Return 0 or -1 without memory. */
int weigher_score(struct weigher *w, struct span records, struct result_set *out);

#endif
