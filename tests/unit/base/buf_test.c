#include "buf.h"

#include "scarce.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_append(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    assert_true(buf_span(&b).len == 0);
    assert_int_equal(buf_append(&b, "ab", 2), 0);
    assert_int_equal(buf_append(&b, NULL, 0), 0);
    assert_int_equal(buf_append_span(&b, SPAN("c\0")), 0);
    assert_int_equal(buf_append_byte(&b, 'd'), 0);
    assert_int_equal(buf_printf(&b, "%d-%s", 42, "x"), 0);
    assert_true(span_equal(buf_span(&b), SPAN("abc\0d42-x")));
    assert_false(buf_failed(&b));
    buf_clear(&b);
    assert_true(b.ptr == NULL && b.len == 0 && b.cap == 0);
}

static void test_growth(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(buf_printf(&b, "%05d", i), 0);
    assert_int_equal(b.len, 500000);
    for (int i = 0; i < 100000; i += 999) {
        char want[12];
        (void)snprintf(want, sizeof want, "%05d", i);
        assert_memory_equal(b.ptr + 5 * i, want, 5);
    }
    assert_true(b.cap < 2 * b.len);
    buf_clear(&b);
}

static void test_reserve(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    assert_int_equal(buf_reserve(&b, 1000), 0);
    assert_true(b.cap >= 1000 && b.len == 0);
    const char *before = b.ptr;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(buf_append_byte(&b, 'x'), 0);
    assert_true(b.ptr == before);
    buf_clear(&b);
}

/* A failure sticks, and what was there stays. */
static void test_failure(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    assert_int_equal(buf_append(&b, "ab", 2), 0);
    assert_int_equal(buf_reserve(&b, SIZE_MAX), -1);
    assert_true(buf_failed(&b));
    assert_int_equal(buf_append(&b, "c", 1), -1);
    assert_int_equal(buf_append_byte(&b, 'c'), -1);
    assert_int_equal(buf_printf(&b, "c"), -1);
    assert_true(span_equal(buf_span(&b), SPAN("ab")));
    buf_clear(&b);
    assert_false(buf_failed(&b));
    assert_int_equal(buf_append(&b, "d", 1), 0);
    buf_clear(&b);
}

static void test_no_memory(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b);
    assert_int_equal(buf_append(&b, "ab", 2), 0);
    scarce_begin(1);
    while (buf_append_byte(&b, 'c') == 0)
        ;
    assert_true(scarce_end());
    assert_int_equal(buf_append_byte(&b, 'c'), -1);
    assert_true(buf_failed(&b) && span_starts_with(buf_span(&b), SPAN("abc")));
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append),    cmocka_unit_test(test_growth),
        cmocka_unit_test(test_reserve),   cmocka_unit_test(test_failure),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
