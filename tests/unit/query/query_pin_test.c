#include "query.h"

#include "query_probe.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_pin(void **state)
{
    (void)state;
    static const struct span sessions[] = {{"abc", 3}, {"abcd", 4}, {"abce", 4}, {"x1", 2}};
    static const struct {
        const char *text, *want;
    } rows[] = {
        {"session:x", "session:\"x1\""},         {"session:x1", "session:\"x1\""},
        {"session:abc", "session:\"abc\""},      {"session:abcd,x", "session:\"abcd\",\"x1\""},
        {"-session:zz", "not(session:\"zz\"*)"}, {"a", "literal\"a\"i"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct query_input in = query_probe_input(rows[i].text);
        struct query *q = query_probe_parse(&in);
        struct error err = {0};
        assert_int_equal(query_pin_sessions(q, sessions, 4, &err), 0);
        assert_true(span_equal(query_describe(q), span_of(rows[i].want)));
        query_free(q);
    }
    struct error err = {0};
    struct query_input in = query_probe_input("a session:x,ab");
    struct query *q = query_probe_parse(&in);
    assert_int_equal(query_pin_sessions(q, sessions, 4, &err), -1);
    assert_int_equal(err.code, ERROR_INVALID_QUERY);
    assert_int_equal(err.pos, 12);
    assert_string_equal(err.parameter, "q");
    query_free(q);

    static const struct span value = {"ab", 2};
    in = query_probe_input("");
    in.values[FIELD_SESSION] = &value;
    in.value_count[FIELD_SESSION] = 1;
    err = (struct error){0};
    q = query_probe_parse(&in);
    assert_int_equal(query_pin_sessions(q, sessions, 4, &err), -1);
    assert_int_equal(err.code, ERROR_INVALID_PARAMETER);
    assert_string_equal(err.parameter, "session");
    query_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
