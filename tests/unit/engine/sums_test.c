/* The numbers that different endpoints give of one query must add up to each other. */
#include "engine_over.h"
#include "span.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define DAY INT64_C(86400000)

/* The days before Berlin's clocks go back (2025-10-26T00:00+02:00) and forward (2026-03-29T00:00+01:00). */
static const int64_t begins[] = {INT64_C(1761429600000) - DAY, INT64_C(1774738800000) - DAY};
static const char *const zones[] = {"UTC", "Europe/Berlin", "Asia/Kathmandu",
                                    "Australia/Lord_Howe"};
static const char *const queries[] = {"", "apple", "stone -worktree", "role:assistant", "zebra"};
static const enum facet single[] = {FACET_ROLE,  FACET_KIND,   FACET_PROJECT, FACET_SESSION,
                                    FACET_MODEL, FACET_BRANCH, FACET_DAY};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct engine *engine;

static struct request_query ask(const char *q, const char *zone)
{
    struct request_query r;
    request_query_init(&r);
    r.q = span_of(q);
    r.tz = span_of(zone);
    r.strategy = STRATEGY_SERIAL;
    return r;
}

static struct timeseries_reply *series(const struct request_query *q, enum series_metric metric,
                                       enum facet by, enum series_step step)
{
    struct timeseries_request r;
    struct timeseries_reply *reply;
    struct error err = {0};
    timeseries_request_init(&r);
    r.query = *q;
    r.metric = metric;
    r.by = by;
    r.step = step;
    if (engine_timeseries(engine, &r, NULL, &reply, &err) != 0)
        fail_msg("timeseries: %s", err.msg);
    return reply;
}

static struct stats_reply *stats(const struct request_query *q, enum facet by)
{
    struct stats_request r;
    struct stats_reply *reply;
    struct error err = {0};
    stats_request_init(&r);
    r.query = *q;
    r.by = by;
    if (engine_stats(engine, &r, NULL, &reply, &err) != 0)
        fail_msg("stats: %s", err.msg);
    return reply;
}

static uint64_t sum_of_points(const struct timeseries_reply *s, const struct span *name)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < s->point_count; i++)
        if (name == NULL || ((name->ptr == NULL) == (s->points[i].series.ptr == NULL) &&
                             span_equal(*name, s->points[i].series)))
            sum += s->points[i].value;
    return sum;
}

/* Steps follow each other and each is zero-filled. */
static void check_points(const struct timeseries_reply *s)
{
    for (uint32_t i = 1; i < s->point_count; i++)
        if (span_equal(s->points[i].series, s->points[i - 1].series) &&
            (s->points[i].series.ptr == NULL) == (s->points[i - 1].series.ptr == NULL))
            assert_true(s->points[i].time_ms > s->points[i - 1].time_ms);
}

static void check_series(const struct request_query *q, const struct stats_reply *all,
                         enum series_step step)
{
    const struct reply_tokens *t = &all->totals.tokens;
    const uint64_t wanted[METRIC_COUNT] = {[METRIC_MESSAGES] = all->totals.messages,
                                           [METRIC_PROMPTS] = all->totals.prompts,
                                           [METRIC_SESSIONS] = all->totals.sessions,
                                           [METRIC_TOOL_CALLS] = all->totals.tool_calls,
                                           [METRIC_ERRORS] = all->totals.errors,
                                           [METRIC_TOKENS] = t->input + t->output +
                                                             t->cache_write_5m + t->cache_write_1h +
                                                             t->cache_read,
                                           [METRIC_COST] = all->totals.cost_picodollars};
    for (enum series_metric m = 0; m < METRIC_COUNT; m++) {
        struct timeseries_reply *s = series(q, m, FACET_NONE, step);
        check_points(s);
        assert_int_equal(sum_of_points(s, NULL), wanted[m]);
        timeseries_reply_free(s);
        s = series(q, m, FACET_ROLE, step);
        check_points(s);
        assert_int_equal(sum_of_points(s, NULL), wanted[m]);
        timeseries_reply_free(s);
    }
}

