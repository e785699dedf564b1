/* Lines so long that a segment's addresses end: here at four times segment_bytes, as at 4 GiB by default. */
#include "index.h"

#include "index_place.h"
#include "snapshot_view.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

#define FULL 20000u
#define MOST (4 * FULL)

/* A message with ${size} bytes of text that holds "hello". */
static void say_long(const struct index_place *p, const char *name, size_t size)
{
    char *line = malloc(size + 256);
    assert_non_null(line);
    int head = snprintf(line, 256,
                        "{\"type\":\"user\",\"uuid\":\"l%zu\",\"sessionId\":\"s\",\"cwd\":\"/w\","
                        "\"message\":{\"role\":\"user\",\"content\":\"hello ",
                        size);
    memset(line + head, 'x', size - 6);
    memcpy(line + head + size - 6, "\"}}\n", 5);
    index_place_append(p, name, line);
    free(line);
}

/* No segment goes beyond its addresses.  Returns how many files could not be read, and why. */
static uint32_t look(struct index *ix, char why[64])
{
    struct snapshot *s;
    assert_int_equal(index_refresh(ix, &s, NULL), 0);
    for (uint32_t i = 0; i < s->segment_count; i++) {
        const struct segment *g = s->segments[i].segment;
        assert_true(g->text_at[g->rows] <= MOST);
    }
    uint32_t count = s->sources.unreadable_count;
    if (count > 0)
        (void)snprintf(why, 64, "%.*s", (int)s->sources.unreadable[0].reason.len,
                       s->sources.unreadable[0].reason.ptr);
    snapshot_release(s);
    return count;
}

/* A builder that is nearly full has no room for what an empty one takes, whether lines are read or merged. */
static void test_a_long_line_begins_a_segment(void **state)
{
    struct index_place *p = *state;
    char why[64];
    p->segment_bytes = FULL;
    say_long(p, "long.jsonl", FULL - 100);
    say_long(p, "long.jsonl", MOST - 100);
    say_long(p, "long.jsonl", FULL - 100);
    struct index *ix = index_place_start(p, p->cache);
    assert_int_equal(index_place_count(ix, "hello"), 53);
    for (unsigned i = 0; i < 40; i++)
        say_long(p, i % 2 ? "one.jsonl" : "two.jsonl", i % 8 == 3 ? MOST - 200 - i : 100 + i);
    assert_int_equal(index_place_count(ix, "hello"), 93);
    assert_int_equal(look(ix, why), 0);
    assert_int_equal(index_save(ix), 0);
    assert_int_equal(look(ix, why), 0);
    index_close(ix);
    ix = index_place_start(p, p->cache);
    assert_int_equal(index_place_count(ix, "hello"), 93);
    index_close(ix);
    assert_true(p->from_cache);
    assert_int_equal(p->warnings, 0);
}

/* A line that fits into no segment makes its file unreadable behind it, and no other; until it is gone. */
static void test_too_long_a_line_is_one_files_trouble(void **state)
{
    struct index_place *p = *state;
    char why[64], path[256];
    p->segment_bytes = FULL;
    struct index *ix = index_place_start(p, p->cache);
    say_long(p, "long.jsonl", 100);
    say_long(p, "long.jsonl", MOST + 1);
    index_place_say(p, "one.jsonl", 100);
    assert_int_equal(index_place_count(ix, "hello"), 52);
    assert_int_equal(look(ix, why), 1);
    assert_string_equal(why, "a line is too long for the index");
    index_place_say(p, "two.jsonl", 101);
    assert_int_equal(index_place_count(ix, "hello"), 53);
    assert_int_equal(index_save(ix), 0);
    index_close(ix);
    ix = index_place_start(p, p->cache);
    assert_int_equal(index_place_count(ix, "hello"), 53);
    assert_int_equal(look(ix, why), 1);
    (void)snprintf(path, sizeof path, "%s/long.jsonl", p->root);
    assert_int_equal(truncate(path, 0), 0);
    say_long(p, "long.jsonl", 200);
    say_long(p, "long.jsonl", 300);
    assert_int_equal(index_place_count(ix, "hello"), 54);
    assert_int_equal(look(ix, why), 0);
    index_close(ix);
    assert_int_equal(p->warnings, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, index_place_setup, index_place_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_long_line_begins_a_segment),
        TEST(test_too_long_a_line_is_one_files_trouble),
    };
    return cmocka_run_group_tests_name("long_lines", tests, NULL, NULL);
}
