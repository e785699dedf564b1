/* session_thread.h: The threads of a session, each in the order in which it is shown.
 *
 * The main thread is what stands in main transcripts; each sub-agent has one of its own, all files with its
 * name together.  A session of which there are only files of sub-agents is shown by them as its main thread.
 *
 * Of copies of a message within a thread one is shown, the one that a search shows.  A file keeps its order,
 * whatever its times; files are merged by time, so that what was appended to the second copy of a moved
 * transcript follows what both hold.
 */
#ifndef SCROLLBACK_SESSION_THREAD_H
#define SCROLLBACK_SESSION_THREAD_H

#include "session_matches.h"

struct thread_item {
    const struct match *match; /* borrowed */
    int64_t time_ms;           /* the latest so far in its file: what files are merged by */
};

struct session_thread {
    struct thread_item *items; /* in order */
    size_t count;
};

/* source_thread(s): The name of the thread that the messages of a file belong to: the sub-agent's id, else the
 * file's name; absent for a main transcript. */
struct span source_thread(const struct source *s);

/* session_thread_make(list, of, n, agent, out): The thread named ${agent} (absent: the main one) of the
 * ${n} records ${of} of one session, in their order; empty if there is no such sub-agent.  Return 0 or -1
 * without memory; session_thread_clear() either way. */
int session_thread_make(const struct source_list *list, const struct session_match *of, size_t n,
                        struct span agent, struct session_thread *out);
void session_thread_clear(struct session_thread *t);

/* session_thread_find(t, identity): The place of that message in the thread, or t->count. */
size_t session_thread_find(const struct session_thread *t, struct hash128 identity);

#endif
