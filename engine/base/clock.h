/* clock.h: Reading the time, and reading and writing times as text.
 *
 * Times of messages are int64_t milliseconds since 1970-01-01T00:00:00Z.  Years 0001 to 9999 are
 * representable; text outside that range does not parse.
 */
#ifndef SCROLLBACK_CLOCK_H
#define SCROLLBACK_CLOCK_H

#include "vocabulary.h"

#define TIME_NONE INT64_MIN
#define CLOCK_RFC3339_SIZE 25 /* "2026-01-02T03:04:05.678Z" and its NUL */

/* clock_monotonic_ns(), clock_now_ms(): The monotonic clock; the wall clock.
 * clock_thread_ns(): Processor time of the calling thread; a system call, unlike the others. */
uint64_t clock_monotonic_ns(void);
uint64_t clock_thread_ns(void);
int64_t clock_now_ms(void);

/* clock_parse_rfc3339(s, out): Date, 'T', 't' or blank, time with seconds, any fraction
 * (truncated to ms, towards the past), 'Z', 'z', +hh:mm, -hh:mm, +hhmm or nothing (UTC).  Second
 * 60 is read as 59.999.  Return 0 or -1. */
int clock_parse_rfc3339(struct span s, int64_t *out);

/* clock_parse_number(s, out): A JSON number or the same digits in a string: epoch seconds, or
 * milliseconds where its absolute value is above 1e11; what is finer than a millisecond is cut off
 * towards the past.  Exact for any number of digits.  Return 0 or -1. */
int clock_parse_number(struct span s, int64_t *out);

/* clock_parse_date(s, year, month, day): "2026-01-02", checked against the calendar; 0 or -1. */
int clock_parse_date(struct span s, int *year, int *month, int *day);

/* clock_format_rfc3339(ms, out): "2026-01-02T03:04:05.678Z"; a time out of range is shown as the
 * nearest one within. */
void clock_format_rfc3339(int64_t ms, char out[CLOCK_RFC3339_SIZE]);

/* clock_days_from_civil(y, m, d): Days since 1970-01-01, ${m} 1-12, ${d} any, in the proleptic Gregorian calendar (the
 * algorithm of Howard Hinnant, "chrono-compatible low-level date algorithms", 2013).
 * clock_civil_from_days(days, ...): its inverse. */
int64_t clock_days_from_civil(int year, int month, int day);
void clock_civil_from_days(int64_t days, int *year, int *month, int *day);

#endif
