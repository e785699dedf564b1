/* routes_timeseries.h: GET and POST /timeseries. */
#ifndef SCROLLBACK_ROUTES_TIMESERIES_H
#define SCROLLBACK_ROUTES_TIMESERIES_H

#include "request.h"

extern const struct param_spec timeseries_param_specs[];
extern const size_t timeseries_param_count;

/* routes_timeseries_run(r): Count over time and write the reply. */
void routes_timeseries_run(struct request *r);

#endif
