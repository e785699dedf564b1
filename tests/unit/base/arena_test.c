#include "arena.h"

#include "scarce.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_alignment_and_separation(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 15, 16, 17, 4095, 4096, 4097, 100000, 3u << 20};
    enum { COUNT = sizeof sizes / sizeof *sizes };
    unsigned char *p[COUNT];
    struct arena a;
    arena_init(&a);
    assert_true(a.total == 0);
    for (size_t i = 0; i < COUNT; i++) {
        p[i] = arena_alloc(&a, sizes[i]);
        assert_non_null(p[i]);
        assert_true((uintptr_t)p[i] % _Alignof(max_align_t) == 0);
        memset(p[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            assert_int_equal(p[i][k], i + 1);
    assert_true(a.total >= (3u << 20) + 100000);
    arena_clear(&a);
    assert_true(a.total == 0 && a.head == NULL);
    assert_non_null(arena_alloc(&a, 1));
    arena_clear(&a);
}

static void test_zalloc(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    memset(arena_alloc(&a, 1000), 0xff, 1000);
    arena_reset(&a);
    const unsigned char *p = arena_zalloc(&a, 1000);
    for (size_t i = 0; i < 1000; i++)
        assert_int_equal(p[i], 0);
    arena_clear(&a);
}

static void test_copy(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    static const struct span rows[] = {{"", 0}, {"abc", 3}, {"a\0b", 3}, {NULL, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct span copy;
        assert_int_equal(arena_copy(&a, rows[i], &copy), 0);
        assert_true(span_equal(copy, rows[i]) && copy.ptr != rows[i].ptr);
        assert_int_equal(copy.ptr[copy.len], '\0');
    }
    arena_clear(&a);
}

static void test_shrink(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    char *p = arena_alloc(&a, 1000);
    arena_shrink(&a, p, 1000, 10);
    char *q = arena_alloc(&a, 10);
    assert_true(q == p + 16);
    arena_shrink(&a, q, 10, 0);
    assert_true(arena_alloc(&a, 1) == (void *)q);
    arena_clear(&a);
}

/* A worker that does the same again and again allocates nothing. */
static void test_reset(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    arena_reset(&a);
    size_t warm = 0;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 100; i++)
            assert_non_null(arena_alloc(&a, 1000));
        if (round == 10)
            warm = a.total;
        else if (round > 10)
            assert_true(a.total == warm);
        arena_reset(&a);
    }
    a.keep = 1000;
    arena_reset(&a);
    assert_true(a.total == 0);
    arena_clear(&a);
}

static void test_too_much(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    assert_null(arena_alloc(&a, SIZE_MAX));
    assert_null(arena_zalloc(&a, SIZE_MAX / 2 + 1));
    assert_non_null(arena_alloc(&a, 1));
    arena_clear(&a);
}

static void test_no_memory(void **state)
{
    (void)state;
    struct arena a;
    struct span copy;
    arena_init(&a);
    scarce_begin(1);
    assert_null(arena_alloc(&a, 1));
    assert_int_equal(arena_copy(&a, SPAN("x"), &copy), -1);
    assert_true(scarce_end());
    const char *p = arena_alloc(&a, 1);
    assert_non_null(p);
    scarce_begin(1);
    assert_null(arena_zalloc(&a, 1 << 20));
    assert_true(scarce_end());
    assert_non_null(arena_alloc(&a, 1));
    arena_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_alignment_and_separation),
        cmocka_unit_test(test_zalloc),
        cmocka_unit_test(test_copy),
        cmocka_unit_test(test_shrink),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
