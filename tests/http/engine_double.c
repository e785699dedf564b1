/* A stand-in for the engine, for tests of the server's own behaviour under conditions that real
 * searches do not produce on demand.  Its query is a command:
 *     sleep N    work for N ms, polling for cancellation as the engine does
 *     fail CODE  fail with that error code (a number); of a tail, once it has begun
 *     many N     N hits instead of one
 *     anything   one hit that holds the query as its text
 */
#include "engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct engine {
    int unused;
};

static uint64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

void engine_config_init(struct engine_config *c)
{
    memset(c, 0, sizeof(*c));
}

int engine_open(const struct engine_config *config, struct engine **out, struct error *err)
{
    (void)config;
    (void)err;
    *out = calloc(1, sizeof(**out));
    return *out == NULL ? -1 : 0;
}

void engine_close(struct engine *e)
{
    free(e);
}

void request_query_init(struct request_query *r)
{
    memset(r, 0, sizeof(*r));
    r->dedupe = true;
}

void search_request_init(struct search_request *r)
{
    memset(r, 0, sizeof(*r));
    request_query_init(&r->query);
}

void stats_request_init(struct stats_request *r)
{
    memset(r, 0, sizeof(*r));
    request_query_init(&r->query);
}

struct made {
    struct search_reply reply;
    struct reply_hit *hits;
    struct reply_snippet snippet;
    struct reply_segment segment;
    char text[4100];
};

/* The number after ${word} in ${q}, or ${other}. */
static uint32_t number_after(struct span q, const char *word, uint32_t other)
{
    char text[16] = "";
    size_t n = strlen(word);
    if (q.len <= n || memcmp(q.ptr, word, n) != 0)
        return other;
    memcpy(text, q.ptr + n, q.len - n < sizeof(text) ? q.len - n : sizeof(text) - 1);
    return (uint32_t)strtoul(text, NULL, 10);
}

static bool work(struct span q, struct cancel *cancel)
{
    uint64_t start = now_ms();
    uint32_t ms = number_after(q, "sleep ", 0);

    while (now_ms() - start < ms) {
        struct timespec nap = {.tv_nsec = 1000000};
        nanosleep(&nap, NULL);
        if (cancel_poll(cancel) != CANCEL_NONE)
            return false;
    }
    return true;
}

static bool is_asked_to_fail(struct span q, struct error *err)
{
    if (q.len <= 5 || memcmp(q.ptr, "fail ", 5) != 0)
        return false;
    err->code = (enum error_code)(q.ptr[5] - '0');
    err->pos = 3;
    snprintf(err->msg, sizeof(err->msg), "asked to fail");
    return true;
}

int engine_search(struct engine *e, const struct search_request *request, struct cancel *cancel,
                  struct search_reply **out, struct error *err)
{
    struct span q = request->query.q;
    uint32_t count = number_after(q, "many ", 1);
    (void)e;

    if (is_asked_to_fail(q, err))
        return -1;
    struct made *m = calloc(1, sizeof(*m));
    if (m != NULL)
        m->hits = calloc(count, sizeof(*m->hits));
    if (m == NULL || m->hits == NULL)
        abort();
    memcpy(m->text, q.ptr == NULL ? "" : q.ptr, q.len);
    m->reply.complete = work(q, cancel);
    m->reply.incomplete_reason = m->reply.complete                       ? INCOMPLETE_NONE
                                 : cancel_poll(cancel) == CANCEL_TIMEOUT ? INCOMPLETE_TIMEOUT
                                                                         : INCOMPLETE_CANCELLED;
    m->segment = (struct reply_segment){{m->text, q.len}, true};
    m->snippet = (struct reply_snippet){
        .part = PART_TEXT, .matches = 1, .segments = &m->segment, .count = 1};
    for (uint32_t i = 0; i < count; i++)
        m->hits[i] = (struct reply_hit){.id = {"id-1", 4},
                                        .session = {"session-1", 9},
                                        .project = {"/p", 2},
                                        .source = {"p/session-1.jsonl", 17},
                                        .line = i + 1,
                                        .time_ms = 1767323045678,
                                        .snippets = &m->snippet,
                                        .snippet_count = 1};
    m->reply.hits = m->hits;
    m->reply.hit_count = request->limit > 0 ? count : 0;
    m->reply.total = count;
    m->reply.strategy = request->query.strategy;
    *out = &m->reply;
    return 0;
}

void search_reply_free(struct search_reply *r)
{
    if (r != NULL)
        free(((struct made *)(void *)r)->hits);
    free(r);
}

int engine_stats(struct engine *e, const struct stats_request *request, struct cancel *cancel,
                 struct stats_reply **out, struct error *err)
{
    (void)e;
    (void)request;
    (void)cancel;
    (void)err;
    *out = calloc(1, sizeof(**out));
    if (*out == NULL)
        return -1;
    (*out)->by = request->by;
    (*out)->complete = true;
    (*out)->totals.first_ms = (*out)->totals.last_ms = INT64_MIN;
    return 0;
}

