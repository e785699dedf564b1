#include "parser.h"

#include "clock.h"
#include "query_probe.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct fault {
    const char *text;
    size_t pos;
    const char *expected; /* part of the message */
};

static void test_structure(void **state)
{
    (void)state;
    static const struct query_probe_row rows[] = {
        {"", "all"},
        {" \t\r\n\v\f", "all"},
        {"worktree", "literal\"worktree\"i"},
        {"  worktree  ", "literal\"worktree\"i"},
        {"a b", "and(literal\"a\"i literal\"b\"i)"},
        {"a AND b", "and(literal\"a\"i literal\"b\"i)"},
        {"a\tAND\nb", "and(literal\"a\"i literal\"b\"i)"},
        {"a b AND c d", "and(literal\"a\"i literal\"b\"i literal\"c\"i literal\"d\"i)"},
        {"a OR b", "or(literal\"a\"i literal\"b\"i)"},
        {"a OR b OR c", "or(literal\"a\"i literal\"b\"i literal\"c\"i)"},
        {"a b OR c d", "or(and(literal\"a\"i literal\"b\"i) and(literal\"c\"i literal\"d\"i))"},
        {"a OR b c", "or(literal\"a\"i and(literal\"b\"i literal\"c\"i))"},
        {"a OR b AND c", "or(literal\"a\"i and(literal\"b\"i literal\"c\"i))"},
        {"(a OR b) c", "and(or(literal\"a\"i literal\"b\"i) literal\"c\"i)"},
        {"(a OR b)c", "and(or(literal\"a\"i literal\"b\"i) literal\"c\"i)"},
        {"(a)(b)", "and(literal\"a\"i literal\"b\"i)"},
        {"(a) OR(b)", "and(literal\"a\"i literal\"OR(b)\"i)"},
        {"((a))", "literal\"a\"i"},
        {"( a )", "literal\"a\"i"},
        {"a (b (c d)) e",
         "and(literal\"a\"i literal\"b\"i literal\"c\"i literal\"d\"i literal\"e\"i)"},
        {"a OR (b OR c)", "or(literal\"a\"i literal\"b\"i literal\"c\"i)"},
        {"NOT a", "not(literal\"a\"i)"},
        {"-a", "not(literal\"a\"i)"},
        {"a -b", "and(literal\"a\"i not(literal\"b\"i))"},
        {"a NOT b", "and(literal\"a\"i not(literal\"b\"i))"},
        {"a AND NOT b", "and(literal\"a\"i not(literal\"b\"i))"},
        {"NOT a b", "and(not(literal\"a\"i) literal\"b\"i)"},
        {"NOT a OR b", "or(not(literal\"a\"i) literal\"b\"i)"},
        {"NOT (a b)", "not(and(literal\"a\"i literal\"b\"i))"},
        {"-(a OR b)", "not(or(literal\"a\"i literal\"b\"i))"},
        {"NOT NOT a", "literal\"a\"i"},
        {"NOT NOT NOT a", "not(literal\"a\"i)"},
        {"-NOT a", "literal\"a\"i"},
        {"NOT -a", "literal\"a\"i"},
        {"-\"a b\"", "not(literal\"a b\"i)"},
        {"-/a b/", "not(regex\"a b\")"},
        {"-role:user", "not(role:\"user\")"},
        {"NOT role:user", "not(role:\"user\")"},
        {"(-a)", "not(literal\"a\"i)"},
        {"and or not", "and(literal\"and\"i literal\"or\"i literal\"not\"i)"},
        {"And", "literal\"And\"i"},
        {"ANDY ORB NOTE", "and(literal\"ANDY\"i literal\"ORB\"i literal\"NOTE\"i)"},
        {"\"AND\"", "literal\"AND\"i"},
        {"a \"OR\" b", "and(literal\"a\"i literal\"OR\"i literal\"b\"i)"},
        {"a OR,", "and(literal\"a\"i literal\"OR,\"i)"},
        {"AND, a", "and(literal\"AND,\"i literal\"a\"i)"},
    };
    struct query_input like = query_probe_input("");
    QUERY_PROBE_ROWS(rows, &like);
}

