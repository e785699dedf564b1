#include "facts.h"

#include "buf.h"
#include "clock.h"
#include "span.h"
#include "temp_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

static struct temp_tree tree;
static struct reader *reader;

static int set_up(void **state)
{
    (void)state;
    temp_tree_make(&tree);
    return reader_new(&reader);
}

static int tear_down(void **state)
{
    (void)state;
    reader_free(reader);
    temp_tree_remove(&tree);
    return 0;
}

static struct source write_source(struct span text)
{
    temp_tree_write(&tree, "f.jsonl", text);
    return (struct source){.name = SPAN("f.jsonl"),
                           .path = span_of(temp_tree_path(&tree, "f.jsonl")),
                           .folder = SPAN("folder"),
                           .size = text.len};
}

static const struct {
    struct span text;
    const char *project;
    int64_t time;
} cases[] = {
    {SPAN_INIT(""), "folder", TIME_NONE},
    {SPAN_INIT("{\"type\":\"summary\"}\n{\"type\":\"x\",\"cwd\":\"/a\"}\n"
               "{\"cwd\":\"/b\",\"timestamp\":5}\n{\"timestamp\":6}\n"),
     "/a", 5000},
    /* only at the top of a record, only strings, not the empty one */
    {SPAN_INIT("{\"x\":{\"cwd\":\"/no\",\"timestamp\":1}}\n{\"cwd\":\"\"}\n{\"cwd\":7}\n"
               "{\"cwd\":\"/yes\",\"timestamp\":\"never\"}\n"),
     "/yes", TIME_NONE},
    {SPAN_INIT("{\"c\\u0077d\":\"/\\u0061\",\"t\\u0069mestamp\":\"1970-01-01T00:00:01Z\"}\n"), "/a",
     1000},
    {SPAN_INIT("{\"cwd\":\"/\xFF\",\"timestamp\":2}"), "/\xEF\xBF\xBD", 2000},
    /* an unterminated line that is not whole tells nothing */
    {SPAN_INIT("{\"cwd\":\"/a\"}{\"timestamp\":3,"), "folder", TIME_NONE},
    {SPAN_INIT("torn{\"type\":1,\"cwd\":\"/a\"}\n{\"timestamp\":3}\n"), "/a", 3000},
};

static void reads_the_facts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct source s = write_source(cases[i].text);
        struct facts f;
        struct error err = {0};
        assert_int_equal(facts_read(reader, &s, &f, &err), 0);
        if (!span_equal(f.project, span_of(cases[i].project)) || f.first_time != cases[i].time)
            fail_msg("case %zu: %.*s, %lld", i, (int)f.project.len, f.project.ptr,
                     (long long)f.first_time);
        facts_clear(&f);
    }
}

static void the_first_block_may_tell_all(void **state)
{
    (void)state;
    struct error err = {0};
    struct facts f;
    char text[] = "{\"cwd\":\"/a\"}\n{\"timestamp\":3}\n";
    char padded[256] = {0};
    memcpy(padded, text, sizeof text);
    struct source s = {.folder = SPAN("folder"), .size = sizeof text - 1};
    struct block b = {.ptr = padded, .len = sizeof text - 1};
    assert_int_equal(facts_first_block(&s, &b, &f, &err), 1);
    assert_true(span_equal(f.project, SPAN("/a")));
    assert_int_equal(f.first_time, 3000);
    facts_clear(&f);
    b.len = 14; /* without the time, of a longer file */
    assert_int_equal(facts_first_block(&s, &b, &f, &err), 0);
    assert_null(f.project.ptr);
    s.size = 14; /* of a file that ends here */
    assert_int_equal(facts_first_block(&s, &b, &f, &err), 1);
    assert_int_equal(f.first_time, TIME_NONE);
    facts_clear(&f);
    b.len = s.size = 0;
    assert_int_equal(facts_first_block(&s, &b, &f, &err), 1);
    assert_true(span_equal(f.project, SPAN("folder")));
    facts_clear(&f);
}

/* Wherever the lines at hand lie, before, on or behind the telling ones. */
static void lines_at_hand_may_lie_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct source s = write_source(cases[i].text);
        struct block all;
        struct error err = {0};
        for (uint64_t begin = 0; begin <= s.size; begin++) {
            struct reader *at_hand;
            struct facts f;
            assert_int_equal(reader_new(&at_hand), 0);
            assert_int_equal(
                reader_open(at_hand, &s, begin, begin < s.size ? begin + 1 : begin, &err), 0);
            if (reader_next(at_hand, &all, &err) == 1) {
                assert_int_equal(facts_around(reader, &s, &all, &f, &err), 0);
                assert_true(span_equal(f.project, span_of(cases[i].project)));
                assert_int_equal(f.first_time, cases[i].time);
                facts_clear(&f);
            }
            reader_free(at_hand);
        }
    }
}

