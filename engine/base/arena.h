/* arena.h: Memory that is given out piece by piece and dropped all at once.
 *
 * One arena belongs to one thread, request or reply.  arena_reset() keeps the largest block, so a
 * worker that handles one line after another allocates nothing once it is warm.
 */
#ifndef SCROLLBACK_ARENA_H
#define SCROLLBACK_ARENA_H

#include "vocabulary.h"

struct arena_block;

struct arena {
    struct arena_block *head; /* the block in use; older ones hang behind it */
    size_t used;              /* bytes given out of head */
    size_t keep;              /* a reset frees a block larger than this; 0: keep any */
    size_t total;             /* bytes of all blocks, for accounting */
};

/* arena_init(a): An empty arena; cannot fail, allocates nothing yet. */
void arena_init(struct arena *a);

/* arena_alloc(a, n): ${n} bytes aligned for any type, not zeroed; valid until reset or clear.
 * Return NULL if there is no memory. */
void *arena_alloc(struct arena *a, size_t n);

/* arena_zalloc(a, n): The same, zeroed. */
void *arena_zalloc(struct arena *a, size_t n);

/* arena_copy(a, s, out): A copy of ${s} followed by a NUL byte.  Return 0 or -1. */
int arena_copy(struct arena *a, struct span s, struct span *out);

/* arena_copy_any(a, s, out): The same, but the copy of an absent span (ptr NULL) is absent too. */
int arena_copy_any(struct arena *a, struct span s, struct span *out);

/* arena_shrink(a, p, old, now): Give back the tail of the newest allocation ${p}. */
void arena_shrink(struct arena *a, void *p, size_t old, size_t now);

/* arena_reset(a): Forget all allocations, keep one block for reuse. */
void arena_reset(struct arena *a);

/* arena_clear(a): Free everything; ${a} is empty and usable again. */
void arena_clear(struct arena *a);

#endif
