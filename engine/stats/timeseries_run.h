/* timeseries_run.h: Counting what matches over time. */
#ifndef SCROLLBACK_TIMESERIES_RUN_H
#define SCROLLBACK_TIMESERIES_RUN_H

#include "pricing.h"
#include "compile_request.h"
#include "timeseries_api.h"

/* timeseries_run(env, pricing, request, cancel, out, err): As engine_timeseries() (engine.h).  Sums
 * over all points equal the totals of stats_run() for the same query.  More than
 * TIMESERIES_MAX_POINTS points are ERROR_INVALID_PARAMETER ("step"). */
int timeseries_run(const struct environment *env, const struct pricing *pricing,
                   const struct timeseries_request *request, struct cancel *cancel,
                   struct timeseries_reply **out, struct error *err);

#endif
