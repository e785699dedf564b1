#include "clock.h"

#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

struct row {
    const char *text;
    int64_t ms; /* TIME_NONE: must not parse */
};

static void check(const struct row *rows, size_t count, int (*parse)(struct span, int64_t *))
{
    for (size_t i = 0; i < count; i++) {
        int64_t got = TIME_NONE;
        int rc = parse(span_of(rows[i].text), &got);
        if (got != rows[i].ms || (rc == 0) != (rows[i].ms != TIME_NONE))
            fail_msg("%s: %lld, expected %lld", rows[i].text, (long long)got,
                     (long long)rows[i].ms);
    }
}

static void test_rfc3339(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-01-02T03:04:05.678Z", 1767323045678},
        {"2026-01-02t03:04:05.678z", 1767323045678},
        {"2026-01-02 03:04:05.678Z", 1767323045678},
        {"2026-01-02T03:04:05.678", 1767323045678},
        {"2026-01-02T03:04:05", 1767323045000},
        {"2026-01-02T03:04:05.6Z", 1767323045600},
        {"2026-01-02T03:04:05.67Z", 1767323045670},
        {"2026-01-02T03:04:05.6789999999999999999999Z", 1767323045678},
        {"2026-01-02T03:04:05.000999Z", 1767323045000},
        {"1969-12-31T23:59:59.9999Z", -1},
        {"1969-12-31T23:59:59.0001Z", -1000},
        {"2026-01-02T04:04:05+01:00", 1767323045000},
        {"2026-01-02T04:04:05+0100", 1767323045000},
        {"2026-01-01T21:34:05-05:30", 1767323045000},
        {"2026-01-02T03:04:05-00:00", 1767323045000},
        {"2026-01-03T03:03:05+23:59", 1767323045000},
        {"2016-12-31T23:59:60Z", 1483228799999},
        {"2016-12-31T23:59:60.5Z", 1483228799999},
        {"2024-02-29T00:00:00Z", 1709164800000},
        {"2000-02-29T00:00:00Z", 951782400000},
        {"0001-01-01T00:00:00Z", INT64_C(-62135596800000)},
        {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
        {"0001-01-01T00:00:00+00:01", TIME_NONE},
        {"9999-12-31T23:59:59-00:01", TIME_NONE},
        {"0000-12-31T23:59:59Z", TIME_NONE},
        {"2023-02-29T00:00:00Z", TIME_NONE},
        {"1900-02-29T00:00:00Z", TIME_NONE},
        {"2026-00-02T03:04:05Z", TIME_NONE},
        {"2026-13-02T03:04:05Z", TIME_NONE},
        {"2026-04-31T03:04:05Z", TIME_NONE},
        {"2026-01-00T03:04:05Z", TIME_NONE},
        {"2026-01-02T24:00:00Z", TIME_NONE},
        {"2026-01-02T23:60:00Z", TIME_NONE},
        {"2026-01-02T23:59:61Z", TIME_NONE},
        {"2026-01-02T03:04", TIME_NONE},
        {"2026-01-02T03:04Z", TIME_NONE},
        {"2026-01-02T03:04:05.Z", TIME_NONE},
        {"2026-01-02T03:04:05,5Z", TIME_NONE},
        {"2026-01-02T03:04:05+1:00", TIME_NONE},
        {"2026-01-02T03:04:05+24:00", TIME_NONE},
        {"2026-01-02T03:04:05+01:60", TIME_NONE},
        {"2026-01-02T03:04:05+01", TIME_NONE},
        {"2026-01-02T03:04:05+01:00x", TIME_NONE},
        {"2026-01-02T03:04:05Zx", TIME_NONE},
        {"2026-01-02T03:04:05 Z", TIME_NONE},
        {"2026-01-02", TIME_NONE},
        {"2026-01-02T", TIME_NONE},
        {"2026-1-2T03:04:05Z", TIME_NONE},
        {"26-01-02T03:04:05Z", TIME_NONE},
        {"+2026-01-02T03:04:05Z", TIME_NONE},
        {" 2026-01-02T03:04:05Z", TIME_NONE},
        {"20260102T030405Z", TIME_NONE},
        {"", TIME_NONE},
    };
    check(rows, sizeof rows / sizeof *rows, clock_parse_rfc3339);
}

/* Every prefix of a valid text parses or not without reading past its end (AddressSanitizer). */
static void test_rfc3339_prefixes(void **state)
{
    (void)state;
    static const char text[] = "2026-01-02T03:04:05.678+01:00";
    for (size_t n = 0; n < sizeof text; n++) {
        char *copy = malloc(n + 1);
        assert_non_null(copy);
        char *end = copy + 1;
        memcpy(end, text, n);
        int64_t ms;
        bool whole = n == 19 || (n >= 21 && n <= 23) || n == 29;
        assert_int_equal(clock_parse_rfc3339((struct span){end, n}, &ms), whole ? 0 : -1);
        free(copy);
    }
}

