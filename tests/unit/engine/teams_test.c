/* However many threads ask, those that help them are the two teams': no request leaves threads of its own. */
#include "engine_over.h"
#include "span.h"
#include "team.h"
#include "thread_count.h"
#include "transcripts.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#define FROM INT64_C(1764000000000)
#define THREADS 4
#define CALLERS 12

/* Who keep their helpers: with LLVM's OpenMP, which the preset tsan has, all who had any. */
#ifdef __clang__
#define KEEPERS CALLERS
#else
#define KEEPERS (2 * TEAM_LEADERS)
#endif
#define ROUNDS 3
#define LINES 6000 /* of some 200 bytes: a file of several units */

static struct temp_tree tree;
static struct engine *engine;
static pthread_barrier_t asked; /* all requests are answered; then again, for the end */

static int ask_search(void)
{
    struct search_request r;
    struct search_reply *reply;
    search_request_init(&r);
    r.context = 2;
    r.limit = 3;
    if (engine_search(engine, &r, NULL, &reply, NULL) != 0)
        return -1;
    search_reply_free(reply);
    return 0;
}

static int ask_sessions(void)
{
    struct sessions_request r;
    struct sessions_reply *reply;
    sessions_request_init(&r);
    r.query.q = SPAN("words");
    if (engine_sessions(engine, &r, NULL, &reply, NULL) != 0)
        return -1;
    sessions_reply_free(reply);
    if (engine_session(engine, SPAN("session-1"), NULL, &reply, NULL) != 0)
        return -1;
    sessions_reply_free(reply);
    return 0;
}

static int ask_messages(void)
{
    struct messages_request r;
    struct messages_reply *reply;
    char uuid[37];
    messages_request_init(&r);
    r.session = SPAN("session-1");
    if (engine_messages(engine, &r, NULL, &reply, NULL) != 0)
        return -1;
    messages_reply_free(reply);
    transcript_uuid(LINES / 2, uuid);
    if (engine_message(engine, span_of(uuid), false, false, NULL, &reply, NULL) != 0)
        return -1;
    messages_reply_free(reply);
    return 0;
}

static int ask_counts(void)
{
    struct stats_request r;
    struct stats_reply *stats;
    struct timeseries_request t;
    struct timeseries_reply *series;
    struct engine_status *status;
    stats_request_init(&r);
    r.by = FACET_TOOL;
    timeseries_request_init(&t);
    if (engine_stats(engine, &r, NULL, &stats, NULL) != 0)
        return -1;
    stats_reply_free(stats);
    if (engine_timeseries(engine, &t, NULL, &series, NULL) != 0)
        return -1;
    timeseries_reply_free(series);
    if (engine_status(engine, true, NULL, &status, NULL) != 0)
        return -1;
    engine_status_free(status);
    return 0;
}

static int (*const requests[])(void) = {ask_search, ask_sessions, ask_messages, ask_counts};
#define REQUESTS (sizeof requests / sizeof requests[0])

static void *ask(void *arg)
{
    unsigned *failed = arg;
    for (size_t i = 0; i < ROUNDS * REQUESTS; i++)
        *failed += requests[i % REQUESTS]() != 0;
    pthread_barrier_wait(&asked);
    pthread_barrier_wait(&asked);
    return NULL;
}

static void ask_from_many_threads(bool index)
{
    struct engine_config config;
    pthread_t callers[CALLERS];
    unsigned failed[CALLERS] = {0};
    engine_config_init(&config);
    config.threads = THREADS;
    config.index = index;
    unsigned before = thread_count();
    engine = engine_over(&tree, &config);
    pthread_barrier_init(&asked, NULL, CALLERS + 1);
    for (int i = 0; i < CALLERS; i++)
        assert_int_equal(pthread_create(&callers[i], NULL, ask, &failed[i]), 0);
    pthread_barrier_wait(&asked);
    /* The callers, those that help the first of them, and up to two that keep the index; others'
     * helpers are about to end. */
    unsigned most = before + CALLERS + KEEPERS * (THREADS - 1) + 2, there;
    for (int wait = 0; (there = thread_count()) > most && wait < 1000; wait++)
        (void)usleep(10000);
    pthread_barrier_wait(&asked);
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(callers[i], NULL);
        assert_int_equal(failed[i], 0);
    }
    pthread_barrier_destroy(&asked);
    engine_close(engine);
    if (there > most)
        fail_msg("%u threads, and %u before", there, before);
}

static void test_by_files(void **state)
{
    (void)state;
    ask_from_many_threads(false);
}

static void test_by_index(void **state)
{
    (void)state;
    ask_from_many_threads(true);
}

static int set_up(void **state)
{
    struct buf b;
    (void)state;
    temp_tree_make(&tree);
    buf_init(&b);
    for (unsigned i = 0; i < LINES; i++) {
        struct transcript_line l = {.id = i + 1,
                                    .session = "session-1",
                                    .time_ms = FROM + i,
                                    .text = "words of a session",
                                    .cwd = "/home/me"};
        transcript_add(&b, &l);
    }
    transcript_append(&tree, "p/session-1.jsonl", &b);
    buf_clear(&b);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_tree_remove(&tree);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_files),
        cmocka_unit_test(test_by_index),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
