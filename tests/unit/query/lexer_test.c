#include "lexer.h"

#include "query_probe.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void test_words(void **state)
{
    (void)state;
    static const struct query_probe_row rows[] = {
        {"don't", "literal\"don't\"i"},
        {"say\"hi\"", "literal\"say\\\"hi\\\"\"i"},
        {"main()", "literal\"main()\"i"},
        {"f(a)(b)", "literal\"f(a)(b)\"i"},
        {"f((a)b)", "literal\"f((a)b)\"i"},
        {"(main())", "literal\"main()\"i"},
        {"(a main() b)", "and(literal\"a\"i literal\"main()\"i literal\"b\"i)"},
        {"(f(x))", "literal\"f(x)\"i"},
        {"printf(", "literal\"printf(\"i"},
        {"(printf( a)", "and(literal\"printf(\"i literal\"a\"i)"},
        {"a/b", "literal\"a/b\"i"},
        {"a/b/c", "literal\"a/b/c\"i"},
        {"/usr/bin", "literal\"/usr/bin\"i"},
        {"/usr", "literal\"/usr\"i"},
        {"/", "literal\"/\"i"},
        {"//", "literal\"//\"i"},
        {"// note", "and(literal\"//\"i literal\"note\"i)"},
        {"//i", "literal\"//i\"i"},
        {"/a/g", "literal\"/a/g\"i"},
        {"/a/ig", "literal\"/a/ig\"i"},
        {"/a/I", "literal\"/a/I\"i"},
        {"/a/b/", "literal\"/a/b/\"i"},
        {"/a/\"b\"", "literal\"/a/\\\"b\\\"\"i"},
        {"std::x", "literal\"std::x\"i"},
        {"http://localhost:80/x", "literal\"http://localhost:80/x\"i"},
        {"C:\\new", "literal\"C:\\\\new\"i"},
        {"a\\\"b", "literal\"a\\\\\\\"b\"i"},
        {"roles:user", "literal\"roles:user\"i"},
        {"xrole:user", "literal\"xrole:user\"i"},
        {"Role:user", "literal\"Role:user\"i"},
        {"ROLE:user", "literal\"ROLE:user\"i"},
        {"id:user", "literal\"id:user\"i"},
        {"role", "literal\"role\"i"},
        {"role :user", "and(literal\"role\"i literal\":user\"i)"},
        {"a:role:user", "literal\"a:role:user\"i"},
        {"\"role:user\"", "literal\"role:user\"i"},
        {"--force", "literal\"--force\"i"},
        {"a --force", "and(literal\"a\"i literal\"--force\"i)"},
        {"---", "literal\"---\"i"},
        {"-", "literal\"-\"i"},
        {"a - b", "and(literal\"a\"i literal\"-\"i literal\"b\"i)"},
        {"(-)", "literal\"-\"i"},
        {"--role:user", "literal\"--role:user\"i"},
        {"a-b", "literal\"a-b\"i"},
        {"a-", "literal\"a-\"i"},
        {"-f(x)", "not(literal\"f(x)\"i)"},
        {"-don't", "not(literal\"don't\"i)"},
        {"*", "literal\"*\"i"},
        {"a*b?", "literal\"a*b?\"i"},
        {"a,b", "literal\"a,b\"i"},
        {"\xd0\xbe\xd1\x88", "literal\"\\xd0\\xbe\\xd1\\x88\"i"},
        {"\xe6\x97\xa5\xe3\x80\x80\xe6\x9c\xac",
         "literal\"\\xe6\\x97\\xa5\\xe3\\x80\\x80\\xe6\\x9c\\xac\"i"},
        {"\x7f\x01", "literal\"\\x7f\\x01\"i"},
    };
    struct query_input like = query_probe_input("");
    QUERY_PROBE_ROWS(rows, &like);
}

