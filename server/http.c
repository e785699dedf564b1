#include "http.h"

#include "connections.h"
#include "http_head.h"
#include "http_send.h"
#include "log.h"
#include "negotiate.h"
#include "routes.h"
#include "text.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define POOL_THREADS 10u
#define CONNECTIONS_PER_THREAD 120u
#define CONNECTION_MEMORY (64u * 1024u)
#define IDLE_TIMEOUT_S 30u
#define BODY_HOPELESS (1024u * 1024u) /* a chunked body beyond this is not even read to its end */

enum stage { STAGE_HEAD, STAGE_BODY, STAGE_WORK, STAGE_SENT };

/* A request and what only this file knows of it. */
struct exchange {
    struct request request; /* first: routes see this part */
    struct http *http;
    struct MHD_Connection *connection;
    struct connection *place;
    enum stage stage;
    struct span target; /* as sent; owned */
    const char *target_at;
    const char *cors_origin;
    bool preflight;
    bool body_too_long;
    bool must_close; /* after a refusal: more of the request may follow */
    bool counted;    /* in http.active */
};

struct http {
    struct service *service;
    struct MHD_Daemon *daemon;
    struct connections *connections;
    pthread_mutex_t lock; /* guards active */
    pthread_cond_t idle;
    unsigned active; /* requests between their head and the end of their reply */
};

/* ---- the end of a request ---- */

static enum MHD_Result send_answer(struct exchange *x)
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
    return http_send(x->connection, &r->answer, &context);
}

static enum MHD_Result send_problem(struct exchange *x)
{
    if (x->request.problem.code == PROBLEM_METHOD_NOT_ALLOWED) {
        struct problem p = x->request.problem;
        answer_problem(&x->request.answer, &p, bytes_span(&x->request.path));
        x->request.answer.allow = routes_allow(x->request.route);
        x->request.problem.code = PROBLEM_NONE;
    }
    return send_answer(x);
}

/* ---- work ---- */

static void finish_request(struct request *r)
{
    if (r->problem.code == PROBLEM_INTERNAL && r->problem.id == 0) {
        r->problem.id = atomic_fetch_add(&r->service->failures, 1) + 1;
        log_event(LOG_ERROR, "internal", LOG_U("id", r->problem.id), LOG_C("route", r->route->path),
                  LOG_C("detail", r->problem.detail));
        snprintf(r->problem.detail, sizeof(r->problem.detail),
                 "the service failed; its log has the details under this id");
    }
    if (r->gzip && r->problem.code == PROBLEM_NONE)
        answer_compress(&r->answer);
}

static struct exchange *exchange_of(struct job *job)
{
    return (struct exchange *)(void *)((char *)job - offsetof(struct exchange, request.job));
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

static enum lane lane_of(const struct request *r)
{
    enum strategy chosen = r->service->config->strategy;
    struct span given = params_text(&r->params, "strategy");
    if (given.ptr != NULL)
        vocabulary_strategy_parse(given, &chosen);
    return chosen == STRATEGY_INDEX ? LANE_INDEX : LANE_FILES;
}

static int client_socket(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}

static enum MHD_Result start_work(struct exchange *x)
{
    struct request *r = &x->request;
    enum lane lane = lane_of(r);

    if (r->route->place == PLACE_HERE) {
        r->route->run(r);
        if (r->problem.code == PROBLEM_INTERNAL)
            finish_request(r);
        return send_answer(x);
    }
    if (!jobs_reserve(r->service->jobs, lane)) {
        problem_set(&r->problem, PROBLEM_OVERLOADED,
                    atomic_load(&r->service->stopping) ? "the service is stopping"
                                                       : "too many requests are waiting");
        return send_answer(x);
    }
    cancel_init(&r->job.cancel, params_number(&r->params, "timeout_ms"));
    r->job.fd = client_socket(x->connection);
    r->job.run = job_run;
    r->job.finish = job_finish;
    x->stage = STAGE_WORK;
    MHD_suspend_connection(x->connection);
    jobs_submit(r->service->jobs, lane, &r->job);
    return MHD_YES;
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
        return problem_set(&r->problem, PROBLEM_NOT_ACCEPTABLE,
                           "this route has none of the media types in Accept; it offers %s",
                           r->route->types[0]);
    r->type = (unsigned)i;
    return 0;
}

/* The request is complete: read its parameters and answer. */
static enum MHD_Result dispatch(struct exchange *x)
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
        return send_answer(x);
    return start_work(x);
}

