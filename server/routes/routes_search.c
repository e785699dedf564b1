#include "routes_search.h"

#include "render_search.h"
#include "search_request_params.h"
#include "search_stream.h"
#include "service.h"

/* In the order of search_formats. */
const char *const routes_search_types[] = {"application/json", "application/x-ndjson",
                                           "text/csv; charset=utf-8; header=present", NULL};

enum { TYPE_JSON, TYPE_NDJSON, TYPE_CSV };

static void measure(const struct request *r, const struct search_reply *reply)
{
    static const enum search_outcome outcomes[] = {
        [INCOMPLETE_NONE] = SEARCH_COMPLETE,
        [INCOMPLETE_TIMEOUT] = SEARCH_TIMED_OUT,
        [INCOMPLETE_REGEX_LIMIT] = SEARCH_REGEX_LIMIT,
        [INCOMPLETE_CANCELLED] = SEARCH_CANCELLED,
    };
    double queued = request_queue_ms(r) / 1000;
    if (reply == NULL)
        metrics_search(r->service->metrics, STRATEGY_AUTO, SEARCH_FAILED, 0, queued);
    else
        metrics_search(r->service->metrics, reply->strategy,
                       reply->complete ? SEARCH_COMPLETE : outcomes[reply->incomplete_reason],
                       reply->took_ms / 1000, queued);
}

/* One JSON object is written whole, lines as the client takes them; ${reply} is used up. */
static void answer(struct request *r, struct search_reply *reply,
                   const struct render_context *context)
{
    r->answer.status = 200;
    r->answer.type = routes_search_types[r->type];
    if (r->type == TYPE_JSON) {
        render_search_json(reply, context, &r->answer.body);
        search_reply_free(reply);
        return;
    }
    r->answer.stream = search_stream_new(
        reply, context, r->type == TYPE_CSV ? SEARCH_LINES_CSV : SEARCH_LINES_NDJSON,
        &r->answer.body);
    if (r->answer.stream == NULL) {
        problem_set(&r->problem, PROBLEM_OVERLOADED, "there is no memory for this reply");
        search_reply_free(reply);
    }
}

void routes_search_run(struct request *r)
{
    struct query_values values;
    struct search_request request;
    struct search_reply *reply = NULL;
    struct error err = {0};

    search_request_read(&r->params, &values, r->service->config->strategy, &request);
    if (engine_search(r->service->engine, &request, &r->job.cancel, &reply, &err) != 0) {
        measure(r, NULL);
        problem_from_error(&r->problem, &err);
        return;
    }
    measure(r, reply);
    struct render_context context = {.queue_ms = request_queue_ms(r),
                                     .grouped = request.group_by_session,
                                     .context = request.context > 0,
                                     .explain = request.explain};
    if (query_params_denied(&r->params, reply->complete, reply->incomplete_reason, &r->problem) ==
        0)
        answer(r, reply, &context);
    else
        search_reply_free(reply);
}
