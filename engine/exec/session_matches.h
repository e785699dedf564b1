/* session_matches.h: Every message of a session, in whichever files it stands.
 *
 * To a session belong
 *  - the messages that carry its id, wherever they are: in the file named after it, in a second file of
 *    that name (a project that was moved), in the files of its sub-agents, in that of another session
 *    (resumed by a Claude Code that kept the id);
 *  - what else stands in a file named after it, if that holds messages of its own: a session that was
 *    resumed so begins with messages that carry the older id.
 */
#ifndef SCROLLBACK_SESSION_MATCHES_H
#define SCROLLBACK_SESSION_MATCHES_H

#include "compile_request.h"
#include "result_set.h"
#include "span.h"

/* One record of a session; copies of a message are several. */
struct session_match {
    struct match
        match; /* of its numbers only source, row and rank mean something; not place, model... */
    uint32_t session; /* its place in the list of ids */
    bool foreign;     /* it carries another id than that of the file that it stands in */
};

struct session_matches {
    struct session_match *items; /* by session, then source, offset, position */
    size_t count;
};

/* source_is_named(s, session): Whether ${s} is a main transcript with that name. */
static inline bool source_is_named(const struct source *s, struct span session)
{
    return !s->is_agent && span_equal(s->stem, session);
}

/* session_matches_find(env, ids, n, cancel, out, err): The records of ${n} distinct sessions, by the
 * index where it holds their files.  Return 0; or -1 with
 * ERROR_TIMEOUT or ERROR_CANCELLED if it was given up, ERROR_NO_MEMORY.  session_matches_clear() either
 * way. */
int session_matches_find(const struct environment *env, const struct span *ids, uint32_t n,
                         struct cancel *cancel, struct session_matches *out, struct error *err);
void session_matches_clear(struct session_matches *m);

#endif
