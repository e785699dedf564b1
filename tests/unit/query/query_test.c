#include "query.h"

#include "query_probe.h"
#include "scarce.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UUID_A "5b3c6f0e-1a2b-4c3d-8e9f-0123456789ab"

static void test_modes(void **state)
{
    (void)state;
    struct query_input in = query_probe_input(" a OR \"b\" ");
    in.mode = QUERY_MODE_LITERAL;
    query_probe_means(&in, "literal\" a OR \\\"b\\\" \"i");
    in.text = SPAN(" ");
    query_probe_means(&in, "literal\" \"i");
    in.text = SPAN("");
    query_probe_means(&in, "all");
    in.text = SPAN(UUID_A);
    query_probe_means(&in, "literal\"" UUID_A "\"i");
    in.mode = QUERY_MODE_REGEX;
    query_probe_means(&in, "regex\"" UUID_A "\"i");
    in.text = SPAN("/a\\/b/ OR c");
    query_probe_means(&in, "regex\"/a\\\\/b/ OR c\"i");
    in.text = SPAN("");
    query_probe_means(&in, "all");
    in.text = SPAN("a");
    in.letter_case = QUERY_CASE_SENSITIVE;
    query_probe_means(&in, "regex\"a\"");
}

static void test_word(void **state)
{
    (void)state;
    struct query_input in = query_probe_input("a \"b c\" /d/");
    in.word = true;
    query_probe_means(&in, "and(literal\"a\"iw literal\"b c\"iw regex\"d\")");
}

static void test_terms(void **state)
{
    (void)state;
    struct query_input in = query_probe_input("x \"a\\tb\" -y x (z OR -y) -(w -v) /x/ /x/i 'x' -x");
    struct query *q = query_probe_parse(&in);
    static const struct {
        const char *text;
        size_t pos;
        bool negated;
    } want[] = {{"x", 0, false}, {"a\tb", 2, false}, {"y", 10, true},  {"z", 15, false},
                {"w", 26, true}, {"v", 29, false},   {"x", 32, false}, {"x", 36, false}};
    assert_int_equal(q->term_count, sizeof want / sizeof *want);
    for (uint32_t i = 0; i < q->term_count; i++) {
        const struct term *t = q->terms[i];
        assert_true(span_equal(t->text, span_of(want[i].text)));
        assert_int_equal(t->pos, want[i].pos);
        assert_int_equal(t->negated, want[i].negated);
        assert_int_equal(t->index, i);
    }
    assert_true(q->root->children[0]->term == q->root->children[3]->term);
    query_free(q);
}

static void test_filters(void **state)
{
    (void)state;
    struct query_input in = query_probe_input(
        "(role:user OR -kind:reply,meta) is:error,compact has:image part:system,text");
    struct query *q = query_probe_parse(&in);
    assert_int_equal(q->filter_count, 5);
    assert_int_equal(q->filters[0]->values[0].bits, 1u << ROLE_USER);
    assert_int_equal(q->filters[1]->values[0].bits, 1u << KIND_REPLY);
    assert_int_equal(q->filters[1]->values[1].bits, 1u << KIND_META);
    assert_int_equal(q->filters[2]->values[0].bits, MESSAGE_ERROR);
    assert_int_equal(q->filters[2]->values[1].bits, MESSAGE_COMPACT);
    assert_int_equal(q->filters[3]->values[0].bits, MESSAGE_HAS_IMAGE);
    assert_int_equal(q->filters[4]->field, FIELD_PART);
    assert_int_equal(q->filters[4]->values[0].bits, 1u << PART_SYSTEM);
    assert_int_equal(q->filters[0]->values[0].pos, 6);
    assert_int_equal(q->filters[1]->values[1].pos, 26);
    assert_int_equal(q->parts, PART_MASK_ALL);
    assert_true(!q->needs_tools && !q->prefix_sessions);
    query_free(q);

    in = query_probe_input("tool:x -session:" UUID_A);
    q = query_probe_parse(&in);
    assert_true(q->needs_tools && !q->prefix_sessions);
    query_free(q);
    in = query_probe_input("session:" UUID_A ",5b");
    q = query_probe_parse(&in);
    assert_true(!q->needs_tools && q->prefix_sessions);
    query_free(q);
    query_free(NULL);
}

static void test_parameters(void **state)
{
    (void)state;
    static const struct span roles[] = {{"user", 4}, {"system", 6}};
    static const struct span projects[] = {{"/my files (old)/x", 17}, {"\"/a,b", 5}};
    static const struct span parts[] = {{"text", 4}, {"thinking", 8}};
    struct query_input in = query_probe_input("a OR b");
    in.values[FIELD_ROLE] = roles;
    in.value_count[FIELD_ROLE] = 2;
    in.values[FIELD_PROJECT] = projects;
    in.value_count[FIELD_PROJECT] = 2;
    query_probe_means(&in, "and(or(literal\"a\"i literal\"b\"i) "
                           "role:\"user\",\"system\" "
                           "project:\"/my files (old)/x\",\"\\\"/a,b\")");
    in.text = SPAN("");
    in.value_count[FIELD_ROLE] = 0;
    in.value_count[FIELD_PROJECT] = 0;
    in.values[FIELD_PART] = parts;
    in.value_count[FIELD_PART] = 2;
    query_probe_means(&in, "part:\"text\",\"thinking\"");
    in.text = SPAN("a OR b");
    query_probe_means(&in, "or(literal\"a\"i literal\"b\"i) in:3");
    in.text = SPAN("a part:thinking,system");
    query_probe_means(&in, "literal\"a\"i in:2");
    in.text = SPAN("a b");
    in.mode = QUERY_MODE_LITERAL;
    query_probe_means(&in, "literal\"a b\"i in:3");
    struct query *q = query_probe_parse(&in);
    assert_int_equal(q->filter_count, 0);
    query_free(q);
}

