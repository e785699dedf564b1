#include "ahead.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#define AHEAD_BYTES (UINT64_C(64) << 20)  /* at most this much before the readers */
#define WHOLE_BYTES (UINT64_C(512) << 10) /* ranges up to this size are asked for as a whole */
#define FIRST_BYTES (64u << 10)           /* of others this much is read */
/* In memory, one range after the other: the rest will be, too. */
#define CACHED_RANGES 16
#define CACHED_BYTES (UINT64_C(16) << 20)
#define CACHED_RANGES_MANY 512 /* so many, however small */
#define SAMPLES 24

struct ahead {
    ahead_next_fn *next;
    void *arg;
    sem_t stepped; /* posted with each step */
    _Atomic uint64_t begun;
    atomic_bool stop;
    pthread_t thread;
    char first[FIRST_BYTES]; /* what was read of a range; nobody looks at it */
};

static int open_quietly(const char *path)
{
    return path == NULL ? -1 : source_open(path, NULL);
}

/* Whether the byte at ${offset} can be read without waiting for the device. */
static bool is_in_memory(int fd, uint64_t offset)
{
    char byte;
    struct iovec v = {&byte, 1};
    return preadv2(fd, &v, 1, (off_t)offset, RWF_NOWAIT) >= 0;
}

static bool range_is_in_memory(int fd, uint64_t begin, uint64_t end)
{
    if (begin >= end)
        return true;
    return is_in_memory(fd, end - 1) && is_in_memory(fd, begin + (end - begin) / 2) &&
           is_in_memory(fd, begin);
}

/* Ask for a range that is not in memory.  A small one as a whole, without waiting for it.  Of a large one the
 * beginning is read: then the kernel's own read-ahead is under way when its reader comes, and runs before that
 * reader in large folios.  What POSIX_FADV_WILLNEED fetches stands in single pages, and its reader finds no mark
 * at which to read further ahead (mm/readahead.c of Linux). */
static void ask(struct ahead *a, int fd, const struct ahead_range *r)
{
    uint64_t size = r->end - r->begin;
    if (size <= WHOLE_BYTES)
        (void)posix_fadvise(fd, (off_t)r->begin, (off_t)size, POSIX_FADV_WILLNEED);
    else if (pread(fd, a->first, FIRST_BYTES, (off_t)r->begin) < 0)
        return; /* its reader will say so */
}

/* Return whether the range was in memory; what cannot be opened has nobody to wait for. */
static bool ask_if_missing(struct ahead *a, const struct ahead_range *r)
{
    int fd = open_quietly(r->path);
    if (fd < 0)
        return true;
    bool there = range_is_in_memory(fd, r->begin, r->end);
    if (!there)
        ask(a, fd, r);
    close(fd);
    return there;
}

/* Wait until the readers are near enough.  Return whether to go on. */
static bool wait_for_readers(struct ahead *a, uint64_t asked)
{
    while (!atomic_load(&a->stop) && asked > atomic_load(&a->begun) + AHEAD_BYTES)
        (void)sem_wait(&a->stepped);
    return !atomic_load(&a->stop);
}

static void *ahead_run(void *arg)
{
    struct ahead *a = arg;
    struct ahead_range r;
    uint64_t asked = 0, bytes = 0;
    unsigned ranges = 0; /* in memory, and their bytes, since one was not */
    while (wait_for_readers(a, asked) && a->next(a->arg, &r)) {
        asked += r.end - r.begin;
        bytes += r.end - r.begin;
        ranges++;
        if (!ask_if_missing(a, &r))
            bytes = ranges = 0;
        if ((ranges >= CACHED_RANGES && bytes >= CACHED_BYTES) || ranges >= CACHED_RANGES_MANY)
            break;
    }
    return NULL;
}

void ahead_start(ahead_next_fn *next, void *arg, struct ahead **out)
{
    struct ahead *a = calloc(1, sizeof *a);
    *out = NULL;
    if (a == NULL)
        return;
    a->next = next;
    a->arg = arg;
    atomic_init(&a->begun, 0);
    atomic_init(&a->stop, false);
    if (sem_init(&a->stepped, 0, 0) != 0) {
        free(a);
        return;
    }
    if (pthread_create(&a->thread, NULL, ahead_run, a) != 0) {
        sem_destroy(&a->stepped);
        free(a);
        return;
    }
    *out = a;
}

void ahead_step(struct ahead *a, uint64_t bytes)
{
    if (a == NULL)
        return;
    atomic_fetch_add(&a->begun, bytes);
    sem_post(&a->stepped);
}

void ahead_stop(struct ahead *a)
{
    if (a == NULL)
        return;
    atomic_store(&a->stop, true);
    sem_post(&a->stepped);
    pthread_join(a->thread, NULL);
    sem_destroy(&a->stepped);
    free(a);
}

/* Places at equal distances over all the bytes, so that large files count for more. */
bool ahead_is_cached(ahead_next_fn *next, void *arg, uint64_t bytes)
{
    uint64_t step = bytes / SAMPLES + 1, place = step / 2, at = 0;
    unsigned missing = 0;
    struct ahead_range r;
    for (; missing < 2 && next(arg, &r); at += r.end - r.begin) {
        if (place >= at + (r.end - r.begin))
            continue;
        int fd = open_quietly(r.path);
        for (; place < at + (r.end - r.begin); place += step)
            missing += fd >= 0 && !is_in_memory(fd, r.begin + (place - at));
        if (fd >= 0)
            close(fd);
    }
    return missing < 2;
}

struct ahead_range ahead_source(const struct source *s)
{
    return (struct ahead_range){s->is_retained ? NULL : s->path.ptr, 0, s->size};
}
