/* steps.h: Cutting time into steps that begin where a zone's clocks say.
 *
 * Steps of up to an hour begin at whole multiples on the local clock, six-hour steps at local
 * midnight and every six hours after it (the last one of a day is longer or shorter where the clocks change),
 * days at local midnight, weeks on Monday.  Steps never overlap and leave no gap.
 */
#ifndef SCROLLBACK_STEPS_H
#define SCROLLBACK_STEPS_H

#include "timeseries_api.h"
#include "zone.h"

/* steps_seconds(s): The nominal length; ${s} is not STEP_AUTO. */
uint32_t steps_seconds(enum series_step s);

/* steps_choose(from_ms, to_ms): What STEP_AUTO stands for over that range, for a few series. */
enum series_step steps_choose(int64_t from_ms, int64_t to_ms);

/* steps_begin(zone, s, t): Where the step that holds ${t} begins.
 * steps_next(zone, s, begin): Where the step after the one that begins at ${begin} begins. */
int64_t steps_begin(const struct zone *z, enum series_step s, int64_t t);
int64_t steps_next(const struct zone *z, enum series_step s, int64_t begin);

#endif
