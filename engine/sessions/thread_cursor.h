/* thread_cursor.h: A place in a thread that lasts while its files grow. */
#ifndef SCROLLBACK_THREAD_CURSOR_H
#define SCROLLBACK_THREAD_CURSOR_H

#include "arena.h"
#include "session_thread.h"

struct thread_cursor {
    bool after;      /* the page begins behind the message; else with it */
    uint64_t thread; /* thread_cursor_name() */
    uint64_t source; /* hash of the name of its file */
    uint64_t offset;
    uint32_t position;
    int64_t time_ms; /* of the item, for when the message is gone */
};

/* thread_cursor_name(agent): The number under which a cursor names a thread; 0 for the main one. */
uint64_t thread_cursor_name(struct span agent);

/* thread_cursor_write(list, session, agent, item, after, arena, out): As text.  0 or -1. */
int thread_cursor_write(const struct source_list *list, struct span session, struct span agent,
                        const struct thread_item *item, bool after, struct arena *arena,
                        struct span *out);

/* thread_cursor_read(text, session, out, err): Return 0, or -1 with ERROR_INVALID_CURSOR if it is none of
 * that session. */
int thread_cursor_read(struct span text, struct span session, struct thread_cursor *out,
                       struct error *err);

/* thread_cursor_place(c, list, t): Where in the thread its page begins. */
size_t thread_cursor_place(const struct thread_cursor *c, const struct source_list *list,
                           const struct session_thread *t);

#endif
