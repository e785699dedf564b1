/* The requests: each opens a view of the corpus as it is now, runs, and closes it. */
#include "engine.h"

#include "clock.h"
#include "engine_inner.h"
#include "error.h"
#include "messages_run.h"
#include "search.h"
#include "sessions_run.h"
#include "slice.h"
#include "stats_run.h"
#include "tail_run.h"
#include "timeseries_run.h"

#include <stdlib.h>

static double since(uint64_t started)
{
    return (double)(clock_monotonic_ns() - started) / 1e6;
}

int engine_search(struct engine *e, const struct search_request *request, struct cancel *cancel,
                  struct search_reply **out, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct view v;
    if (view_open(e, request->query.strategy, &v, err) != 0)
        return -1;
    int rc = search_run(&v.env, request, cancel, out, err);
    if (rc == 0) {
        view_warnings(&v, &(*out)->warnings, &(*out)->warning_count);
        (*out)->took_ms = since(started);
    }
    view_close(&v);
    return rc;
}

int engine_stats(struct engine *e, const struct stats_request *request, struct cancel *cancel,
                 struct stats_reply **out, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct extract_counts counts;
    struct view v;
    if (view_open(e, request->query.strategy, &v, err) != 0)
        return -1;
    int rc = stats_run(&v.env, e->pricing, request, cancel, &counts, out, err);
    if (rc == 0) {
        if ((*out)->complete && (*out)->strategy != STRATEGY_INDEX)
            engine_remember_counts(e, &v, &counts);
        view_warnings(&v, &(*out)->warnings, &(*out)->warning_count);
        (*out)->took_ms = since(started);
    }
    view_close(&v);
    return rc;
}

int engine_timeseries(struct engine *e, const struct timeseries_request *request,
                      struct cancel *cancel, struct timeseries_reply **out, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct view v;
    if (view_open(e, request->query.strategy, &v, err) != 0)
        return -1;
    int rc = timeseries_run(&v.env, e->pricing, request, cancel, out, err);
    if (rc == 0) {
        view_warnings(&v, &(*out)->warnings, &(*out)->warning_count);
        (*out)->took_ms = since(started);
    }
    view_close(&v);
    return rc;
}

int engine_sessions(struct engine *e, const struct sessions_request *request, struct cancel *cancel,
                    struct sessions_reply **out, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct view v;
    if (view_open(e, request->query.strategy, &v, err) != 0)
        return -1;
    int rc = sessions_run(&v.env, e->pricing, request, cancel, out, err);
    if (rc == 0) {
        view_warnings(&v, &(*out)->warnings, &(*out)->warning_count);
        (*out)->took_ms = since(started);
    }
    view_close(&v);
    return rc;
}

int engine_session(struct engine *e, struct span id, struct cancel *cancel,
                   struct sessions_reply **out, struct error *err)
{
    struct view v;
    if (view_open(e, STRATEGY_INDEX, &v, err) != 0)
        return -1;
    int rc = session_run(&v.env, e->pricing, id, cancel, out, err);
    if (rc == 0)
        view_warnings(&v, &(*out)->warnings, &(*out)->warning_count);
    view_close(&v);
    return rc;
}

int engine_messages(struct engine *e, const struct messages_request *request, struct cancel *cancel,
                    struct messages_reply **out, struct error *err)
{
    struct view v;
    if (view_open(e, STRATEGY_INDEX, &v, err) != 0)
        return -1;
    int rc = messages_run(&v.env, request, cancel, out, err);
    if (rc == 0)
        view_warnings(&v, &(*out)->warnings, &(*out)->warning_count);
    view_close(&v);
    return rc;
}

int engine_message(struct engine *e, struct span id, bool full, bool raw, struct cancel *cancel,
                   struct messages_reply **out, struct error *err)
{
    struct view v;
    if (view_open(e, STRATEGY_INDEX, &v, err) != 0)
        return -1;
    int rc = message_run(&v.env, id, full, raw, cancel, out, err);
    if (rc == 0)
        view_warnings(&v, &(*out)->warnings, &(*out)->warning_count);
    view_close(&v);
    return rc;
}

struct engine_thread {
    struct view view; /* what the walk's environment is in */
    struct thread_walk *walk;
};

int engine_thread_open(struct engine *e, const struct messages_request *request,
                       struct cancel *cancel, struct engine_thread **out, struct error *err)
{
    struct engine_thread *t = calloc(1, sizeof *t);
    if (t == NULL)
        return error_no_memory(err);
    if (view_open(e, STRATEGY_INDEX, &t->view, err) != 0) {
        free(t);
        return -1;
    }
    int rc = thread_walk_new(&t->view.env, request, cancel, &t->walk, err);
    slice_restore(); /* the view stays open, and the next page may be another thread's */
    if (rc != 0) {
        engine_thread_close(t);
        return -1;
    }
    *out = t;
    return 0;
}

int engine_thread_next(struct engine_thread *t, struct cancel *cancel, struct messages_reply **out,
                       struct error *err)
{
    if (thread_walk_next(t->walk, cancel, out, err) != 0)
        return -1;
    view_warnings(&t->view, &(*out)->warnings, &(*out)->warning_count);
    return 0;
}

bool engine_thread_ended(const struct engine_thread *t)
{
    return thread_walk_ended(t->walk);
}

void engine_thread_close(struct engine_thread *t)
{
    if (t == NULL)
        return;
    thread_walk_free(t->walk);
    view_close(&t->view);
    free(t);
}

int engine_tail(struct engine *e, const struct tail_request *request, struct cancel *cancel,
                struct tail_reply **out, struct error *err)
{
    struct view v;
    if (view_open(e, STRATEGY_INDEX, &v, err) != 0)
        return -1;
    int rc = tail_run(&v.env, request, cancel, out, err);
    view_close(&v);
    return rc;
}
