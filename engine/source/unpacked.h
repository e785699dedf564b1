/* unpacked.h: Retained transcripts (retained.h), unpacked once for all who read them.
 *
 * A range of a packed file can be read only after all before it was unpacked, so each reader that
 * unpacked for itself would make a file in many units cost the square of its size.  A copy is shared
 * by all readers that hold it, and goes with the last of them: nothing is kept for later.
 */
#ifndef SCROLLBACK_UNPACKED_H
#define SCROLLBACK_UNPACKED_H

#include "source.h"

struct unpacked;

/* unpacked_get(s, out): The copy of ${s}, a retained source; whoever asks while another unpacks it
 * waits.  Return 0 with *${out} to be given back by unpacked_put(), or -1 with errno as
 * retained_open().  Any thread. */
int unpacked_get(const struct source *s, struct unpacked **out);
void unpacked_put(struct unpacked *u); /* NULL does nothing */

/* unpacked_is(u, s): Whether it is the copy of ${s}; ${u} NULL: no. */
bool unpacked_is(const struct unpacked *u, const struct source *s);

/* unpacked_fd(u): A descriptor of the bytes, to be read by pread(2); valid until unpacked_put(). */
int unpacked_fd(const struct unpacked *u);

#endif
