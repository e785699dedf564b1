/* The parameters: what is taken, and what is refused with which fault. */
#include "params.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>

#define MAX_VALUES 32

static const char *const modes[] = {"query", "literal", "regex", NULL};
static const char *const roles[] = {"user", "assistant", "system", "summary", NULL};
static const char *const facets[] = {"role", "kind", "day", NULL};

/* One or more of each type, with the limits of /search. */
static const struct param_spec specs[] = {
    {"q", PARAM_TEXT, 0, 4096, NULL, ""},
    {"mode", PARAM_WORD, 0, 0, modes, "literal"},
    {"word", PARAM_FLAG, 0, 0, NULL, "false"},
    {"dedupe", PARAM_FLAG, 0, 0, NULL, "true"},
    {"role", PARAM_WORDS, 0, 0, roles, NULL},
    {"tool", PARAM_TEXTS, 0, 64, NULL, NULL},
    {"limit", PARAM_NUMBER, 0, 1000, NULL, "20"},
    {"timeout_ms", PARAM_NUMBER, 1, 30000, NULL, "2000"},
    {"facets", PARAM_WORDS, 0, 0, facets, NULL},
    {"facet_limit", PARAM_NUMBER, 1, 100, NULL, "10"},
    {"tz", PARAM_TEXT, 0, 64, NULL, "UTC"},
    {"cursor", PARAM_TEXT, 0, 64, NULL, ""},
};
#define SPECS (sizeof(specs) / sizeof(specs[0]))

struct fault_case {
    const char *input;
    const char *parameter; /* of the first fault */
    size_t position;
    const char *reason; /* a part of it */
};

static void check_fault(const struct problem *p, const struct fault_case *c)
{
    assert_int_equal(p->code, PROBLEM_INVALID_PARAMETER);
    assert_string_equal(p->faults[0].parameter, c->parameter);
    assert_non_null(strstr(p->faults[0].reason, c->reason));
    assert_int_equal(p->faults[0].position, c->position);
}

