#include "reader.h"

#include "error.h"
#include "unpacked.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READER_BEHIND ((uint64_t)32 << 10) /* most lines that cross a range's end are shorter */

/* buffer: [ lines handed out | rest: begun, not ended | room | padding ]
 *         0                  done                  fill      size
 * Invariants: done <= fill <= size; the byte at done has offset ${offset} in the file; no newline
 * in [done, searched). */
struct reader {
    int fd;                /* -1: nothing is open */
    struct unpacked *copy; /* of the retained file that was opened last; fd is then its own */
    char *buffer;
    size_t size; /* without padding */
    size_t done;
    size_t fill;
    size_t searched;
    uint64_t offset; /* in the file, of the byte at done */
    uint64_t end;    /* lines that start here or later are another reader's */
    uint64_t limit;  /* of the file */
    bool skip;       /* the line at offset began before the range: drop it */
    bool at_end;     /* nothing more to read */
    size_t ask;      /* bytes to read at once, at first; doubles up to most */
    size_t most;     /* READER_CHUNK, unless reader_limit() said less */
    uint64_t bytes;
    struct span name; /* for messages */
};

int reader_new(struct reader **out)
{
    struct reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return -1;
    r->fd = -1;
    /* Where lines begin at the buffer's beginning, vectors of the search cross no cache line. */
    r->buffer = aligned_alloc(READER_PADDING, READER_CHUNK + READER_PADDING);
    if (r->buffer == NULL) {
        free(r);
        return -1;
    }
    r->size = r->most = READER_CHUNK;
    *out = r;
    return 0;
}

static void close_file(struct reader *r)
{
    if (r->fd >= 0 && r->copy == NULL)
        close(r->fd);
    r->fd = -1;
}

void reader_close(struct reader *r)
{
    close_file(r);
    unpacked_put(r->copy);
    r->copy = NULL;
}

void reader_free(struct reader *r)
{
    if (r == NULL)
        return;
    reader_close(r);
    free(r->buffer);
    free(r);
}

static int reader_fail(const struct reader *r, struct error *err)
{
    if (errno == ENOMEM)
        return error_no_memory(err);
    return error_set(err, ERROR_IO, ERROR_NO_POSITION, "%.*s: %s",
                     (int)(r->name.len > 150 ? 150 : r->name.len), r->name.ptr, strerror(errno));
}

/* A retained file is unpacked whole; who reads it again and again, range by range, keeps the copy. */
static int open_retained(struct reader *r, const struct source *s)
{
    if (!unpacked_is(r->copy, s)) {
        unpacked_put(r->copy);
        r->copy = NULL;
        if (unpacked_get(s, &r->copy) != 0)
            return -1;
    }
    return unpacked_fd(r->copy);
}

static int open_file(struct reader *r, const struct source *s)
{
    if (s->is_retained)
        return open_retained(r, s);
    unpacked_put(r->copy);
    r->copy = NULL;
    return source_open(s->path.ptr, NULL);
}

int reader_open(struct reader *r, const struct source *s, uint64_t begin, uint64_t end,
                struct error *err)
{
    assert(begin <= end);
    close_file(r);
    r->name = s->name;
    r->limit = s->size;
    r->end = end < r->limit ? end : r->limit;
    /* The byte before the range tells whether a line starts at its beginning. */
    r->offset = begin == 0 ? 0 : begin - 1;
    r->skip = begin != 0;
    r->done = r->fill = r->searched = 0;
    r->at_end = false;
    r->ask = r->most;
    r->fd = open_file(r, s);
    return r->fd < 0 ? reader_fail(r, err) : 0;
}

/* Move what is not handed out yet to the front, and give back what a long line took. */
static void reader_compact(struct reader *r)
{
    size_t rest = r->fill - r->done;
    if (r->done > 0 && rest > 0)
        memmove(r->buffer, r->buffer + r->done, rest);
    r->searched -= r->done;
    r->fill = rest;
    r->done = 0;
    if (r->size > READER_KEPT && rest <= READER_CHUNK / 2) {
        char *smaller = realloc(r->buffer, READER_KEPT + READER_PADDING);
        if (smaller != NULL) {
            r->buffer = smaller;
            r->size = READER_KEPT;
        }
    }
}

/* Room for more of a line that fills the buffer.  realloc moves pages, not bytes, at these sizes,
 * and pages that no line reached are never touched. */
static int reader_grow(struct reader *r, struct error *err)
{
    if (r->size > SIZE_MAX / 4)
        return error_no_memory(err);
    char *larger = realloc(r->buffer, r->size * 2 + READER_PADDING);
    if (larger == NULL)
        return error_no_memory(err);
    r->buffer = larger;
    r->size *= 2;
    return 0;
}