/* ---- the head of a request ---- */

static unsigned method_of(struct span method)
{
    if (text_is(method, "GET"))
        return METHOD_GET;
    if (text_is(method, "HEAD"))
        return METHOD_HEAD;
    if (text_is(method, "POST"))
        return METHOD_POST;
    return text_is(method, "OPTIONS") ? METHOD_OPTIONS : 0;
}

/* Content-Type of a POST: JSON in UTF-8. */
static bool is_json_type(struct span type)
{
    struct span rest = type;
    struct span item = {"", 0};
    if (type.ptr == NULL || !text_split(&rest, ';', &item) ||
        !text_is_like(text_trim(item), "application/json"))
        return false;
    while (text_split(&rest, ';', &item)) {
        item = text_trim(item);
        if (item.len > 0 && !text_is_like(item, "charset=utf-8") &&
            !text_is_like(item, "charset=\"utf-8\""))
            return false;
    }
    return true;
}

static int check_body_headers(struct exchange *x, const struct request_head *head)
{
    struct request *r = &x->request;
    uint64_t length = 0;
    struct span coding = http_head_field(x->connection, "Content-Encoding");

    text_number(text_trim(head->content_length.value), INT64_MAX, &length);
    if (r->method != METHOD_POST)
        return x->must_close
                   ? problem_set(&r->problem, PROBLEM_BAD_REQUEST, "only POST takes a body here")
                   : 0;
    if (length > PARAMS_MAX_BODY)
        return problem_set(&r->problem, PROBLEM_CONTENT_TOO_LARGE,
                           "the body has more than %u bytes", PARAMS_MAX_BODY);
    if (!is_json_type(http_head_field(x->connection, "Content-Type")) ||
        (coding.ptr != NULL && !text_is_like(text_trim(coding), "identity")))
        return problem_set(&r->problem, PROBLEM_UNSUPPORTED_MEDIA_TYPE,
                           "send parameters as one JSON object: Content-Type: application/json");
    return 0;
}

static bool method_fits(const struct request *r)
{
    unsigned allowed = r->route->methods | METHOD_HEAD | METHOD_OPTIONS;
    return (r->method & allowed) != 0;
}

static int check_head(struct exchange *x, const struct request_head *head)
{
    struct request *r = &x->request;
    uint64_t length = 0;

    text_number(text_trim(head->content_length.value), INT64_MAX, &length);
    x->must_close = length > 0 || head->transfer_encoding.count > 0;
    if (request_guard_framing(head, &r->path, &r->problem) != 0) {
        x->must_close = true; /* where this request ends is in doubt */
        return -1;
    }
    r->route =
        routes_find(bytes_span(&r->path), r->service->config->web_root != NULL, &r->path_value);
    x->cors_origin = request_guard_cors(r->service->guard, head);
    x->preflight = r->method == METHOD_OPTIONS && head->preflight.count > 0;
    if (request_guard_check(r->service->guard, head, r->route == NULL ? 0 : r->route->guard_pass,
                            r->arrived_ns, &r->problem) != 0)
        return -1;
    if (r->route == NULL && !(r->method == METHOD_OPTIONS && text_is(head->target, "*")))
        return problem_set(&r->problem, PROBLEM_NOT_FOUND, "there is no such resource");
    if (r->route != NULL && !method_fits(r))
        return problem_set(&r->problem, PROBLEM_METHOD_NOT_ALLOWED, "this resource allows %s",
                           routes_allow(r->route));
    return check_body_headers(x, head);
}