static void query_faults_are_precise(void **state)
{
    static const struct fault_case cases[] = {
        {"foo=1", "foo", PROBLEM_NO_POSITION, "no such parameter"},
        {"Q=1", "Q", PROBLEM_NO_POSITION, "no such parameter"},
        {"=1", "", PROBLEM_NO_POSITION, "no such parameter"},
        {"%ff=1", "?", PROBLEM_NO_POSITION, "no such parameter"},
        {"%zz=1", "%zz", PROBLEM_NO_POSITION, "no such parameter"},
        {"q=a&q=b", "q", PROBLEM_NO_POSITION, "more than once"},
        {"q=a&%71=b", "q", PROBLEM_NO_POSITION, "more than once"},
        {"limit=1&limit=1", "limit", PROBLEM_NO_POSITION, "more than once"},
        {"q", "q", PROBLEM_NO_POSITION, "expected '='"},
        {"q=ab%", "q", 2, "hexadecimal"},
        {"q=ab%4", "q", 2, "hexadecimal"},
        {"q=%zz", "q", 0, "hexadecimal"},
        {"q=a%ff", "q", 1, "UTF-8"},
        {"q=%c0%80", "q", 0, "UTF-8"},
        {"q=%ed%a0%80", "q", 0, "UTF-8"},
        {"limit=1001", "limit", 0, "from 0 to 1000"},
        {"limit=-1", "limit", 0, "whole number"},
        {"limit=+1", "limit", 0, "whole number"},
        {"limit=1.0", "limit", 0, "whole number"},
        {"limit=", "limit", 0, "whole number"},
        {"limit=99999999999999999999999", "limit", 0, "whole number"},
        {"facet_limit=0", "facet_limit", 0, "from 1 to 100"},
        {"timeout_ms=0", "timeout_ms", 0, "from 1 to 30000"},
        {"timeout_ms=30001", "timeout_ms", 0, "from 1 to 30000"},
        {"word=yes", "word", 0, "true or false"},
        {"word=1", "word", 0, "true or false"},
        {"mode=Query", "mode", 0, "query, literal, regex"},
        {"role=robot", "role", 0, "user, assistant"},
        {"role=user,robot", "role", 5, "user, assistant"},
        {"role=", "role", 0, "expected a value"},
        {"role=user,", "role", 5, "expected a value"},
        {"tool=%22Bash", "tool", 0, "not closed"},
        {"tool=%22a%22b", "tool", 3, "comma"},
        {"facets=hour", "facets", 0, "role, kind"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct params p;
        struct problem problem = {0};
        params_init(&p, specs, SPECS);
        if (params_read_query(&p, text_of(cases[i].input), &problem) == 0)
            fail_msg("taken: %s", cases[i].input);
        check_fault(&problem, &cases[i]);
        params_clear(&p);
    }
}

static void json_faults_are_precise(void **state)
{
    static const struct fault_case cases[] = {
        {"", "body", 0, "JSON"},
        {"[]", "body", 0, "object"},
        {"{\"q\":\"a\"} x", "body", 11, "JSON"},
        {"{\"q\":\"a\",\"q\":\"b\"}", "body", 12, "duplicate"},
        {"{\"q\":1}", "q", PROBLEM_NO_POSITION, "a string"},
        {"{\"q\":null}", "q", PROBLEM_NO_POSITION, "a string"},
        {"{\"q\":[\"a\"]}", "q", PROBLEM_NO_POSITION, "a string"},
        {"{\"q\":\"a\\u0000b\"}", "q", 1, "NUL"},
        {"{\"limit\":\"1\"}", "limit", PROBLEM_NO_POSITION, "whole number"},
        {"{\"limit\":1.5}", "limit", 0, "whole number"},
        {"{\"limit\":1e300}", "limit", 0, "whole number"},
        {"{\"limit\":-1}", "limit", 0, "whole number"},
        {"{\"word\":1}", "word", PROBLEM_NO_POSITION, "true or false"},
        {"{\"word\":\"true\"}", "word", PROBLEM_NO_POSITION, "true or false"},
        {"{\"role\":[1]}", "role", PROBLEM_NO_POSITION, "strings"},
        {"{\"role\":[\"user,assistant\"]}", "role", 0, "one of"},
        {"{\"tool\":[\"\"]}", "tool", 0, "expected a value"},
        {"{\"unknown\":1}", "unknown", PROBLEM_NO_POSITION, "no such"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct params p;
        struct problem problem = {0};
        params_init(&p, specs, SPECS);
        if (params_read_json(&p, text_of(cases[i].input), &problem) == 0)
            fail_msg("taken: %s", cases[i].input);
        if (cases[i].position != 11 && cases[i].position != 12)
            check_fault(&problem, &cases[i]);
        assert_string_equal(problem.faults[0].parameter, cases[i].parameter);
        params_clear(&p);
    }
}

static void all_faults_are_listed(void **state)
{
    struct params p;
    struct problem problem = {0};
    (void)state;
    params_init(&p, specs, SPECS);
    assert_int_equal(params_read_query(&p, TEXT("x=1&limit=a&role=b&word=c"), &problem), -1);
    assert_int_equal(problem.fault_count, 4);
    assert_string_equal(problem.faults[3].parameter, "word");
    params_clear(&p);
}

static void values_arrive(void **state)
{
    struct params p;
    struct problem problem = {0};
    struct span list[MAX_VALUES];
    (void)state;
    params_init(&p, specs, SPECS);
    assert_int_equal(params_read_query(&p,
                                       TEXT("&q=a+b%2Bc&&role=user,assistant&role=system&word=true&"
                                            "limit=0&tool=%22a,%5C%22b%22,c&tz=&facets=day,role"),
                                       &problem),
                     0);
    assert_true(text_is(params_text(&p, "q"), "a b+c"));
    assert_int_equal(params_list(&p, "role", list, MAX_VALUES), 3);
    assert_true(text_is(list[2], "system"));
    assert_int_equal(params_list(&p, "tool", list, MAX_VALUES), 2);
    assert_true(text_is(list[0], "a,\"b"));
    assert_true(text_is(list[1], "c"));
    assert_true(params_flag(&p, "word"));
    assert_true(params_flag(&p, "dedupe"));
    assert_int_equal(params_number(&p, "limit"), 0);
    assert_int_equal(params_number(&p, "timeout_ms"), 2000);
    assert_int_equal(params_word(&p, "mode"), 1);
    assert_int_equal(params_words(&p, "facets"), 1u << 2 | 1u << 0);
    assert_null(params_text(&p, "cursor").ptr);
    params_clear(&p);
}

static void json_values_arrive(void **state)
{
    struct params p;
    struct problem problem = {0};
    struct span list[MAX_VALUES];
    (void)state;
    params_init(&p, specs, SPECS);
    assert_int_equal(params_read_json(&p,
                                      TEXT("{\"q\":\"\\u4e2d\",\"role\":\"user,system\","
                                           "\"tool\":[\"a,b\",\"c\"],\"limit\":7.0,\"word\":true}"),
                                      &problem),
                     0);
    assert_true(text_is(params_text(&p, "q"), "\xE4\xB8\xAD"));
    assert_int_equal(params_list(&p, "role", list, MAX_VALUES), 2);
    assert_int_equal(params_list(&p, "tool", list, MAX_VALUES), 2);
    assert_true(text_is(list[0], "a,b"));
    assert_int_equal(params_number(&p, "limit"), 7);
    assert_true(params_flag(&p, "word"));
    params_clear(&p);
}

static void limits_hold(void **state)
{
    struct bytes query = {0};
    struct params p;
    (void)state;
    for (size_t n = (size_t)4096; n <= (size_t)4096 + 1; n++) {
        struct problem problem = {0};
        bytes_clear(&query);
        bytes_add_text(&query, "q=");
        for (size_t i = 0; i < n; i++)
            bytes_add_byte(&query, 'x');
        params_init(&p, specs, SPECS);
        assert_int_equal(params_read_query(&p, bytes_span(&query), &problem),
                         n == (size_t)4096 ? 0 : -1);
        params_clear(&p);
    }
    for (int n = MAX_VALUES; n <= MAX_VALUES + 1; n++) {
        struct problem problem = {0};
        bytes_clear(&query);
        for (int i = 0; i < n; i++)
            bytes_printf(&query, "tool=t%d&", i);
        params_init(&p, specs, SPECS);
        assert_int_equal(params_read_query(&p, bytes_span(&query), &problem),
                         n == MAX_VALUES ? 0 : -1);
        params_clear(&p);
    }
    bytes_clear(&query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(query_faults_are_precise), cmocka_unit_test(json_faults_are_precise),
        cmocka_unit_test(all_faults_are_listed),    cmocka_unit_test(values_arrive),
        cmocka_unit_test(json_values_arrive),       cmocka_unit_test(limits_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
