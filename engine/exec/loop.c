#include "loop.h"

#include "clock.h"
#include "error.h"

#include <stdlib.h>

/* The readers of the workers, for the preparation. */
static struct reader **borrow_readers(const struct loop *l)
{
    struct reader **r = calloc(l->scan->threads, sizeof(struct reader *));
    for (unsigned i = 0; r != NULL && i < l->scan->threads; i++)
        r[i] = worker_reader(l->workers[i]);
    return r;
}

int loop_begin(struct loop *l, const struct scan *scan, struct error *err)
{
    *l = (struct loop){.scan = scan, .began_ns = clock_monotonic_ns()};
    if (units_plan(scan, &l->units, err) != 0 || workers_new(scan, &l->workers, err) != 0)
        return -1;
    struct reader **readers = borrow_readers(l);
    int rc = readers == NULL ? -1 : units_prepare(&l->units, scan, readers);
    free(readers);
    if (rc != 0)
        return error_no_memory(err);
    l->ready_ns = clock_monotonic_ns();
    return 0;
}

/* The files of a unit, one after the other: an ahead_next_fn. */
static bool next_range(void *arg, struct ahead_range *out)
{
    struct loop *l = arg;
    if (l->ahead_unit == l->units.count)
        return false;
    const struct unit *u = &l->units.items[l->ahead_unit];
    *out = ahead_source(&l->scan->sources->items[u->first + l->ahead_file]);
    if (u->split != NULL) {
        out->begin = u->begin;
        out->end = u->end;
    }
    if (++l->ahead_file >= u->count) {
        l->ahead_unit++;
        l->ahead_file = 0;
    }
    return true;
}

void loop_read_ahead(struct loop *l)
{
    bool cached = ahead_is_cached(next_range, l, l->scan->sources->bytes);
    l->ahead_unit = 0;
    l->ahead_file = 0;
    if (!cached)
        ahead_start(next_range, l, &l->ahead);
}

void loop_step(struct loop *l, const struct unit *unit)
{
    uint64_t bytes = unit->end - unit->begin;
    if (l->ahead == NULL)
        return;
    for (uint32_t i = 0; unit->split == NULL && i < unit->count; i++)
        bytes += l->scan->sources->items[unit->first + i].size;
    ahead_step(l->ahead, bytes);
}

/* What the team's time is not spent on: a thread without a unit waits. */
static void profile_loop(const struct loop *l, uint64_t busy_ns, struct profile *p)
{
    uint64_t team_ns = (clock_monotonic_ns() - l->ready_ns) * l->scan->threads;
    uint64_t waited = p->ns[PHASE_WAITING] + p->ns[PHASE_LOCKED];
    p->runs = 1;
    p->ns[PHASE_DISCOVER] += l->ready_ns - l->began_ns;
    p->records[PHASE_DISCOVER] += l->scan->sources->count;
    p->bytes[PHASE_DISCOVER] += l->scan->sources->bytes;
    if (team_ns > busy_ns + waited)
        p->ns[PHASE_WAITING] += team_ns - busy_ns - waited;
}

int loop_end(struct loop *l, struct scan_outcome *out, struct error *err)
{
    uint64_t busy_ns = 0;
    int rc = l->ready_ns == 0 ? -1 : 0;
    ahead_stop(l->ahead);
    for (unsigned i = 0; l->workers != NULL && i < l->scan->threads; i++) {
        worker_outcome(l->workers[i], out);
        busy_ns += worker_busy(l->workers[i]);
        if (worker_failed(l->workers[i]))
            rc = error_no_memory(err);
    }
    if (rc == 0)
        profile_loop(l, busy_ns, &out->profile);
    out->stopped = cancel_poll(l->scan->cancel);
    workers_free(l->workers, l->scan->threads);
    units_free(&l->units);
    return rc;
}

void loop_unit(void *arg, unsigned worker, size_t step)
{
    struct loop *l = arg;
    worker_unit(l->workers[worker], &l->units, &l->units.items[step]);
}
