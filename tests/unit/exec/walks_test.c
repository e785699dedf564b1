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

#define SOURCES 8
#define STATES 300

/* Sources that grow, shrink, go and come back: each state is told as it was. */
static void test_every_state_is_told(void **state)
{
    (void)state;
    static const char *const names[SOURCES] = {"a", "b", "c", "d", "e", "f", "g", "h"};
    static uint64_t sizes[STATES][SOURCES], walk[STATES];
    uint64_t random = 88172645463325252u;
    for (int i = 0; i < STATES; i++) {
        const char *some[SOURCES];
        uint64_t held[SOURCES];
        uint32_t n = 0;
        for (int s = 0; s < SOURCES; s++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            unsigned roll = (unsigned)(random >> 33) % 8;
            sizes[i][s] = roll == 0 ? 0 : i == 0 || roll < 4 ? random >> 40 : sizes[i - 1][s];
            if (sizes[i][s] == 0 && (random >> 60) % 2 == 0)
                continue; /* not there, or there and empty */
            some[n] = names[s];
            held[n++] = sizes[i][s];
        }
        walk[i] = remember(some, held, n);
        assert_int_not_equal(walk[i], 0);
    }
    for (int i = 0; i < STATES; i++) {
        uint64_t *b = bounds_of(walk[i], names, SOURCES);
        assert_non_null(b);
        assert_memory_equal(b, sizes[i], sizeof sizes[i]);
        free(b);
    }
}

static void test_old_walks_are_forgotten(void **state)
{
    (void)state;
    static const char *const names[] = {"a"};
    uint64_t size = 1, first = remember(names, &size, 1);
    for (size = 2; size <= WALKS_CHANGES + 1; size++)
        assert_int_not_equal(remember(names, &size, 1), 0);
    uint64_t *b = bounds_of(first, names, 1);
    assert_non_null(b);
    assert_int_equal(b[0], 1);
    free(b);
    assert_int_not_equal(remember(names, &size, 1), 0);
    assert_null(bounds_of(first, names, 1));
    b = bounds_of(first + 1, names, 1);
    assert_non_null(b);
    assert_int_equal(b[0], 2);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds_by_name),
        cmocka_unit_test(test_every_state_is_told),
        cmocka_unit_test(test_old_walks_are_forgotten),
    };
    if (walks_new(&walks) != 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    walks_free(walks);
    walks_free(NULL);
    return failed;
}
