#include "strategy.h"

#include "loop.h"
#include "team.h"

int strategy_worksharing(const struct scan *scan, struct scan_outcome *out, struct error *err)
{
    struct loop l;
    if (loop_begin(&l, scan, err) == 0)
        team_for(scan->team, scan->threads, l.units.count, loop_unit, &l);
    return loop_end(&l, out, err);
}
