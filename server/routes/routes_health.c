#include "routes_health.h"

#include "build_info.h"
#include "jsonw.h"
#include "service.h"

void routes_health_live(struct request *r)
{
    r->answer.status = 200;
    r->answer.type = "application/json";
    bytes_add_text(&r->answer.body, "{\"status\":\"ok\"}\n");
}

static void write_progress(struct jsonw *w, const struct engine_state *s)
{
    jsonw_real_at(w, "progress", s->progress);
    jsonw_uint_at(w, "files", s->files);
    jsonw_uint_at(w, "bytes", s->bytes);
    jsonw_uint_at(w, "bytes_done", s->bytes_done);
    if (s->eta_s < 0)
        jsonw_null_at(w, "eta_s");
    else
        jsonw_real_at(w, "eta_s", s->eta_s);
}

void routes_health_ready(struct request *r)
{
    struct engine_state state;
    struct jsonw w = {.out = &r->answer.body};
    struct problem not_ready = {0};

    engine_state(r->service->engine, &state);
    jsonw_begin_object(&w);
    if (state.ready) {
        r->answer.status = 200;
        r->answer.type = "application/json";
        jsonw_word_at(&w, "status", "ready");
    } else {
        problem_set(&not_ready, PROBLEM_NOT_READY, "the first index is being built");
        r->answer.status = problem_status(PROBLEM_NOT_READY);
        r->answer.type = "application/problem+json";
        r->answer.retry_after_s = not_ready.retry_after_s;
        problem_write_members(&not_ready, bytes_span(&r->path), &w);
    }
    write_progress(&w, &state);
    jsonw_end_object(&w);
    bytes_add_byte(&r->answer.body, '\n');
}

void routes_health_version(struct request *r)
{
    struct jsonw w = {.out = &r->answer.body};
    r->answer.status = 200;
    r->answer.type = "application/json";
    jsonw_begin_object(&w);
    jsonw_word_at(&w, "name", "scrollback");
    jsonw_word_at(&w, "version", BUILD_INFO_VERSION);
    jsonw_word_at(&w, "commit", BUILD_INFO_COMMIT);
    jsonw_end_object(&w);
    bytes_add_byte(&r->answer.body, '\n');
}
