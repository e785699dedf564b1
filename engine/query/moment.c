#include "moment.h"

#include "clock.h"
#include "span.h"

#define MS_PER_MINUTE INT64_C(60000)
#define MS_PER_DAY INT64_C(86400000)
#define FIRST_MS INT64_C(-62135596800000) /* 0001-01-01T00:00:00Z */
#define TIME_OF_DAY_END 19                /* strlen("2026-01-02T03:04:05") */

static int64_t floor_day(int64_t ms)
{
    return ms / MS_PER_DAY - (ms % MS_PER_DAY < 0);
}

static int64_t day_start(const struct zone *zone, int64_t day)
{
    return zone == NULL ? day * MS_PER_DAY : zone_day_start(zone, day);
}

static int64_t unit_ms(char unit)
{
    switch (unit) {
    case 'm':
        return MS_PER_MINUTE;
    case 'h':
        return 60 * MS_PER_MINUTE;
    case 'd':
        return MS_PER_DAY;
    case 'w':
        return 7 * MS_PER_DAY;
    default:
        return 0;
    }
}

static int parse_relative(struct span s, int64_t now_ms, int64_t *out)
{
    int64_t unit = s.len < 2 ? 0 : unit_ms(s.ptr[s.len - 1]);
    if (unit == 0)
        return -1;
    int64_t most = (now_ms - FIRST_MS) / unit, n = 0;
    for (size_t i = 0; i + 1 < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return -1;
        n = n * 10 + (s.ptr[i] - '0');
        if (n > most)
            return -1;
    }
    *out = now_ms - n * unit;
    return 0;
}

/* A time of day without Z or +hh:mm is one in the zone. */
static bool has_offset(struct span s)
{
    for (size_t i = TIME_OF_DAY_END; i < s.len; i++)
        if (s.ptr[i] == 'Z' || s.ptr[i] == 'z' || s.ptr[i] == '+' || s.ptr[i] == '-')
            return true;
    return false;
}

int moment_parse(struct span s, int64_t now_ms, const struct zone *zone, int64_t *out)
{
    bool yesterday = span_equal(s, SPAN("yesterday"));
    if (yesterday || span_equal(s, SPAN("today"))) {
        int64_t day = zone == NULL ? floor_day(now_ms) : zone_day(zone, now_ms);
        *out = day_start(zone, day - yesterday);
        return 0;
    }
    int year, month, date;
    if (clock_parse_date(s, &year, &month, &date) == 0) {
        *out = day_start(zone, clock_days_from_civil(year, month, date));
        return 0;
    }
    if (parse_relative(s, now_ms, out) == 0 || clock_parse_number(s, out) == 0)
        return 0;
    if (clock_parse_rfc3339(s, out) != 0)
        return -1;
    if (zone != NULL && !has_offset(s))
        *out = zone_local_to_utc(zone, *out);
    return 0;
}
