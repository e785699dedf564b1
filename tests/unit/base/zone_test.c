#include "zone.h"

#include "buf.h"
#include "clock.h"
#include "scarce.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static char dir[] = "/tmp/scrollback_zone_XXXXXX";

/* ---- building TZif files, so that the test needs no tzdata ---- */

static void put_be(struct buf *b, int64_t v, unsigned size)
{
    for (unsigned i = size; i-- > 0;)
        assert_int_equal(buf_append_byte(b, (char)((uint64_t)v >> (8 * i) & 0xff)), 0);
}

struct change {
    int64_t time;
    unsigned char type;
};

struct file {
    char version; /* '\0', '2', '3' */
    const struct change *changes;
    uint32_t change_count;
    const int32_t *types;
    uint32_t type_count;
    uint32_t leaps;
    const char *footer; /* with its newlines */
};

static void put_block(struct buf *b, const struct file *f, unsigned time_size)
{
    assert_int_equal(buf_append(b, "TZif", 4), 0);
    assert_int_equal(buf_append_byte(b, f->version), 0);
    for (int i = 0; i < 15; i++)
        put_be(b, 0, 1);
    uint32_t counts[] = {0, 0, f->leaps, f->change_count, f->type_count, 4};
    for (int i = 0; i < 6; i++)
        put_be(b, counts[i], 4);
    for (uint32_t i = 0; i < f->change_count; i++)
        put_be(b, f->changes[i].time, time_size);
    for (uint32_t i = 0; i < f->change_count; i++)
        put_be(b, f->changes[i].type, 1);
    for (uint32_t i = 0; i < f->type_count; i++) {
        put_be(b, f->types[i], 4);
        put_be(b, 0, 2);
    }
    assert_int_equal(buf_append(b, "XXX", 4), 0);
    for (uint32_t i = 0; i < f->leaps; i++) {
        put_be(b, 0, time_size);
        put_be(b, 0, 4);
    }
}

static void build(struct buf *b, const struct file *f)
{
    buf_init(b);
    put_block(b, f, 4);
    if (f->version >= '2') {
        put_block(b, f, 8);
        assert_int_equal(buf_append_span(b, span_of(f->footer)), 0);
    }
}

static void store(const char *name, struct span content)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_true(fwrite(content.ptr, 1, content.len, out) == content.len);
    assert_int_equal(fclose(out), 0);
}

static struct zone *open_built(const struct file *f)
{
    struct buf b;
    build(&b, f);
    store("Test", buf_span(&b));
    buf_clear(&b);
    struct zone *z = NULL;
    struct error err = {0};
    if (zone_open(SPAN("Test"), &z, &err) != 0)
        fail_msg("%s", err.msg);
    return z;
}

static int64_t at(const char *text)
{
    int64_t ms;
    if (clock_parse_rfc3339(span_of(text), &ms) != 0)
        fail_msg("bad time in the test: %s", text);
    return ms;
}

static void expect_time(int64_t got, const char *want)
{
    char text[CLOCK_RFC3339_SIZE];
    clock_format_rfc3339(got, text);
    assert_string_equal(text, want);
}

/* Berlin's changes of 2025, then its rule. */
static const struct change berlin_changes[] = {{1743296400, 1}, {1761440400, 0}};
static const int32_t berlin_types[] = {3600, 7200};
static const struct file berlin = {.version = '2',
                                   .changes = berlin_changes,
                                   .change_count = 2,
                                   .types = berlin_types,
                                   .type_count = 2,
                                   .footer = "\nCET-1CEST,M3.5.0,M10.5.0/3\n"};

