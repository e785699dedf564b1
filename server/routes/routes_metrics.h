/* routes_metrics.h: GET /metrics. */
#ifndef SCROLLBACK_ROUTES_METRICS_H
#define SCROLLBACK_ROUTES_METRICS_H

#include "request.h"

extern const char *const routes_metrics_types[];

/* routes_metrics_run(r): The page that Prometheus reads. */
void routes_metrics_run(struct request *r);

#endif
