/* service.h: What all requests share. */
#ifndef SCROLLBACK_SERVICE_H
#define SCROLLBACK_SERVICE_H

#include "config.h"
#include "engine.h"
#include "jobs.h"
#include "request_guard.h"

#include <stdatomic.h>

struct service {
    const struct config *config;
    struct engine *engine;
    struct jobs *jobs;
    struct request_guard *guard;
    _Atomic uint64_t failures; /* numbers the internal errors */
    _Atomic bool stopping;     /* replies close their connections from now on */
};

#endif