static void test_faults(void **state)
{
    (void)state;
    static const struct fault rows[] = {
        {"AND", 0, "expected a term, found the operator AND (as a word it needs quotes: \"AND\")"},
        {"AND a", 0,
         "expected a term, found the operator AND (as a word it needs quotes: \"AND\")"},
        {"OR a", 0, "expected a term, found the operator OR (as a word it needs quotes: \"OR\")"},
        {" OR", 1, "expected a term, found the operator OR (as a word it needs quotes: \"OR\")"},
        {"a AND", 5, "expected a term after AND"},
        {"a AND ", 6, "expected a term after AND"},
        {"a OR", 4, "expected a term after OR"},
        {"a OR OR b", 5,
         "expected a term after OR, found the operator OR (as a word it needs quotes: \"OR\")"},
        {"a OR AND b", 5,
         "expected a term after OR, found the operator AND (as a word it needs quotes: \"AND\")"},
        {"a AND AND b", 6,
         "expected a term after AND, found the operator AND (as a word it needs quotes: \"AND\")"},
        {"a AND OR b", 6,
         "expected a term after AND, found the operator OR (as a word it needs quotes: \"OR\")"},
        {"NOT", 3, "expected a term after NOT"},
        {"a NOT", 5, "expected a term after NOT"},
        {"NOT AND a", 4,
         "expected a term after NOT, found the operator AND (as a word it needs quotes: \"AND\")"},
        {"NOT NOT", 7, "expected a term after NOT"},
        {"-AND", 1,
         "expected a term after -, found the operator AND (as a word it needs quotes: \"AND\")"},
        {"-OR", 1,
         "expected a term after -, found the operator OR (as a word it needs quotes: \"OR\")"},
        {"-NOT", 4, "expected a term after NOT"},
        {"()", 1, "expected a term after ("},
        {"( )", 2, "expected a term after ("},
        {"a ()", 3, "expected a term after ("},
        {"(", 1, "expected a term after ("},
        {"-(", 2, "expected a term after ("},
        {"(OR a)", 1,
         "expected a term after (, found the operator OR (as a word it needs quotes: \"OR\")"},
        {"(a", 2, "expected a ) for the ( at byte 0"},
        {"a ((b)", 6, "expected a ) for the ( at byte 2"},
        {"(a OR)", 5, "expected a term after OR"},
        {"(a AND)", 6, "expected a term after AND"},
        {"(NOT)", 4, "expected a term after NOT"},
        {")", 0, "this ) has no ("},
        {"a)", 1, "this ) has no ("},
        {"a ) b", 2, "this ) has no ("},
        {"(a))", 3, "this ) has no ("},
        {"f(a b)", 5, "this ) has no ("},
        {"a OR )", 5, "expected a term after OR"},
        {"\"", 0, "never closed: expected another \""},
        {"'", 0, "never closed: expected another '"},
        {"a \"b", 2, "never closed"},
        {"\"a\\\"", 0, "never closed"},
        {"\"a'", 0, "never closed"},
        {"'tis", 0, "never closed"},
        {"\"\"", 1, "expected some text between the quotes"},
        {"a ''", 3, "expected some text between the quotes"},
        {"\xd0\xb0 \"", 3, "never closed"},
        {"role:", 5, "expected a value"},
        {"role: user", 5, "expected a value"},
        {"(role:)", 6, "expected a value"},
        {"role:,user", 5, "expected a value"},
        {"role:user,", 10, "expected a value"},
        {"role:user, system", 10, "expected a value"},
        {"role:user,,system", 10, "expected a value"},
        {"role:\"\"", 6, "expected some text between the quotes"},
        {"role:\"user", 5, "never closed"},
        {"role:\"user\"x", 11, "expected a comma or the end of the value"},
        {"role:User", 5, "expected one of user, assistant, system, summary"},
        {"role:human", 5, "expected one of user, assistant, system, summary"},
        {"a role:user,human", 12, "expected one of user, assistant, system, summary"},
        {"role:\"human\"", 5, "expected one of user"},
        {"kind:x", 5, "expected one of prompt, reply, thinking, tool_use, tool_result, meta"},
        {"part:x", 5, "expected one of text, thinking, tool_input, tool_result, summary, system"},
        {"is:x", 3, "expected one of error, sidechain, meta, compact"},
        {"has:error", 4, "expected one of thinking, image, tool"},
        {"since:x", 6, "expected a time"},
        {"-until:7days", 7, "expected a time"},
        {"part:text OR a", 0, "top level"},
        {"a OR part:text", 5, "top level"},
        {"a part:text OR b", 2, "top level"},
        {"(part:text)", 1, "top level"},
        {"(part:text a)", 1, "top level"},
        {"a (b part:text)", 5, "top level"},
        {"-part:text", 1, "top level"},
        {"NOT part:text", 4, "top level"},
        {"a AND NOT part:text", 10, "top level"},
        {"a\xff", 1, "expected valid UTF-8"},
        {"\xc3", 0, "expected valid UTF-8"},
        {"\xc0\x80", 0, "expected valid UTF-8"},
        {"\xed\xa0\x80", 0, "expected valid UTF-8"},
        {"\xf4\x90\x80\x80", 0, "expected valid UTF-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct query_input in = query_probe_input(rows[i].text);
        query_probe_refused(&in, rows[i].pos, rows[i].expected);
    }
    struct error err = {0};
    struct query *q = NULL;
    struct query_input in = query_probe_input("a OR");
    assert_int_equal(query_parse(&in, &q, &err), -1);
    assert_int_equal(err.code, ERROR_INVALID_QUERY);
    assert_string_equal(err.parameter, "q");
    in.text = (struct span){"a\0b", 3};
    query_probe_refused(&in, 1, "expected text without NUL");
}

static void test_depth(void **state)
{
    (void)state;
    static const struct {
        const char *open, *close;
    } rows[] = {{"(", ")"}, {"NOT ", ""}, {"-(", ")"}, {"(a ", ")"}, {"(a OR (NOT b) ", ")"}};
    struct query_input in = query_probe_input("");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int levels = i == 2 ? 50 : i == 4 ? 98 : 100;
        struct buf b;
        buf_init(&b);
        query_probe_repeat(&b, rows[i].open, levels);
        query_probe_repeat(&b, "x", 1);
        query_probe_repeat(&b, rows[i].close, levels);
        in.text = buf_span(&b);
        query_free(query_probe_parse(&in));
        buf_clear(&b);
        query_probe_repeat(&b, rows[i].open, 101);
        size_t pos = i == 2 ? 100 : i == 4 ? (size_t)98 * 14 + 7 : strlen(rows[i].open) * 100;
        in.text = buf_span(&b);
        query_probe_refused(&in, pos, "expected at most 100 parentheses and negations");
        buf_clear(&b);
    }
}

/* The longest query of any repeated piece is dealt with at once: in a second of the thread's own
 * time, of which some milliseconds are used. */
static void test_linear_time(void **state)
{
    (void)state;
    static const char *const pieces[] = {"/",  "/ ",     "/a ",   "\\/ ", "f(",    "a(b ",
                                         "\"", "\" ",    "'a\"",  "- ",   "-a ",   "-(a) ",
                                         "x ", "role:u", "a OR ", "(a)",  "/\\/ ", ")"};
    uint64_t begin = clock_thread_ns();
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buf b;
        buf_init(&b);
        query_probe_repeat(&b, pieces[i], (int)(4096 / strlen(pieces[i])));
        struct query_input in = query_probe_input("");
        in.text = buf_span(&b);
        struct query *q = NULL;
        struct error err = {0};
        if (query_parse(&in, &q, &err) == 0)
            (void)query_describe(q);
        query_free(q);
        buf_clear(&b);
    }
    assert_true(clock_thread_ns() - begin < UINT64_C(1000000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structure),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
