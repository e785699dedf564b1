#include "strategy.h"

#include "clock.h"
#include "loop.h"
#include "ring.h"
#include "team.h"

#include <string.h>
#include <unistd.h>

#define UNIT_BYTES (UINT64_C(512) << 10)
#define BEHIND ((size_t)32 << 10) /* read beyond a range, for the line that crosses its end */
#define SLOTS_MAX 16
#define SLOTS_WARM 1 /* while all reads are answered at once, more only spoils the caches */
#define RING_BYTES (32u << 20) /* of all buffers of all workers, as long as each has one */

/* A read that is under way or whose bytes are in work. */
struct slot {
    struct portion portion;
    int fd;
    bool busy;
};

struct async {
    struct loop loop;
    size_t slot_bytes;
    unsigned slots;
    _Atomic size_t next_unit; /* not begun by anybody */
    atomic_bool refused;      /* io_uring is */
};

/* The event loop of one worker: it keeps reads under way while it works on those that are done. */
struct event_loop {
    struct async *async;
    struct worker *worker;
    struct ring *ring;
    struct slot slots[SLOTS_MAX];
    unsigned under_way;
    unsigned depth;          /* reads to keep under way */
    const struct unit *unit; /* being submitted; NULL: take the next */
    uint32_t file;           /* of a unit of whole files: the next one */
};

static bool stopped(const struct event_loop *e)
{
    return worker_failed(e->worker) || cancel_poll(e->async->loop.scan->cancel) != CANCEL_NONE;
}

/* The next range to read.  Return whether there is one. */
static bool next_portion(struct event_loop *e, struct portion *p)
{
    struct units *units = &e->async->loop.units;
    if (e->unit == NULL) {
        size_t i = atomic_fetch_add_explicit(&e->async->next_unit, 1, memory_order_relaxed);
        if (i >= units->count)
            return false;
        e->unit = &units->items[i];
        e->file = 0;
    }
    const struct unit *u = e->unit;
    const struct source *s = &e->async->loop.scan->sources->items[u->first + e->file];
    *p = (struct portion){.unit = u, .source = s, .begin = 0, .end = s->size};
    if (u->split != NULL) {
        p->begin = u->begin;
        p->end = u->end;
    }
    if (++e->file == u->count)
        e->unit = NULL;
    return true;
}

/* Begin to read a range; what cannot be is read by the worker, who also knows how to complain. */
static void submit(struct event_loop *e, const struct portion *p)
{
    unsigned i = 0;
    while (e->slots[i].busy)
        i++;
    struct slot *s = &e->slots[i];
    uint64_t offset = p->begin == 0 ? 0 : p->begin - 1;
    uint64_t stop = p->source->size - p->end < BEHIND ? p->source->size : p->end + BEHIND;
    *s = (struct slot){.portion = *p, .fd = -1};
    s->portion.size = (size_t)(stop - offset);
    uint64_t started = clock_monotonic_ns();
    if (!p->source->is_retained && p->begin < p->end && s->portion.size <= e->async->slot_bytes)
        s->fd = source_open(p->source->path.ptr, NULL);
    bool begun = s->fd >= 0 && ring_read(e->ring, i, 0, s->fd, offset, s->portion.size) == 0;
    /* What the kernel has in memory it copies now. */
    worker_spent(e->worker, PHASE_READ, clock_monotonic_ns() - started);
    if (!begun) {
        if (s->fd >= 0)
            close(s->fd);
        worker_reads_portion(e->worker, &e->async->loop.units, p);
        return;
    }
    s->busy = true;
    e->under_way++;
}

static void finish(struct event_loop *e, unsigned i, int got)
{
    struct slot *s = &e->slots[i];
    close(s->fd);
    s->portion.bytes = ring_buffer(e->ring, i);
    if (stopped(e))
        ;
    else if (got >= 0 && (size_t)got == s->portion.size)
        worker_portion(e->worker, &e->async->loop.units, &s->portion);
    else
        worker_reads_portion(e->worker, &e->async->loop.units, &s->portion);
    s->busy = false;
    e->under_way--;
}

/* Wait for a read, and work on it.  Having to wait means that more should be under way. */
static int complete(struct event_loop *e)
{
    unsigned slot;
    int got;
    uint64_t started = clock_monotonic_ns();
    int ready = ring_next(e->ring, &slot, &got);
    if (ready < 0)
        return -1;
    worker_spent(e->worker, PHASE_WAITING, clock_monotonic_ns() - started);
    if (ready == 0 && e->depth < e->async->slots)
        e->depth++;
    finish(e, slot, got);
    return 0;
}

/* What a broken ring still owes is read by the worker. */
static void give_up(struct event_loop *e)
{
    for (unsigned i = 0; i < SLOTS_MAX; i++)
        if (e->slots[i].busy)
            finish(e, i, -1);
}

static void run_ring(struct event_loop *e)
{
    struct portion p;
    bool more = true;
    while (more || e->under_way > 0) {
        while (more && e->under_way < e->depth && (more = !stopped(e) && next_portion(e, &p)))
            submit(e, &p);
        if (e->under_way > 0 && complete(e) != 0) {
            give_up(e);
            break;
        }
    }
}

/* Without a ring: the units as they come, with a thread that reads ahead. */
static void run_plain(struct event_loop *e)
{
    struct portion p;
    const struct unit *begun = NULL;
    while (!stopped(e) && next_portion(e, &p)) {
        if (p.unit != begun)
            loop_step(&e->async->loop, p.unit);
        begun = p.unit;
        worker_reads_portion(e->worker, &e->async->loop.units, &p);
    }
}

static void run_worker(void *arg, unsigned worker, size_t step)
{
    struct async *a = arg;
    struct event_loop e = {.async = a, .worker = a->loop.workers[worker], .depth = SLOTS_WARM};
    (void)step;
    if (!atomic_load(&a->refused) && ring_new(a->slots, a->slot_bytes, &e.ring) != 0)
        e.ring = NULL;
    if (e.ring != NULL)
        run_ring(&e);
    run_plain(&e); /* nothing is left where there is a ring that works */
    ring_free(e.ring);
}

int strategy_async(const struct scan *scan, struct scan_outcome *out, struct error *err)
{
    struct scan small = *scan;
    struct async a = {.slots = SLOTS_MAX};
    if (small.unit_bytes == 0)
        small.unit_bytes = UNIT_BYTES;
    a.slot_bytes = (size_t)small.unit_bytes * 2 + BEHIND + 1;
    while (a.slots > SLOTS_WARM && a.slot_bytes * a.slots * scan->threads > RING_BYTES)
        a.slots--;
    atomic_init(&a.next_unit, 0);
    atomic_init(&a.refused, !ring_works());
    if (loop_begin(&a.loop, &small, err) == 0) {
        if (a.refused)
            loop_read_ahead(&a.loop);
        team_for(scan->team, scan->threads, scan->threads, run_worker, &a);
        out->profile.io = a.refused ? PROFILE_IO_READAHEAD : PROFILE_IO_URING;
    }
    return loop_end(&a.loop, out, err);
}
