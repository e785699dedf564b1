/* Every request while memory runs out at its nth allocation: an error or the whole answer. */
#include "scarce.h"

#include "engine_over.h"
#include "error.h"
#include "span.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct engine *engine;
static enum strategy strategy; /* of the requests that have one */

/* A request; returns 0 or -1 and its size, so that two answers can be told apart. */
typedef int ask_fn(uint64_t *size, struct error *err);

static int ask_search(uint64_t *size, struct error *err)
{
    struct search_request r;
    struct search_reply *reply;
    search_request_init(&r);
    r.query.q = SPAN("apple OR /st.ne/");
    r.query.strategy = strategy;
    r.sort = SORT_RELEVANCE;
    r.facets = (1u << (FACET_DAY + 1)) - 1;
    r.limit = 10;
    r.context = 2;
    if (engine_search(engine, &r, NULL, &reply, err) != 0)
        return -1;
    *size = reply->total * 1000 + reply->hit_count;
    search_reply_free(reply);
    return 0;
}

static int ask_stats(uint64_t *size, struct error *err)
{
    struct stats_request r;
    struct stats_reply *reply;
    stats_request_init(&r);
    r.query.strategy = strategy;
    r.by = FACET_TOOL;
    if (engine_stats(engine, &r, NULL, &reply, err) != 0)
        return -1;
    *size = reply->totals.messages * 1000 + reply->totals.tokens.output;
    stats_reply_free(reply);
    return 0;
}

static int ask_timeseries(uint64_t *size, struct error *err)
{
    struct timeseries_request r;
    struct timeseries_reply *reply;
    timeseries_request_init(&r);
    r.query.strategy = strategy;
    r.by = FACET_VERSION;
    r.metric = METRIC_SESSIONS;
    if (engine_timeseries(engine, &r, NULL, &reply, err) != 0)
        return -1;
    *size = reply->point_count;
    timeseries_reply_free(reply);
    return 0;
}

static int ask_sessions(uint64_t *size, struct error *err)
{
    struct sessions_request r;
    struct sessions_reply *reply;
    sessions_request_init(&r);
    r.query.strategy = strategy;
    r.query.q = SPAN("apple");
    r.limit = 2;
    if (engine_sessions(engine, &r, NULL, &reply, err) != 0)
        return -1;
    *size = reply->total * 1000 + reply->count;
    sessions_reply_free(reply);
    return 0;
}

static int ask_session(uint64_t *size, struct error *err)
{
    struct sessions_reply *reply;
    if (engine_session(engine, SPAN("s-on"), NULL, &reply, err) != 0)
        return -1;
    *size = reply->sessions[0].messages;
    sessions_reply_free(reply);
    return 0;
}

static int ask_messages(uint64_t *size, struct error *err)
{
    struct messages_request r;
    struct messages_reply *reply;
    messages_request_init(&r);
    r.session = SPAN("file-1");
    r.raw = true;
    if (engine_messages(engine, &r, NULL, &reply, err) != 0)
        return -1;
    *size = reply->total * 1000 + reply->count;
    messages_reply_free(reply);
    return 0;
}

static int ask_thread(uint64_t *size, struct error *err)
{
    struct messages_request r;
    struct engine_thread *t;
    messages_request_init(&r);
    r.session = SPAN("file-1");
    r.limit = 5;
    if (engine_thread_open(engine, &r, NULL, &t, err) != 0)
        return -1;
    int rc = 0;
    while (rc == 0 && !engine_thread_ended(t)) {
        struct messages_reply *reply;
        rc = engine_thread_next(t, NULL, &reply, err);
        if (rc == 0)
            *size = *size * 10 + reply->count;
        messages_reply_free(rc == 0 ? reply : NULL);
    }
    engine_thread_close(t);
    return rc;
}

static int ask_tail(uint64_t *size, struct error *err)
{
    struct tail_request r = {.limit = 5, .snippet_chars = 80};
    struct tail_reply *reply;
    request_query_init(&r.query);
    if (engine_tail(engine, &r, NULL, &reply, err) != 0)
        return -1;
    *size = reply->position.len > 0;
    tail_reply_free(reply);
    return 0;
}

static void run_short(ask_fn *ask, const char *name)
{
    uint64_t whole = 0, size;
    unsigned failures = 0;
    struct error err = {0};
    assert_int_equal(ask(&whole, &err), 0);
    /* every allocation of the beginning, then ever fewer */
    for (unsigned n = 1;; n += 1 + n / 60) {
        err = (struct error){0};
        size = 0;
        scarce_begin(n);
        int rc = ask(&size, &err);
        bool failed = scarce_end();
        if (rc != 0 && err.code != ERROR_NO_MEMORY)
            fail_msg("%s, allocation %u: \"%s\"", name, n, err.msg);
        if (rc == 0 && size != whole)
            fail_msg("%s, allocation %u: another answer", name, n);
        failures += rc != 0;
        if (!failed)
            break;
    }
    assert_true(failures > 10);
}

static void test_every_request(void **state)
{
    (void)state;
    /* With one thread, the team is the caller: its allocations are counted, too. */
    static const enum strategy all[] = {STRATEGY_SERIAL, STRATEGY_WORKSHARING, STRATEGY_ASYNC,
                                        STRATEGY_HYBRID};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        strategy = all[i];
        run_short(ask_search, "search");
        run_short(ask_stats, "stats");
        run_short(ask_timeseries, "timeseries");
        run_short(ask_sessions, "sessions");
    }
    run_short(ask_session, "session");
    run_short(ask_messages, "messages");
    run_short(ask_thread, "thread");
    run_short(ask_tail, "tail");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_request)};
    struct temp_tree tree;
    uint64_t state = 12345;
    temp_tree_make(&tree);
    transcript_write_random(&tree, &state, INT64_C(1764000000000), 3600000, 3, 12);
    engine = engine_over(&tree, NULL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    engine_close(engine);
    temp_tree_remove(&tree);
    return failed;
}
