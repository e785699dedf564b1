/* Sums of money that no number holds, and the ranges that time series show. */
#include "engine_over.h"
#include "span.h"
#include "transcripts.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DAY INT64_C(86400000)
#define FROM (20000 * DAY) /* 2024-10-04 */
#define RESPONSES 60       /* 48 of them cost more than 2^64 picodollars */

static struct temp_tree tree;
static struct engine *engine;

static int setup(void **state)
{
    struct buf b;
    (void)state;
    temp_tree_make(&tree);
    buf_init(&b);
    for (unsigned i = 1; i <= RESPONSES; i++) {
        struct transcript_line l = {.assistant = true,
                                    .id = i,
                                    .session = "session-1",
                                    .time_ms = FROM + i,
                                    .text = "words",
                                    .model = "claude-opus-4",
                                    .message_id = i,
                                    .input = UINT_MAX,
                                    .output = UINT_MAX};
        transcript_add(&b, &l);
    }
    transcript_append(&tree, "p/session-1.jsonl", &b);
    buf_clear(&b);
    engine = engine_over(&tree, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    engine_close(engine);
    temp_tree_remove(&tree);
    return 0;
}

static void test_sums_stop_at_the_largest(void **state)
{
    (void)state;
    struct stats_request r;
    struct stats_reply *reply;
    struct error err = {0};
    stats_request_init(&r);
    r.by = FACET_MODEL;
    assert_int_equal(engine_stats(engine, &r, NULL, &reply, &err), 0);
    assert_int_equal(reply->totals.tokens.output, (uint64_t)RESPONSES * UINT_MAX);
    assert_int_equal(reply->totals.cost_picodollars, UINT64_MAX);
    assert_int_equal(reply->row_count, 1);
    assert_int_equal(reply->rows[0].cost_picodollars, UINT64_MAX);
    stats_reply_free(reply);

    struct timeseries_request t;
    struct timeseries_reply *series;
    timeseries_request_init(&t);
    t.metric = METRIC_COST;
    t.step = STEP_1D;
    assert_int_equal(engine_timeseries(engine, &t, NULL, &series, &err), 0);
    assert_int_equal(series->point_count, 1);
    assert_int_equal(series->points[0].value, UINT64_MAX);
    timeseries_reply_free(series);

    struct sessions_reply *sessions;
    assert_int_equal(engine_session(engine, SPAN("session-1"), NULL, &sessions, &err), 0);
    assert_int_equal(sessions->sessions[0].cost_picodollars, UINT64_MAX);
    sessions_reply_free(sessions);
}

/* Filters side by side all hold, so the narrowest range is shown; values of one are alternatives. */
static void test_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *q;
        uint32_t points;
    } table[] = {
        {"since:2024-10-01", 4},
        {"since:2024-10-01 since:2024-10-03", 2},
        {"since:2024-10-03 since:2024-10-01", 2},
        {"since:2024-10-01,2024-10-03", 4},
        {"until:2024-10-10", 6},
        {"until:2024-10-10 until:2024-10-06", 2},
        {"until:2024-10-06 until:2024-10-10", 2},
        {"until:2024-10-06,2024-10-10", 6},
        {"since:2024-10-02 until:2024-10-08 (since:2024-10-03 until:2024-10-07)", 4},
        {"(since:2024-10-02 OR words)", 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct timeseries_request t;
        struct timeseries_reply *series;
        struct error err = {0};
        timeseries_request_init(&t);
        t.query.q = span_of(table[i].q);
        t.step = STEP_1D;
        assert_int_equal(engine_timeseries(engine, &t, NULL, &series, &err), 0);
        if (series->point_count != table[i].points)
            fail_msg("%s: %u points", table[i].q, series->point_count);
        timeseries_reply_free(series);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums_stop_at_the_largest),
        cmocka_unit_test(test_ranges),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
