/* ahead.h: A thread that asks the kernel to read files ahead of those who will read them.
 *
 * It walks the ranges in the order in which the readers take them, and asks for what is not in memory, a
 * bounded number of bytes before them: small ranges as a whole (posix_fadvise(2), WILLNEED), of large ones the
 * beginning, for what follows the kernel reads ahead by itself.  So the device is never idle, and what was read
 * ahead is not thrown out again before it is used.  Nothing else is shared with the readers but a counter;
 * where everything is in memory the thread ends early and costs nothing.
 */
#ifndef SCROLLBACK_AHEAD_H
#define SCROLLBACK_AHEAD_H

#include "source.h"

struct ahead;

/* A stretch of a file that somebody will read. */
struct ahead_range {
    const char *path; /* NUL-terminated; NULL: nothing that can be asked for */
    uint64_t begin;
    uint64_t end;
};

/* The ranges in the order of reading: return whether there was another one.  The path must stay until
 * ahead_stop().  Called by one thread at a time. */
typedef bool ahead_next_fn(void *arg, struct ahead_range *out);

/* ahead_start(next, arg, out): Start the thread; *${out} NULL if there is none to be had, which
 * changes nothing but speed. */
void ahead_start(ahead_next_fn *next, void *arg, struct ahead **out);

/* ahead_step(a, bytes): Somebody has begun to read so many bytes of the ranges.  Any thread; NULL does
 * nothing. */
void ahead_step(struct ahead *a, uint64_t bytes);

/* ahead_stop(a): When all is read; waits for the thread.  NULL does nothing. */
void ahead_stop(struct ahead *a);

/* ahead_is_cached(next, arg, bytes): Whether the ranges, of ${bytes} in all, are in memory, as far as some
 * samples tell. */
bool ahead_is_cached(ahead_next_fn *next, void *arg, uint64_t bytes);

/* ahead_source(s): The whole of a source as a range; of one that is stored packed, none. */
struct ahead_range ahead_source(const struct source *s);

#endif
