/* file_stream.h: Whole lines of one file after the other, with the reads of those to come already under way.
 *
 * What a reader (reader.h) gives of a file that is opened when it is wanted, a stream gives of files that
 * it claims from its owner, opens and begins to read ahead of their use, by io_uring (ring.h).  Its
 * buffers are few, allocated once and reused, so it cannot run away from who works on the lines.  It
 * begins with one read under way and allows one more each time it had to wait: where all is in memory, more
 * of them would only push each other out of the cache.  A stream belongs to one thread.
 */
#ifndef SCROLLBACK_FILE_STREAM_H
#define SCROLLBACK_FILE_STREAM_H

#include "reader.h"

struct file_stream;

/* Claim the next file: return false if there is none.  *${path}, NUL-terminated, must stay until it is the
 * stream's current one; NULL only keeps the place of a file that will be read otherwise. */
typedef bool file_stream_claim_fn(void *arg, const char **path);

/* How a file looked before its first byte was read. */
struct file_stream_stamp {
    uint64_t device;
    uint64_t inode;
    uint64_t size; /* reading stops here */
    int64_t mtime_ns;
    int64_t ctime_ns;
    int64_t opened_ns; /* wall clock */
};

/* file_stream_new(claim, arg, out): Return 0, 1 if this kernel or container refuses io_uring, -1 without
 * memory.  file_stream_free(NULL) does nothing. */
int file_stream_new(file_stream_claim_fn *claim, void *arg, struct file_stream **out);
void file_stream_free(struct file_stream *st);

/* file_stream_advance(st): Go on to the next file that was claimed; what was not read of the last one is
 * dropped.  Return false if there is none. */
bool file_stream_advance(struct file_stream *st);

/* file_stream_stamp(st): Of the current file; NULL if it was not opened: it has no path, is no regular file or cannot
 * be opened. */
const struct file_stream_stamp *file_stream_stamp(const struct file_stream *st);

/* file_stream_next(st, b, err): As reader_next(), of the current file, which has a stamp.  What
 * io_uring refuses to read is read by pread(2). */
int file_stream_next(struct file_stream *st, struct block *b, struct error *err);

/* file_stream_waited_ns(st): Time spent waiting for reads so far. */
uint64_t file_stream_waited_ns(const struct file_stream *st);

#endif
