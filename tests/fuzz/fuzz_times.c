/* fuzz_times.c: Texts that become times, zones and cursors.
 *
 * The first byte chooses.  What is read must be in range, and what is written must read the same. */
#include "clock.h"
#include "cursor.h"
#include "file_at.h"
#include "moment.h"
#include "zone.h"
#include "zone_rule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool what, const char *why)
{
    if (what)
        return;
    fprintf(stderr, "fuzz_times: %s\n", why);
    abort();
}

static void check_written(int64_t ms)
{
    char text[CLOCK_RFC3339_SIZE];
    int64_t again;
    clock_format_rfc3339(ms, text);
    require(clock_parse_rfc3339(span_of(text), &again) == 0 && again == ms, "written and read");
}

static void read_times(struct span s)
{
    int64_t ms;
    int year, month, day;
    if (clock_parse_rfc3339(s, &ms) == 0)
        check_written(ms);
    if (clock_parse_number(s, &ms) == 0)
        check_written(ms);
    if (moment_parse(s, INT64_C(1767323045678), NULL, &ms) == 0)
        check_written(ms);
    if (clock_parse_date(s, &year, &month, &day) == 0) {
        int y, m, d;
        clock_civil_from_days(clock_days_from_civil(year, month, day), &y, &m, &d);
        require(y == year && m == month && d == day, "a day is itself");
    }
}

static const int64_t instants[] = {
    INT64_C(-62135596800), -1, 0, 1, INT64_C(1700000000), INT64_C(4102444800),
    INT64_C(253402300799)};

static void read_rule(struct span s)
{
    struct zone_rule rule;
    if (zone_rule_parse(s, &rule) != 0)
        return;
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
        int32_t offset = zone_rule_offset(&rule, instants[i]);
        require(offset == rule.standard || (rule.has_daylight && offset == rule.daylight),
                "an offset of neither");
        require(zone_rule_next(&rule, instants[i]) > instants[i], "the next change is later");
    }
}

/* A damaged file of a zone is refused, or gives some times: never more. */
static void read_zone(struct span s)
{
    struct zone *z = NULL;
    struct error err = {0};
    (void)file_at("Zone", s);
    require(setenv("TZDIR", file_at_folder(), 1) == 0, "no memory");
    if (zone_open(span_of("Zone"), &z, &err) != 0) {
        require(z == NULL && err.msg[0] != '\0', "a refusal says why");
        return;
    }
    for (size_t i = 0; i < sizeof instants / sizeof *instants; i++) {
        int64_t ms = instants[i] * 1000;
        int hour = zone_hour(z, ms);
        require(hour >= 0 && hour < 24, "an hour of the day");
        (void)zone_local_to_utc(z, ms);
        (void)zone_day_start(z, zone_day(z, ms));
    }
    zone_close(z);
}

static void read_cursor(struct span s)
{
    struct arena arena;
    struct cursor c;
    struct error err = {0};
    struct span text;
    uint64_t check, checked;
    arena_init(&arena);
    if (cursor_read(s, &arena, &c, &check, &err) != 0) {
        require(err.code == ERROR_INVALID_CURSOR, "a refusal says why");
    } else {
        struct cursor again;
        require(cursor_write(&c, s, &arena, &text) == 0, "no memory");
        require(cursor_read(text, &arena, &again, &checked, &err) == 0, "written and read");
        require(checked == cursor_check(&again, s), "its check sum is right");
        require(again.term_count == c.term_count && span_equal(again.source, c.source), "the same");
    }
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(struct span) = {read_times, read_rule, read_zone, read_cursor};
    if (size > 0)
        readers[data[0] % 4]((struct span){(const char *)data + 1, size - 1});
    return 0;
}
