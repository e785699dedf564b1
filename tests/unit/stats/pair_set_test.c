#include "pair_set.h"

#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Against a table of bits. */
static void test_remembers_each_pair_once(void **state)
{
    (void)state;
    enum { SIDE = 64 };
    static bool seen[SIDE][SIDE];
    static const uint32_t scale[] = {1, 65537, 67108863}; /* keys close together and far apart */
    for (size_t k = 0; k < sizeof scale / sizeof scale[0]; k++) {
        struct pair_set s = {0};
        uint64_t seed = 9 + k;
        size_t count = 0;
        for (int i = 0; i < SIDE * SIDE; i++)
            seen[i / SIDE][i % SIDE] = false;
        for (int i = 0; i < 20000; i++) {
            uint32_t a = transcript_roll(&seed, SIDE), b = transcript_roll(&seed, SIDE);
            int rc = pair_set_add(&s, a * scale[k], b * scale[k]);
            assert_int_equal(rc, !seen[a][b]);
            seen[a][b] = true;
            count += (size_t)rc;
            assert_int_equal(s.count, count);
        }
        pair_set_clear(&s);
        assert_int_equal(s.count, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_remembers_each_pair_once)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
