#include "routes_export.h"

#include "export_text.h"
#include "query_params.h"
#include "render_session.h"
#include "routes_sessions.h"
#include "service.h"

#include <stdio.h>
#include <stdlib.h>

#define PAGE 100

enum export_format { EXPORT_MARKDOWN, EXPORT_HTML, EXPORT_JSONL, EXPORT_JSON };

static const char *const formats[] = {"markdown", "html", "jsonl", "json", NULL};
static const char *const extensions[] = {"md", "html", "jsonl", "json"};
/* In the order of formats. */
const char *const routes_export_types[] = {"text/markdown; charset=utf-8",
                                           "text/html; charset=utf-8", "application/x-ndjson",
                                           "application/json", NULL};

const struct param_spec export_param_specs[] = {
    {"format", PARAM_WORD, 0, 0, formats, "markdown"},
    {"agent", PARAM_TEXT, 0, QUERY_VALUE_BYTES, NULL, "none"},
    {"timeout_ms", PARAM_NUMBER, 1, 30000, NULL, "10000"},
};
const size_t export_param_count = sizeof(export_param_specs) / sizeof(export_param_specs[0]);

struct export
{
    struct stream stream; /* first */
    struct engine_thread *thread;
    bool any; /* a message was written */
};

static void write_begin(const struct request *r, struct span title, struct bytes *out)
{
    if (r->type == EXPORT_HTML) {
        export_text_html_begin(title, out);
    } else if (r->type == EXPORT_MARKDOWN) {
        bytes_add_text(out, "# Session\n\n");
        export_text_prose(title, out);
    } else if (r->type == EXPORT_JSON) {
        bytes_add_byte(out, '[');
    }
}

static void write_end(const struct request *r, struct bytes *out)
{
    if (r->type == EXPORT_HTML)
        export_text_html_end(out);
    else if (r->type == EXPORT_JSON)
        bytes_add_text(out, "\n]\n");
}

static void write_message(struct export *e, const struct request *r, const struct reply_message *m,
                          struct bytes *out)
{
    struct jsonw w = {.out = out};
    switch ((enum export_format)r->type) {
    case EXPORT_MARKDOWN:
        export_text_markdown(m, out);
        break;
    case EXPORT_HTML:
        export_text_html(m, out);
        break;
    case EXPORT_JSONL:
        /* Two messages of one damaged line are one line. */
        if (m->hit.position == 0) {
            bytes_add_span(out, m->raw);
            bytes_add_byte(out, '\n');
        }
        break;
    case EXPORT_JSON:
        bytes_add_text(out, e->any ? ",\n" : "\n");
        render_message(&w, m);
        break;
    }
    e->any = true;
}

static int open_thread(struct export *e, struct request *r, struct error *err)
{
    struct messages_request request;

    messages_request_init(&request);
    request.session = r->path_value;
    request.agent = routes_sessions_agent(&r->params);
    request.limit = PAGE;
    request.full = true;
    request.raw = r->type == EXPORT_JSONL;
    return engine_thread_open(r->service->engine, &request, &r->job.cancel, &e->thread, err);
}

/* One page of messages. */
static int write_page(struct export *e, struct request *r, struct bytes *out, struct error *err)
{
    struct messages_reply *reply = NULL;

    if (engine_thread_next(e->thread, &r->job.cancel, &reply, err) != 0)
        return -1;
    for (uint32_t i = 0; i < reply->count; i++)
        write_message(e, r, &reply->messages[i], out);
    messages_reply_free(reply);
    if (engine_thread_ended(e->thread))
        write_end(r, out);
    return 0;
}

static enum stream_state produce(struct stream *s, struct request *r, bool last, struct bytes *out)
{
    struct export *e = (struct export *)(void *)s;
    struct error err = {0};
    (void)last; /* a session has an end: it is sent, or broken off when the time to stop is over */
    if (write_page(e, r, out, &err) != 0)
        return STREAM_FAIL;
    return engine_thread_ended(e->thread) ? STREAM_END : STREAM_MORE;
}

static void export_free(struct stream *s)
{
    struct export *e = (struct export *)(void *)s;
    engine_thread_close(e->thread);
    free(e);
}

/* A name for the file that a browser saves: of the id only what is harmless in a header. */
static void name_file(struct request *r)
{
    char id[64];
    size_t n = 0;
    for (size_t i = 0; i < r->path_value.len && n + 1 < sizeof(id); i++) {
        char c = r->path_value.ptr[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        id[n++] = plain || c == '-' ? c : '_';
    }
    id[n] = '\0';
    snprintf(r->answer.disposition, sizeof(r->answer.disposition), "attachment; filename=\"%s.%s\"",
             id, extensions[r->type]);
}

/* The session's title heads what is for people. */
static int find_title(struct request *r, struct bytes *title, struct error *err)
{
    struct sessions_reply *reply = NULL;
    if (engine_session(r->service->engine, r->path_value, &r->job.cancel, &reply, err) != 0)
        return -1;
    const struct reply_session *s = &reply->sessions[0];
    bytes_add_span(title, s->title.len > 0 ? s->title : s->id);
    sessions_reply_free(reply);
    return 0;
}

void routes_export_run(struct request *r)
{
    struct error err = {0};
    struct bytes title = {0};
    struct export *e = calloc(1, sizeof(*e));

    if (e == NULL) {
        problem_set(&r->problem, PROBLEM_OVERLOADED, "there is no memory for this request");
        return;
    }
    e->stream.produce = produce;
    e->stream.free = export_free;
    int rc = find_title(r, &title, &err);
    if (rc == 0)
        rc = open_thread(e, r, &err);
    if (rc == 0) {
        write_begin(r, bytes_span(&title), &r->answer.body);
        rc = write_page(e, r, &r->answer.body, &err);
    }
    bytes_clear(&title);
    if (rc != 0) {
        routes_sessions_fail(r, &err);
        export_free(&e->stream);
        return;
    }
    e->stream.state = engine_thread_ended(e->thread) ? STREAM_END : STREAM_MORE;
    r->answer.status = 200;
    r->answer.type = routes_export_types[r->type];
    r->answer.policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'";
    r->answer.stream = &e->stream;
    name_file(r);
}
