/* locate.h: Where a session or a message is. */
#ifndef SCROLLBACK_LOCATE_H
#define SCROLLBACK_LOCATE_H

#include "compile_request.h"

/* locate_session(env, id, cancel, source, session, err): The file that shows the session ${id} (an id or a
 * unique prefix): its main file, else the first that holds messages of it; *${session} (in
 * ${arena}) is the full id.  Return 0, or -1 with ERROR_NOT_FOUND, or ERROR_INVALID_PARAMETER if
 * several sessions begin so. */
int locate_session(const struct environment *env, struct span id, struct cancel *cancel,
                   struct arena *arena, const struct source **source, struct span *session,
                   struct error *err);

/* locate_agent(list, session, agent): The file of a sub-agent, or NULL. */
const struct source *locate_agent(const struct source_list *list, struct span session,
                                  struct span agent);

/* locate_message(env, id, cancel, source, err): The file with the message of that id; of several
 * copies the one that a search shows.  Return 0, or -1 with ERROR_NOT_FOUND. */
int locate_message(const struct environment *env, struct span id, struct cancel *cancel,
                   const struct source **source, struct error *err);

#endif
