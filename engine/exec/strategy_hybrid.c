#include "strategy.h"

#include "ahead.h"
#include "loop.h"
#include "team.h"

struct hybrid {
    struct loop loop;
    struct ahead *ahead;
};

static void run_unit(void *arg, unsigned worker, size_t step)
{
    struct hybrid *h = arg;
    ahead_step(h->ahead);
    loop_unit(&h->loop, worker, step);
}

int strategy_hybrid(const struct scan *scan, struct scan_outcome *out, struct error *err)
{
    struct hybrid h = {.ahead = NULL};
    if (loop_begin(&h.loop, scan, err) == 0) {
        ahead_start(&h.loop.units, scan, &h.ahead);
        team_for(scan->threads, h.loop.units.count, run_unit, &h);
        out->profile.io = h.ahead == NULL ? PROFILE_IO_READ : PROFILE_IO_READAHEAD;
        ahead_stop(h.ahead);
    }
    return loop_end(&h.loop, out, err);
}
