#include "letter_case.h"

#include "query_probe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_letter_case(void **state)
{
    (void)state;
    struct query_input like = query_probe_input("");
    like.letter_case = QUERY_CASE_SENSITIVE;
    static const struct query_probe_row sensitive[] = {
        {"a B", "and(literal\"a\"c literal\"B\"c)"},
    };
    QUERY_PROBE_ROWS(sensitive, &like);
    like.letter_case = QUERY_CASE_SMART;
    static const struct query_probe_row smart[] = {
        {"a B \"c D\" 1", "and(literal\"a\"i literal\"B\"c literal\"c D\"c literal\"1\"i)"},
        {"\xd0\xb0 \xd0\x90", "and(literal\"\\xd0\\xb0\"i literal\"\\xd0\\x90\"c)"}, /* а А */
        {"\xc7\x85 \xc7\x86", "and(literal\"\\xc7\\x85\"c literal\"\\xc7\\x86\"i)"}, /* ǅ ǆ */
        {"\xe2\x84\xaa", "literal\"\\xe2\\x84\\xaa\"c"},                             /* Kelvin */
        {"/A/", "regex\"A\""},
        {"/A/i", "regex\"A\"i"},
    };
    QUERY_PROBE_ROWS(smart, &like);
    like.mode = QUERY_MODE_REGEX;
    static const struct query_probe_row regex[] = {
        {"abc", "regex\"abc\"i"},
        {"aBc", "regex\"aBc\""},
        {"\\S\\W\\D", "regex\"\\\\S\\\\W\\\\D\"i"},
        {"\\SA", "regex\"\\\\SA\""},
        {"\\p{Lu}\\P{Han}\\pL", "regex\"\\\\p{Lu}\\\\P{Han}\\\\pL\"i"},
        {"\\x{AB}\\xABc", "regex\"\\\\x{AB}\\\\xABc\"i"},
        {"\\xABC", "regex\"\\\\xABC\""},
        {"\\\\A", "regex\"\\\\\\\\A\""},
        {"\\Qa\\E", "regex\"\\\\Qa\\\\E\"i"},
        {"\\QA\\E", "regex\"\\\\QA\\\\E\""},
        {"\\p{Lu", "regex\"\\\\p{Lu\""},
        {"a\\", "regex\"a\\\\\"i"},
        {"\\p", "regex\"\\\\p\"i"},
        {"\\x", "regex\"\\\\x\"i"},
        {"[A-Z]", "regex\"[A-Z]\""},
    };
    QUERY_PROBE_ROWS(regex, &like);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_letter_case),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
