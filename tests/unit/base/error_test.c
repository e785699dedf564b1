#include "error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_first_stays(void **state)
{
    (void)state;
    struct error err = {0};
    assert_int_equal(error_set(&err, ERROR_INVALID_QUERY, 7, "expected %s", "this"), -1);
    assert_int_equal(error_set(&err, ERROR_IO, 9, "another"), -1);
    assert_int_equal(error_no_memory(&err), -1);
    assert_int_equal(err.code, ERROR_INVALID_QUERY);
    assert_int_equal(err.pos, 7);
    assert_string_equal(err.msg, "expected this");
    error_parameter(&err, "q");
    error_parameter(&err, "role");
    assert_string_equal(err.parameter, "q");
}

static void test_null(void **state)
{
    (void)state;
    assert_int_equal(error_set(NULL, ERROR_IO, 0, "x"), -1);
    assert_int_equal(error_no_memory(NULL), -1);
    error_parameter(NULL, "q");
}

static void test_no_memory(void **state)
{
    (void)state;
    struct error err = {0};
    assert_int_equal(error_no_memory(&err), -1);
    assert_int_equal(err.code, ERROR_NO_MEMORY);
    assert_true(err.pos == ERROR_NO_POSITION);
}

static void test_long_texts(void **state)
{
    (void)state;
    struct error err = {0};
    char text[1000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    (void)error_set(&err, ERROR_IO, 0, "%s", text);
    error_parameter(&err, text);
    assert_int_equal(strlen(err.msg), sizeof err.msg - 1);
    assert_int_equal(strlen(err.parameter), sizeof err.parameter - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_stays),
        cmocka_unit_test(test_null),
        cmocka_unit_test(test_no_memory),
        cmocka_unit_test(test_long_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
