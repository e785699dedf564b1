#include "cancel.h"

#include "clock.h"

#include <pthread.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PATIENCE_NS UINT64_C(50000000000) /* a busy machine may let a thread wait long */

static void test_first_reason_stays(void **state)
{
    (void)state;
    struct cancel c;
    cancel_init(&c, 0);
    assert_int_equal(cancel_poll(&c), CANCEL_NONE);
    cancel_request(&c, CANCEL_CLIENT);
    cancel_request(&c, CANCEL_SHUTDOWN);
    assert_int_equal(cancel_poll(&c), CANCEL_CLIENT);
    assert_int_equal(cancel_poll(NULL), CANCEL_NONE);
}

static void test_deadline(void **state)
{
    (void)state;
    struct cancel c;
    cancel_init(&c, 3600 * 1000);
    assert_int_equal(cancel_poll(&c), CANCEL_NONE);
    cancel_init(&c, 20);
    uint64_t begin = clock_monotonic_ns();
    while (cancel_poll(&c) == CANCEL_NONE)
        assert_true(clock_monotonic_ns() - begin < PATIENCE_NS);
    assert_true(clock_monotonic_ns() - begin >= UINT64_C(20000000));
    cancel_request(&c, CANCEL_CLIENT);
    assert_int_equal(cancel_poll(&c), CANCEL_TIMEOUT);
}

static void *ask(void *arg)
{
    cancel_request(arg, CANCEL_SHUTDOWN);
    return NULL;
}

static void test_other_thread(void **state)
{
    (void)state;
    struct cancel c;
    pthread_t thread;
    cancel_init(&c, 0);
    assert_int_equal(pthread_create(&thread, NULL, ask, &c), 0);
    uint64_t begin = clock_monotonic_ns();
    while (cancel_poll(&c) == CANCEL_NONE)
        assert_true(clock_monotonic_ns() - begin < PATIENCE_NS);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(cancel_poll(&c), CANCEL_SHUTDOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_reason_stays),
        cmocka_unit_test(test_deadline),
        cmocka_unit_test(test_other_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
