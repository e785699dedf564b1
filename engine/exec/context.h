/* context.h: The messages around a hit.
 *
 * They are those before and behind it in its own file, in the order of the file, whether they match or not:
 * what somebody would see who scrolled there.  Each file is read whole, so that the names of tools are right, and
 * twice: to number its messages, then to show those near a hit.
 */
#ifndef SCROLLBACK_CONTEXT_H
#define SCROLLBACK_CONTEXT_H

#include "arena.h"
#include "search_api.h"
#include "source.h"

#define CONTEXT_TEXT_CHARS 240

/* context_add(list, n, arena, hits, count, err): Give each hit up to ${n} messages before and
 * after it; all memory is in ${arena}.  A file that cannot be read any more gives none.  Return 0,
 * or -1 with ERROR_NO_MEMORY. */
int context_add(const struct source_list *list, uint32_t n, struct arena *arena,
                struct reply_hit *hits, uint32_t count, struct error *err);

#endif
