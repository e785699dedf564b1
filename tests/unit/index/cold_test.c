#include "cold.h"

#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct cold_reader reader(const struct buf *b, size_t len)
{
    const uint8_t *p = (const uint8_t *)b->ptr;
    return (struct cold_reader){p, p + len};
}

static void test_numbers(void **state)
{
    static const uint64_t values[] = {0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX};
    size_t count = sizeof values / sizeof *values;
    struct buf b;
    (void)state;
    buf_init(&b);
    for (size_t i = 0; i < count; i++)
        cold_put_number(&b, values[i]);
    struct cold_reader r = reader(&b, b.len);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(cold_number(&r), values[i]);
    assert_int_equal(cold_number(&r), 0);
    buf_clear(&b);
}

static void test_strings_keep_absent_and_empty_apart(void **state)
{
    struct buf b;
    (void)state;
    buf_init(&b);
    cold_put_string(&b, (struct span){NULL, 0});
    cold_put_string(&b, SPAN(""));
    cold_put_string(&b, SPAN("a\0b"));
    struct cold_reader r = reader(&b, b.len);
    assert_null(cold_string(&r).ptr);
    struct span empty = cold_string(&r);
    assert_non_null(empty.ptr);
    assert_int_equal(empty.len, 0);
    assert_true(span_equal(cold_string(&r), SPAN("a\0b")));
    for (size_t cut = 0; cut < b.len; cut++) {
        r = reader(&b, cut);
        (void)cold_string(&r);
        (void)cold_string(&r);
        assert_null(cold_string(&r).ptr);
    }
    buf_clear(&b);
}

static void test_uuids_come_back_byte_by_byte(void **state)
{
    static const struct {
        const char *text;
        size_t size; /* as written */
    } cases[] = {
        {"0123abcd-4567-89ef-0000-ffffffffffff", 17}, {"0123ABCD-4567-89ef-0000-ffffffffffff", 38},
        {"0123abcd-4567-89ef-0000-fffffffffff", 37},  {"0123abcd-4567-89ef-0000_ffffffffffff", 38},
        {"0123abcg-4567-89ef-0000-ffffffffffff", 38}, {"", 2},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf b;
        char text[36];
        buf_init(&b);
        cold_put_uuid(&b, span_of(cases[i].text));
        assert_int_equal(b.len, cases[i].size);
        struct cold_reader r = reader(&b, b.len);
        assert_true(span_equal(cold_uuid(&r, text), span_of(cases[i].text)));
        assert_ptr_equal(r.at, r.end);
        r = reader(&b, b.len - 1);
        assert_false(span_equal(cold_uuid(&r, text), span_of("0123abcd")));
        buf_clear(&b);
    }
}

static void test_a_list_claims_no_more_than_there_is(void **state)
{
    struct buf b;
    (void)state;
    buf_init(&b);
    cold_put_number(&b, 1000000);
    buf_append(&b, "ab", 2);
    struct cold_reader r = reader(&b, b.len);
    assert_int_equal(cold_list_count(&r), 2);
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_strings_keep_absent_and_empty_apart),
        cmocka_unit_test(test_uuids_come_back_byte_by_byte),
        cmocka_unit_test(test_a_list_claims_no_more_than_there_is),
    };
    return cmocka_run_group_tests_name("cold", tests, NULL, NULL);
}
