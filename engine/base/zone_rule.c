#include "zone_rule.h"

#include "clock.h"
#include "span.h"

#define SECONDS_PER_DAY 86400
#define MOST_HOURS 167
#define MOST_OFFSET_HOURS 24
#define DEFAULT_TIME (2 * 3600)

/* ---- parsing: each take_* moves ${s} past what it read and returns 0, or -1 ---- */

static bool next_is(struct span s, char c)
{
    return s.len > 0 && s.ptr[0] == c;
}

static bool take_byte(struct span *s, char c)
{
    if (!next_is(*s, c))
        return false;
    s->ptr++;
    s->len--;
    return true;
}

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A number of at most three digits between ${low} and ${high}. */
static int take_number(struct span *s, int low, int high, int *out)
{
    int value = 0, digits = 0;
    for (; digits < 3 && s->len > 0 && is_digit(s->ptr[0]); digits++) {
        value = value * 10 + (s->ptr[0] - '0');
        s->ptr++;
        s->len--;
    }
    if (digits == 0 || value < low || value > high)
        return -1;
    *out = value;
    return 0;
}

/* An abbreviation: three letters or more, or letters, digits and signs in <>. */
static int take_name(struct span *s)
{
    bool quoted = take_byte(s, '<');
    size_t n = 0;
    while (n < s->len &&
           (is_alpha(s->ptr[n]) ||
            (quoted && (is_digit(s->ptr[n]) || s->ptr[n] == '+' || s->ptr[n] == '-'))))
        n++;
    s->ptr += n;
    s->len -= n;
    if (n < 3)
        return -1;
    return quoted && !take_byte(s, '>') ? -1 : 0;
}

/* [+-]hh[:mm[:ss]] */
static int take_seconds(struct span *s, int most_hours, int32_t *out)
{
    bool negative = take_byte(s, '-');
    if (!negative)
        take_byte(s, '+');
    int hours, minutes = 0, seconds = 0;
    if (take_number(s, 0, most_hours, &hours) != 0)
        return -1;
    if (take_byte(s, ':')) {
        if (take_number(s, 0, 59, &minutes) != 0)
            return -1;
        if (take_byte(s, ':') && take_number(s, 0, 59, &seconds) != 0)
            return -1;
    }
    int32_t total = (hours * 60 + minutes) * 60 + seconds;
    *out = negative ? -total : total;
    return 0;
}

static int take_date(struct span *s, struct zone_date *d)
{
    int rc;
    if (take_byte(s, 'M')) {
        d->type = ZONE_DATE_WEEKDAY;
        rc = take_number(s, 1, 12, &d->month);
        if (rc == 0)
            rc = take_byte(s, '.') ? take_number(s, 1, 5, &d->week) : -1;
        if (rc == 0)
            rc = take_byte(s, '.') ? take_number(s, 0, 6, &d->day) : -1;
    } else if (take_byte(s, 'J')) {
        d->type = ZONE_DATE_JULIAN;
        rc = take_number(s, 1, 365, &d->day);
    } else {
        d->type = ZONE_DATE_DAY;
        rc = take_number(s, 0, 365, &d->day);
    }
    d->time = DEFAULT_TIME;
    if (rc == 0 && take_byte(s, '/'))
        rc = take_seconds(s, MOST_HOURS, &d->time);
    return rc;
}

int zone_rule_parse(struct span s, struct zone_rule *rule)
{
    int32_t west;
    *rule = (struct zone_rule){0};
    if (take_name(&s) != 0 || take_seconds(&s, MOST_OFFSET_HOURS, &west) != 0)
        return -1;
    rule->standard = -west;
    if (s.len == 0)
        return 0;
    rule->has_daylight = true;
    rule->daylight = rule->standard + 3600;
    if (take_name(&s) != 0)
        return -1;
    if (!next_is(s, ',')) {
        if (take_seconds(&s, MOST_OFFSET_HOURS, &west) != 0)
            return -1;
        rule->daylight = -west;
    }
    if (!take_byte(&s, ',') || take_date(&s, &rule->begin) != 0)
        return -1;
    if (!take_byte(&s, ',') || take_date(&s, &rule->end) != 0)
        return -1;
    return s.len == 0 ? 0 : -1;
}

/* ---- evaluation ---- */

static int64_t floor_days(int64_t seconds)
{
    int64_t days = seconds / SECONDS_PER_DAY;
    return days - (seconds % SECONDS_PER_DAY < 0);
}

/* The day, counted from the epoch, that ${d} means in ${year}. */
static int64_t date_day(const struct zone_date *d, int year)
{
    int64_t first = clock_days_from_civil(year, 1, 1);
    if (d->type == ZONE_DATE_DAY)
        return first + d->day;
    if (d->type == ZONE_DATE_JULIAN) {
        bool leap = clock_days_from_civil(year, 3, 1) - first == 60;
        return first + d->day - 1 + (leap && d->day >= 60);
    }
    int64_t month = clock_days_from_civil(year, d->month, 1);
    int64_t next = d->month == 12 ? clock_days_from_civil(year + 1, 1, 1)
                                  : clock_days_from_civil(year, d->month + 1, 1);
    int64_t weekday = ((month + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    int64_t day = month + (d->day - weekday + 7) % 7 + 7 * (d->week - 1);
    return day < next ? day : day - 7;
}

static int64_t date_instant(const struct zone_date *d, int year, int32_t offset)
{
    return date_day(d, year) * SECONDS_PER_DAY + d->time - offset;
}

static int local_year(const struct zone_rule *rule, int64_t t)
{
    int year, month, day;
    clock_civil_from_days(floor_days(t + rule->standard), &year, &month, &day);
    return year;
}

/* A change may lie up to a week outside of its year, so the neighbouring years are asked too.
 * Where an end and a begin coincide, the clocks stay at daylight time (RFC 8536, section 3.3.1:
 * "daylight saving time is in effect all year"). */
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t t)
{
    if (!rule->has_daylight)
        return rule->standard;
    int year = local_year(rule, t);
    int64_t begun = INT64_MIN, ended = INT64_MIN;
    for (int y = year - 1; y <= year + 1; y++) {
        int64_t begin = date_instant(&rule->begin, y, rule->standard);
        int64_t end = date_instant(&rule->end, y, rule->daylight);
        if (begin <= t && begin > begun)
            begun = begin;
        if (end <= t && end > ended)
            ended = end;
    }
    return begun >= ended ? rule->daylight : rule->standard;
}

int64_t zone_rule_next(const struct zone_rule *rule, int64_t t)
{
    int64_t next = INT64_MAX;
    if (!rule->has_daylight)
        return next;
    int year = local_year(rule, t);
    for (int y = year - 1; y <= year + 2; y++) {
        int64_t begin = date_instant(&rule->begin, y, rule->standard);
        int64_t end = date_instant(&rule->end, y, rule->daylight);
        if (begin > t && begin < next)
            next = begin;
        if (end > t && end < next)
            next = end;
    }
    return next;
}
