#include "ahead.h"

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#define AHEAD_BYTES (UINT64_C(64) << 20) /* at most this much before the team */
#define AHEAD_UNITS_MIN 4
#define AHEAD_CACHED_ENOUGH 16 /* units in memory, one after the other: the rest will be, too */
#define SAMPLES 24

struct ahead {
    const struct units *units;
    const struct scan *scan;
    sem_t room; /* units that may still be asked for */
    atomic_bool stop;
    pthread_t thread;
};

/* -1 also for what is stored packed: its offsets are not the file's. */
static int open_quietly(const struct source *s)
{
    return s->is_retained ? -1 : open(s->path.ptr, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
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

/* Ask for a range.  Return whether it was there. */
static bool ask(const struct source *s, uint64_t begin, uint64_t end)
{
    int fd = open_quietly(s);
    if (fd < 0)
        return true;
    bool there = range_is_in_memory(fd, begin, end);
    if (!there)
        (void)posix_fadvise(fd, (off_t)begin, (off_t)(end - begin), POSIX_FADV_WILLNEED);
    close(fd);
    return there;
}

static bool ask_unit(const struct ahead *a, const struct unit *u)
{
    bool there = true;
    if (u->split != NULL)
        return ask(u->split->source, u->begin, u->end);
    for (uint32_t i = u->first; i < u->first + u->count && !atomic_load(&a->stop); i++) {
        const struct source *s = &a->scan->sources->items[i];
        there = ask(s, 0, s->size) && there;
    }
    return there;
}

static void *ahead_run(void *arg)
{
    struct ahead *a = arg;
    unsigned cached = 0;
    for (size_t i = 0; i < a->units->count && cached < AHEAD_CACHED_ENOUGH; i++) {
        while (sem_wait(&a->room) != 0)
            continue;
        if (atomic_load(&a->stop))
            break;
        cached = ask_unit(a, &a->units->items[i]) ? cached + 1 : 0;
    }
    return NULL;
}

static unsigned room_in_units(const struct units *u, const struct scan *scan)
{
    uint64_t size = u->count == 0 ? 1 : scan->sources->bytes / u->count + 1;
    uint64_t n = AHEAD_BYTES / size;
    return n < AHEAD_UNITS_MIN ? AHEAD_UNITS_MIN : n > 4096 ? 4096 : (unsigned)n;
}

void ahead_start(const struct units *units, const struct scan *scan, struct ahead **out)
{
    struct ahead *a = calloc(1, sizeof *a);
    *out = NULL;
    if (a == NULL)
        return;
    a->units = units;
    a->scan = scan;
    atomic_init(&a->stop, false);
    if (sem_init(&a->room, 0, room_in_units(units, scan)) != 0) {
        free(a);
        return;
    }
    if (pthread_create(&a->thread, NULL, ahead_run, a) != 0) {
        sem_destroy(&a->room);
        free(a);
        return;
    }
    *out = a;
}

void ahead_step(struct ahead *a)
{
    if (a != NULL)
        sem_post(&a->room);
}

void ahead_stop(struct ahead *a)
{
    if (a == NULL)
        return;
    atomic_store(&a->stop, true);
    sem_post(&a->room);
    pthread_join(a->thread, NULL);
    sem_destroy(&a->room);
    free(a);
}

/* Places at equal distances over all the bytes of the list, so that large files count for more. */
bool ahead_is_cached(const struct source_list *list)
{
    uint64_t step = list->bytes / SAMPLES + 1, next = step / 2, at = 0;
    unsigned missing = 0;
    for (uint32_t i = 0; i < list->count && missing < 2; at += list->items[i++].size) {
        const struct source *s = &list->items[i];
        if (next >= at + s->size)
            continue;
        int fd = open_quietly(s);
        for (; next < at + s->size; next += step)
            missing += fd >= 0 && !is_in_memory(fd, next - at);
        if (fd >= 0)
            close(fd);
    }
    return missing < 2;
}
