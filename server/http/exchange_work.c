#include "exchange_work.h"

#include "http_head.h"
#include "http_send.h"
#include "log.h"
#include "negotiate.h"
#include "service.h"
#include "stream.h"
#include "text.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

/* Beyond this, compressing is no work for a thread that others' connections wait for. */
#define GZIP_HERE_MOST (128u * 1024u)

static struct exchange *exchange_of(struct job *job)
{
    return (struct exchange *)(void *)((char *)job - offsetof(struct exchange, request.job));
}

/* ---- replies in pieces ---- */

static void piece_run(struct job *job)
{
    struct request *r = &exchange_of(job)->request;
    struct stream *s = r->answer.stream;
    s->state = s->produce(s, r, atomic_load(&r->service->stopping), &r->answer.body);
    answer_compress_piece(&r->answer);
}

static void parked_wake(struct parked *p)
{
    struct exchange *x = (struct exchange *)(void *)((char *)p - offsetof(struct exchange, parked));
    x->request.answer.stream->state = p->left ? STREAM_FAIL : STREAM_MORE;
    MHD_resume_connection(x->connection);
}

static ssize_t next_piece(struct exchange *x)
{
    struct request *r = &x->request;
    if (!jobs_reserve_next(r->service->jobs, r->lane))
        return MHD_CONTENT_READER_END_WITH_ERROR;
    cancel_init(&r->job.cancel, 0);
    r->job.run = piece_run;
    MHD_suspend_connection(x->connection);
    jobs_submit(r->service->jobs, r->lane, &r->job);
    return 0;
}

/* Nothing new: wait, or where the service stops take the last words at once. */
static ssize_t wait_for_piece(struct exchange *x)
{
    x->parked.fd = x->request.job.fd;
    x->parked.wake = parked_wake;
    MHD_suspend_connection(x->connection);
    if (parking_add(x->request.service->parking, &x->parked))
        return 0;
    x->request.answer.stream->state = STREAM_MORE;
    MHD_resume_connection(x->connection);
    return 0;
}

/* The library asks for more of the reply. */
static ssize_t read_stream(void *cls, uint64_t position, char *to, size_t room)
{
    struct exchange *x = cls;
    struct bytes *body = &x->request.answer.body;
    (void)position;
    if (body->failed)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (x->streamed < body->len) {
        size_t n = body->len - x->streamed < room ? body->len - x->streamed : room;
        memcpy(to, body->ptr + x->streamed, n);
        x->streamed += n;
        return (ssize_t)n;
    }
    body->len = 0;
    x->streamed = 0;
    switch (x->request.answer.stream->state) {
    case STREAM_MORE:
        return next_piece(x);
    case STREAM_WAIT:
        return wait_for_piece(x);
    case STREAM_END:
        return MHD_CONTENT_READER_END_OF_STREAM;
    case STREAM_FAIL:
        break;
    }
    return MHD_CONTENT_READER_END_WITH_ERROR;
}

/* ---- the end of a request ---- */

/* Before the reply is on its way, so that whoever has seen it finds it counted. */
static void count_answer(const struct request *r)
{
    unsigned route =
        r->route == NULL ? METRICS_NO_ROUTE : (unsigned)route_index(r->service->routes, r->route);
    metrics_request(r->service->metrics, route, r->method, r->answer.status,
                    (double)(jobs_now_ns() - r->arrived_ns) / 1e9);
}

enum MHD_Result exchange_work_send(struct exchange *x)
{
    struct request *r = &x->request;
    struct send_context context = {
        .cors_origin = x->cors_origin,
        .any_cors = r->service->config->cors_origins.count > 0,
        .preflight = x->preflight,
        .gzip = r->gzip,
        .close = atomic_load(&r->service->stopping) ||
                 (x->must_close && r->problem.code != PROBLEM_NONE),
    };
    x->stage = STAGE_SENT;
    if (r->problem.code != PROBLEM_NONE)
        answer_problem(&r->answer, &r->problem, bytes_span(&r->path));
    if (r->answer.body.failed) {
        r->problem = (struct problem){0};
        problem_set(&r->problem, PROBLEM_OVERLOADED, "there is no memory for this reply");
        answer_problem(&r->answer, &r->problem, bytes_span(&r->path));
    }
    if (r->answer.stream != NULL) {
        context.reader = read_stream;
        context.reader_arg = x;
    }
    count_answer(r);
    return http_send(x->connection, &r->answer, &context);
}

enum MHD_Result exchange_work_refuse(struct exchange *x)
{
    metrics_rejected(x->request.service->metrics, x->request.problem.code);
    if (x->request.problem.code == PROBLEM_METHOD_NOT_ALLOWED) {
        struct problem p = x->request.problem;
        answer_problem(&x->request.answer, &p, bytes_span(&x->request.path));
        x->request.answer.allow = route_allow(x->request.route);
        x->request.problem.code = PROBLEM_NONE;
    }
    return exchange_work_send(x);
}

