#include "routes_metrics.h"

#include "metrics.h"
#include "service.h"

const char *const routes_metrics_types[] = {"text/plain; version=0.0.4; charset=utf-8", NULL};

void routes_metrics_run(struct request *r)
{
    struct engine_state state;

    engine_state(r->service->engine, &state);
    r->answer.status = 200;
    r->answer.type = routes_metrics_types[0];
    metrics_write(r->service->metrics, &state, r->service->jobs, &r->answer.body);
}