static void test_offsets(void **state)
{
    (void)state;
    struct zone *z = open_built(&berlin);
    static const struct {
        const char *utc;
        int32_t offset;
    } rows[] = {
        {"1900-01-01T00:00:00Z", 3600},     {"2025-03-30T00:59:59.999Z", 3600},
        {"2025-03-30T01:00:00Z", 7200},     {"2025-10-26T00:59:59.999Z", 7200},
        {"2025-10-26T01:00:00Z", 3600},     {"2026-03-29T00:59:59.999Z", 3600},
        {"2026-03-29T01:00:00Z", 7200},     {"2026-10-25T00:59:59.999Z", 7200},
        {"2026-10-25T01:00:00Z", 3600},     {"2400-07-01T00:00:00Z", 7200},
        {"9999-12-31T23:59:59.999Z", 3600},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(zone_offset(z, at(rows[i].utc)), rows[i].offset);
    assert_int_equal(zone_offset(z, INT64_MIN), 3600);
    (void)zone_offset(z, INT64_MAX);
    zone_close(z);
}

static void test_local_to_utc(void **state)
{
    (void)state;
    struct zone *z = open_built(&berlin);
    static const struct {
        const char *local, *utc;
    } rows[] = {
        {"2025-01-01T12:00:00", "2025-01-01T11:00:00.000Z"},
        {"2025-07-01T12:00:00.5", "2025-07-01T10:00:00.500Z"},
        {"2025-03-30T01:59:59.999", "2025-03-30T00:59:59.999Z"},
        {"2025-03-30T02:00:00", "2025-03-30T01:00:00.000Z"}, /* the gap */
        {"2025-03-30T02:30:00", "2025-03-30T01:00:00.000Z"},
        {"2025-03-30T02:59:59.999", "2025-03-30T01:00:00.000Z"},
        {"2025-03-30T03:00:00", "2025-03-30T01:00:00.000Z"},
        {"2025-03-30T03:00:00.001", "2025-03-30T01:00:00.001Z"},
        {"2025-10-26T02:30:00", "2025-10-26T00:30:00.000Z"}, /* twice */
        {"2025-10-26T03:00:00", "2025-10-26T02:00:00.000Z"},
        {"2026-03-29T02:30:00", "2026-03-29T01:00:00.000Z"}, /* by the rule */
        {"2026-10-25T02:30:00", "2026-10-25T00:30:00.000Z"},
        {"2026-10-25T03:00:00", "2026-10-25T02:00:00.000Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_time(zone_local_to_utc(z, at(rows[i].local)), rows[i].utc);
    (void)zone_local_to_utc(z, INT64_MIN);
    (void)zone_local_to_utc(z, INT64_MAX);
    zone_close(z);
}

static void test_days(void **state)
{
    (void)state;
    struct zone *z = open_built(&berlin);
    int64_t day = clock_days_from_civil(2025, 3, 30);
    expect_time(zone_day_start(z, day), "2025-03-29T23:00:00.000Z");
    expect_time(zone_day_start(z, day + 1), "2025-03-30T22:00:00.000Z");
    assert_true(zone_day(z, at("2025-03-29T22:59:59.999Z")) == day - 1);
    assert_true(zone_day(z, at("2025-03-29T23:00:00Z")) == day);
    assert_true(zone_day(z, at("1969-12-31T22:59:59.999Z")) == -1);
    assert_true(zone_day(z, at("1969-12-31T23:00:00Z")) == 0);
    assert_int_equal(zone_hour(z, at("2025-03-30T00:59:59Z")), 1);
    assert_int_equal(zone_hour(z, at("2025-03-30T01:00:00Z")), 3);
    assert_int_equal(zone_hour(z, at("1969-12-31T22:59:59.999Z")), 23);
    for (int64_t d = clock_days_from_civil(2024, 12, 1); d < clock_days_from_civil(2028, 2, 1);
         d++) {
        int64_t start = zone_day_start(z, d);
        assert_true(zone_day(z, start) == d && zone_day(z, start - 1) == d - 1);
    }
    zone_close(z);
}

/* Samoa left out 2011-12-30; Havana's days in spring begin at 01:00. */
static void test_odd_days(void **state)
{
    (void)state;
    static const struct change samoa[] = {{1325239200, 1}};
    static const int32_t types[] = {-36000, 50400};
    struct zone *z = open_built(
        &(struct file){.changes = samoa, .change_count = 1, .types = types, .type_count = 2});
    int64_t day = clock_days_from_civil(2011, 12, 30);
    expect_time(zone_day_start(z, day), "2011-12-30T10:00:00.000Z");
    expect_time(zone_day_start(z, day + 1), "2011-12-30T10:00:00.000Z");
    assert_true(zone_day(z, at("2011-12-30T09:59:59.999Z")) == day - 1);
    assert_true(zone_day(z, at("2011-12-30T10:00:00Z")) == day + 1);
    zone_close(z);

    static const int32_t cuba[] = {-18000};
    z = open_built(&(struct file){.version = '2',
                                  .types = cuba,
                                  .type_count = 1,
                                  .footer = "\nCST5CDT,M3.2.0/0,M11.1.0/1\n"});
    day = clock_days_from_civil(2026, 3, 8);
    expect_time(zone_day_start(z, day), "2026-03-08T05:00:00.000Z");
    assert_int_equal(zone_hour(z, zone_day_start(z, day)), 1);
    assert_true(zone_day(z, at("2026-03-08T04:59:59.999Z")) == day - 1);
    zone_close(z);
}

static void test_versions(void **state)
{
    (void)state;
    struct file f = berlin;
    f.version = '\0'; /* no second block, no footer: the last type stays */
    struct zone *z = open_built(&f);
    assert_int_equal(zone_offset(z, at("2026-07-01T00:00:00Z")), 3600);
    zone_close(z);
    f.version = '3';
    f.footer = "\n\n"; /* an empty footer says the same */
    z = open_built(&f);
    assert_int_equal(zone_offset(z, at("2026-07-01T00:00:00Z")), 3600);
    zone_close(z);
}

static void test_utc(void **state)
{
    (void)state;
    struct zone *z = NULL;
    struct error err = {0};
    assert_int_equal(setenv("TZDIR", "/nowhere", 1), 0);
    assert_int_equal(zone_open(SPAN("UTC"), &z, &err), 0);
    assert_int_equal(setenv("TZDIR", dir, 1), 0);
    assert_int_equal(zone_offset(z, 0), 0);
    assert_true(zone_local_to_utc(z, 1234567) == 1234567);
    assert_true(zone_day(z, -1) == -1 && zone_hour(z, -1) == 23);
    assert_true(zone_day_start(z, 20000) == 20000 * INT64_C(86400000));
    zone_close(z);
    zone_close(NULL);
}

static void refuse(struct span name)
{
    struct zone *z = NULL;
    struct error err = {0};
    if (zone_open(name, &z, &err) != -1)
        fail_msg("%.*s was opened", (int)name.len, name.ptr);
    assert_int_equal(err.code, ERROR_INVALID_PARAMETER);
    assert_true(err.msg[0] != '\0' && strchr(err.msg, '\n') == NULL && z == NULL);
}

static void test_hostile_names(void **state)
{
    (void)state;
    struct buf b;
    build(&b, &berlin);
    store("Good", buf_span(&b));
    store("sp ace", buf_span(&b));
    store("do.t", buf_span(&b));
    store("Text", SPAN("this is no zone"));
    store("Empty", SPAN(""));
    buf_clear(&b);
    char path[256];
    (void)snprintf(path, sizeof path, "%s/Fifo", dir);
    assert_int_equal(mkfifo(path, 0600), 0);
    (void)snprintf(path, sizeof path, "%s/Folder", dir);
    assert_int_equal(mkdir(path, 0700), 0);
    static const char *const names[] = {
        "",
        "/",
        "/Good",
        "Good/",
        "./Good",
        "../Good",
        "Folder/../Good",
        "Folder//../Good",
        "sp ace",
        "do.t",
        "Text",
        "Empty",
        "Fifo",
        "Folder",
        "Nowhere",
        "Folder/Nowhere",
        "Good\n",
        "Go\xc3\xb6"
        "d",
        "%s%n",
        "utc",
        "Utc",
        "good",
        "A1234567890123456789012345678901234567890123456789012345678901234"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        refuse(span_of(names[i]));
    refuse((struct span){"Good\0x", 6});
    refuse((struct span){NULL, 0});
}

/* Each way of damage, every cut and every single changed byte: refused or usable, never worse. */
static void test_hostile_files(void **state)
{
    (void)state;
    static const struct change unordered[] = {{100, 0}, {50, 0}};
    static const struct change bad_type[] = {{100, 2}};
    static const int32_t far_types[] = {26 * 3600};
    struct file rows[] = {berlin, berlin, berlin, berlin, berlin, berlin};
    rows[0].changes = unordered;
    rows[1].changes = bad_type;
    rows[1].change_count = 1;
    rows[2].types = far_types;
    rows[2].type_count = 1;
    rows[2].change_count = 0;
    rows[3].type_count = 0;
    rows[3].change_count = 0;
    rows[4].leaps = 1;
    rows[5].footer = "\nnonsense\n";
    struct buf b;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        build(&b, &rows[i]);
        store("Bad", buf_span(&b));
        buf_clear(&b);
        refuse(SPAN("Bad"));
    }
    build(&b, &berlin);
    for (size_t n = 0; n < b.len; n++) {
        store("Bad", (struct span){b.ptr, n});
        refuse(SPAN("Bad"));
    }
    for (size_t i = 0; i < b.len; i++) {
        char kept = b.ptr[i];
        b.ptr[i] = (char)(kept ^ 0x81);
        store("Odd", buf_span(&b));
        struct zone *z = NULL;
        struct error err = {0};
        if (zone_open(SPAN("Odd"), &z, &err) == 0)
            (void)zone_day_start(z, zone_day(z, at("2026-03-29T12:00:00Z")));
        else
            assert_int_equal(err.code, ERROR_INVALID_PARAMETER);
        zone_close(z);
        b.ptr[i] = kept;
    }
    buf_clear(&b);
}

/* Against libc over a century, where the system has the zones. */
static void test_against_libc(void **state)
{
    (void)state;
    static const char *const names[] = {"Europe/Berlin",  "America/New_York", "Australia/Lord_Howe",
                                        "America/Nuuk",   "Pacific/Apia",     "Africa/Casablanca",
                                        "Asia/Kathmandu", "Europe/Dublin",    "America/St_Johns",
                                        "Pacific/Chatham"};
    if (access("/usr/share/zoneinfo/Europe/Berlin", R_OK) != 0)
        skip();
    assert_int_equal(unsetenv("TZDIR"), 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct zone *z = NULL;
        struct error err = {0};
        if (zone_open(span_of(names[i]), &z, &err) != 0)
            fail_msg("%s", err.msg);
        assert_int_equal(setenv("TZ", names[i], 1), 0);
        tzset();
        for (int64_t t = INT64_C(-2208988800); t < INT64_C(4102444800); t += 40009) {
            struct tm tm;
            time_t tt = (time_t)t;
            assert_non_null(localtime_r(&tt, &tm));
            if (zone_offset(z, t * 1000) != tm.tm_gmtoff)
                fail_msg("%s at %lld: %d, libc says %ld", names[i], (long long)t,
                         zone_offset(z, t * 1000), tm.tm_gmtoff);
        }
        zone_close(z);
    }
    assert_int_equal(setenv("TZDIR", dir, 1), 0);
}

static int make_dir(void **state)
{
    (void)state;
    return mkdtemp(dir) == NULL || setenv("TZDIR", dir, 1) != 0 ? -1 : 0;
}

static int remove_dir(void **state)
{
    (void)state;
    static const char *const names[] = {"Test",  "Good", "sp ace", "do.t", "Text",
                                        "Empty", "Fifo", "Bad",    "Odd"};
    char path[256];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        (void)unlink(path);
    }
    (void)snprintf(path, sizeof path, "%s/Folder", dir);
    (void)rmdir(path);
    return rmdir(dir);
}

static void test_no_memory(void **state)
{
    (void)state;
    struct buf b;
    build(&b, &berlin);
    store("Test", buf_span(&b));
    buf_clear(&b);
    unsigned n = 1;
    for (bool failed = true; failed; n++) {
        struct zone *z = NULL;
        struct error err = {0};
        scarce_begin(n);
        int rc = zone_open(SPAN("Test"), &z, &err);
        failed = scarce_end();
        assert_int_equal(rc, failed ? -1 : 0);
        assert_int_equal(err.code, failed ? ERROR_NO_MEMORY : ERROR_NONE);
        zone_close(z);
    }
    assert_true(n > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offsets),       cmocka_unit_test(test_local_to_utc),
        cmocka_unit_test(test_days),          cmocka_unit_test(test_odd_days),
        cmocka_unit_test(test_versions),      cmocka_unit_test(test_utc),
        cmocka_unit_test(test_hostile_names), cmocka_unit_test(test_hostile_files),
        cmocka_unit_test(test_against_libc),  cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