/* ---- work ---- */

static void finish_request(struct request *r)
{
    if (r->problem.code == PROBLEM_INTERNAL && r->problem.id == 0) {
        r->problem.id = atomic_fetch_add(&r->service->failures, 1) + 1;
        char id[24];
        snprintf(id, sizeof(id), "%016llx", (unsigned long long)r->problem.id);
        log_event(LOG_ERROR, "internal", LOG_C("id", id), LOG_C("route", r->route->path),
                  LOG_C("detail", r->problem.detail));
        snprintf(r->problem.detail, sizeof(r->problem.detail),
                 "the service failed; its log has the details under this id");
    }
    if (r->gzip && r->problem.code == PROBLEM_NONE)
        answer_compress(&r->answer);
}

static void job_run(struct job *job)
{
    struct request *r = &exchange_of(job)->request;
    r->route->run(r);
    finish_request(r);
}

static void job_finish(struct job *job)
{
    MHD_resume_connection(exchange_of(job)->connection);
}

static bool has_strategy(const struct request *r)
{
    for (size_t i = 0; i < r->params.spec_count; i++)
        if (strcmp(r->params.specs[i].name, "strategy") == 0)
            return true;
    return false;
}

/* Searches of the index, and whatever has no strategy, have a lane of their own; but before the first index
 * is complete, and without one, they read the files like all others. */
static enum lane lane_of(const struct request *r)
{
    enum strategy chosen =
        has_strategy(r) ? (enum strategy)r->service->config->strategy : STRATEGY_INDEX;
    struct span given = params_text(&r->params, "strategy");
    if (given.ptr != NULL)
        vocabulary_strategy_parse(given, &chosen);
    return chosen == STRATEGY_INDEX && service_index_serves(r->service) ? LANE_INDEX : LANE_FILES;
}

static enum MHD_Result start_work(struct exchange *x)
{
    struct request *r = &x->request;
    enum lane lane = lane_of(r);

    if (r->route->place == PLACE_HERE) {
        r->route->run(r);
        r->gzip = r->gzip && r->answer.body.len <= GZIP_HERE_MOST;
        finish_request(r);
        return exchange_work_send(x);
    }
    if (!jobs_reserve(r->service->jobs, lane)) {
        problem_set(&r->problem, PROBLEM_OVERLOADED,
                    atomic_load(&r->service->stopping) ? "the service is stopping"
                                                       : "too many requests are waiting");
        return exchange_work_refuse(x);
    }
    cancel_init(&r->job.cancel, params_number(&r->params, "timeout_ms"));
    r->lane = lane;
    r->job.fd = exchange_socket(x->connection);
    r->job.run = job_run;
    r->job.finish = job_finish;
    x->stage = STAGE_WORK;
    MHD_suspend_connection(x->connection);
    jobs_submit(r->service->jobs, lane, &r->job);
    return MHD_YES;
}

static int refuse_types(struct request *r)
{
    struct bytes offered = {0};
    for (const char *const *type = r->route->types; *type != NULL; type++)
        bytes_printf(&offered, "%s%s", type == r->route->types ? "" : ", ", *type);
    struct span list = bytes_span(&offered);
    int rc = problem_set(&r->problem, PROBLEM_NOT_ACCEPTABLE,
                         "this route has none of the media types in Accept; it offers %.*s",
                         (int)list.len, list.ptr);
    bytes_clear(&offered);
    return rc;
}

/* The representation: the parameter format where given, else by Accept. */
static int choose_type(struct exchange *x)
{
    struct request *r = &x->request;
    const struct param_value *format = params_find(&r->params, "format");
    if (format != NULL) {
        r->type = format->number;
        return 0;
    }
    int i = negotiate_type(http_head_field(x->connection, "Accept"), r->route->types);
    if (i < 0)
        return refuse_types(r);
    r->type = (unsigned)i;
    return 0;
}

/* The request is complete: read its parameters and answer. */
enum MHD_Result exchange_work_start(struct exchange *x)
{
    struct request *r = &x->request;
    struct span query = x->target;
    struct span path;
    int rc;

    params_init(&r->params, r->route->specs,
                r->route->spec_count == NULL ? 0 : *r->route->spec_count);
    text_split(&query, '?', &path);
    rc = params_read_query(&r->params, query, &r->problem);
    if (rc == 0 && r->method == METHOD_POST)
        rc = params_read_json(&r->params, bytes_span(&r->body), &r->problem);
    if (rc != 0 || choose_type(x) != 0)
        return exchange_work_refuse(x);
    return start_work(x);
}
