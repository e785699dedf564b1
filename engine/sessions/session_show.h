/* session_show.h: Rows of the session table as a reply shows them. */
#ifndef SCROLLBACK_SESSION_SHOW_H
#define SCROLLBACK_SESSION_SHOW_H

#include "arena.h"
#include "compile_request.h"
#include "session_table.h"

/* session_show(env, t, rows, n, arena, out, err): Names, titles and the command to resume of ${n}
 * rows; all memory is in ${arena}.  Return 0, or -1 with ${err}. */
int session_show(const struct environment *env, const struct tally *t,
                 const struct session_row *const *rows, size_t n, struct arena *arena,
                 struct reply_session *out, struct error *err);

/* session_agents(env, t, session, arena, out, count): The sub-agent threads of a session (its
 * number), by first time.  Return 0 or -1 without memory. */
int session_agents(const struct environment *env, const struct tally *t, uint32_t session,
                   struct arena *arena, struct reply_agent **out, uint32_t *count);

/* session_resume(cwd, id, arena, out): cd '<cwd>' && claude --resume <id>, quoted for a POSIX
 * shell whatever they hold.  ${cwd} absent: only the second half.  0 or -1. */
int session_resume(struct span cwd, struct span id, struct arena *arena, struct span *out);

#endif