/* From every line of a file of many blocks, back to the nearest time. */
static void finds_the_time_before(void **state)
{
    (void)state;
    enum { LINES = 400 };
    static uint64_t starts[LINES + 1];
    static int64_t times[LINES];
    struct buf text;
    buf_init(&text);
    unsigned seed = 5;
    for (int i = 0; i < LINES; i++) {
        starts[i] = text.len;
        bool timed = i > 20 && rand_r(&seed) % 40 == 0;
        times[i] = timed ? 1000 * (int64_t)(i + 1) : TIME_NONE;
        buf_printf(&text, "{\"type\":\"x\",\"pad\":\"");
        size_t pad = (size_t)rand_r(&seed) % (i % 97 == 0 ? 300000 : 2000);
        assert_int_equal(buf_reserve(&text, pad + 100), 0);
        memset(text.ptr + text.len, 'p', pad);
        text.len += pad;
        if (timed)
            buf_printf(&text, "\",\"timestamp\":%d}\n", i + 1);
        else
            buf_printf(&text, "\",\"x\":{\"timestamp\":1}}\n");
    }
    starts[LINES] = text.len;
    struct source s = write_source(buf_span(&text));
    struct error err = {0};
    for (int i = 0; i <= LINES; i += 7) {
        for (int floor = 0; floor <= i; floor += 1 + i / 3) {
            int64_t expected = TIME_NONE, found;
            for (int k = floor; k < i; k++)
                expected = times[k] != TIME_NONE ? times[k] : expected;
            assert_int_equal(facts_time_before(reader, &s, starts[floor], starts[i], &found, &err),
                             0);
            assert_int_equal(found, expected);
        }
    }
    buf_clear(&text);
}

static void remembers_tool_calls(void **state)
{
    (void)state;
#define CALL(id, name)                                                                      \
    "{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"tool_use\",\"id\":\"" id \
    "\",\"name\":\"" name "\"}]}}\n"
    struct span first = SPAN(CALL("a", "Bash") CALL("b", "Read") "{\"type\":\"user\"}\n");
    struct span both = SPAN(CALL("a", "Bash") CALL("b", "Read") "{\"type\":\"user\"}\n" CALL(
        "a", "Edit") CALL("c", "Read") CALL("\\u0064", "Gr\\u0065p"));
    struct source s = write_source(both);
    struct tool_calls *older, *newer;
    struct error err = {0};
    assert_int_equal(tool_calls_read(reader, &s, 0, first.len, &older, &err), 0);
    assert_int_equal(tool_calls_read(reader, &s, first.len, s.size, &newer, &err), 0);
    assert_null(tool_calls_name(newer, SPAN("b"), UINT64_MAX).ptr);
    assert_null(tool_calls_name(older, SPAN("c"), UINT64_MAX).ptr);
    assert_int_equal(tool_calls_join(older, newer), 0);
    tool_calls_free(newer);
    const struct {
        const char *id;
        uint64_t before;
        const char *name;
    } expected[] = {
        {"a", UINT64_MAX, "Edit"},
        {"a", first.len + 1, "Edit"},
        {"a", first.len, "Bash"},
        {"a", 1, "Bash"},
        {"a", 0, NULL},
        {"b", UINT64_MAX, "Read"},
        {"c", UINT64_MAX, "Read"},
        {"d", UINT64_MAX, "Grep"},
        {"e", UINT64_MAX, NULL},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct span name = tool_calls_name(older, span_of(expected[i].id), expected[i].before);
        assert_true(span_equal(name, span_of(expected[i].name)));
    }
    tool_calls_free(older);
    tool_calls_free(NULL);
}

static void a_missing_file_is_an_error(void **state)
{
    (void)state;
    struct source s = {.name = SPAN("gone"), .path = SPAN("/nowhere/gone.jsonl"), .size = 5};
    struct facts f;
    struct tool_calls *calls;
    int64_t time;
    struct error err = {0};
    assert_int_equal(facts_read(reader, &s, &f, &err), -1);
    assert_int_equal(err.code, ERROR_IO);
    assert_null(f.project.ptr);
    assert_int_equal(facts_time_before(reader, &s, 0, 5, &time, NULL), -1);
    assert_int_equal(tool_calls_read(reader, &s, 0, 5, &calls, NULL), -1);
}

/* A text that is unescaped where it stands leaves what stands around it. */
static void a_long_text_may_come_first(void **state)
{
    (void)state;
    struct buf b;
    struct facts f;
    buf_init(&b);
    buf_printf(&b, "{\"type\":\"user\",\"message\":\"");
    while (b.len < 3u << 20)
        buf_printf(&b, "a\\n\\u00e9");
    buf_printf(&b, "\",\"timestamp\":\"1970-01-01T00:00:01Z\",\"cwd\":\"/l\\u0061te\"}\n");
    struct source s = write_source(buf_span(&b));
    assert_int_equal(facts_read(reader, &s, &f, NULL), 0);
    assert_true(span_equal(f.project, SPAN("/late")));
    assert_int_equal(f.first_time, 1000);
    facts_clear(&f);
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_facts),
        cmocka_unit_test(a_long_text_may_come_first),
        cmocka_unit_test(the_first_block_may_tell_all),
        cmocka_unit_test(lines_at_hand_may_lie_anywhere),
        cmocka_unit_test(finds_the_time_before),
        cmocka_unit_test(remembers_tool_calls),
        cmocka_unit_test(a_missing_file_is_an_error),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
