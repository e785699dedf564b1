/* thread.h: The messages of one file, whole and in order: a session's main thread or an agent's.
 *
 * Always read from the file itself, which is small beside the corpus: so a view is never behind it,
 * and what is shown (tool inputs as JSON, images, the source line) need not be kept anywhere.
 */
#ifndef SCROLLBACK_THREAD_H
#define SCROLLBACK_THREAD_H

#include "arena.h"
#include "cancel.h"
#include "sessions_api.h"
#include "source.h"

/* Which messages of the file. */
struct thread_page {
    struct span session; /* only messages of that session; absent: all */
    struct span around;  /* the page that holds the message with this id; absent: use first */
    uint64_t first;      /* number of the first message, from 0 */
    uint32_t limit;
    bool full; /* texts are not cut */
    bool raw;
};

struct thread_result {
    struct reply_message *messages;
    uint32_t count;
    uint64_t first;
    uint64_t total;
    bool found; /* the message asked for by around is in the file; true without one */
};

/* thread_read(list, s, page, cancel, arena, out, err): Read a page; all memory is in ${arena}.  A
 * page around a message begins half a page before it.  Return 0, or -1 with ${err}. */
int thread_read(const struct source_list *list, const struct source *s,
                const struct thread_page *page, struct cancel *cancel, struct arena *arena,
                struct thread_result *out, struct error *err);

#endif
