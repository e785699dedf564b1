#include "routes_stats.h"

#include "query_params.h"
#include "render_stats.h"
#include "service.h"

#include <string.h>

static const char *const groupings[] = {"project", "model", "role", "kind",    "tool", "session",
                                        "branch",  "day",   "hour", "version", NULL};
const char *const stats_formats[] = {"json", "csv", NULL};
/* In the order of stats_formats. */
const char *const routes_stats_types[] = {"application/json",
                                          "text/csv; charset=utf-8; header=present", NULL};

const struct param_spec stats_param_specs[] = {
    QUERY_PARAM_SPECS,
    {"by", PARAM_WORD, 0, 0, groupings, NULL},
    {"timeout_ms", PARAM_NUMBER, 1, 30000, NULL, "10000"},
    {"format", PARAM_WORD, 0, 0, stats_formats, "json"},
};
const size_t stats_param_count = sizeof(stats_param_specs) / sizeof(stats_param_specs[0]);

static void answer(struct request *r, const struct stats_reply *reply)
{
    struct engine_status *status = NULL;
    struct error err = {0};

    if (query_params_denied(&r->params, reply->complete, reply->incomplete_reason, &r->problem) !=
        0)
        return;
    r->answer.type = routes_stats_types[r->type];
    if (r->type == 1) {
        r->answer.status = 200;
        render_stats_csv(reply, &r->answer.body);
        return;
    }
    if (engine_status(r->service->engine, true, &r->job.cancel, &status, &err) != 0) {
        problem_from_error(&r->problem, &err);
        return;
    }
    r->answer.status = 200;
    render_stats_json(reply, status, request_queue_ms(r), &r->answer.body);
    engine_status_free(status);
}

void routes_stats_run(struct request *r)
{
    struct query_values values;
    struct stats_request request;
    struct stats_reply *reply = NULL;
    struct error err = {0};
    struct span by = params_text(&r->params, "by");

    stats_request_init(&request);
    query_params_read(&r->params, &values, r->service->config->strategy, &request.query);
    request.by = FACET_NONE;
    if (by.ptr != NULL)
        vocabulary_facet_parse(by, &request.by);
    if (engine_stats(r->service->engine, &request, &r->job.cancel, &reply, &err) != 0) {
        problem_from_error(&r->problem, &err);
        return;
    }
    answer(r, reply);
    stats_reply_free(reply);
}
