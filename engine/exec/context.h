/* context.h: The messages around a hit.
 *
 * They are those before and behind it in the thread of its session (session_thread.h), whether they match or
 * not: what somebody would see who scrolled there.
 */
#ifndef SCROLLBACK_CONTEXT_H
#define SCROLLBACK_CONTEXT_H

#include "arena.h"
#include "compile_request.h"
#include "search_api.h"

#define CONTEXT_TEXT_CHARS 240

/* context_add(env, n, cancel, arena, hits, count, err): Give each hit up to ${n} messages before and
 * after it; all memory is in ${arena}.  A file that cannot be read any more gives none; work that was told
 * to stop leaves hits without.  Return 0, or -1 with ERROR_NO_MEMORY. */
int context_add(const struct environment *env, uint32_t n, struct cancel *cancel,
                struct arena *arena, struct reply_hit *hits, uint32_t count, struct error *err);

#endif
