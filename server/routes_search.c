#include "routes_search.h"

#include "render_search.h"
#include "search_request_params.h"
#include "service.h"

/* In the order of search_formats. */
const char *const routes_search_types[] = {"application/json", "application/x-ndjson",
                                           "text/csv; charset=utf-8; header=present", NULL};

static void (*const writers[])(const struct search_reply *, const struct render_context *,
                               struct bytes *) = {render_search_json, render_search_ndjson,
                                                  render_search_csv};

void routes_search_run(struct request *r)
{
    struct query_values values;
    struct search_request request;
    struct search_reply *reply = NULL;
    struct error err = {0};

    search_request_read(&r->params, &values, r->service->config->strategy, &request);
    if (engine_search(r->service->engine, &request, &r->job.cancel, &reply, &err) != 0) {
        problem_from_error(&r->problem, &err);
        return;
    }
    struct render_context context = {.queue_ms = request_queue_ms(r),
                                     .grouped = request.group_by_session,
                                     .context = request.context > 0,
                                     .explain = request.explain};
    if (query_params_denied(&r->params, reply->complete, reply->incomplete_reason, &r->problem) ==
        0) {
        r->answer.status = 200;
        r->answer.type = routes_search_types[r->type];
        writers[r->type](reply, &context, &r->answer.body);
    }
    search_reply_free(reply);
}
