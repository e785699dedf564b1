#include "routes_sessions.h"

#include "query_params.h"
#include "render_session.h"
#include "service.h"
#include "text.h"

#include <string.h>

static const char *const sorts[] = {"newest", "oldest", "longest", "costliest", NULL};

const struct param_spec sessions_param_specs[] = {
    QUERY_PARAM_SPECS,
    {"sort", PARAM_WORD, 0, 0, sorts, "newest"},
    {"limit", PARAM_NUMBER, 0, REQUEST_MAX_LIMIT, NULL, "20"},
    {"cursor", PARAM_TEXT, 0, 2048, NULL, ""},
    {"timeout_ms", PARAM_NUMBER, 1, 30000, NULL, "10000"},
};
const size_t sessions_param_count = sizeof(sessions_param_specs) / sizeof(sessions_param_specs[0]);

const struct param_spec messages_param_specs[] = {
    {"agent", PARAM_TEXT, 0, QUERY_VALUE_BYTES, NULL, NULL},
    {"around", PARAM_TEXT, 0, 256, NULL, NULL},
    {"cursor", PARAM_TEXT, 0, 2048, NULL, ""},
    {"limit", PARAM_NUMBER, 1, MESSAGES_MAX_LIMIT, NULL, "100"},
    {"full", PARAM_FLAG, 0, 0, NULL, "false"},
    {"raw", PARAM_FLAG, 0, 0, NULL, "false"},
    {"timeout_ms", PARAM_NUMBER, 1, 30000, NULL, "10000"},
};
const size_t messages_param_count = sizeof(messages_param_specs) / sizeof(messages_param_specs[0]);

const struct param_spec message_param_specs[] = {
    {"full", PARAM_FLAG, 0, 0, NULL, "false"},
    {"raw", PARAM_FLAG, 0, 0, NULL, "false"},
    {"timeout_ms", PARAM_NUMBER, 1, 30000, NULL, "10000"},
};
const size_t message_param_count = sizeof(message_param_specs) / sizeof(message_param_specs[0]);

static void answer_json(struct request *r)
{
    r->answer.status = 200;
    r->answer.type = "application/json";
}

void routes_sessions_list(struct request *r)
{
    struct query_values values;
    struct sessions_request request;
    struct sessions_reply *reply = NULL;
    struct error err = {0};

    sessions_request_init(&request);
    query_params_read(&r->params, &values, r->service->config->strategy, &request.query);
    request.sort = (enum sessions_sort)params_word(&r->params, "sort");
    request.limit = params_number(&r->params, "limit");
    request.cursor = params_text(&r->params, "cursor");
    if (engine_sessions(r->service->engine, &request, &r->job.cancel, &reply, &err) != 0) {
        problem_from_error(&r->problem, &err);
        return;
    }
    if (query_params_denied(&r->params, reply->complete, reply->incomplete_reason, &r->problem) ==
        0) {
        answer_json(r);
        render_sessions(reply, request_queue_ms(r), &r->answer.body);
    }
    sessions_reply_free(reply);
}

void routes_sessions_fail(struct request *r, struct error *err)
{
    /* In these paths the session goes by the name of {id}. */
    if (strcmp(err->parameter, "session") == 0)
        memcpy(err->parameter, "id", sizeof("id"));
    problem_from_error(&r->problem, err);
}

void routes_sessions_one(struct request *r)
{
    struct sessions_reply *reply = NULL;
    struct error err = {0};

    if (engine_session(r->service->engine, r->path_value, &r->job.cancel, &reply, &err) != 0) {
        routes_sessions_fail(r, &err);
        return;
    }
    answer_json(r);
    render_session(reply, request_queue_ms(r), &r->answer.body);
    sessions_reply_free(reply);
}

void routes_sessions_messages(struct request *r)
{
    struct messages_request request;
    struct messages_reply *reply = NULL;
    struct error err = {0};

    messages_request_init(&request);
    request.session = r->path_value;
    request.agent = routes_sessions_agent(&r->params);
    request.main_only = params_text(&r->params, "agent").ptr != NULL && request.agent.ptr == NULL;
    request.around = params_text(&r->params, "around");
    request.cursor = params_text(&r->params, "cursor");
    request.limit = params_number(&r->params, "limit");
    request.full = params_flag(&r->params, "full");
    request.raw = params_flag(&r->params, "raw");
    if (engine_messages(r->service->engine, &request, &r->job.cancel, &reply, &err) != 0) {
        routes_sessions_fail(r, &err);
        return;
    }
    answer_json(r);
    render_messages(reply, request_queue_ms(r), &r->answer.body);
    messages_reply_free(reply);
}

struct span routes_sessions_agent(const struct params *p)
{
    struct span agent = params_text(p, "agent");
    return agent.ptr != NULL && text_is(agent, "none") ? (struct span){NULL, 0} : agent;
}

void routes_sessions_message(struct request *r)
{
    struct messages_reply *reply = NULL;
    struct error err = {0};

    if (engine_message(r->service->engine, r->path_value, params_flag(&r->params, "full"),
                       params_flag(&r->params, "raw"), &r->job.cancel, &reply, &err) != 0) {
        routes_sessions_fail(r, &err);
        return;
    }
    answer_json(r);
    render_message_reply(reply, &r->answer.body);
    messages_reply_free(reply);
}
