/* Memory runs out at the nth allocation of a refresh, for every n: the next refresh, which has plenty, gives all. */
#include "index.h"

#include "index_place.h"
#include "scarce.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

/* What happens to the files before refresh ${n}; returns the messages that are there now. */
typedef uint64_t change_fn(const struct index_place *p, unsigned n);

static void path_of(const struct index_place *p, const char *name, char out[256])
{
    (void)snprintf(out, 256, "%s/%s", p->root, name);
}

static void remove_file(const struct index_place *p, const char *name)
{
    char path[256];
    path_of(p, name, path);
    assert_int_equal(unlink(path), 0);
}

static uint64_t append_one(const struct index_place *p, unsigned n)
{
    index_place_say(p, "one.jsonl", (int)(100 + n));
    return 50 + n;
}

/* Two lines, so that the second meets what the first left.  Capitals outside ASCII: such a text is folded in a
 * buffer before it is signed. */
static uint64_t append_others(const struct index_place *p, unsigned n)
{
    static const char line[] = "{\"type\":\"assistant\",\"sessionId\":\"s\",\"cwd\":\"/w\","
                               "\"message\":{\"id\":\"m%d\",\"role\":\"assistant\",\"content\":["
                               "{\"type\":\"text\",\"text\":\"hello \u00c4RGER\"},"
                               "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"Edit\","
                               "\"input\":{\"file_path\":\"/w/a.c\"}}]}}\n";
    char two[2 * sizeof line];
    int size = snprintf(two, sizeof two, line, 1);
    (void)snprintf(two + size, sizeof two - (size_t)size, line, 2);
    index_place_append(p, n % 2 ? "one.jsonl" : "two.jsonl", two);
    return 50 + 2 * (uint64_t)n;
}

static uint64_t rewrite(const struct index_place *p, unsigned n)
{
    char path[256];
    path_of(p, "one.jsonl", path);
    assert_int_equal(truncate(path, 0), 0);
    for (unsigned i = 0; i <= n % 7; i++)
        index_place_say(p, "one.jsonl", (int)(100 + i));
    return 25 + n % 7 + 1;
}

/* One file comes, another goes, a third grows. */
static uint64_t come_and_go(const struct index_place *p, unsigned n)
{
    char name[32];
    (void)snprintf(name, sizeof name, "a%u.jsonl", n);
    index_place_say(p, name, 1);
    if (n > 1) {
        (void)snprintf(name, sizeof name, "a%u.jsonl", n - 1);
        remove_file(p, name);
    }
    index_place_say(p, "two.jsonl", (int)(100 + n));
    return 50 + n + 1;
}

/* The same, but what goes is retained: its bytes are nowhere else. */
static uint64_t come_and_be_kept(const struct index_place *p, unsigned n)
{
    return come_and_go(p, n) + n - 1;
}

#define BIG_FILES 4
#define BIG_LINES 300

/* So much that a team reads it; most of it is no text. */
static uint64_t rewrite_much(const struct index_place *p, unsigned n)
{
    static char filler[8000];
    char path[256], name[32];
    memset(filler, 'x', sizeof filler - 1);
    for (unsigned f = 0; f < BIG_FILES; f++) {
        (void)snprintf(name, sizeof name, "big%u.jsonl", f);
        path_of(p, name, path);
        FILE *out = fopen(path, "w");
        assert_non_null(out);
        for (unsigned i = 0; i < BIG_LINES; i++)
            (void)fprintf(out,
                          "{\"type\":\"user\",\"uuid\":\"%u-%u-%u\",\"sessionId\":\"b\","
                          "\"cwd\":\"/w\",\"message\":{\"role\":\"user\",\"content\":\"%s\"},"
                          "\"filler\":\"%s\"}\n",
                          n, f, i, i % 100 == n % 100 ? "hello" : "nothing", filler);
        assert_int_equal(fclose(out), 0);
    }
    return 50 + BIG_FILES * BIG_LINES / 100;
}