static void test_number(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"0", 0},
        {"-0", 0},
        {"0.0", 0},
        {"0e99999999999999999999", 0},
        {"1767323045", 1767323045000},
        {"1767323045.678", 1767323045678},
        {"1767323045.6789", 1767323045678},
        {"1767323045678", 1767323045678},
        {"1767323045678.9", 1767323045678},
        {"1.767323045e9", 1767323045000},
        {"1.767323045E+9", 1767323045000},
        {"1767323045000e-3", 1767323045000},
        {"1.767323045678e12", 1767323045678},
        {"100000000000", INT64_C(100000000000000)},
        {"100000000000.000", INT64_C(100000000000000)},
        {"100000000000.0001", INT64_C(100000000000)},
        {"100000000001", INT64_C(100000000001)},
        {"-1", -1000},
        {"-0.001", -1},
        {"-0.0011", -2},
        {"-0.0001", -1},
        {"-100000000001.5", INT64_C(-100000000002)},
        {"0.0019", 1},
        {"0.0000000000000000000000000000000000001", 0},
        {"1e-400000000000000000000000", 0},
        {"253402300799999", INT64_C(253402300799999)},
        {"253402300800000", TIME_NONE},
        {"-62135596800", INT64_C(-62135596800000)},
        {"-62135596801", TIME_NONE},
        {"1e15", TIME_NONE},
        {"1e99999999999999999999", TIME_NONE},
        {"12345678901234567890123456789", TIME_NONE},
        {"", TIME_NONE},
        {"-", TIME_NONE},
        {"+1", TIME_NONE},
        {"01", TIME_NONE},
        {"-01", TIME_NONE},
        {".5", TIME_NONE},
        {"1.", TIME_NONE},
        {"1.e3", TIME_NONE},
        {"1e", TIME_NONE},
        {"1e+", TIME_NONE},
        {"1 ", TIME_NONE},
        {" 1", TIME_NONE},
        {"0x10", TIME_NONE},
        {"1_000", TIME_NONE},
        {"NaN", TIME_NONE},
        {"Infinity", TIME_NONE},
    };
    check(rows, sizeof rows / sizeof *rows, clock_parse_number);
}

static void test_date(void **state)
{
    (void)state;
    int y = 0, m = 0, d = 0;
    assert_int_equal(clock_parse_date(SPAN("2026-01-02"), &y, &m, &d), 0);
    assert_true(y == 2026 && m == 1 && d == 2);
    static const char *const bad[] = {"",           "2026-01-2",   "2026-02-29", "2026/01/02",
                                      "0000-01-01", "2026-01-02 ", "2026-01",    "-026-01-01"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(clock_parse_date(span_of(bad[i]), &y, &m, &d), -1);
}

static void test_format(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"1970-01-01T00:00:00.000Z", 0},
        {"1969-12-31T23:59:59.999Z", -1},
        {"2026-01-02T03:04:05.678Z", 1767323045678},
        {"0001-01-01T00:00:00.000Z", INT64_C(-62135596800000)},
        {"0001-01-01T00:00:00.000Z", INT64_MIN},
        {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
        {"9999-12-31T23:59:59.999Z", INT64_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char got[CLOCK_RFC3339_SIZE];
        clock_format_rfc3339(rows[i].ms, got);
        assert_string_equal(got, rows[i].text);
    }
}

/* The calendar, day by day over the whole range, against itself and libc. */
static void test_calendar(void **state)
{
    (void)state;
    for (int64_t days = -719162; days <= 2932896; days += 1 + days % 7 * (days > 0)) {
        int y, m, d;
        clock_civil_from_days(days, &y, &m, &d);
        assert_true(clock_days_from_civil(y, m, d) == days);
        struct tm tm;
        time_t t = (time_t)days * 86400;
        assert_non_null(gmtime_r(&t, &tm));
        assert_true(tm.tm_year + 1900 == y && tm.tm_mon + 1 == m && tm.tm_mday == d);
    }
}

static void test_round_trip(void **state)
{
    (void)state;
    for (int64_t ms = INT64_C(-62135596800000); ms <= INT64_C(253402300799999);
         ms += INT64_C(98765432101)) {
        char text[CLOCK_RFC3339_SIZE];
        int64_t back;
        clock_format_rfc3339(ms, text);
        assert_int_equal(clock_parse_rfc3339(span_of(text), &back), 0);
        assert_true(back == ms);
    }
}

static void test_clocks(void **state)
{
    (void)state;
    uint64_t a = clock_monotonic_ns(), b = clock_monotonic_ns();
    assert_true(a <= b && a > 0);
    int64_t now = clock_now_ms();
    assert_true(llabs(now - (int64_t)time(NULL) * 1000) < 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rfc3339),    cmocka_unit_test(test_rfc3339_prefixes),
        cmocka_unit_test(test_number),     cmocka_unit_test(test_date),
        cmocka_unit_test(test_format),     cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_round_trip), cmocka_unit_test(test_clocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
