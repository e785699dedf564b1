#include "reader.h"

#include "buf.h"
#include "span.h"
#include "temp_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

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
    reader_free(NULL);
    temp_tree_remove(&tree);
    return 0;
}

static struct source source_of(const char *name, uint64_t size)
{
    struct source s = {.name = span_of(name), .size = size};
    s.path = span_of(temp_tree_path(&tree, name));
    return s;
}

/* Read [begin, end) whole; check that offsets fit and that only the last run is unterminated. */
static void read_range(const struct source *s, uint64_t begin, uint64_t end, struct buf *out,
                       bool *unterminated)
{
    struct error err = {0};
    struct block b;
    bool last = false;
    uint64_t next = UINT64_MAX;
    assert_int_equal(reader_open(reader, s, begin, end, &err), 0);
    int r;
    while ((r = reader_next(reader, &b, &err)) == 1) {
        assert_false(last);
        assert_true(b.len > 0);
        assert_true(b.unterminated || b.ptr[b.len - 1] == '\n');
        assert_true(next == UINT64_MAX || b.offset == next);
        next = b.offset + b.len;
        last = b.unterminated;
        assert_int_equal(buf_append(out, b.ptr, b.len), 0);
        memset(b.ptr, '#', b.len); /* its holder may */
    }
    assert_int_equal(r, 0);
    if (unterminated != NULL)
        *unterminated = last;
}

static void reads_what_is_there(void **state)
{
    (void)state;
    static const struct {
        struct span text;
        bool unterminated;
    } cases[] = {
        {SPAN_INIT(""), false},    {SPAN_INIT("\n"), false},  {SPAN_INIT("a"), true},
        {SPAN_INIT("a\n"), false}, {SPAN_INIT("a\nb"), true}, {SPAN_INIT("\n\nabc\n"), false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        temp_tree_write(&tree, "a.jsonl", cases[i].text);
        struct source s = source_of("a.jsonl", cases[i].text.len);
        struct buf out;
        buf_init(&out);
        bool unterminated;
        read_range(&s, 0, s.size, &out, &unterminated);
        assert_true(span_equal(buf_span(&out), cases[i].text));
        assert_int_equal(unterminated, cases[i].unterminated);
        buf_clear(&out);
    }
}

/* Any cut of a file into ranges gives each line once. */
static void ranges_share_the_lines(void **state)
{
    (void)state;
    struct span text = SPAN("abc\n\nde\nfghijklmnop\n\n\nq\nlast");
    temp_tree_write(&tree, "b.jsonl", text);
    struct source s = source_of("b.jsonl", text.len);
    for (uint64_t x = 0; x <= text.len; x++) {
        for (uint64_t y = x; y <= text.len; y++) {
            struct buf out;
            buf_init(&out);
            read_range(&s, 0, x, &out, NULL);
            size_t first = out.len;
            assert_true(first >= x || first == text.len);
            struct buf second;
            buf_init(&second);
            read_range(&s, x, y, &second, NULL);
            read_range(&s, y, UINT64_MAX, &second, NULL);
            assert_int_equal(buf_append_span(&out, buf_span(&second)), 0);
            assert_true(span_equal(buf_span(&out), text));
            buf_clear(&second);
            buf_clear(&out);
        }
    }
}

static void stops_at_the_size_discovered(void **state)
{
    (void)state;
    temp_tree_write(&tree, "c.jsonl", SPAN("one\ntwo\nthree\n"));
    struct source s = source_of("c.jsonl", 6);
    struct buf out;
    buf_init(&out);
    bool unterminated;
    read_range(&s, 0, s.size, &out, &unterminated);
    assert_true(span_equal(buf_span(&out), SPAN("one\ntw")));
    assert_true(unterminated);
    buf_clear(&out);
}

static void a_file_that_shrank_ends_early(void **state)
{
    (void)state;
    temp_tree_write(&tree, "d.jsonl", SPAN("one\ntwo\n"));
    struct source s = source_of("d.jsonl", 100);
    struct buf out;
    buf_init(&out);
    read_range(&s, 0, s.size, &out, NULL);
    assert_true(span_equal(buf_span(&out), SPAN("one\ntwo\n")));
    out.len = 0;
    read_range(&s, 50, s.size, &out, NULL);
    assert_int_equal(out.len, 0);
    buf_clear(&out);
}

/* Lines longer than a chunk, and many chunks; cut at places inside of them. */
static void reads_long_lines(void **state)
{
    (void)state;
    static const size_t lengths[] = {
        10, READER_CHUNK - 12,   5 * READER_CHUNK + 3, 0, 70000, READER_CHUNK,
        20, 2 * READER_CHUNK - 1};
    struct buf text;
    buf_init(&text);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        assert_int_equal(buf_reserve(&text, lengths[i] + 1), 0);
        memset(text.ptr + text.len, 'a' + (int)i, lengths[i]);
        text.len += lengths[i];
        assert_int_equal(buf_append_byte(&text, '\n'), 0);
    }
    temp_tree_write(&tree, "e.jsonl", buf_span(&text));
    struct source s = source_of("e.jsonl", text.len);
    static const uint64_t cuts[] = {0, 11, READER_CHUNK, 3 * READER_CHUNK, 7 * READER_CHUNK + 77};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct buf out;
        buf_init(&out);
        read_range(&s, 0, cuts[i], &out, NULL);
        read_range(&s, cuts[i], s.size, &out, NULL);
        assert_true(span_equal(buf_span(&out), buf_span(&text)));
        buf_clear(&out);
    }
    assert_true(reader_bytes(reader) >= text.len);
    buf_clear(&text);
}

static void refuses_what_is_no_file(void **state)
{
    (void)state;
    struct error err = {0};
    struct source s = source_of("missing.jsonl", 10);
    assert_int_equal(reader_open(reader, &s, 0, 10, &err), -1);
    assert_int_equal(err.code, ERROR_IO);
    assert_non_null(strstr(err.msg, "missing.jsonl"));
    temp_tree_folder(&tree, "folder.jsonl");
    s = source_of("folder.jsonl", 10);
    err = (struct error){0};
    assert_int_equal(reader_open(reader, &s, 0, 10, &err), -1);
    assert_int_equal(err.code, ERROR_IO);
    struct block b;
    assert_int_equal(reader_next(reader, &b, &err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_is_there),
        cmocka_unit_test(ranges_share_the_lines),
        cmocka_unit_test(stops_at_the_size_discovered),
        cmocka_unit_test(a_file_that_shrank_ends_early),
        cmocka_unit_test(reads_long_lines),
        cmocka_unit_test(refuses_what_is_no_file),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
