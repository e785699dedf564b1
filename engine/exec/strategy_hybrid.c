#include "strategy.h"

#include "loop.h"
#include "team.h"

static void run_unit(void *arg, unsigned worker, size_t step)
{
    struct loop *l = arg;
    loop_step(l, &l->units.items[step]);
    loop_unit(l, worker, step);
}

int strategy_hybrid(const struct scan *scan, struct scan_outcome *out, struct error *err)
{
    struct loop l;
    if (loop_begin(&l, scan, err) == 0) {
        loop_read_ahead(&l);
        team_for(scan->team, scan->threads, l.units.count, run_unit, &l);
        out->profile.io = PROFILE_IO_READAHEAD;
    }
    return loop_end(&l, out, err);
}