static void test_uuid(void **state)
{
    (void)state;
    static const struct query_probe_row rows[] = {
        {UUID_A, "or(literal\"" UUID_A "\"i id:\"" UUID_A "\")"},
        {" " UUID_A "\n", "or(literal\"" UUID_A "\"i id:\"" UUID_A "\")"},
        {"5B3C6F0E-1A2B-4C3D-8E9F-0123456789AB",
         "or(literal\"5B3C6F0E-1A2B-4C3D-8E9F-0123456789AB\"i "
         "id:\"5B3C6F0E-1A2B-4C3D-8E9F-0123456789AB\")"},
        {"\"" UUID_A "\"", "literal\"" UUID_A "\"i"},
        {"(" UUID_A ")", "literal\"" UUID_A "\"i"},
        {"-" UUID_A, "not(literal\"" UUID_A "\"i)"},
        {UUID_A " a", "and(literal\"" UUID_A "\"i literal\"a\"i)"},
        {"5b3c6f0e-1a2b-4c3d-8e9f-0123456789a", "literal\"5b3c6f0e-1a2b-4c3d-8e9f-0123456789a\"i"},
        {"5b3c6f0e01a2b-4c3d-8e9f-0123456789ab",
         "literal\"5b3c6f0e01a2b-4c3d-8e9f-0123456789ab\"i"},
        {"5b3c6f0e-1a2b-4c3d-8e9f-0123456789ag",
         "literal\"5b3c6f0e-1a2b-4c3d-8e9f-0123456789ag\"i"},
    };
    struct query_input like = query_probe_input("");
    QUERY_PROBE_ROWS(rows, &like);
    static const struct span role = {"user", 4};
    struct query_input in = query_probe_input(UUID_A);
    in.values[FIELD_ROLE] = &role;
    in.value_count[FIELD_ROLE] = 1;
    query_probe_means(&in, "and(or(literal\"" UUID_A "\"i id:\"" UUID_A "\") role:\"user\")");
}

static void test_independence(void **state)
{
    (void)state;
    char text[] = "abc tool:Bash /x/";
    char tool[] = "Edit";
    struct span value = {tool, 4};
    struct query_input in = query_probe_input(text);
    in.values[FIELD_TOOL] = &value;
    in.value_count[FIELD_TOOL] = 1;
    struct query *q = query_probe_parse(&in);
    memset(text, '#', sizeof text - 1);
    memset(tool, '#', 4);
    assert_true(span_equal(query_describe(q),
                           SPAN("and(literal\"abc\"i tool:\"Bash\" regex\"x\" tool:\"Edit\")")));
    query_free(q);
}

static void test_term_position(void **state)
{
    (void)state;
    struct query_input in = query_probe_input("a /b\\/\\d\\//i \"q\\nr\"");
    struct query *q = query_probe_parse(&in);
    const struct term *t = q->terms[1];
    assert_true(span_equal(t->text, SPAN("b/\\d/")));
    static const size_t want[] = {3, 4, 6, 7, 8, 10};
    for (size_t i = 0; i <= t->text.len; i++)
        assert_int_equal(query_term_position(t, i), want[i]);
    assert_int_equal(query_term_position(q->terms[2], 1), 13);
    query_free(q);
    in = query_probe_input("a\\/b");
    in.mode = QUERY_MODE_REGEX;
    q = query_probe_parse(&in);
    for (size_t i = 0; i <= 4; i++)
        assert_int_equal(query_term_position(q->terms[0], i), i);
    query_free(q);
}

/* Whichever allocation fails, nothing leaks and the error says so. */
static void test_no_memory(void **state)
{
    (void)state;
    static const struct span roles[] = {{"user", 4}, {"system", 6}};
    struct query_input in = query_probe_input(
        "a \"b\\n\" /c\\/d/ OR (tool:\"x y\" model:Q -NOT e part) f g h i j k l m");
    in.values[FIELD_ROLE] = roles;
    in.value_count[FIELD_ROLE] = 2;
    unsigned n = 1;
    for (bool failed = true; failed; n++) {
        struct query *q = NULL;
        struct error err = {0};
        scarce_begin(n);
        int rc = query_parse(&in, &q, &err);
        failed = scarce_end();
        assert_int_equal(rc, failed ? -1 : 0);
        assert_int_equal(err.code, failed ? ERROR_NO_MEMORY : ERROR_NONE);
        query_free(q);
    }
    assert_true(n > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_modes),        cmocka_unit_test(test_word),
        cmocka_unit_test(test_terms),        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_parameters),   cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_independence), cmocka_unit_test(test_term_position),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
