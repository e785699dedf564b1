#include "moment.h"

#include "query_probe.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_times(void **state)
{
    (void)state;
    /* now is 2026-01-02T03:04:05.678Z */
    static const struct query_probe_row rows[] = {
        {"since:2026-01-02T03:04:05.678Z", "since:1767323045678"},
        {"since:2026-01-02T04:04:05+01:00", "since:1767323045000"},
        {"since:\"2026-01-02 03:04:05Z\"", "since:1767323045000"},
        {"since:2026-01-02T03:04:05", "since:1767323045000"},
        {"until:2026-01-02", "until:1767312000000"},
        {"since:1767323045", "since:1767323045000"},
        {"since:1767323045678", "since:1767323045678"},
        {"since:90m", "since:1767317645678"},
        {"since:36h", "since:1767193445678"},
        {"since:7d", "since:1766718245678"},
        {"since:2w", "since:1766113445678"},
        {"since:0d", "since:1767323045678"},
        {"since:today", "since:1767312000000"},
        {"until:yesterday", "until:1767225600000"},
        {"since:739617d", "since:-62135585754322"},
        {"since:7d until:today", "and(since:1766718245678 until:1767312000000)"},
        {"since:7d,2w", "since:1766718245678,1766113445678"},
    };
    struct query_input like = query_probe_input("");
    QUERY_PROBE_ROWS(rows, &like);
    static const char *const bad[] = {"now",
                                      "Today",
                                      "7",
                                      "-7d",
                                      "7D",
                                      "7 d",
                                      "1.5h",
                                      "d",
                                      "90s",
                                      "1y",
                                      "x",
                                      "2026-13-01",
                                      "2026-01-02T03:04",
                                      "tomorrow",
                                      "+7d",
                                      "739618d",
                                      "17672256007d",
                                      "99999999999999999999w",
                                      "1e400"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct query *q = NULL;
        struct error err = {0};
        struct span value = span_of(bad[i]);
        struct query_input in = query_probe_input("");
        in.values[FIELD_SINCE] = &value;
        in.value_count[FIELD_SINCE] = 1;
        bool number = strcmp(bad[i], "7") == 0;
        if (query_parse(&in, &q, &err) != (number ? 0 : -1))
            fail_msg("since %s", bad[i]);
        assert_string_equal(err.parameter, number ? "" : "since");
        query_free(q);
    }
}

static void test_times_in_zone(void **state)
{
    (void)state;
    struct zone *z = NULL;
    struct error err = {0};
    /* without tzdata there is nothing to compare with */
    if (zone_open(SPAN("America/New_York"), &z, &err) != 0)
        skip();
    struct query_input like = query_probe_input("");
    like.zone = z;
    static const struct query_probe_row rows[] = {
        {"since:today", "since:1767243600000"},
        {"since:yesterday", "since:1767157200000"},
        {"since:2026-01-02", "since:1767330000000"},
        {"since:2026-07-01", "since:1782878400000"},
        {"since:2026-01-02T00:00:00", "since:1767330000000"},
        {"since:2026-01-02T00:00:00.5", "since:1767330000500"},
        {"since:2026-01-02T00:00:00Z", "since:1767312000000"},
        {"since:2026-01-02T00:00:00-05:00", "since:1767330000000"},
        {"since:1d", "since:1767236645678"},
        {"since:1767323045", "since:1767323045000"},
    };
    QUERY_PROBE_ROWS(rows, &like);
    zone_close(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times),
        cmocka_unit_test(test_times_in_zone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
