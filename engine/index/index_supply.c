#include "index_supply.h"

#include "ahead.h"
#include "ring.h"

#include <stdlib.h>

#define CLAIMS 64 /* more than a stream claims ahead */

struct supply {
    enum strategy strategy;
    enum profile_io io;
    struct catalog_entry **entries;
    uint32_t count;
    atomic_uint next; /* not taken by anybody */
    /* of the thread that reads ahead */
    struct ahead *ahead;
    struct ahead_range *ranges; /* of the entries, which change while they are read */
    uint32_t asked;
};

struct intake {
    struct supply *supply;
    struct file_stream *stream; /* NULL: no reading ahead of its own */
    uint32_t claims[CLAIMS];
    unsigned head, tail; /* modulo CLAIMS */
};

static struct ahead_range whole(const struct catalog_entry *e)
{
    return ahead_source(&e->source);
}

/* The entries as ranges, before anybody reads: an ahead_next_fn. */
static bool next_entry(void *arg, struct ahead_range *out)
{
    struct supply *s = arg;
    if (s->asked == s->count)
        return false;
    *out = whole(s->entries[s->asked++]);
    return true;
}

static bool next_range(void *arg, struct ahead_range *out)
{
    struct supply *s = arg;
    if (s->asked == s->count)
        return false;
    *out = s->ranges[s->asked++];
    return true;
}

static enum strategy choose(struct supply *s, enum strategy asked)
{
    if (asked >= STRATEGY_WORKSHARING)
        return asked;
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < s->count; i++)
        bytes += s->entries[i]->source.size;
    bool cached = ahead_is_cached(next_entry, s, bytes);
    s->asked = 0;
    return cached ? STRATEGY_WORKSHARING : STRATEGY_HYBRID;
}

/* Without memory for it nobody reads ahead, which costs time only. */
static void read_ahead(struct supply *s)
{
    s->ranges = malloc((s->count + 1u) * sizeof *s->ranges);
    if (s->ranges == NULL)
        return;
    for (uint32_t i = 0; i < s->count; i++)
        s->ranges[i] = whole(s->entries[i]);
    ahead_start(next_range, s, &s->ahead);
    if (s->ahead != NULL)
        s->io = PROFILE_IO_READAHEAD;
}

int supply_new(enum strategy strategy, struct catalog_entry **entries, uint32_t count,
               struct supply **out)
{
    struct supply *s = calloc(1, sizeof *s);
    if (s == NULL)
        return -1;
    s->entries = entries;
    s->count = count;
    s->io = PROFILE_IO_READ;
    atomic_init(&s->next, 0);
    s->strategy = choose(s, strategy);
    if (s->strategy == STRATEGY_ASYNC && ring_works())
        s->io = PROFILE_IO_URING;
    else if (s->strategy != STRATEGY_WORKSHARING)
        read_ahead(s);
    *out = s;
    return 0;
}

void supply_free(struct supply *s)
{
    if (s == NULL)
        return;
    ahead_stop(s->ahead);
    free(s->ranges);
    free(s);
}

enum profile_io supply_io(const struct supply *s)
{
    return s->io;
}

static struct catalog_entry *take(struct supply *s, uint32_t *number)
{
    *number = atomic_fetch_add_explicit(&s->next, 1, memory_order_relaxed);
    return *number < s->count ? s->entries[*number] : NULL;
}

/* A stream claims a file; what was read before is compared first, which the stream cannot do. */
static bool claim(void *arg, const char **path)
{
    struct intake *in = arg;
    uint32_t number;
    struct catalog_entry *e = take(in->supply, &number);
    if (e == NULL)
        return false;
    *path = e->indexed || e->source.is_retained ? NULL : e->source.path.ptr;
    in->claims[in->tail++ % CLAIMS] = number;
    return true;
}

int intake_new(struct supply *s, struct intake **out)
{
    struct intake *in = calloc(1, sizeof *in);
    if (in == NULL)
        return -1;
    in->supply = s;
    if (s->io == PROFILE_IO_URING && file_stream_new(claim, in, &in->stream) < 0) {
        free(in);
        return -1;
    }
    *out = in;
    return 0;
}

void intake_free(struct intake *in)
{
    if (in == NULL)
        return;
    file_stream_free(in->stream);
    free(in);
}

struct catalog_entry *intake_next(struct intake *in)
{
    uint32_t number;
    if (in->stream != NULL)
        return file_stream_advance(in->stream)
                   ? in->supply->entries[in->claims[in->head++ % CLAIMS]]
                   : NULL;
    struct catalog_entry *e = take(in->supply, &number);
    if (e != NULL)
        ahead_step(in->supply->ahead, e->source.size);
    return e;
}

struct file_stream *intake_stream(struct intake *in)
{
    return in->stream;
}
