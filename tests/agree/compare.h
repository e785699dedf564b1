/* compare.h: Two replies to one request must be the same answer. */
#ifndef AGREE_COMPARE_H
#define AGREE_COMPARE_H

#include "search_api.h"

/* compare_replies(a, b, why, size): Return 0 if hits, order, totals and facets are equal, else -1
 * with the first difference in ${why}.  What may differ by strategy (scanned, times, the cursor's
 * bytes) is not looked at. */
int compare_replies(const struct search_reply *a, const struct search_reply *b, char *why,
                    size_t size);

#endif
