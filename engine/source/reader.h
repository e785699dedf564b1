/* reader.h: Reading whole lines of a file, or of a part of it, in large blocks.
 *
 * Sources are read with pread(2) into one reused buffer: measured at twice the speed of mapping
 * on two threads, and a file that shrinks meanwhile is a short read instead of a SIGBUS.  A
 * range [begin, end) owns the lines that *start* inside it; its last line may reach beyond.
 */
#ifndef SCROLLBACK_READER_H
#define SCROLLBACK_READER_H

#include "source.h"

#define READER_PADDING 64 /* readable bytes behind every block, for wide loads */
/* Bytes asked for at once.  In memory all sizes from 16 KB on are alike.  Of files that are not, reads
 * that are small and in order let Linux read ahead by itself, in large folios, which every later
 * read of them gains from; a read that is large for its read-ahead gets single pages. */
#define READER_CHUNK (64u << 10)
/* A buffer that has grown to this size stays: long lines come often. */
#define READER_KEPT (4u << 20)

struct reader;

/* A run of whole lines.  A last line of a file without a newline is a run of its own, with
 * unterminated set.  What stands in the padding is not defined. */
struct block {
    char *ptr; /* first byte of the first line; the extractor may write into it */
    size_t len;
    uint64_t offset; /* of ptr in the file */
    bool unterminated;
};

/* reader_new(out): One per worker; its buffer lives as long and grows only for a line longer than
 * a chunk (by that line's size; what is above READER_KEPT is given back after it).  reader_free(NULL) does nothing. */
int reader_new(struct reader **out);
void reader_free(struct reader *r);

/* reader_open(r, s, begin, end, err): Start on the lines of ${s} that start in [begin, end),
 * never beyond s->size.  A file opened before is closed; the unpacked copy of a retained one is
 * kept until the reader opens another file or is closed, so that ranges of it cost their own size.  Return 0,
 * or -1 with ERROR_IO or ERROR_NO_MEMORY. */
int reader_open(struct reader *r, const struct source *s, uint64_t begin, uint64_t end,
                struct error *err);

/* reader_close(r): Close the file, for a reader that is kept but has nothing to read for now. */
void reader_close(struct reader *r);

/* reader_ask(r, bytes): After reader_open(): read this much at first, for one who expects to stop
 * soon; 1 to READER_CHUNK, doubled with each read.  The default is READER_CHUNK. */
void reader_ask(struct reader *r, size_t bytes);

/* reader_limit(r, bytes): From the next reader_open(): never read more than this at once, 1 to READER_CHUNK;
 * for measuring what large reads are worth. */
void reader_limit(struct reader *r, size_t bytes);

/* reader_next(r, b, err): Return 1 with the next run of lines in ${b} (borrowed until the next
 * call), 0 at the end, -1 on a read error.  A file that has shrunk ends early. */
int reader_next(struct reader *r, struct block *b, struct error *err);

/* reader_bytes(r): Bytes read from files so far, for accounting. */
uint64_t reader_bytes(const struct reader *r);

#endif
