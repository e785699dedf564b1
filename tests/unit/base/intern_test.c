#include "intern.h"

#include "scarce.h"
#include "span.h"

#include <stdio.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_numbers(void **state)
{
    (void)state;
    static const struct {
        struct span text;
        uint32_t id;
    } rows[] = {
        {{NULL, 0}, INTERN_NONE},
        {{"a", 1}, 1},
        {{"b", 1}, 2},
        {{"b", 1}, 2},
        {{"a", 1}, 1},
        {{"", 0}, 3},
        {{NULL, 0}, INTERN_NONE},
        {{"", 0}, 3},
        {{"a\0", 2}, 4},
        {{"a", 1}, 1},
    };
    struct intern t;
    intern_init(&t);
    assert_int_equal(intern_find(&t, SPAN("a")), INTERN_NONE);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t id = 99;
        assert_int_equal(intern_put(&t, rows[i].text, &id), 0);
        assert_int_equal(id, rows[i].id);
        assert_int_equal(intern_find(&t, rows[i].text), rows[i].id);
        assert_true(span_equal(intern_get(&t, id), rows[i].text));
    }
    assert_null(intern_get(&t, INTERN_NONE).ptr);
    assert_non_null(intern_get(&t, 3).ptr);
    assert_int_equal(intern_find(&t, SPAN("c")), INTERN_NONE);
    assert_int_equal(t.count, 5);
    intern_clear(&t);
    assert_int_equal(intern_find(&t, SPAN("a")), INTERN_NONE);
}

static struct span name_of(char out[24], unsigned i)
{
    int n = snprintf(out, 24, "name %u", i);
    return (struct span){out, (size_t)n};
}

/* The strings are copies and stay where they are while the table grows. */
static void test_many(void **state)
{
    (void)state;
    enum { COUNT = 50000 };
    struct intern t;
    char text[24];
    uint32_t id;
    intern_init(&t);
    assert_int_equal(intern_put(&t, name_of(text, 0), &id), 0);
    struct span first = intern_get(&t, id);
    for (int round = 0; round < 2; round++)
        for (unsigned i = 0; i < COUNT; i++) {
            assert_int_equal(intern_put(&t, name_of(text, i), &id), 0);
            assert_int_equal(id, i + 1);
        }
    assert_int_equal(t.count, COUNT + 1);
    assert_true(first.ptr == intern_get(&t, 1).ptr && span_equal(first, SPAN("name 0")));
    for (unsigned i = 0; i < COUNT; i += 7)
        assert_int_equal(intern_find(&t, name_of(text, i)), i + 1);
    intern_clear(&t);
}

static void test_translate(void **state)
{
    (void)state;
    struct intern from, into;
    uint32_t id, map[4];
    intern_init(&from);
    intern_init(&into);
    assert_int_equal(intern_translate(&from, &into, map), 0); /* an empty one has no numbers */
    static const char *const names[] = {"x", "y", "z"};
    for (int i = 0; i < 3; i++)
        assert_int_equal(intern_put(&from, span_of(names[i]), &id), 0);
    assert_int_equal(intern_put(&into, SPAN("z"), &id), 0);
    assert_int_equal(intern_put(&into, SPAN("w"), &id), 0);
    assert_int_equal(intern_translate(&from, &into, map), 0);
    assert_int_equal(map[INTERN_NONE], INTERN_NONE);
    for (uint32_t i = 1; i < from.count; i++)
        assert_true(span_equal(intern_get(&from, i), intern_get(&into, map[i])));
    assert_int_equal(map[3], 1);
    assert_int_equal(into.count, 5);
    intern_clear(&from);
    intern_clear(&into);
}

/* A table that could not grow still holds what it held. */
static void test_no_memory(void **state)
{
    (void)state;
    for (unsigned n = 1; n < 12; n++) {
        struct intern t;
        char text[24];
        uint32_t id;
        intern_init(&t);
        scarce_begin(n);
        unsigned held = 0;
        while (held < 100000 && intern_put(&t, name_of(text, held), &id) == 0)
            held++;
        assert_true(scarce_end());
        for (unsigned i = 0; i < held; i++)
            assert_int_equal(intern_find(&t, name_of(text, i)), i + 1);
        assert_int_equal(intern_put(&t, name_of(text, held), &id), 0);
        assert_int_equal(id, held + 1);
        intern_clear(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_translate),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