void stats_reply_free(struct stats_reply *r)
{
    free(r);
}

void timeseries_request_init(struct timeseries_request *r)
{
    memset(r, 0, sizeof(*r));
    request_query_init(&r->query);
}

int engine_timeseries(struct engine *e, const struct timeseries_request *request,
                      struct cancel *cancel, struct timeseries_reply **out, struct error *err)
{
    (void)e;
    (void)request;
    (void)cancel;
    (void)err;
    *out = calloc(1, sizeof(**out));
    if (*out == NULL)
        return -1;
    (*out)->complete = true;
    return 0;
}

void timeseries_reply_free(struct timeseries_reply *r)
{
    free(r);
}

void sessions_request_init(struct sessions_request *r)
{
    memset(r, 0, sizeof(*r));
    request_query_init(&r->query);
}

void messages_request_init(struct messages_request *r)
{
    memset(r, 0, sizeof(*r));
}

/* No session exists here. */
static int not_found(struct error *err)
{
    err->code = ERROR_NOT_FOUND;
    snprintf(err->msg, sizeof(err->msg), "there is no such thing");
    return -1;
}

int engine_sessions(struct engine *e, const struct sessions_request *request, struct cancel *cancel,
                    struct sessions_reply **out, struct error *err)
{
    (void)e;
    (void)request;
    (void)cancel;
    (void)err;
    *out = calloc(1, sizeof(**out));
    if (*out == NULL)
        return -1;
    (*out)->complete = true;
    return 0;
}

int engine_session(struct engine *e, struct span id, struct cancel *cancel,
                   struct sessions_reply **out, struct error *err)
{
    (void)e;
    (void)id;
    (void)cancel;
    (void)out;
    return not_found(err);
}

int engine_messages(struct engine *e, const struct messages_request *request, struct cancel *cancel,
                    struct messages_reply **out, struct error *err)
{
    (void)e;
    (void)request;
    (void)cancel;
    (void)out;
    return not_found(err);
}

int engine_thread_open(struct engine *e, const struct messages_request *request,
                       struct cancel *cancel, struct engine_thread **out, struct error *err)
{
    (void)e;
    (void)request;
    (void)cancel;
    (void)out;
    return not_found(err);
}

int engine_thread_next(struct engine_thread *t, struct cancel *cancel, struct messages_reply **out,
                       struct error *err)
{
    (void)t;
    (void)cancel;
    (void)out;
    return not_found(err);
}

bool engine_thread_ended(const struct engine_thread *t)
{
    (void)t;
    return true;
}

void engine_thread_close(struct engine_thread *t)
{
    (void)t;
}

int engine_message(struct engine *e, struct span id, bool full, bool raw, struct cancel *cancel,
                   struct messages_reply **out, struct error *err)
{
    (void)e;
    (void)id;
    (void)full;
    (void)raw;
    (void)cancel;
    (void)out;
    return not_found(err);
}

void sessions_reply_free(struct sessions_reply *r)
{
    free(r);
}

void messages_reply_free(struct messages_reply *r)
{
    free(r);
}

/* A stream on which something lands each time it is asked, if the query says so. */
int engine_tail(struct engine *e, const struct tail_request *request, struct cancel *cancel,
                struct tail_reply **out, struct error *err)
{
    static const struct reply_hit hit = {.id = {"id-1", 4}, .session = {"session-1", 9}};
    struct span q = request->query.q;
    (void)e;
    (void)cancel;
    if (request->position.len > 0 && is_asked_to_fail(q, err))
        return -1;
    *out = calloc(1, sizeof(**out));
    if (*out == NULL)
        return -1;
    static const struct span here = {"here", 4};
    (*out)->position = here;
    (*out)->positions = &here;
    (*out)->hits = &hit;
    (*out)->count = request->position.len > 0 && q.len == 4 && memcmp(q.ptr, "busy", 4) == 0;
    return 0;
}

void tail_reply_free(struct tail_reply *r)
{
    free(r);
}

void engine_state(struct engine *e, struct engine_state *out)
{
    (void)e;
    *out =
        (struct engine_state){.counted = true, .ready = true, .index_enabled = true, .progress = 1};
}

int engine_status(struct engine *e, bool counts, struct cancel *cancel, struct engine_status **out,
                  struct error *err)
{
    (void)counts;
    (void)cancel;
    (void)err;
    *out = calloc(1, sizeof(**out));
    if (*out == NULL)
        return -1;
    engine_state(e, &(*out)->state);
    return 0;
}

void engine_status_free(struct engine_status *s)
{
    free(s);
}

void engine_features(char *out, size_t size)
{
    snprintf(out, size, "a double");
}

unsigned engine_processors(void)
{
    return 2;
}

unsigned engine_retain_most(void)
{
    return 100000;
}
