/* walks.h: What the sources held when somebody began to page through an answer.
 *
 * A walk by cursor shows what existed at its first page, whatever is appended meanwhile: a copy that arrives later
 * must not displace a hit that was already shown.  So each first page gives the state of the sources' sizes a
 * number, and what changes from one state to the next is noted down: a walk's sizes are those of now, with
 * the notes since taken back.  A walk costs nothing by itself; it is forgotten after WALKS_CHANGES changes of
 * a source's size, or a restart, and then goes on by order alone.
 *
 * Thread-safe; the lock is held for a look at one number a source, and one a change since.
 */
#ifndef SCROLLBACK_WALKS_H
#define SCROLLBACK_WALKS_H

#include "source.h"

#define WALKS_CHANGES 65536

struct walks;

int walks_new(struct walks **out); /* 0, or -1 without memory */
void walks_free(struct walks *w);  /* NULL does nothing */

/* walks_remember(w, list): The number of a walk that begins with ${list}; the same for the same
 * sources and sizes, if nothing else was remembered between.  0 without memory. */
uint64_t walks_remember(struct walks *w, const struct source_list *list);

/* walks_bounds(w, walk, list, out): For each source of ${list} the size it had then (0: it did not
 * exist), as an array to free(); NULL if the walk is not remembered.  Return 0 or -1. */
int walks_bounds(struct walks *w, uint64_t walk, const struct source_list *list, uint64_t **out);

#endif
