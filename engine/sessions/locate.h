/* locate.h: Where a session or a message is. */
#ifndef SCROLLBACK_LOCATE_H
#define SCROLLBACK_LOCATE_H

#include "compile_request.h"
#include "match_set.h"

/* locate_session(env, id, cancel, arena, session, err): The session ${id}, an id or a unique prefix;
 * *${session} (in ${arena}) is the full id.  Return 0, or -1 with ERROR_NOT_FOUND, or
 * ERROR_INVALID_PARAMETER if several sessions begin so. */
int locate_session(const struct environment *env, struct span id, struct cancel *cancel,
                   struct arena *arena, struct span *session, struct error *err);

/* locate_no_session(id, err): There is none: return -1. */
int locate_no_session(struct span id, struct error *err);

/* locate_message(env, id, cancel, out, err): The message of that id; of several copies the one that a
 * search shows.  Return 0, or -1 with ERROR_NOT_FOUND. */
int locate_message(const struct environment *env, struct span id, struct cancel *cancel,
                   struct match *out, struct error *err);

/* locate_is_made_id(id): Whether it may be the hash of a place, which messages without a uuid have.
 * locate_unnamed(list, matches, n, id, found, err): Which of ${n} records has that id; *${found} is
 * SIZE_MAX if none has.  They are read.  Return 0 or -1. */
bool locate_is_made_id(struct span id);
int locate_unnamed(const struct source_list *list, const struct match *const *matches, size_t n,
                   struct span id, size_t *found, struct error *err);

#endif
