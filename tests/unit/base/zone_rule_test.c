#include "zone_rule.h"

#include "clock.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static int64_t at(const char *text)
{
    int64_t ms = 0;
    assert_int_equal(clock_parse_rfc3339(span_of(text), &ms), 0);
    return ms / 1000;
}

static void test_rules(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *utc;
        int32_t offset;
    } rows[] = {
        {"UTC0", "2026-01-01T00:00:00Z", 0},
        {"<+0330>-3:30", "2026-01-01T00:00:00Z", 12600},
        {"XXX12:34:56", "2026-01-01T00:00:00Z", -45296},
        {"EST5EDT,M3.2.0,M11.1.0", "2026-03-08T06:59:59Z", -18000},
        {"EST5EDT,M3.2.0,M11.1.0", "2026-03-08T07:00:00Z", -14400},
        {"EST5EDT,M3.2.0,M11.1.0", "2026-11-01T05:59:59Z", -14400},
        {"EST5EDT,M3.2.0,M11.1.0", "2026-11-01T06:00:00Z", -18000},
        /* the southern summer spans the new year */
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2025-12-31T23:00:00Z", 39600},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-04-04T15:59:59Z", 39600},
        {"AEST-10AEDT,M10.1.0,M4.1.0/3", "2026-04-04T16:00:00Z", 36000},
        /* a daylight time that goes back (Dublin) */
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-01-01T00:00:00Z", 0},
        {"IST-1GMT0,M10.5.0,M3.5.0/1", "2026-07-01T00:00:00Z", 3600},
        /* negative hours (Nuuk): on the eve at 22:00 */
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T00:59:59Z", -7200},
        {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2026-03-29T01:00:00Z", -3600},
        /* daylight time all year (RFC 8536, 3.3.1) */
        {"EST5EDT,0/0,J365/25", "2026-01-01T04:59:59Z", -14400},
        {"EST5EDT,0/0,J365/25", "2026-01-01T05:00:00Z", -14400},
        {"EST5EDT,0/0,J365/25", "2024-12-31T12:00:00Z", -14400},
        /* Julian days do not count February 29, plain ones do */
        {"AAA0BBB,J60/0,J365/0", "2024-02-29T23:59:59Z", 0},
        {"AAA0BBB,J60/0,J365/0", "2024-03-01T00:00:00Z", 3600},
        {"AAA0BBB,59/0,300/0", "2024-02-29T00:00:00Z", 3600},
        {"AAA0BBB,59/0,300/0", "2025-02-28T23:59:59Z", 0},
        /* the last Thursday, with and without a fifth one */
        {"AAA0BBB,M1.5.4/0,M2.5.4/0", "2026-01-28T23:59:59Z", 0},
        {"AAA0BBB,M1.5.4/0,M2.5.4/0", "2026-01-29T00:00:00Z", 3600},
        {"AAA0BBB,M1.5.4/0,M2.5.4/0", "2026-02-25T22:59:59Z", 3600},
        {"AAA0BBB,M1.5.4/0,M2.5.4/0", "2026-02-25T23:00:00Z", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct zone_rule rule;
        assert_int_equal(zone_rule_parse(span_of(rows[i].rule), &rule), 0);
        int32_t got = zone_rule_offset(&rule, at(rows[i].utc));
        if (got != rows[i].offset)
            fail_msg("%s at %s: %d, expected %d", rows[i].rule, rows[i].utc, got, rows[i].offset);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "UTC",
                                      "U0",
                                      "UT0",
                                      "<>0",
                                      "<+1>",
                                      "<+11",
                                      "UTC25",
                                      "UTC0:60",
                                      "UTC0:0:60",
                                      "UTC0:",
                                      "UTC0x",
                                      "EST5EDT",
                                      "EST5EDT,",
                                      "EST5EDT4",
                                      "EST5EDT,M3",
                                      "EST5EDT,M3.2",
                                      "EST5EDT,M3.2.0",
                                      "A5B,J1,J2",
                                      "AAA0BBB,J0,J2",
                                      "AAA0BBB,J1,M13.1.0",
                                      "AAA0BBB,J1,M1.6.0",
                                      "AAA0BBB,J1,M1.0.0",
                                      "AAA0BBB,J1,M1.1.7",
                                      "AAA0BBB,J366,J1",
                                      "AAA0BBB,366,1",
                                      "AAA0BBB,1/168,1",
                                      "AAA0BBB,1,1/",
                                      "AAA0BBB,1,1 ",
                                      "AAA0BBB,1,1,1",
                                      "AAA--1",
                                      "AAA9999999999"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct zone_rule rule;
        if (zone_rule_parse(span_of(bad[i]), &rule) == 0)
            fail_msg("%s was accepted", bad[i]);
    }
}

/* The changes that zone_rule_next() names are those at which the offset changes, and no other. */
static void test_changes(void **state)
{
    (void)state;
    static const char *const rules[] = {"EST5EDT,M3.2.0,M11.1.0", "AEST-10AEDT,M10.1.0,M4.1.0/3",
                                        "IST-1GMT0,M10.5.0,M3.5.0/1", "AAA0BBB,J60/0,J365/0"};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct zone_rule rule;
        assert_int_equal(zone_rule_parse(span_of(rules[i]), &rule), 0);
        int64_t t = at("2023-01-01T12:00:00Z"), end = at("2029-01-01T12:00:00Z");
        unsigned changes = 0;
        for (int64_t next; (next = zone_rule_next(&rule, t)) < end; t = next, changes++) {
            int32_t before = zone_rule_offset(&rule, next - 1);
            assert_true(next > t);
            assert_int_not_equal(before, zone_rule_offset(&rule, next));
            assert_int_equal(before, zone_rule_offset(&rule, t));
        }
        assert_int_equal(changes, 12);
    }
    struct zone_rule fixed;
    assert_int_equal(zone_rule_parse(SPAN("UTC0"), &fixed), 0);
    assert_true(zone_rule_next(&fixed, 0) == INT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
