#include "clock.h"

#include "span.h"

#include <stdio.h>
#include <time.h>

#define MS_PER_SECOND 1000
#define MS_PER_DAY INT64_C(86400000)
/* 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z */
#define CLOCK_FIRST_MS INT64_C(-62135596800000)
#define CLOCK_LAST_MS INT64_C(253402300799999)

/* Epoch numbers of a greater magnitude are milliseconds. */
#define LARGEST_SECONDS INT64_C(100000000000)
/* No time of our range has more digits than this, in milliseconds. */
#define MOST_DIGITS 15

static uint64_t read_ns(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

uint64_t clock_monotonic_ns(void)
{
    return read_ns(CLOCK_MONOTONIC);
}

uint64_t clock_thread_ns(void)
{
    return read_ns(CLOCK_THREAD_CPUTIME_ID);
}

int64_t clock_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * MS_PER_SECOND + t.tv_nsec / 1000000;
}

int64_t clock_days_from_civil(int year, int month, int day)
{
    /* Years begin in March, so that the leap day is the last one; an era is 400 years. */
    int64_t y = (int64_t)year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

void clock_civil_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t mp = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Take exactly ${n} digits off the front of ${s}; the number, or -1. */
static int take_digits(struct span *s, size_t n)
{
    int value = 0;
    if (s->len < n)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (!is_digit(s->ptr[i]))
            return -1;
        value = value * 10 + (s->ptr[i] - '0');
    }
    s->ptr += n;
    s->len -= n;
    return value;
}

