/* routes_health.h: /livez, /readyz, /healthz and /version: for supervisors, and what this is. */
#ifndef SCROLLBACK_ROUTES_HEALTH_H
#define SCROLLBACK_ROUTES_HEALTH_H

#include "request.h"

/* routes_health_live(r): 200 while the process serves. */
void routes_health_live(struct request *r);

/* routes_health_ready(r): 200 once the first index is complete, else 503 with its progress. */
void routes_health_ready(struct request *r);

/* routes_health_version(r): Name, version and commit. */
void routes_health_version(struct request *r);

#endif
