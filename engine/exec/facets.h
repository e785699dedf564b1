/* facets.h: Counting the hits by a dimension.
 *
 * A dimension with one value a message counts those without one under the absent value, so its
 * buckets and the rest add up to the number of hits.  Tool and part count a message once for each of its distinct
 * values.  Buckets are ordered by count, then value (bytes), the absent value first.
 */
#ifndef SCROLLBACK_FACETS_H
#define SCROLLBACK_FACETS_H

#include "arena.h"
#include "result_set.h"
#include "search_api.h"
#include "zone.h"

/* facets_count(r, mask, limit, zone, arena, out, count): Count the dimensions in ${mask}; r's
 * places must be filled.  At most ${limit} buckets each; the rest is summed in others.  All
 * of *${out} is in ${arena}, values copied.  Return 0 or -1 without memory. */
int facets_count(const struct result_set *r, unsigned mask, uint32_t limit, const struct zone *zone,
                 struct arena *arena, struct reply_facet **out, uint32_t *count);

#endif
