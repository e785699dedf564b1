/* dimension.h: The value of a match in one dimension, as a small number.
 *
 * Facets, statistics and time series all count by number first and ask for names last.
 */
#ifndef SCROLLBACK_DIMENSION_H
#define SCROLLBACK_DIMENSION_H

#include "result_set.h"
#include "zone.h"

struct dimension {
    const struct result_set *results;
    enum facet facet;
    const struct zone *zone;
    struct intern own;  /* names of days, hours, tools, versions */
    uint32_t *versions; /* by index of match: its number in own (malloc); only for FACET_VERSION */
    uint32_t **tools;   /* by number of a list of tools: its tools' numbers, 0 at the end */
    int64_t last_day;
    uint32_t last_day_id;
};

/* dimension_init(d, r, facet, zone): ${r}'s places must be filled; ${r} and ${zone} are borrowed.
 * For FACET_VERSION the caller then fills own and versions.  Return 0 or -1 without memory;
 * dimension_clear() either way. */
int dimension_init(struct dimension *d, const struct result_set *r, enum facet facet,
                   const struct zone *zone);
void dimension_clear(struct dimension *d);

/* dimension_ids(d, index, ids): The values of a match as a list: one number (which is 0 for the
 * absent value where that is possible), or for tools and parts any number of them.  ${ids} has room
 * for DIMENSION_MAX_IDS; *list points there or into ${d}.  Return how many, or -1 without memory. */
#define DIMENSION_MAX_IDS 8
int dimension_ids(struct dimension *d, uint32_t index, uint32_t ids[DIMENSION_MAX_IDS],
                  const uint32_t **list);

/* dimension_name(d, id): The value, absent for a number that stands for none. */
struct span dimension_name(const struct dimension *d, uint32_t id);

/* dimension_is_single(f): Whether each message has one value, so that buckets add up. */
static inline bool dimension_is_single(enum facet f)
{
    return f != FACET_TOOL && f != FACET_PART;
}

#endif
