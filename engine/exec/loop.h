/* loop.h: What every parallel strategy begins and ends with: units, workers, and the sum of what they
 * have seen.
 */
#ifndef SCROLLBACK_LOOP_H
#define SCROLLBACK_LOOP_H

#include "ahead.h"
#include "worker.h"

struct loop {
    const struct scan *scan;
    struct units units;
    struct worker **workers;
    uint64_t began_ns;
    uint64_t ready_ns; /* when loop_begin() was done */
    /* Of the thread that reads ahead, if there is one: where it is. */
    struct ahead *ahead;
    size_t ahead_unit;
    uint32_t ahead_file;
};

/* loop_begin(l, scan, err): Cut the sources, make the workers, find what units must know.  Return 0,
 * or -1 without memory; loop_end() either way. */
int loop_begin(struct loop *l, const struct scan *scan, struct error *err);

/* loop_end(l, out, err): When no worker runs any more: add up, and free all.  Return 0, or -1 if a
 * worker had no memory or loop_begin() failed. */
int loop_end(struct loop *l, struct scan_outcome *out, struct error *err);

/* loop_read_ahead(l): Have a thread read ahead of the units, until loop_end().  l->ahead stays NULL if there is
 * none to be had, or everything is in memory as far as samples tell: a thread that only looks and ends
 * keeps a worker from its processor for longer than that.  loop_step(l, unit): A worker begins that unit. */
void loop_read_ahead(struct loop *l);
void loop_step(struct loop *l, const struct unit *unit);

/* loop_unit(arg, worker, step): A team_fn (team.h), arg a struct loop: read unit number ${step}. */
void loop_unit(void *arg, unsigned worker, size_t step);

#endif
