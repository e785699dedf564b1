#include "walks.h"

#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static struct walks *walks;

static uint64_t remember(const char *const *names, const uint64_t *sizes, uint32_t n)
{
    struct source items[8] = {0};
    struct source_list list = {.items = items, .count = n};
    for (uint32_t i = 0; i < n; i++) {
        items[i].name = span_of(names[i]);
        items[i].size = sizes[i];
    }
    return walks_remember(walks, &list);
}

static uint64_t *bounds_of(uint64_t walk, const char *const *names, uint32_t n)
{
    struct source items[8] = {0};
    struct source_list list = {.items = items, .count = n};
    uint64_t *bounds;
    for (uint32_t i = 0; i < n; i++)
        items[i].name = span_of(names[i]);
    assert_int_equal(walks_bounds(walks, walk, &list, &bounds), 0);
    return bounds;
}

/* Sizes are found by name, whatever came and went since. */
static void test_bounds_by_name(void **state)
{
    (void)state;
    static const char *const before[] = {"a", "b", "c"}, *const now[] = {"0", "c", "a", "d"};
    static const uint64_t sizes[] = {10, 20, 30}, grown[] = {10, 20, 31};
    uint64_t walk = remember(before, sizes, 3);
    assert_int_not_equal(walk, 0);
    assert_int_equal(remember(before, sizes, 3), walk);
    assert_int_not_equal(remember(before, grown, 3), walk);
    uint64_t *b = bounds_of(walk, now, 4);
    assert_non_null(b);
    assert_int_equal(b[0], 0);
    assert_int_equal(b[1], 30);
    assert_int_equal(b[2], 10);
    assert_int_equal(b[3], 0);
    free(b);
    assert_null(bounds_of(0, now, 4));
    assert_null(bounds_of(walk + 1000, now, 4));
}

/* The walks used last are kept. */
static void test_old_walks_are_forgotten(void **state)
{
    (void)state;
    static const char *const names[] = {"a"};
    uint64_t size = 1, first = remember(names, &size, 1), second;
    size = 2;
    second = remember(names, &size, 1);
    for (size = 3; size < 200; size++) {
        uint64_t *b = bounds_of(first, names, 1);
        assert_non_null(b);
        assert_int_equal(b[0], 1);
        free(b);
        assert_int_not_equal(remember(names, &size, 1), 0);
    }
    assert_null(bounds_of(second, names, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds_by_name),
        cmocka_unit_test(test_old_walks_are_forgotten),
    };
    if (walks_new(&walks) != 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    walks_free(walks);
    walks_free(NULL);
    return failed;
}
