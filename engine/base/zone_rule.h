/* zone_rule.h: The rule for times beyond a zone's table: a POSIX TZ string.
 *
 * RFC 8536 section 3.3 puts one into the footer of a TZif file, for example
 * "CET-1CEST,M3.5.0,M10.5.0/3".  The syntax is that of POSIX.1-2017, 8.3 "Other environment variables", TZ,
 * with hours from -167 to 167 (RFC 8536, section 3.3.1).  A daylight time without a rule for its
 * dates, which POSIX leaves to the system, is refused.
 */
#ifndef SCROLLBACK_ZONE_RULE_H
#define SCROLLBACK_ZONE_RULE_H

#include "vocabulary.h"

/* When in a year the clocks change. */
struct zone_date {
    enum { ZONE_DATE_JULIAN, ZONE_DATE_DAY, ZONE_DATE_WEEKDAY } type;
    int month;    /* WEEKDAY: 1-12 */
    int week;     /* WEEKDAY: 1-5, 5 is the last of the month */
    int day;      /* JULIAN: 1-365, February 29 not counted; DAY: 0-365; WEEKDAY: 0 is Sunday */
    int32_t time; /* seconds after local midnight, may be negative or more than a day */
};

struct zone_rule {
    int32_t standard; /* seconds to add to UTC */
    int32_t daylight;
    bool has_daylight;
    struct zone_date begin; /* of daylight time, in standard time */
    struct zone_date end;   /* in daylight time */
};

/* zone_rule_parse(s, rule): Return 0, or -1 if ${s} is not such a string. */
int zone_rule_parse(struct span s, struct zone_rule *rule);

/* zone_rule_offset(rule, t): Seconds to add to UTC at the epoch second ${t}. */
int32_t zone_rule_offset(const struct zone_rule *rule, int64_t t);

/* zone_rule_next(rule, t): The first change of clocks after ${t}, or INT64_MAX if there is none. */
int64_t zone_rule_next(const struct zone_rule *rule, int64_t t);

#endif
