/* A thread's slice of time: longer while it is asked to be, then what it was. */
#include "slice.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

/* The slice of the calling thread in ns, as the kernel tells it (sched_getattr(2)): the fourth of its words of
 * eight bytes. */
static uint64_t slice(void)
{
    uint64_t words[6] = {0};
    assert_int_equal(syscall(SYS_sched_getattr, 0, words, sizeof words, 0), 0);
    return words[3];
}

static void *slice_elsewhere(void *arg)
{
    *(uint64_t *)arg = slice();
    return NULL;
}

static void test_long_and_back(void **state)
{
    (void)state;
    uint64_t before = slice(), elsewhere = 0;
    pthread_t other;
    if (before == 0)
        skip(); /* a kernel before 6.12, or a thread that is not scheduled by shares */
    slice_restore();
    assert_int_equal(slice(), before);
    slice_lengthen();
    slice_lengthen();
    assert_int_equal(slice(), SLICE_LONG_MS * 1000000);
    slice_restore();
    assert_int_equal(slice(), before);
    slice_restore();
    assert_int_equal(slice(), before);
    assert_int_equal(pthread_create(&other, NULL, slice_elsewhere, &elsewhere), 0);
    pthread_join(other, NULL);
    assert_int_equal(elsewhere, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_long_and_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