static void test_series_add_up(void **state)
{
    (void)state;
    for (size_t z = 0; z < COUNT(zones); z++)
        for (size_t k = 0; k < COUNT(queries); k++) {
            struct request_query q = ask(queries[k], zones[z]);
            struct stats_reply *all = stats(&q, FACET_NONE);
            static const enum series_step steps[] = {STEP_15M, STEP_1H, STEP_6H,
                                                     STEP_1D,  STEP_1W, STEP_AUTO};
            /* the steps take turns, so that all meet all zones */
            for (size_t s = k % 2; s < COUNT(steps); s += 2) {
                const struct span two[] = {SPAN("2025-10-20"), SPAN("2025-11-01")};
                q.values[FILTER_SINCE] = &two[0];
                q.values[FILTER_UNTIL] = &two[1];
                q.value_count[FILTER_SINCE] = q.value_count[FILTER_UNTIL] = 1;
                struct stats_reply *part = stats(&q, FACET_NONE);
                assert_true(part->totals.messages <= all->totals.messages);
                check_series(&q, part, steps[s]);
                stats_reply_free(part);
                q.value_count[FILTER_SINCE] = q.value_count[FILTER_UNTIL] = 0;
            }
            check_series(&q, all, STEP_1D);
            stats_reply_free(all);
        }
}

/* The facet, the rows and the series of one dimension, bucket by bucket. */
static void check_dimension(const struct request_query *q, const struct search_reply *reply,
                            const struct reply_facet *f)
{
    struct stats_reply *rows = stats(q, f->facet);
    struct timeseries_reply *points = series(q, METRIC_MESSAGES, f->facet, STEP_1W);
    uint64_t buckets = f->others, messages = 0;
    for (uint32_t i = 0; i < f->count; i++) {
        const struct reply_stats_row *row = NULL;
        for (uint32_t r = 0; r < rows->row_count; r++)
            if ((rows->rows[r].key.ptr == NULL) == (f->buckets[i].value.ptr == NULL) &&
                span_equal(rows->rows[r].key, f->buckets[i].value))
                row = &rows->rows[r];
        assert_non_null(row);
        assert_int_equal(row->messages, f->buckets[i].count);
        assert_int_equal(sum_of_points(points, &f->buckets[i].value), f->buckets[i].count);
        buckets += f->buckets[i].count;
    }
    for (uint32_t r = 0; r < rows->row_count; r++)
        messages += rows->rows[r].messages;
    assert_int_equal(buckets, reply->total);
    assert_int_equal(messages, reply->total);
    assert_int_equal(sum_of_points(points, NULL), reply->total);
    timeseries_reply_free(points);
    stats_reply_free(rows);
}

static void test_dimensions_add_up(void **state)
{
    (void)state;
    for (size_t z = 0; z < COUNT(zones); z++)
        for (size_t k = 0; k < COUNT(queries); k++)
            for (uint32_t limit = 1; limit <= 100; limit *= 10) {
                struct search_request r;
                struct search_reply *reply;
                struct error err = {0};
                search_request_init(&r);
                r.query = ask(queries[k], zones[z]);
                r.query.dedupe = limit != 10;
                r.limit = 0;
                r.facet_limit = limit;
                for (size_t d = 0; d < COUNT(single); d++)
                    r.facets |= 1u << single[d];
                assert_int_equal(engine_search(engine, &r, NULL, &reply, &err), 0);
                assert_int_equal(reply->facet_count, COUNT(single));
                for (uint32_t d = 0; d < reply->facet_count; d++)
                    check_dimension(&r.query, reply, &reply->facets[d]);
                search_reply_free(reply);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_series_add_up),
        cmocka_unit_test(test_dimensions_add_up),
    };
    struct temp_tree tree;
    uint64_t state = 88172645463325252u;
    temp_tree_make(&tree);
    transcript_write_random(&tree, &state, begins[0], 3 * DAY, 4, 60);
    transcript_write_random(&tree, &state, begins[1], 3 * DAY, 5, 60);
    engine = engine_over(&tree, NULL);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    engine_close(engine);
    temp_tree_remove(&tree);
    return failed;
}
