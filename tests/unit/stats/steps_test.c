#include "steps.h"

#include "clock.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static int64_t at(const char *text)
{
    int64_t t;
    assert_int_equal(clock_parse_rfc3339(span_of(text), &t), 0);
    return t;
}

static struct zone *open_zone(const char *name)
{
    struct zone *z = NULL;
    struct error err = {0};
    return zone_open(span_of(name), &z, &err) == 0 ? z : NULL;
}

struct row {
    const char *zone;
    enum series_step step;
    const char *time;
    const char *begins[4]; /* of its step and those that follow */
};

static void test_steps_follow_the_clocks(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"UTC",
         STEP_1M,
         "2026-01-02T03:04:05.678Z",
         {"2026-01-02T03:04:00Z", "2026-01-02T03:05:00Z"}},
        {"UTC", STEP_1W, "2026-01-02T03:04:05Z", {"2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"}},
        {"UTC", STEP_1D, "1969-12-31T23:59:59Z", {"1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z"}},
        {"Asia/Kathmandu",
         STEP_1H,
         "2026-01-02T03:04:05Z",
         {"2026-01-02T02:15:00Z", "2026-01-02T03:15:00Z"}},
        /* the day of 25 hours: its last quarter has seven of them */
        {"Europe/Berlin",
         STEP_6H,
         "2025-10-25T22:30:00Z",
         {"2025-10-25T22:00:00Z", "2025-10-26T04:00:00Z", "2025-10-26T10:00:00Z",
          "2025-10-26T16:00:00Z"}},
        {"Europe/Berlin",
         STEP_6H,
         "2025-10-26T22:30:00Z",
         {"2025-10-26T16:00:00Z", "2025-10-26T23:00:00Z"}},
        {"Europe/Berlin",
         STEP_1H,
         "2025-10-26T00:30:00Z",
         {"2025-10-26T00:00:00Z", "2025-10-26T01:00:00Z", "2025-10-26T02:00:00Z"}},
        {"Europe/Berlin",
         STEP_1D,
         "2025-10-26T12:00:00Z",
         {"2025-10-25T22:00:00Z", "2025-10-26T23:00:00Z"}},
        /* the day of 23 hours */
        {"Europe/Berlin",
         STEP_6H,
         "2026-03-29T21:59:59Z",
         {"2026-03-29T17:00:00Z", "2026-03-29T22:00:00Z"}},
        {"Europe/Berlin",
         STEP_1H,
         "2026-03-29T00:59:59Z",
         {"2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"}},
        {"Europe/Berlin",
         STEP_1W,
         "2026-03-29T12:00:00Z",
         {"2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct zone *z = open_zone(rows[i].zone);
        if (z == NULL)
            continue; /* no tzdata here */
        int64_t t = steps_begin(z, rows[i].step, at(rows[i].time));
        for (int k = 0; k < 4 && rows[i].begins[k] != NULL; k++) {
            if (t != at(rows[i].begins[k]))
                fail_msg("row %zu, step %d: %lld", i, k, (long long)t);
            t = steps_next(z, rows[i].step, t);
        }
        zone_close(z);
    }
}

/* Whatever the zone, a time lies in its step, and the steps leave nothing out. */
static void test_steps_cover_all_times(void **state)
{
    (void)state;
    static const char *const zones[] = {
        "UTC",          "Europe/Berlin",  "Australia/Lord_Howe", "America/Sao_Paulo",
        "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns"};
    static const char *const begins[] = {"2025-10-20T00:00:00Z", "2026-03-20T00:00:00Z",
                                         "2011-12-25T00:00:00Z", "2018-10-30T00:00:00Z"};
    for (size_t k = 0; k < sizeof zones / sizeof zones[0]; k++) {
        struct zone *z = open_zone(zones[k]);
        for (size_t b = 0; z != NULL && b < sizeof begins / sizeof begins[0]; b++)
            for (enum series_step s = STEP_5M; s < STEP_COUNT; s++) {
                int64_t from = at(begins[b]), to = from + 16 * INT64_C(86400000);
                int64_t begin = steps_begin(z, s, from);
                for (int64_t t = from; t < to; t += 7 * 60000) {
                    int64_t next = steps_next(z, s, begin);
                    assert_true(begin <= t && next > begin);
                    for (; next <= t; next = steps_next(z, s, begin))
                        begin = next;
                }
            }
        zone_close(z);
    }
}

static void test_auto_makes_few_points(void **state)
{
    (void)state;
    static const struct {
        int64_t length_s;
        enum series_step step;
    } rows[] = {{0, STEP_1M},           {199 * 60, STEP_1M},
                {201 * 60, STEP_5M},    {86400, STEP_15M},
                {5 * 86400, STEP_1H},   {30 * 86400, STEP_6H},
                {150 * 86400, STEP_1D}, {3650 * INT64_C(86400), STEP_1W}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(steps_choose(1000, 1000 + rows[i].length_s * 1000), rows[i].step);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps_follow_the_clocks),
        cmocka_unit_test(test_steps_cover_all_times),
        cmocka_unit_test(test_auto_makes_few_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
