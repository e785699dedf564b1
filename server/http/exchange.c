#include "exchange.h"

#include "exchange_work.h"
#include "http_head.h"
#include "negotiate.h"
#include "service.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define BODY_HOPELESS (1024u * 1024u) /* a chunked body beyond this is not even read to its end */

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
    r->route = route_find(r->service->routes, bytes_span(&r->path),
                          r->service->config->web_root != NULL, &r->path_value);
    x->cors_origin = request_guard_cors(r->service->guard, head);
    x->preflight = r->method == METHOD_OPTIONS && head->preflight.count > 0;
    if (request_guard_check(r->service->guard, head, r->route == NULL ? 0 : r->route->guard_pass,
                            r->arrived_ns, &r->problem) != 0)
        return -1;
    if (r->route == NULL && !(r->method == METHOD_OPTIONS && text_is(head->target, "*")))
        return problem_set(&r->problem, PROBLEM_NOT_FOUND, "there is no such resource");
    if (r->route != NULL && !method_fits(r))
        return problem_set(&r->problem, PROBLEM_METHOD_NOT_ALLOWED, "this resource allows %s",
                           route_allow(r->route));
    return check_body_headers(x, head);
}

static enum MHD_Result answer_options(struct exchange *x)
{
    x->request.answer.status = MHD_HTTP_NO_CONTENT;
    x->request.answer.allow = route_allow(x->request.route);
    return exchange_work_send(x);
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
    r->last_event_id = http_head_field(x->connection, "Last-Event-ID");
    int rc = check_head(x, &head);
    /* A reply to the first call makes the library close the connection.  That is wanted where a body
     * follows that nobody will read, and nowhere else. */
    if (rc != 0 && x->must_close)
        return exchange_work_refuse(x);
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
        return exchange_work_refuse(x);
    return r->method == METHOD_OPTIONS ? answer_options(x) : exchange_work_start(x);
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

enum MHD_Result exchange_call(struct exchange *x, const char *method, const char *version,
                              const char *data, size_t *size)
{
    switch (x->stage) {
    case STAGE_HEAD:
        connections_enter(x->place, CONNECTION_WORK);
        return begin(x, method, version);
    case STAGE_BODY:
        return take_body(x, data, size);
    case STAGE_WORK:
        return exchange_work_send(x);
    case STAGE_SENT:
        break;
    }
    return MHD_YES;
}

struct exchange *exchange_new(struct service *service, struct MHD_Connection *connection,
                              struct connection *place, const char *target)
{
    struct exchange *x = calloc(1, sizeof(*x));
    if (x == NULL)
        return NULL;
    x->connection = connection;
    x->request.service = service;
    x->place = place;
    x->target_at = target;
    x->target = text_of(strdup(target));
    if (x->target.ptr != NULL)
        return x;
    free(x);
    return NULL;
}

void exchange_free(struct exchange *x)
{
    if (x == NULL)
        return;
    answer_clear(&x->request.answer);
    bytes_clear(&x->request.path);
    bytes_clear(&x->request.body);
    params_clear(&x->request.params);
    free((char *)(uintptr_t)x->target.ptr);
    free(x);
}

int exchange_socket(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info == NULL ? -1 : info->connect_fd;
}
