#include "lines.h"

#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

static const struct {
    struct span in;
    size_t count;
    struct span lines[4];
} cases[] = {
    {SPAN_INIT(""), 0, {{NULL, 0}}},
    {SPAN_INIT("a"), 1, {SPAN_INIT("a")}},
    {SPAN_INIT("a\n"), 1, {SPAN_INIT("a")}},
    {SPAN_INIT("\n"), 1, {SPAN_INIT("")}},
    {SPAN_INIT("a\n\nbc"), 3, {SPAN_INIT("a"), SPAN_INIT(""), SPAN_INIT("bc")}},
    {SPAN_INIT("a\r\n\0b\n"), 2, {SPAN_INIT("a\r"), SPAN_INIT("\0b")}},
};

static void splits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct span rest = cases[i].in, line;
        size_t n = 0;
        while (lines_next(&rest, &line)) {
            assert_true(n < cases[i].count);
            assert_true(span_equal(line, cases[i].lines[n]));
            n++;
        }
        assert_int_equal(n, cases[i].count);
    }
}

static void counts(void **state)
{
    (void)state;
    enum { SIZE = 100000 };
    char *text = malloc(SIZE);
    assert_non_null(text);
    unsigned seed = 3;
    uint64_t n = 0;
    assert_int_equal(lines_count((struct span){text, 0}), 0);
    for (size_t i = 0; i < SIZE; i++) {
        text[i] = rand_r(&seed) % 3 == 0 ? '\n' : (char)rand_r(&seed);
        n += text[i] == '\n';
        if (i % 997 == 0)
            assert_int_equal(lines_count((struct span){text, i + 1}), n);
    }
    memset(text, '\n', SIZE);
    assert_int_equal(lines_count((struct span){text, SIZE}), SIZE);
    free(text);
}

static void finds_the_line_around(void **state)
{
    (void)state;
    struct span s = SPAN("ab\n\ncd");
    static const struct {
        size_t at;
        struct span line;
    } expected[] = {{0, SPAN_INIT("ab")}, {1, SPAN_INIT("ab")}, {2, SPAN_INIT("ab")},
                    {3, SPAN_INIT("")},   {4, SPAN_INIT("cd")}, {5, SPAN_INIT("cd")}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        assert_true(span_equal(lines_around(s, expected[i].at), expected[i].line));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(splits),
        cmocka_unit_test(counts),
        cmocka_unit_test(finds_the_line_around),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
