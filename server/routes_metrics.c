#include "routes_metrics.h"

#include "metrics.h"
#include "service.h"

const char *const routes_metrics_types[] = {"text/plain; version=0.0.4; charset=utf-8", NULL};

void routes_metrics_run(struct request *r)
{
    struct engine_status *status = NULL;
    struct error err = {0};

    if (engine_status(r->service->engine, false, NULL, &status, &err) != 0) {
        problem_from_error(&r->problem, &err);
        return;
    }
    r->answer.status = 200;
    r->answer.type = routes_metrics_types[0];
    metrics_write(r->service->metrics, status, r->service->jobs, &r->answer.body);
    engine_status_free(status);
}
