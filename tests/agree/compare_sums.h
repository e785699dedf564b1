/* compare_sums.h: Two replies with statistics, or lists of sessions, to one request. */
#ifndef AGREE_COMPARE_SUMS_H
#define AGREE_COMPARE_SUMS_H

#include <stddef.h>

/* compare_stats(a, b, why, size), compare_sessions(...): As compare_replies() of compare.h, of two
 * struct stats_reply or struct sessions_reply.  Rows must come in the same order. */
int compare_stats(const void *a, const void *b, char *why, size_t size);
int compare_sessions(const void *a, const void *b, char *why, size_t size);

#endif
