/* thread.h: A page of a thread, its messages whole.
 *
 * Which messages, the index knows; what they show is always read from the files, so that tool inputs as
 * JSON, images and the source line need not be kept anywhere.
 */
#ifndef SCROLLBACK_THREAD_H
#define SCROLLBACK_THREAD_H

#include "arena.h"
#include "session_thread.h"
#include "sessions_api.h"

/* Which messages of the thread. */
struct thread_page {
    size_t first; /* place in the thread */
    uint32_t limit;
    bool full; /* texts are not cut */
    bool raw;
};

struct thread_result {
    struct reply_message *messages;
    uint32_t count; /* one that is gone from its file is left out */
};

/* thread_read(env, items, count, page, cancel, arena, out, err): Read a page of the ${count} messages
 * ${items}; all memory is in ${arena}.  Return 0, or -1 with ${err}. */
int thread_read(const struct environment *env, const struct thread_item *items, size_t count,
                const struct thread_page *page, struct cancel *cancel, struct arena *arena,
                struct thread_result *out, struct error *err);

#endif