static enum MHD_Result answer_options(struct exchange *x)
{
    x->request.answer.status = MHD_HTTP_NO_CONTENT;
    x->request.answer.allow =
        x->request.route == NULL ? "GET, HEAD, POST, OPTIONS" : routes_allow(x->request.route);
    return send_answer(x);
}

static enum MHD_Result begin(struct exchange *x, const char *method, const char *version)
{
    struct request *r = &x->request;
    struct request_head head;

    http_head_read(x->connection, version, method, x->target, x->target_at, &head);
    r->method = method_of(head.method);
    r->arrived_ns = jobs_now_ns();
    r->gzip = negotiate_gzip(http_head_field(x->connection, "Accept-Encoding"));
    r->if_none_match = http_head_field(x->connection, "If-None-Match");
    int rc = check_head(x, &head);
    /* A reply to the first call makes the library close the connection.  That is wanted where a body
     * follows that nobody will read, and nowhere else. */
    if (rc != 0 && x->must_close)
        return send_problem(x);
    x->stage = STAGE_BODY;
    if (r->method == METHOD_POST)
        connections_enter(x->place, CONNECTION_BODY);
    return MHD_YES;
}

/* Head and body are here. */
static enum MHD_Result complete(struct exchange *x)
{
    struct request *r = &x->request;
    connections_enter(x->place, CONNECTION_WORK);
    if (x->body_too_long)
        problem_set(&r->problem, PROBLEM_CONTENT_TOO_LARGE, "the body has more than %u bytes",
                    PARAMS_MAX_BODY);
    if (r->problem.code != PROBLEM_NONE)
        return send_problem(x);
    return r->method == METHOD_OPTIONS ? answer_options(x) : dispatch(x);
}

static enum MHD_Result take_body(struct exchange *x, const char *data, size_t *size)
{
    struct request *r = &x->request;
    if (*size == 0)
        return complete(x);
    if (r->body.len + *size > BODY_HOPELESS)
        return MHD_NO;
    x->body_too_long = r->body.len + *size > PARAMS_MAX_BODY;
    bytes_add(&r->body, data, *size);
    if (r->body.failed)
        return MHD_NO;
    *size = 0;
    return MHD_YES;
}

/* ---- what the library calls ---- */

static void *on_target(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct http *http = cls;
    struct exchange *x = calloc(1, sizeof(*x));
    if (x == NULL)
        return NULL;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    x->http = http;
    x->connection = connection;
    x->request.service = http->service;
    x->place = info == NULL ? NULL : info->socket_context;
    x->target_at = uri;
    x->target = text_of(strdup(uri));
    if (x->target.ptr == NULL) {
        free(x);
        return NULL;
    }
    return x;
}

static void count_active(struct http *http, int change)
{
    pthread_mutex_lock(&http->lock);
    http->active += (unsigned)change;
    if (http->active == 0)
        pthread_cond_broadcast(&http->idle);
    pthread_mutex_unlock(&http->lock);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **context)
{
    struct exchange *x = *context;
    (void)cls;
    (void)connection;
    (void)url;
    if (x == NULL)
        return MHD_NO;
    switch (x->stage) {
    case STAGE_HEAD:
        x->counted = true;
        count_active(x->http, 1);
        connections_enter(x->place, CONNECTION_WORK);
        return begin(x, method, version);
    case STAGE_BODY:
        return take_body(x, data, size);
    case STAGE_WORK:
        return send_answer(x);
    case STAGE_SENT:
        break;
    }
    return MHD_YES;
}