static int reader_fill(struct reader *r, struct error *err)
{
    uint64_t at = r->offset + (r->fill - r->done);
    size_t room = r->size - r->fill;
    if (room > r->ask)
        room = r->ask;
    r->ask = r->ask < r->most / 2 ? r->ask * 2 : r->most;
    /* Not much beyond the range: what follows is another reader's, but for the end of a line. */
    uint64_t wanted = at < r->end ? r->end - at + READER_BEHIND : READER_BEHIND * 4;
    if (room > wanted)
        room = (size_t)wanted;
    if (room > r->limit - at)
        room = (size_t)(r->limit - at);
    ssize_t got;
    do
        got = room == 0 ? 0 : pread(r->fd, r->buffer + r->fill, room, (off_t)at);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return reader_fail(r, err);
    r->fill += (size_t)got;
    r->bytes += (uint64_t)got;
    if (got == 0 || at + (uint64_t)got == r->limit)
        r->at_end = true;
    return 0;
}

/* Read until the buffer holds a whole line, or the file ends.  Afterwards searched is the end of
 * the last whole line, or == done if there is none. */
static int reader_fill_line(struct reader *r, struct error *err)
{
    for (;;) {
        const char *newline = r->fill == r->searched
                                  ? NULL
                                  : memrchr(r->buffer + r->searched, '\n', r->fill - r->searched);
        if (newline != NULL) {
            r->searched = (size_t)(newline + 1 - r->buffer);
            return 0;
        }
        r->searched = r->fill;
        if (r->at_end) {
            r->searched = r->done;
            return 0;
        }
        if (r->skip) { /* the line is dropped: the buffer need not hold it whole */
            r->offset += r->fill - r->done;
            r->fill = r->searched = r->done;
            if (r->offset >= r->end) { /* no line starts in the range */
                r->at_end = true;
                return 0;
            }
        }
        if (r->fill == r->size && reader_grow(r, err) != 0)
            return -1;
        if (reader_fill(r, err) != 0)
            return -1;
    }
}

/* Drop the line at done, which began before the range.  Return whether it is all dropped. */
static bool reader_drop_first(struct reader *r)
{
    const char *newline = memchr(r->buffer + r->done, '\n', r->fill - r->done);
    if (newline == NULL)
        return false;
    size_t n = (size_t)(newline + 1 - (r->buffer + r->done));
    r->done += n;
    r->offset += n;
    return true;
}

/* The run in [done, stop) ends with the last line that starts before the range's end. */
static size_t reader_range_stop(const struct reader *r, size_t stop)
{
    if (r->offset + (stop - r->done) <= r->end)
        return stop;
    size_t last = r->done + (size_t)(r->end - r->offset) - 1; /* the range's last byte */
    const char *newline = memchr(r->buffer + last, '\n', stop - last);
    return newline == NULL ? stop : (size_t)(newline + 1 - r->buffer);
}

/* Hand out [done, stop). */
static int reader_give(struct reader *r, size_t stop, bool unterminated, struct block *b)
{
    b->ptr = r->buffer + r->done;
    b->len = stop - r->done;
    b->offset = r->offset;
    b->unterminated = unterminated;
    if (stop == r->fill) /* else lines of ours, or of the next reader, follow */
        memset(r->buffer + r->fill, 0, READER_PADDING);
    r->offset += b->len;
    r->done = stop;
    return 1;
}

int reader_next(struct reader *r, struct block *b, struct error *err)
{
    if (r->fd < 0)
        return 0;
    for (;;) {
        reader_compact(r);
        if (r->offset >= r->end || (r->at_end && r->fill == 0))
            break;
        /* What is left of the last fill holds no whole line: searched starts behind it. */
        if (reader_fill_line(r, err) != 0) {
            close_file(r);
            return -1;
        }
        size_t lines = r->searched;
        r->searched = lines > r->done ? lines : r->fill;
        if (r->skip) {
            if (!reader_drop_first(r))
                break; /* the file ends inside that line */
            r->skip = false;
            if (r->offset >= r->end)
                break;
        }
        if (lines > r->done)
            return reader_give(r, reader_range_stop(r, lines), false, b);
        if (r->at_end && r->fill > r->done)
            return reader_give(r, r->fill, true, b);
    }
    close_file(r);
    return 0;
}

void reader_ask(struct reader *r, size_t bytes)
{
    assert(bytes > 0 && bytes <= READER_CHUNK);
    r->ask = bytes < r->most ? bytes : r->most;
}

void reader_limit(struct reader *r, size_t bytes)
{
    assert(bytes > 0 && bytes <= READER_CHUNK);
    r->most = bytes;
}

uint64_t reader_bytes(const struct reader *r)
{
    return r->bytes;
}
