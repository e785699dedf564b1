/* ring.h: Reads submitted ahead of their use, by io_uring(7).
 *
 * A ring has a few slots, each with a buffer of its own that is allocated once, registered with the
 * kernel where it allows that, and used again and again: who has no free slot must wait for a read, so
 * memory is bounded and the reader cannot run away from the search.  A ring belongs to one thread.
 */
#ifndef SCROLLBACK_RING_H
#define SCROLLBACK_RING_H

#include "vocabulary.h"

struct ring;

#define RING_SLOTS_MAX 64

/* ring_new(slots, size, out): ${slots} buffers of ${size} bytes, with READER_PADDING more behind each.
 * Return 0, 1 if this kernel or container refuses io_uring, -1 without memory. */
int ring_new(unsigned slots, size_t size, struct ring **out);

/* ring_works(): Whether this kernel or container gives rings, found by trying. */
bool ring_works(void);

/* ring_free(r): Waits for the reads that are under way; where a broken ring cannot tell when they have
 * ended, its buffers are never freed.  NULL does nothing. */
void ring_free(struct ring *r);

/* ring_buffer(r, slot): Its bytes. */
char *ring_buffer(struct ring *r, unsigned slot);

/* ring_read(r, slot, skip, fd, offset, size): Begin to read, to ${skip} bytes behind the buffer's beginning;
 * ${fd} must stay open.  Return 0, or -1: then nothing was begun. */
int ring_read(struct ring *r, unsigned slot, size_t skip, int fd, uint64_t offset, size_t size);

/* ring_next(r, slot, got): Wait for one of the reads; at least one must be under way.  ${got}: bytes
 * read, fewer than asked for if the file ends, or a negative error number.  Return 1 if it was already
 * there, 0 if it had to be waited for, -1 if the ring is broken: then the kernel may write to the
 * buffers of the reads under way at any time later. */
int ring_next(struct ring *r, unsigned *slot, int *got);

#endif
