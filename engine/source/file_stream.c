#include "file_stream.h"

#include "clock.h"
#include "error.h"
#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define CHUNK ((size_t)256 << 10)
#define HEAD ((size_t)64 << 10) /* before a chunk: room for the begun line that it goes on with */
#define SLOTS 16
#define FILES 32

/* A claimed file.  Reads are submitted file by file, each from its beginning. */
struct file {
    const char *path;
    int fd;         /* -1: has no stamp */
    uint64_t asked; /* bytes whose reads were submitted */
    struct file_stream_stamp stamp;
};

enum slot_state {
    SLOT_FREE,
    SLOT_UNDER_WAY,
    SLOT_PLAIN, /* the ring does not read it: pread(2) when it is wanted */
    SLOT_DONE
};

struct slot {
    enum slot_state state;
    struct file *file;
    uint64_t offset;
    size_t size;
    int got; /* bytes, or a negative error number */
};

/* files: a ring; those in [first, first + count) are claimed, the first of them is the current one, and those
 * in [first + submitted, …) have bytes that were not asked for.  queue: the numbers of the slots in the
 * order of their reads; those in [head, tail) hold bytes that were not taken up yet. */
struct file_stream {
    file_stream_claim_fn *claim;
    void *arg;
    struct ring *ring;
    struct file files[FILES];
    unsigned first, count, submitted;
    bool begun; /* the first file is the current one */
    bool all_claimed;
    struct slot slots[SLOTS];
    unsigned queue[SLOTS];
    unsigned head, tail; /* modulo SLOTS */
    unsigned under_way;
    unsigned depth; /* reads to keep under way */
    bool broken;    /* the ring is */
    /* By slot: the ring has broken with a read into its buffer under way, which the kernel may still
     * write to; it has another one from then on, once it is needed. */
    bool lost[SLOTS];
    char *other[SLOTS];

    /* of the current file */
    int held;   /* the slot that the last block lies in; -1: none */
    char *rest; /* behind the last block: a begun line */
    size_t rest_len;
    uint64_t offset; /* of rest in the file */
    bool ended;
    char *spill; /* lines longer than a chunk are put together here */
    size_t spill_size;
    size_t spill_len;
    uint64_t waited_ns;
};

int file_stream_new(file_stream_claim_fn *claim, void *arg, struct file_stream **out)
{
    struct file_stream *st = calloc(1, sizeof *st);
    if (st == NULL)
        return -1;
    int rc = ring_new(SLOTS, HEAD + CHUNK, &st->ring);
    if (rc != 0) {
        free(st);
        return rc;
    }
    st->claim = claim;
    st->arg = arg;
    st->depth = 1;
    st->held = -1;
    *out = st;
    return 0;
}

void file_stream_free(struct file_stream *st)
{
    if (st == NULL)
        return;
    ring_free(st->ring);
    for (unsigned i = 0; i < st->count; i++)
        if (st->files[(st->first + i) % FILES].fd >= 0)
            close(st->files[(st->first + i) % FILES].fd);
    for (unsigned i = 0; i < SLOTS; i++)
        free(st->other[i]);
    free(st->spill);
    free(st);
}

uint64_t file_stream_waited_ns(const struct file_stream *st)
{
    return st->waited_ns;
}