/* Let allocation n fail, for n up to ${most}: every one, or ever fewer after the first ones.  The index's own thread
 * may see a change first; then nothing fails, and the next n shows the more. */
static void run_short(struct index_place *p, change_fn *change, unsigned most, bool every)
{
    struct index *ix = index_place_start(p, p->cache);
    unsigned failures = 0, round = 0;
    uint64_t there = 0;
    for (unsigned n = 1; n <= most; n += every ? 1 : 1 + n / 8) {
        struct snapshot *s;
        struct error err = {0};
        there = change(p, ++round);
        scarce_begin(n);
        int rc = index_refresh(ix, &s, &err);
        (void)scarce_end();
        if (rc == 0)
            snapshot_release(s);
        else
            assert_int_equal(err.code, ERROR_NO_MEMORY);
        failures += rc != 0;
        uint64_t found = index_place_count(ix, "hello");
        if (found != there) {
            index_close(ix);
            fail_msg("after a failure of allocation %u: %llu of %llu messages", n,
                     (unsigned long long)found, (unsigned long long)there);
        }
    }
    assert_true(failures >= 8);
    if (p->warnings > 0) /* once, however often it happens */
        assert_string_equal(p->warning, "index: cannot read what changed: out of memory");
    assert_true(p->warnings <= 1);
    p->warnings = 0;
    assert_int_equal(index_save(ix), 0);
    index_close(ix);
    ix = index_place_start(p, p->cache);
    assert_int_equal(index_place_count(ix, "hello"), there);
    index_close(ix);
    assert_true(p->from_cache);
    assert_int_equal(p->warnings, 0);
}

static void test_appended(void **state)
{
    run_short(*state, append_one, 150, true);
}

static void test_appended_others(void **state)
{
    run_short(*state, append_others, 150, true);
}

static void test_rewritten(void **state)
{
    run_short(*state, rewrite, 150, true);
}

static void test_come_and_gone(void **state)
{
    run_short(*state, come_and_go, 150, true);
}

static void test_come_and_kept(void **state)
{
    struct index_place *p = *state;
    char data[128];
    (void)snprintf(data, sizeof data, "%s/data", p->top);
    p->data = data;
    run_short(p, come_and_be_kept, 60, true);
}

/* Alone the team's work fails as a whole; beside another thread, which has memory, in part. */
static void test_read_by_a_team(void **state)
{
    struct index_place *p = *state;
    p->threads = 1;
    run_short(p, rewrite_much, 600, false);
}

static void test_read_by_a_team_in_part(void **state)
{
    struct index_place *p = *state;
    p->threads = 2;
    run_short(p, rewrite_much, 600, false);
}

/* A warning that a save failed says why, whichever allocation it was. */
static void test_saved(void **state)
{
    struct index_place *p = *state;
    unsigned warnings = 0;
    bool failed = true;
    for (unsigned n = 1; failed; n++) {
        struct index *ix = index_place_start(p, p->cache);
        index_place_say(p, "one.jsonl", (int)(100 + n));
        assert_int_equal(index_place_count(ix, "hello"), 50 + n);
        p->warnings = 0;
        scarce_begin(n);
        int rc = index_save(ix);
        failed = scarce_end();
        index_close(ix);
        assert_true(failed || rc == 0);
        if (rc != 0)
            assert_int_equal(p->warnings, 1);
        if (p->warnings > 0)
            assert_string_not_equal(strrchr(p->warning, ':'), ": ");
        warnings += (unsigned)p->warnings;
    }
    assert_true(warnings > 5);
    p->warnings = 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, index_place_setup, index_place_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_appended),
        TEST(test_appended_others),
        TEST(test_rewritten),
        TEST(test_come_and_gone),
        TEST(test_come_and_kept),
        TEST(test_read_by_a_team),
        TEST(test_read_by_a_team_in_part),
        TEST(test_saved),
    };
    return cmocka_run_group_tests_name("index_scarce", tests, NULL, NULL);
}