static void test_quotes(void **state)
{
    (void)state;
    static const struct query_probe_row rows[] = {
        {"\"exact phrase\"", "literal\"exact phrase\"i"},
        {"'exact phrase'", "literal\"exact phrase\"i"},
        {"\"  \"", "literal\"  \"i"},
        {"\"a\\\"b\"", "literal\"a\\\"b\"i"},
        {"\"a\\\\\"", "literal\"a\\\\\"i"},
        {"\"a\\\\b\"", "literal\"a\\\\b\"i"},
        {"\"a\\nb\"", "literal\"a\\x0ab\"i"},
        {"\"a\\tb\"", "literal\"a\\x09b\"i"},
        {"\"a\\\\nb\"", "literal\"a\\\\nb\"i"},
        {"\"C:\\users\"", "literal\"C:\\\\users\"i"},
        {"\"C:\\new\"", "literal\"C:\\x0aew\"i"},
        {"\"\\d\\'\"", "literal\"\\\\d\\\\'\"i"},
        {"'\\d'", "literal\"\\\\d\"i"},
        {"'it\\'s'", "literal\"it's\"i"},
        {"'say \"hi\"'", "literal\"say \\\"hi\\\"\"i"},
        {"'say \\\"hi\\\"'", "literal\"say \\\"hi\\\"\"i"},
        {"\"it's\"", "literal\"it's\"i"},
        {"\"a\nb\"", "literal\"a\\x0ab\"i"},
        {"\"(a\"", "literal\"(a\"i"},
        {"\"a\" OR 'b'", "or(literal\"a\"i literal\"b\"i)"},
        {"\"a\"b", "and(literal\"a\"i literal\"b\"i)"},
        {"\"a\"\"b\"", "and(literal\"a\"i literal\"b\"i)"},
        {"\"a\"-b", "and(literal\"a\"i not(literal\"b\"i))"},
        {"(\"a)\")", "literal\"a)\"i"},
        {"\"-a\"", "literal\"-a\"i"},
        {"\"/a/\"", "literal\"/a/\"i"},
    };
    struct query_input like = query_probe_input("");
    QUERY_PROBE_ROWS(rows, &like);
}

static void test_regexes(void **state)
{
    (void)state;
    static const struct query_probe_row rows[] = {
        {"/a/", "regex\"a\""},
        {"/a/i", "regex\"a\"i"},
        {"/a/xsmi", "regex\"a\"imsx"},
        {"/a/ii", "regex\"a\"i"},
        {"/a b/", "regex\"a b\""},
        {"/a/ b", "and(regex\"a\" literal\"b\"i)"},
        {"(/a/)", "regex\"a\""},
        {"(/a/i OR /b/)", "or(regex\"a\"i regex\"b\")"},
        {"/usr/ bin", "and(regex\"usr\" literal\"bin\"i)"},
        {"/s/m", "regex\"s\"m"},
        {"/\\/usr\\/bin/", "regex\"/usr/bin\""},
        {"/a\\\\/", "regex\"a\\\\\\\\\""},
        {"/a\\\\\\/b/", "regex\"a\\\\\\\\/b\""},
        {"/\\d+\\.\\d/", "regex\"\\\\d+\\\\.\\\\d\""},
        {"/\\//", "regex\"/\""},
        {"/(a|b)/", "regex\"(a|b)\""},
        {"/\"/", "regex\"\\\"\""},
        {"/a\\/", "literal\"/a\\\\/\"i"},
        {"/a\\", "literal\"/a\\\\\"i"},
        {"/[/]/", "literal\"/[/]/\"i"},
        {"/[/] ]/", "and(literal\"/[/]\"i literal\"]/\"i)"},
        {"a /b/", "and(literal\"a\"i regex\"b\")"},
        {"a/ b/", "and(literal\"a/\"i literal\"b/\"i)"},
        {"a / b / c", "and(literal\"a\"i regex\" b \" literal\"c\"i)"},
        {"\"a\"/b/", "and(literal\"a\"i regex\"b\")"},
        {"/\xd0\xb0/i", "regex\"\\xd0\\xb0\"i"},
        {"/AND/ OR /NOT/", "or(regex\"AND\" regex\"NOT\")"},
    };
    struct query_input like = query_probe_input("");
    QUERY_PROBE_ROWS(rows, &like);
    /* the flags decide, not the parameter */
    like.letter_case = QUERY_CASE_SENSITIVE;
    like.text = SPAN("/a/i /A/");
    query_probe_means(&like, "and(regex\"a\"i regex\"A\")");
    struct query *q = query_probe_parse(&like);
    assert_true(!q->terms[0]->case_sensitive && q->terms[1]->case_sensitive);
    query_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_quotes),
        cmocka_unit_test(test_regexes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
