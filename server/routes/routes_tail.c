#include "routes_tail.h"

#include "query_params.h"
#include "render_search.h"
#include "service.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 200
#define HEARTBEAT_NS UINT64_C(15000000000)

static const char *const formats[] = {"ndjson", "sse", NULL};
/* In the order of formats. */
const char *const routes_tail_types[] = {"application/x-ndjson", "text/event-stream", NULL};

const struct param_spec tail_param_specs[] = {
    QUERY_PARAM_SPECS,
    {"snippet_chars", PARAM_NUMBER, 0, REQUEST_MAX_SNIPPET, NULL, "240"},
    {"format", PARAM_WORD, 0, 0, formats, "ndjson"},
};
const size_t tail_param_count = sizeof(tail_param_specs) / sizeof(tail_param_specs[0]);

struct tail {
    struct stream stream; /* first */
    struct bytes position;
    uint64_t wrote_ns;
};

static bool is_sse(const struct request *r)
{
    return r->type == 1;
}

/* One message, or what ends the stream. */
static void begin_event(const struct request *r, const char *name, struct bytes *out)
{
    if (!is_sse(r))
        return;
    if (name != NULL)
        bytes_printf(out, "event: %s\n", name);
    bytes_add_text(out, "data: ");
}

static void end_event(const struct request *r, struct bytes *out)
{
    bytes_add_text(out, is_sse(r) ? "\n\n" : "\n");
}

static void write_heartbeat(const struct request *r, struct bytes *out)
{
    bytes_add_text(out, is_sse(r) ? ":\n\n" : "\n");
}

static void write_hits(const struct request *r, const struct tail_reply *reply, struct bytes *out)
{
    static const struct render_context context = {0};
    for (uint32_t i = 0; i < reply->count; i++) {
        struct jsonw w = {.out = out};
        if (is_sse(r))
            bytes_printf(out, "id: %.*s\n", (int)reply->positions[i].len, reply->positions[i].ptr);
        begin_event(r, NULL, out);
        render_hit(&w, &reply->hits[i], &context, "message");
        end_event(r, out);
    }
}

static void write_last(const struct request *r, struct bytes *out)
{
    begin_event(r, "end", out);
    bytes_add_text(out, "{\"type\":\"end\"}");
    end_event(r, out);
}

static void write_error(const struct request *r, const struct error *err, struct bytes *out)
{
    struct problem problem = {0};
    struct jsonw w = {.out = out};
    problem_from_error(&problem, err);
    if (problem.code == PROBLEM_INTERNAL)
        snprintf(problem.detail, sizeof(problem.detail), "the service failed");
    begin_event(r, "error", out);
    problem_write_line(&problem, bytes_span(&r->path), &w);
    end_event(r, out);
}

static int ask(struct tail *t, struct request *r, struct tail_reply **reply, struct error *err)
{
    struct query_values values;
    struct tail_request request = {.snippet_chars = params_number(&r->params, "snippet_chars"),
                                   .limit = AT_ONCE};
    query_params_read(&r->params, &values, (enum strategy)r->service->config->strategy,
                      &request.query);
    if (t->position.len > 0)
        request.position = bytes_span(&t->position);
    if (engine_tail(r->service->engine, &request, &r->job.cancel, reply, err) != 0)
        return -1;
    struct bytes position = {0};
    bytes_add_span(&position, (*reply)->position);
    bytes_clear(&t->position);
    t->position = position;
    return 0;
}

static enum stream_state produce(struct stream *s, struct request *r, bool last, struct bytes *out)
{
    struct tail *t = (struct tail *)(void *)s;
    struct tail_reply *reply = NULL;
    struct error err = {0};
    uint64_t now = jobs_now_ns();

    if (ask(t, r, &reply, &err) != 0) {
        write_error(r, &err, out);
        return STREAM_END;
    }
    bool more = reply->more, any = reply->count > 0;
    write_hits(r, reply, out);
    tail_reply_free(reply);
    if (t->position.failed)
        return STREAM_FAIL;
    if (last && !more) {
        write_last(r, out);
        return STREAM_END;
    }
    if (!any && now - t->wrote_ns >= HEARTBEAT_NS)
        write_heartbeat(r, out);
    if (out->len > 0)
        t->wrote_ns = now;
    return more ? STREAM_MORE : STREAM_WAIT;
}

static void tail_free(struct stream *s)
{
    struct tail *t = (struct tail *)(void *)s;
    bytes_clear(&t->position);
    free(t);
}

void routes_tail_run(struct request *r)
{
    struct tail_reply *reply = NULL;
    struct error err = {0};
    struct tail *t = calloc(1, sizeof(*t));

    if (t == NULL) {
        problem_set(&r->problem, PROBLEM_OVERLOADED, "there is no memory for this request");
        return;
    }
    t->stream.produce = produce;
    t->stream.free = tail_free;
    t->stream.state = STREAM_WAIT;
    t->wrote_ns = jobs_now_ns();
    if (r->last_event_id.ptr != NULL)
        bytes_add_span(&t->position, text_trim(r->last_event_id));
    if (ask(t, r, &reply, &err) != 0) {
        problem_from_error(&r->problem, &err);
        tail_free(&t->stream);
        return;
    }
    r->gzip = false; /* little comes at once, and a connection may stay for days */
    r->answer.status = 200;
    r->answer.type = routes_tail_types[r->type];
    r->answer.stream = &t->stream;
    if (is_sse(r) && reply->count == 0)
        bytes_printf(&r->answer.body, "id: %.*s\n", (int)t->position.len, t->position.ptr);
    if (reply->more)
        t->stream.state = STREAM_MORE;
    write_heartbeat(r, &r->answer.body);
    write_hits(r, reply, &r->answer.body);
    tail_reply_free(reply);
}
