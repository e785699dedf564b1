#include "pricing.h"

#include "span.h"
#include "temp_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void test_models_fit_rows(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        uint64_t output; /* picodollars a token; 0: no price */
    } rows[] = {
        {"claude-opus-4-6", 25000000},
        {"claude-opus-4.6", 25000000},
        {"Claude-Opus-4-6", 25000000},
        {"anthropic/claude-opus-4-6", 25000000},
        {"claude-opus-4-6-20260101", 25000000},
        {"claude-opus-4-6@20260101", 25000000},
        {"claude-opus-4-20250514", 75000000},
        {"claude-opus-4", 75000000},
        {"claude-sonnet-4-5-20250929", 15000000},
        {"claude-3-haiku-20240307", 1250000},
        {"claude-opus-4-6-2026010", 0},
        {"claude-opus-4-6-20260101x", 0},
        {"claude-opus-4-6-fast", 0},
        {"claude-opus", 0},
        {"anthropic/anthropic/claude-opus-4", 0},
        {"<synthetic>", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct price *p = pricing_find(pricing_builtin(), span_of(rows[i].model));
        if ((p == NULL ? 0 : p->output) != rows[i].output)
            fail_msg("%s", rows[i].model);
    }
}

static void test_cost_is_exact_and_saturates(void **state)
{
    (void)state;
    const struct price *p = pricing_find(pricing_builtin(), SPAN("claude-3-haiku"));
    const struct usage u = {
        .input = 1, .output = 2, .cache_write_5m = 3, .cache_write_1h = 4, .cache_read = 5};
    /* dollars a million tokens: 0.25, 1.25, 0.30, 0.50, 0.03 */
    assert_int_equal(pricing_cost(p, &u),
                     250000 + 2 * 1250000 + 3 * 300000 + 4 * 500000 + 5 * 30000);
    const struct usage huge = {.input = UINT64_MAX, .output = 1};
    assert_int_equal(pricing_cost(p, &huge), UINT64_MAX);
    const struct usage sum = {.input = UINT64_MAX / 250000, .output = UINT64_MAX / 1250000};
    assert_int_equal(pricing_cost(p, &sum), UINT64_MAX);
    assert_int_equal(pricing_add(1, 2), 3);
    assert_int_equal(pricing_add(UINT64_MAX - 1, 2), UINT64_MAX);
}

static int read_table(const struct temp_tree *t, const char *text, struct pricing **out,
                      struct error *err)
{
    temp_tree_write(t, "prices.tsv", span_of(text));
    return pricing_read(temp_tree_path(t, "prices.tsv"), out, err);
}

static void test_reads_a_table(void **state)
{
    (void)state;
    struct temp_tree t;
    struct pricing *p;
    struct error err = {0};
    temp_tree_make(&t);
    assert_int_equal(
        read_table(&t,
                   "# mine\r\nmodel\tinput\toutput\tcache_write_5m\tcache_write_1h\tcache_read\n\n"
                   "local\t0\t0.000001\t1\t2.5\t.75\nbig\t1234.5\t1\t1\t1\t1",
                   &p, &err),
        0);
    const struct price *local = pricing_find(p, SPAN("LOCAL"));
    assert_non_null(local);
    assert_int_equal(local->input, 0);
    assert_int_equal(local->output, 1);
    assert_int_equal(local->cache_write_1h, 2500000);
    assert_int_equal(local->cache_read, 750000);
    assert_int_equal(pricing_find(p, SPAN("big"))->input, 1234500000);
    assert_null(pricing_find(p, SPAN("claude-opus-4")));
    pricing_free(p);
    pricing_free(NULL);
    temp_tree_remove(&t);
}

static void test_refuses_a_wrong_table(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *line;
    } rows[] = {
        {"m\t1\t1\t1\t1\n", "line 1 "},
        {"m\t1\t1\t1\t1\t1\t1\n", "line 1 "},
        {"#\nm\t1\t1\t1\t1\tx\n", "line 2 "},
        {"m\t-1\t1\t1\t1\t1\n", "line 1 "},
        {"\t1\t1\t1\t1\t1\n", "line 1 "},
        {"m\t1.2.3\t1\t1\t1\t1\n", "line 1 "},
        {"m\t\t1\t1\t1\t1\n", "line 1 "},
        {"m\t1.1234567\t1\t1\t1\t1\n", "line 1 "},
        {"m\t.\t1\t1\t1\t1\n", "line 1 "},
        {"m\t1234567890123456\t1\t1\t1\t1\n", "line 1 "},
        {"m\t99999999999999\t1\t1\t1\t1\n", "line 1 "}, /* more picodollars than a number holds */
    };
    struct temp_tree t;
    struct pricing *p = NULL;
    temp_tree_make(&t);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct error err = {0};
        assert_int_equal(read_table(&t, rows[i].text, &p, &err), -1);
        assert_int_equal(err.code, ERROR_INVALID_PARAMETER);
        if (strstr(err.msg, rows[i].line) == NULL)
            fail_msg("%s: %s", rows[i].text, err.msg);
    }
    struct error err = {0};
    assert_int_equal(pricing_read(temp_tree_path(&t, "absent"), &p, &err), -1);
    assert_int_equal(err.code, ERROR_IO);
    temp_tree_remove(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models_fit_rows),
        cmocka_unit_test(test_cost_is_exact_and_saturates),
        cmocka_unit_test(test_reads_a_table),
        cmocka_unit_test(test_refuses_a_wrong_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