/* Take the byte ${c} off the front of ${s}, if it is there. */
static bool take_byte(struct span *s, char c)
{
    if (s->len == 0 || s->ptr[0] != c)
        return false;
    s->ptr++;
    s->len--;
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

static int take_date(struct span *s, int *year, int *month, int *day)
{
    *year = take_digits(s, 4);
    if (*year < 1 || !take_byte(s, '-'))
        return -1;
    *month = take_digits(s, 2);
    if (*month < 1 || *month > 12 || !take_byte(s, '-'))
        return -1;
    *day = take_digits(s, 2);
    return *day < 1 || *day > days_in_month(*year, *month) ? -1 : 0;
}

int clock_parse_date(struct span s, int *year, int *month, int *day)
{
    return take_date(&s, year, month, day) == 0 && s.len == 0 ? 0 : -1;
}

/* Take hh:mm:ss and a fraction; *${ms} is the time of day. */
static int take_time(struct span *s, int64_t *ms)
{
    int hour = take_digits(s, 2);
    if (hour < 0 || hour > 23 || !take_byte(s, ':'))
        return -1;
    int minute = take_digits(s, 2);
    if (minute < 0 || minute > 59 || !take_byte(s, ':'))
        return -1;
    int second = take_digits(s, 2);
    if (second < 0 || second > 60)
        return -1;
    int fraction = 0, weight = 100;
    if (take_byte(s, '.')) {
        if (s->len == 0 || !is_digit(s->ptr[0]))
            return -1;
        for (; s->len > 0 && is_digit(s->ptr[0]); s->ptr++, s->len--, weight /= 10)
            fraction += (s->ptr[0] - '0') * weight;
    }
    if (second == 60) {
        second = 59;
        fraction = 999;
    }
    *ms = ((hour * INT64_C(60) + minute) * 60 + second) * MS_PER_SECOND + fraction;
    return 0;
}

/* The whole of ${s} as an offset from UTC. */
static int parse_offset(struct span s, int64_t *ms)
{
    *ms = 0;
    if (s.len == 0)
        return 0;
    if (take_byte(&s, 'Z') || take_byte(&s, 'z'))
        return s.len == 0 ? 0 : -1;
    bool west = take_byte(&s, '-');
    if (!west && !take_byte(&s, '+'))
        return -1;
    int hours = take_digits(&s, 2);
    take_byte(&s, ':');
    int minutes = take_digits(&s, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || s.len != 0)
        return -1;
    *ms = (hours * INT64_C(60) + minutes) * 60 * MS_PER_SECOND * (west ? -1 : 1);
    return 0;
}

static int in_range(int64_t ms, int64_t *out)
{
    if (ms < CLOCK_FIRST_MS || ms > CLOCK_LAST_MS)
        return -1;
    *out = ms;
    return 0;
}

int clock_parse_rfc3339(struct span s, int64_t *out)
{
    int year, month, day;
    int64_t time, offset;
    if (take_date(&s, &year, &month, &day) != 0)
        return -1;
    if (!take_byte(&s, 'T') && !take_byte(&s, 't') && !take_byte(&s, ' '))
        return -1;
    if (take_time(&s, &time) != 0 || parse_offset(s, &offset) != 0)
        return -1;
    return in_range(clock_days_from_civil(year, month, day) * MS_PER_DAY + time - offset, out);
}

/* A JSON number taken apart: its value is 0.DIGITS * 10^scale, DIGITS without leading zeros. */
struct decimal {
    struct span digits; /* may hold one '.' */
    int64_t scale;
    bool negative;
};

static size_t count_digits(struct span s)
{
    size_t n = 0;
    while (n < s.len && is_digit(s.ptr[n]))
        n++;
    return n;
}

/* Take an exponent; far beyond what any time needs, its size no longer matters. */
static int take_exponent(struct span *s, int64_t *exponent)
{
    *exponent = 0;
    if (!take_byte(s, 'e') && !take_byte(s, 'E'))
        return 0;
    bool negative = take_byte(s, '-');
    if (!negative)
        take_byte(s, '+');
    size_t n = count_digits(*s);
    if (n == 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (*exponent < INT64_MAX / 100)
            *exponent = *exponent * 10 + (s->ptr[i] - '0');
    s->ptr += n;
    s->len -= n;
    if (negative)
        *exponent = -*exponent;
    return 0;
}

static int parse_decimal(struct span s, struct decimal *d)
{
    d->negative = take_byte(&s, '-');
    d->digits.ptr = s.ptr;
    size_t whole = count_digits(s);
    if (whole == 0 || (whole > 1 && s.ptr[0] == '0'))
        return -1;
    s.ptr += whole;
    s.len -= whole;
    if (take_byte(&s, '.')) {
        size_t n = count_digits(s);
        if (n == 0)
            return -1;
        s.ptr += n;
        s.len -= n;
    }
    d->digits.len = (size_t)(s.ptr - d->digits.ptr);
    int64_t exponent;
    if (take_exponent(&s, &exponent) != 0 || s.len != 0)
        return -1;
    d->scale = exponent + (int64_t)whole;
    for (; d->digits.len > 0 && (d->digits.ptr[0] == '0' || d->digits.ptr[0] == '.');
         d->digits.ptr++, d->digits.len--)
        d->scale -= d->digits.ptr[0] == '0';
    return 0;
}

/* The magnitude of ${d} times 10^${shift}, as a whole number and whether something is left over.
 * Return -1 if it has more digits than any time. */
static int decimal_whole(const struct decimal *d, int shift, int64_t *whole, bool *rest)
{
    *whole = 0;
    *rest = false;
    if (d->digits.len == 0)
        return 0;
    int64_t want = d->scale + shift;
    if (want > MOST_DIGITS)
        return -1;
    int64_t taken = 0;
    for (size_t i = 0; i < d->digits.len; i++) {
        char c = d->digits.ptr[i];
        if (c == '.')
            continue;
        if (taken < want)
            *whole = *whole * 10 + (c - '0');
        else if (c != '0')
            *rest = true;
        taken++;
    }
    for (; taken < want; taken++)
        *whole *= 10;
    return 0;
}

int clock_parse_number(struct span s, int64_t *out)
{
    struct decimal d;
    int64_t ms;
    bool rest;
    if (parse_decimal(s, &d) != 0 || decimal_whole(&d, 0, &ms, &rest) != 0)
        return -1;
    bool is_ms = ms > LARGEST_SECONDS || (ms == LARGEST_SECONDS && rest);
    if (!is_ms && decimal_whole(&d, 3, &ms, &rest) != 0)
        return -1;
    if (d.negative)
        ms = -ms - rest;
    return in_range(ms, out);
}

void clock_format_rfc3339(int64_t ms, char out[CLOCK_RFC3339_SIZE])
{
    if (ms < CLOCK_FIRST_MS)
        ms = CLOCK_FIRST_MS;
    if (ms > CLOCK_LAST_MS)
        ms = CLOCK_LAST_MS;
    int64_t days = (ms - CLOCK_FIRST_MS) / MS_PER_DAY + CLOCK_FIRST_MS / MS_PER_DAY;
    unsigned time = (unsigned)(ms - days * MS_PER_DAY);
    int year, month, day;
    clock_civil_from_days(days, &year, &month, &day);
    /* The remainders tell the compiler how long the text can be at most. */
    (void)snprintf(out, CLOCK_RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ",
                   (unsigned)year % 10000, (unsigned)month % 100, (unsigned)day % 100,
                   time / 3600000 % 24, time / 60000 % 60, time / 1000 % 60, time % 1000);
}
