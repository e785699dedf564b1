#include "vocabulary.h"

#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Every name parses to what it names; the five sets differ in their types only. */
#define DEFINE_ROUND_TRIP(what, COUNT)                                                 \
    static void test_##what(void **state)                                              \
    {                                                                                  \
        (void)state;                                                                   \
        enum what got;                                                                 \
        for (int i = 0; i < COUNT; i++) {                                              \
            const char *name = vocabulary_##what##_name((enum what)i);                 \
            assert_int_equal(vocabulary_##what##_parse(span_of(name), &got), 0);       \
            assert_int_equal(got, i);                                                  \
            struct span less = {name, strlen(name) - 1};                               \
            assert_int_equal(vocabulary_##what##_parse(less, &got), -1);               \
        }                                                                              \
        assert_int_equal(vocabulary_##what##_parse(SPAN(""), &got), -1);               \
        assert_int_equal(vocabulary_##what##_parse((struct span){NULL, 0}, &got), -1); \
        assert_int_equal(vocabulary_##what##_parse(SPAN("USER"), &got), -1);           \
    }

DEFINE_ROUND_TRIP(role, ROLE_COUNT)
DEFINE_ROUND_TRIP(kind, KIND_COUNT)
DEFINE_ROUND_TRIP(part, PART_COUNT)
DEFINE_ROUND_TRIP(strategy, STRATEGY_COUNT)
DEFINE_ROUND_TRIP(facet, FACET_COUNT)

static void test_kind_role(void **state)
{
    (void)state;
    static const enum role roles[KIND_COUNT] = {
        [KIND_PROMPT] = ROLE_USER,        [KIND_REPLY] = ROLE_ASSISTANT,
        [KIND_THINKING] = ROLE_ASSISTANT, [KIND_TOOL_USE] = ROLE_ASSISTANT,
        [KIND_TOOL_RESULT] = ROLE_USER,   [KIND_META] = ROLE_USER,
        [KIND_SUMMARY] = ROLE_SUMMARY,    [KIND_SYSTEM] = ROLE_SYSTEM};
    for (int i = 0; i < KIND_COUNT; i++)
        assert_int_equal(vocabulary_kind_role((enum kind)i), roles[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_role),  cmocka_unit_test(test_kind),
        cmocka_unit_test(test_part),  cmocka_unit_test(test_strategy),
        cmocka_unit_test(test_facet), cmocka_unit_test(test_kind_role),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
