#include "hash.h"

#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The format of XXH3 is frozen: these are the values of its specification's test vectors for the
 * empty input, and files written by one build are read by another. */
static void test_known_values(void **state)
{
    (void)state;
    assert_true(hash_64(SPAN("")) == UINT64_C(0x2d06800538d394c2));
    assert_true(hash_64((struct span){NULL, 0}) == UINT64_C(0x2d06800538d394c2));
    struct hash128 h = hash_128(SPAN(""));
    assert_true(h.hi == UINT64_C(0x99aa06d3014798d8) && h.lo == UINT64_C(0x6001c324468d497f));
}

static void test_dependence(void **state)
{
    (void)state;
    struct span a = SPAN("abc"), b = SPAN("abd");
    assert_true(hash_64(a) == hash_64(SPAN("abc")) && hash_64(a) != hash_64(b));
    assert_true(hash_64_seeded(a, 0) == hash_64(a) && hash_64_seeded(a, 1) != hash_64(a));
    assert_true(hash_128(a).lo != hash_128(b).lo && hash_128(a).hi != hash_128(b).hi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_values),
        cmocka_unit_test(test_dependence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
