/* Problem details: every code has its line, and the body is what RFC 9457 says. */
#include "problem.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <jansson.h>
#include <string.h>

static void every_code_has_its_line(void **state)
{
    (void)state;
    for (int i = 1; i < PROBLEM_COUNT; i++) {
        assert_in_range(problem_status((enum problem_code)i), 400, 599);
        assert_non_null(problem_name((enum problem_code)i));
        assert_non_null(problem_title((enum problem_code)i));
        for (int k = 1; k < i; k++)
            assert_string_not_equal(problem_name((enum problem_code)i),
                                    problem_name((enum problem_code)k));
    }
}

static json_t *body_of(const struct problem *p)
{
    struct bytes out = {0};
    problem_write(p, TEXT("/search"), &out);
    json_t *root = json_loadb(out.ptr, out.len, 0, NULL);
    bytes_clear(&out);
    assert_non_null(root);
    return root;
}

static void engine_errors_map(void **state)
{
    static const struct {
        enum error_code code;
        unsigned status;
        const char *name;
        const char *parameter;
    } cases[] = {
        {ERROR_INVALID_PARAMETER, 400, "invalid_parameter", "since"},
        {ERROR_INVALID_QUERY, 400, "invalid_query", "q"},
        {ERROR_INVALID_REGEX, 400, "invalid_regex", "q"},
        {ERROR_INVALID_CURSOR, 400, "invalid_cursor", "cursor"},
        {ERROR_NOT_FOUND, 404, "not_found", NULL},
        {ERROR_TIMEOUT, 503, "query_timeout", NULL},
        {ERROR_NO_MEMORY, 503, "overloaded", NULL},
        {ERROR_INTERNAL, 500, "internal", NULL},
        {ERROR_IO, 500, "internal", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct error err = {.code = cases[i].code, .pos = 7, .msg = "expected \"b\""};
        struct problem p = {0};
        if (cases[i].code == ERROR_INVALID_PARAMETER)
            snprintf(err.parameter, sizeof(err.parameter), "since");
        assert_int_equal(problem_from_error(&p, &err), -1);
        json_t *root = body_of(&p);
        assert_int_equal(json_integer_value(json_object_get(root, "status")), cases[i].status);
        assert_string_equal(json_string_value(json_object_get(root, "code")), cases[i].name);
        assert_string_equal(json_string_value(json_object_get(root, "instance")), "/search");
        json_t *faults = json_object_get(root, "errors");
        assert_int_equal(json_array_size(faults), cases[i].parameter != NULL);
        if (cases[i].parameter != NULL) {
            json_t *f = json_array_get(faults, 0);
            assert_string_equal(json_string_value(json_object_get(f, "parameter")),
                                cases[i].parameter);
            assert_int_equal(json_integer_value(json_object_get(f, "position")), 7);
            assert_string_equal(json_string_value(json_object_get(f, "reason")), "expected \"b\"");
        }
        json_decref(root);
    }
}

static void first_problem_stays(void **state)
{
    struct problem p = {0};
    (void)state;
    assert_int_equal(problem_set(&p, PROBLEM_OVERLOADED, "full"), -1);
    assert_int_equal(problem_set(&p, PROBLEM_INTERNAL, "later"), -1);
    assert_int_equal(p.code, PROBLEM_OVERLOADED);
    assert_string_equal(p.detail, "full");
    assert_true(p.retry_after_s > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_code_has_its_line),
                                       cmocka_unit_test(engine_errors_map),
                                       cmocka_unit_test(first_problem_stays)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