static int64_t nanoseconds(struct timespec t)
{
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void open_file(struct file *f)
{
    struct stat s;
    struct timespec now;
    f->fd = f->path == NULL ? -1 : source_open(f->path, &s);
    if (f->fd < 0)
        return;
    (void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail */
    f->stamp = (struct file_stream_stamp){.device = s.st_dev,
                                          .inode = s.st_ino,
                                          .size = (uint64_t)s.st_size,
                                          .mtime_ns = nanoseconds(s.st_mtim),
                                          .ctime_ns = nanoseconds(s.st_ctim),
                                          .opened_ns = nanoseconds(now)};
}

/* Whether the last claimed file is one that only keeps its place: what is behind it is left to others until its
 * turn has come. */
static bool ends_with_gap(const struct file_stream *st)
{
    return st->count > 0 && st->files[(st->first + st->count - 1) % FILES].fd < 0;
}

/* The file to submit reads of; NULL if there is none, or none more now. */
static struct file *file_to_read(struct file_stream *st)
{
    for (;;) {
        while (st->submitted < st->count) {
            struct file *f = &st->files[(st->first + st->submitted) % FILES];
            if (f->fd >= 0 && f->asked < f->stamp.size)
                return f;
            st->submitted++;
        }
        if (st->count == FILES || st->all_claimed || ends_with_gap(st))
            return NULL;
        struct file *f = &st->files[(st->first + st->count) % FILES];
        *f = (struct file){.fd = -1};
        if (!st->claim(st->arg, &f->path)) {
            st->all_claimed = true;
            return NULL;
        }
        open_file(f);
        st->count++;
    }
}

static int free_slot(const struct file_stream *st)
{
    for (int i = 0; i < SLOTS; i++)
        if (st->slots[i].state == SLOT_FREE && i != st->held)
            return i;
    return -1;
}

/* Submit reads until enough are under way. */
static void submit(struct file_stream *st)
{
    while (st->under_way < st->depth) {
        int i = free_slot(st);
        struct file *f = i < 0 ? NULL : file_to_read(st);
        if (f == NULL)
            return;
        uint64_t left = f->stamp.size - f->asked;
        struct slot *s = &st->slots[i];
        *s = (struct slot){SLOT_PLAIN, f, f->asked, left < CHUNK ? (size_t)left : CHUNK, 0};
        f->asked += s->size;
        st->queue[st->tail++ % SLOTS] = (unsigned)i;
        if (st->broken || ring_read(st->ring, (unsigned)i, HEAD, f->fd, s->offset, s->size) != 0)
            return; /* it is read when its turn comes */
        s->state = SLOT_UNDER_WAY;
        st->under_way++;
    }
}

static char *slot_data(const struct file_stream *st, unsigned i)
{
    return (st->lost[i] ? st->other[i] : ring_buffer(st->ring, i)) + HEAD;
}

/* Whether the slot has a buffer that is its own. */
static bool has_buffer(struct file_stream *st, unsigned i)
{
    if (st->lost[i] && st->other[i] == NULL)
        st->other[i] = malloc(HEAD + CHUNK + READER_PADDING);
    return !st->lost[i] || st->other[i] != NULL;
}

/* Read what is missing of a slot: the kernel may give less than was asked for, or refuse to read this
 * way at all; what pread(2) says counts. */
static void read_rest(struct file_stream *st, unsigned i)
{
    struct slot *s = &st->slots[i];
    if (s->got < 0)
        s->got = 0;
    if (!has_buffer(st, i))
        s->got = -ENOMEM;
    while (s->got >= 0 && (size_t)s->got < s->size) {
        ssize_t n = pread(s->file->fd, slot_data(st, i) + s->got, s->size - (size_t)s->got,
                          (off_t)(s->offset + (uint64_t)s->got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            s->got = -errno;
        if (n <= 0)
            break;
        s->got += (int)n;
    }
    s->state = SLOT_DONE;
}

static void give_up_ring(struct file_stream *st)
{
    st->broken = true;
    st->under_way = 0;
    for (unsigned i = 0; i < SLOTS; i++)
        if (st->slots[i].state == SLOT_UNDER_WAY) {
            st->slots[i].state = SLOT_PLAIN;
            st->lost[i] = true;
        }
}

static void wait_for_slot(struct file_stream *st, unsigned i)
{
    unsigned slot;
    int got;
    while (st->slots[i].state == SLOT_UNDER_WAY) {
        int ready = ring_next(st->ring, &slot, &got);
        if (ready < 0) {
            give_up_ring(st);
            break;
        }
        st->under_way--;
        st->slots[slot].state = SLOT_DONE;
        st->slots[slot].got = got;
        if (ready == 0 && st->depth < SLOTS)
            st->depth++;
    }
    if (st->slots[i].state == SLOT_PLAIN)
        st->slots[i].got = 0;
    read_rest(st, i);
}

static void let_go(struct file_stream *st)
{
    if (st->held >= 0)
        st->slots[st->held].state = SLOT_FREE;
    st->held = -1;
}

/* Take up the next chunk of the current file; -1 if there is none. */
static int next_slot(struct file_stream *st)
{
    submit(st);
    if (st->head == st->tail)
        return -1;
    unsigned i = st->queue[st->head % SLOTS];
    if (st->slots[i].file != &st->files[st->first])
        return -1;
    uint64_t started = clock_monotonic_ns();
    wait_for_slot(st, i);
    st->waited_ns += clock_monotonic_ns() - started;
    st->head++;
    submit(st);
    return (int)i;
}

/* Nobody wants more of the current file. */
static void drop_rest(struct file_stream *st)
{
    int i;
    st->files[st->first].asked = st->files[st->first].stamp.size;
    while ((i = next_slot(st)) >= 0)
        st->slots[i].state = SLOT_FREE;
}

bool file_stream_advance(struct file_stream *st)
{
    let_go(st);
    if (st->begun) {
        drop_rest(st);
        if (st->files[st->first].fd >= 0)
            close(st->files[st->first].fd);
        st->first = (st->first + 1) % FILES;
        st->count--;
        st->submitted -= st->submitted > 0;
    }
    submit(st);
    if (st->count == 0)
        (void)file_to_read(st); /* claims; one that cannot be read has its turn, too */
    st->begun = st->count > 0;
    st->rest_len = st->spill_len = 0;
    st->offset = 0;
    st->ended = false;
    return st->begun;
}

const struct file_stream_stamp *file_stream_stamp(const struct file_stream *st)
{
    const struct file *f = &st->files[st->first];
    return st->begun && f->fd >= 0 ? &f->stamp : NULL;
}

/* Put ${n} bytes behind what is in the spill. */
static int spill_add(struct file_stream *st, const char *bytes, size_t n, struct error *err)
{
    size_t wanted = st->spill_len + n + READER_PADDING;
    if (wanted > st->spill_size) {
        size_t size = wanted + wanted / 2;
        char *larger = realloc(st->spill, size);
        if (larger == NULL)
            return error_no_memory(err);
        st->spill = larger;
        st->spill_size = size;
    }
    /* The analyzer is wrong: a rest is in the spill only if that is not empty. */
    if (n > 0) /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
        memcpy(st->spill + st->spill_len, bytes, n);
    st->spill_len += n;
    return 0;
}

/* Put the begun line before ${n} bytes of a chunk.  Return where the whole begins, or NULL without
 * memory. */
static char *join(struct file_stream *st, char *data, size_t n, struct error *err)
{
    if (st->spill_len == 0 && st->rest_len <= HEAD) {
        if (st->rest_len > 0)
            memcpy(data - st->rest_len, st->rest, st->rest_len);
        return data - st->rest_len;
    }
    if (st->spill_len == 0 && spill_add(st, st->rest, st->rest_len, err) != 0)
        return NULL;
    return spill_add(st, data, n, err) == 0 ? st->spill : NULL;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): who reads the block may write it */
static int give(struct file_stream *st, char *start, size_t len, bool unterminated, struct block *b)
{
    *b = (struct block){start, len, st->offset, unterminated};
    st->offset += len;
    return 1;
}

static int fail(int number, struct file_stream *st, struct error *err)
{
    errno = number;
    if (number == ENOMEM)
        return error_no_memory(err);
    return error_set(err, ERROR_IO, ERROR_NO_POSITION, "%.150s: %s", st->files[st->first].path,
                     strerror(number));
}

/* The file has ended: what is begun is its last line. */
static int give_last(struct file_stream *st, struct block *b)
{
    st->ended = true;
    if (st->rest_len == 0)
        return 0;
    return give(st, st->rest, st->rest_len, true, b);
}

int file_stream_next(struct file_stream *st, struct block *b, struct error *err)
{
    for (;;) {
        int i = st->ended ? -1 : next_slot(st);
        if (i < 0)
            return st->ended ? 0 : give_last(st, b);
        struct slot *s = &st->slots[i];
        if (s->got < 0) {
            s->state = SLOT_FREE;
            st->ended = true;
            return fail(-s->got, st, err);
        }
        char *data = slot_data(st, (unsigned)i);
        size_t n = (size_t)s->got, lines = 0;
        const char *newline = n == 0 ? NULL : memrchr(data, '\n', n);
        if (newline != NULL)
            lines = (size_t)(newline + 1 - data);
        if (n < s->size) /* the file has shrunk */
            drop_rest(st);
        /* Without a newline all of it goes on with the begun line. */
        size_t whole = st->rest_len + (newline != NULL ? lines : n);
        char *start = join(st, data, newline != NULL ? lines : n, err);
        if (start == NULL) {
            s->state = SLOT_FREE;
            st->ended = true;
            return -1;
        }
        let_go(st);
        st->held = i;
        if (newline == NULL) {
            st->rest = start;
            st->rest_len = whole;
            continue;
        }
        st->rest = data + lines;
        st->rest_len = n - lines;
        st->spill_len = 0; /* the block stays there until the next call */
        return give(st, start, whole, false, b);
    }
}
