#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_span(void **state)
{
    (void)state;
    static const struct {
        struct span a, b;
        int order;
        bool starts, ends;
    } rows[] = {
        {{"", 0}, {"", 0}, 0, true, true},        {{NULL, 0}, {"", 0}, 0, true, true},
        {{"", 0}, {NULL, 0}, 0, true, true},      {{"a", 1}, {NULL, 0}, 1, true, true},
        {{"a", 1}, {"a", 1}, 0, true, true},      {{"ab", 2}, {"a", 1}, 1, true, false},
        {{"ab", 2}, {"b", 1}, -1, false, true},   {{"a", 1}, {"ab", 2}, -1, false, false},
        {{"\xff", 1}, {"a", 1}, 1, false, false}, {{"a\0b", 3}, {"a\0c", 3}, -1, false, false},
        {{"a\0b", 3}, {"a", 1}, 1, true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int c = span_compare(rows[i].a, rows[i].b);
        assert_int_equal((c > 0) - (c < 0), rows[i].order);
        c = span_compare(rows[i].b, rows[i].a);
        assert_int_equal((c > 0) - (c < 0), -rows[i].order);
        assert_int_equal(span_equal(rows[i].a, rows[i].b), rows[i].order == 0);
        assert_int_equal(span_starts_with(rows[i].a, rows[i].b), rows[i].starts);
        assert_int_equal(span_ends_with(rows[i].a, rows[i].b), rows[i].ends);
    }
    assert_true(span_of(NULL).ptr == NULL && span_of(NULL).len == 0);
    assert_int_equal(SPAN("a\0b").len, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_span)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
