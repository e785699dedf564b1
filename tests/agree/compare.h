/* compare.h: Two replies to one request must be the same answer. */
#ifndef AGREE_COMPARE_H
#define AGREE_COMPARE_H

#include "search_api.h"

/* compare_replies(a, b, why, size): Return 0 if hits, order, totals and facets are equal, else -1
 * with the first difference in ${why}; COMPARE_LIMITED if a regex's limit was hit in one of them, so
 * that there is nothing to compare.  What may differ by strategy (scanned, times, the cursor's
 * bytes) is not looked at. */
#define COMPARE_LIMITED 1
int compare_replies(const struct search_reply *a, const struct search_reply *b, char *why,
                    size_t size);

#endif