static void log_request(const struct exchange *x, enum MHD_RequestTerminationCode why)
{
    const struct request *r = &x->request;
    enum log_level level = r->answer.status >= 500 ? LOG_WARN : LOG_DEBUG;
    if (x->stage == STAGE_HEAD || !log_wants(level))
        return;
    log_event(level, "request", LOG_C("route", r->route == NULL ? "-" : r->route->path),
              LOG_U("status", r->answer.status),
              LOG_U("took_us", (jobs_now_ns() - r->arrived_ns) / 1000),
              LOG_C("end", why == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "ok" : "broken"));
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode why)
{
    struct exchange *x = *context;
    (void)cls;
    (void)connection;
    if (x == NULL)
        return;
    *context = NULL;
    log_request(x, why);
    connections_enter(x->place, CONNECTION_IDLE);
    answer_clear(&x->request.answer);
    bytes_clear(&x->request.path);
    bytes_clear(&x->request.body);
    params_clear(&x->request.params);
    if (x->counted)
        count_active(x->http, -1);
    free((char *)(uintptr_t)x->target.ptr);
    free(x);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **place,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http *http = cls;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *place = connections_add(http->connections, client_socket(connection));
    } else {
        connections_remove(http->connections, *place);
        *place = NULL;
    }
}

/* The query string is decoded by params.c, strictly; the library shall leave it alone. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *s)
{
    (void)cls;
    (void)connection;
    return strlen(s);
}

static void on_library_message(void *cls, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static void on_library_message(void *cls, const char *format, va_list args)
{
    char line[256];
    (void)cls;
    if (!log_wants(LOG_DEBUG))
        return;
    vsnprintf(line, sizeof(line), format, args);
    line[strcspn(line, "\n")] = '\0';
    log_event(LOG_DEBUG, "libmicrohttpd", LOG_C("message", line));
}

/* ---- start and stop ---- */

static struct MHD_Daemon *start_daemon(struct http *http, int fd)
{
    const unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_ITC;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER, on_library_message,
        http, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, POOL_THREADS,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)256 * 1024, MHD_OPTION_CONNECTION_LIMIT,
        POOL_THREADS * CONNECTIONS_PER_THREAD, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, http, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes,
        NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, http, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, http, MHD_OPTION_END);
}

static void http_free(struct http *http)
{
    connections_free(http->connections);
    pthread_cond_destroy(&http->idle);
    pthread_mutex_destroy(&http->lock);
    free(http);
}

int http_start(struct service *service, int fd, struct http **out)
{
    pthread_condattr_t monotonic;
    struct http *http = calloc(1, sizeof(*http));
    if (http == NULL)
        return -1;
    http->service = service;
    pthread_mutex_init(&http->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&http->idle, &monotonic);
    pthread_condattr_destroy(&monotonic);
    http->connections = connections_new(POOL_THREADS * CONNECTIONS_PER_THREAD);
    if (http->connections != NULL)
        http->daemon = start_daemon(http, fd);
    if (http->daemon == NULL) {
        http_free(http);
        return -1;
    }
    *out = http;
    return 0;
}

/* Wait until no request is being answered, at most so long. */
static bool wait_idle(struct http *http, unsigned timeout_ms)
{
    uint64_t end = jobs_now_ns() + timeout_ms * UINT64_C(1000000);
    struct timespec until = {.tv_sec = (time_t)(end / 1000000000u),
                             .tv_nsec = (long)(end % 1000000000u)};
    int rc = 0;
    pthread_mutex_lock(&http->lock);
    while (http->active > 0 && rc == 0)
        rc = pthread_cond_timedwait(&http->idle, &http->lock, &until);
    bool idle = http->active == 0;
    pthread_mutex_unlock(&http->lock);
    return idle;
}

void http_stop(struct http *http, unsigned grace_ms)
{
    if (http == NULL)
        return;
    struct jobs *jobs = http->service->jobs;
    atomic_store(&http->service->stopping, true);
    MHD_socket fd = MHD_quiesce_daemon(http->daemon);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
    if (!wait_idle(http, grace_ms))
        jobs_cancel_all(jobs, CANCEL_SHUTDOWN);
    jobs_close(jobs);
    /* From here on no request can be suspended; the library aborts if one is when it stops. */
    while (!jobs_wait(jobs, 500))
        jobs_cancel_all(jobs, CANCEL_SHUTDOWN);
    wait_idle(http, 1000);
    MHD_stop_daemon(http->daemon);
    http_free(http);
}
