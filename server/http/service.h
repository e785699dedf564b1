/* service.h: What all requests share. */
#ifndef SCROLLBACK_SERVICE_H
#define SCROLLBACK_SERVICE_H

#include "config.h"
#include "engine.h"
#include "jobs.h"
#include "metrics.h"
#include "parking.h"
#include "request_guard.h"
#include "route.h"

#include <stdatomic.h>

struct service {
    const struct config *config;
    const struct route_table *routes;
    struct engine *engine;
    struct jobs *jobs;
    struct parking *parking;
    struct metrics *metrics;
    struct request_guard *guard;
    _Atomic uint64_t failures; /* numbers the internal errors */
    _Atomic bool stopping;     /* replies close their connections from now on */
};

/* service_index_serves(s): Do searches of the index go without reading files?  Any thread; never waits. */
bool service_index_serves(struct service *s);

#endif
