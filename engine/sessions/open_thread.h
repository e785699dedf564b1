/* open_thread.h: A session that was looked up, and one of its threads. */
#ifndef SCROLLBACK_OPEN_THREAD_H
#define SCROLLBACK_OPEN_THREAD_H

#include "arena.h"
#include "session_thread.h"

struct open_thread {
    struct arena arena; /* of the session's id */
    struct span session;
    struct session_matches matches; /* all records of the session */
    struct span agent;              /* of the thread; absent: the main one */
    struct session_thread thread;   /* borrows from matches */
};

/* open_thread_find(env, id, cancel, out, err): The session with that id or unique prefix; no thread is chosen yet.
 * Return 0; -1 with ERROR_NOT_FOUND, ERROR_TIMEOUT, ERROR_CANCELLED or ERROR_NO_MEMORY.
 * open_thread_clear() either way. */
int open_thread_find(const struct environment *env, struct span id, struct cancel *cancel,
                     struct open_thread *out, struct error *err);
void open_thread_clear(struct open_thread *t);

/* open_thread_choose(t, list, agent, err): Make t->thread that of ${agent} (borrowed), in place of what it was.
 * Return 0; -1 with ERROR_NO_MEMORY.  It is empty if the session has no such sub-agent:
 * open_thread_check(t, err) makes that ERROR_NOT_FOUND. */
int open_thread_choose(struct open_thread *t, const struct source_list *list, struct span agent,
                       struct error *err);
int open_thread_check(const struct open_thread *t, struct error *err);

#endif
