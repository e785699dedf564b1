/* gzip.h: Compressing a reply, as a whole or piece by piece.
 *
 * All pieces are one gzip stream.  Level 1: a reply is sent once, to a client that is most often on the same
 * machine.  About 10 ms a megabyte and 256 KB of memory: not for the HTTP library's threads.
 */
#ifndef SCROLLBACK_GZIP_H
#define SCROLLBACK_GZIP_H

#include "bytes.h"

struct gzip;

/* gzip_new(): A stream that begins; the caller's to gzip_free().  NULL without memory. */
struct gzip *gzip_new(void);
void gzip_free(struct gzip *z);

/* gzip_pack(z, piece, last, out): Append ${piece} compressed, such that a reader of all ${out} so far gets all
 * pieces so far; ${last} ends the stream, and nothing may follow.  Without memory out->failed is set. */
void gzip_pack(struct gzip *z, struct span piece, bool last, struct bytes *out);

#endif
