/* compare_threads.h: Two views of a session, whole. */
#ifndef AGREE_COMPARE_THREADS_H
#define AGREE_COMPARE_THREADS_H

#include "sessions_api.h"

/* compare_threads(a, b, why, size): As compare_replies() of compare.h, of two pages of a thread: the messages
 * with their places, names, texts, blocks and source lines, and what follows them. */
int compare_threads(const struct messages_reply *a, const struct messages_reply *b, char *why,
                    size_t size);

#endif
