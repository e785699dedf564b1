#include "query.h"

#include "buf.h"
#include "clock.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UUID_A "5b3c6f0e-1a2b-4c3d-8e9f-0123456789ab"

static struct query_input input_of(const char *text)
{
    return (struct query_input){.text = span_of(text), .now_ms = INT64_C(1767323045678)};
}

static struct query *parse(const struct query_input *in)
{
    struct query *q = NULL;
    struct error err = {0};
    if (query_parse(in, &q, &err) != 0)
        fail_msg("%.*s: at %zu: %s", (int)in->text.len, in->text.ptr, err.pos, err.msg);
    assert_int_equal(err.code, ERROR_NONE);
    return q;
}

static void expect_description(const struct query_input *in, const char *want)
{
    struct query *q = parse(in);
    struct span got = query_describe(q);
    if (!span_equal(got, span_of(want)))
        fail_msg("%.*s\n  means    %.*s\n  expected %s", (int)in->text.len, in->text.ptr,
                 (int)got.len, got.ptr, want);
    query_free(q);
}

struct row {
    const char *text;
    const char *want;
};

static void check_rows(const struct row *rows, size_t count, const struct query_input *like)
{
    for (size_t i = 0; i < count; i++) {
        struct query_input in = *like;
        in.text = span_of(rows[i].text);
        expect_description(&in, rows[i].want);
    }
}

#define CHECK(rows, like) check_rows(rows, sizeof rows / sizeof *rows, like)

static void test_structure(void **state)
{
    (void)state;
    static const struct row rows[] = {
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
    struct query_input like = input_of("");
    CHECK(rows, &like);
}

static void test_words(void **state)
{
    (void)state;
    static const struct row rows[] = {
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
    struct query_input like = input_of("");
    CHECK(rows, &like);
}

static void test_quotes(void **state)
{
    (void)state;
    static const struct row rows[] = {
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
    struct query_input like = input_of("");
    CHECK(rows, &like);
}

static void test_regexes(void **state)
{
    (void)state;
    static const struct row rows[] = {
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
    struct query_input like = input_of("");
    CHECK(rows, &like);
    /* the flags decide, not the parameter */
    like.letter_case = QUERY_CASE_SENSITIVE;
    like.text = SPAN("/a/i /A/");
    expect_description(&like, "and(regex\"a\"i regex\"A\")");
    struct query *q = parse(&like);
    assert_true(!q->terms[0]->case_sensitive && q->terms[1]->case_sensitive);
    query_free(q);
}

static void test_qualifiers(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"role:user", "role:\"user\""},
        {"role:user,assistant,system,summary",
         "role:\"user\",\"assistant\",\"system\",\"summary\""},
        {"role:\"user\"", "role:\"user\""},
        {"role:'user',\"system\"", "role:\"user\",\"system\""},
        {"role:user a", "and(role:\"user\" literal\"a\"i)"},
        {"role:user role:system", "and(role:\"user\" role:\"system\")"},
        {"role:user OR a", "or(role:\"user\" literal\"a\"i)"},
        {"(role:user)", "role:\"user\""},
        {"(role:user,system)a", "and(role:\"user\",\"system\" literal\"a\"i)"},
        {"kind:prompt,reply,thinking,tool_use,tool_result,meta,summary,system",
         "kind:\"prompt\",\"reply\",\"thinking\",\"tool_use\",\"tool_result\",\"meta\",\"summary\","
         "\"system\""},
        {"is:error,sidechain,meta,compact", "is:\"error\",\"sidechain\",\"meta\",\"compact\""},
        {"has:thinking,image,tool", "has:\"thinking\",\"image\",\"tool\""},
        {"tool:Bash,Edit", "tool:\"Bash\",\"Edit\""},
        {"tool:mcp__*", "tool:\"mcp__*\""},
        {"tool:f(x)", "tool:\"f(x)\""},
        {"(tool:f(x))", "tool:\"f(x)\""},
        {"tool:a\"b", "tool:\"a\\\"b\""},
        {"project:/home/me", "project:\"/home/me\""},
        {"project:\"/home/my files\"", "project:\"/home/my files\""},
        {"project:'/a,b',/c", "project:\"/a,b\",\"/c\""},
        {"project:\"a\\\"b\\n\"", "project:\"a\\\"b\\x0a\""},
        {"session:00ff", "session:\"00ff\"*"},
        {"session:" UUID_A, "session:\"" UUID_A "\""},
        {"branch:main", "branch:\"main\""},
        {"branch:feature/x-1", "branch:\"feature/x-1\""},
        {"model:OPUS", "model:\"opus\""},
        {"model::x", "model:\":x\""},
        {"file:*.c", "file:\"*.c\""},
        {"file:C:\\x", "file:\"C:\\\\x\""},
        {"agent:only", "agent:\"only\""},
        {"agent:none,a1b2", "agent:\"none\",\"a1b2\""},
        {"part:text", "part:\"text\""},
        {"part:text,thinking", "part:\"text\",\"thinking\""},
        {"part:text part:system", "and(part:\"text\" part:\"system\")"},
        {"part:text role:user", "and(role:\"user\" part:\"text\")"},
        {"part:text a", "literal\"a\"i in:1"},
        {"a part:text", "literal\"a\"i in:1"},
        {"part:text AND a", "literal\"a\"i in:1"},
        {"a AND part:thinking AND b", "and(literal\"a\"i literal\"b\"i) in:2"},
        {"part:text,tool_input a", "literal\"a\"i in:5"},
        {"part:text,system part:thinking,system a", "literal\"a\"i in:20"},
        {"part:text part:system a", "literal\"a\"i in:0"},
        {"part:text -a", "not(literal\"a\"i) in:1"},
        {"part:text (a OR b)", "or(literal\"a\"i literal\"b\"i) in:1"},
        {"part:text /x/", "regex\"x\" in:1"},
    };
    struct query_input like = input_of("");
    CHECK(rows, &like);
}

static void test_times(void **state)
{
    (void)state;
    /* now is 2026-01-02T03:04:05.678Z */
    static const struct row rows[] = {
        {"since:2026-01-02T03:04:05.678Z", "since:1767323045678"},
        {"since:2026-01-02T04:04:05+01:00", "since:1767323045000"},
        {"since:\"2026-01-02 03:04:05Z\"", "since:1767323045000"},
        {"since:2026-01-02T03:04:05", "since:1767323045000"},
        {"until:2026-01-02", "until:1767312000000"},
        {"since:1767323045", "since:1767323045000"},
        {"since:1767323045678", "since:1767323045678"},
        {"since:90m", "since:1767317645678"},
        {"since:36h", "since:1767193445678"},
        {"since:7d", "since:1766718245678"},
        {"since:2w", "since:1766113445678"},
        {"since:0d", "since:1767323045678"},
        {"since:today", "since:1767312000000"},
        {"until:yesterday", "until:1767225600000"},
        {"since:99999999999999999999w", "since:-62135596800000"},
        {"since:7d until:today", "and(since:1766718245678 until:1767312000000)"},
        {"since:7d,2w", "since:1766718245678,1766113445678"},
    };
    struct query_input like = input_of("");
    CHECK(rows, &like);
    static const char *const bad[] = {"now",
                                      "Today",
                                      "7",
                                      "-7d",
                                      "7D",
                                      "7 d",
                                      "1.5h",
                                      "d",
                                      "90s",
                                      "1y",
                                      "x",
                                      "2026-13-01",
                                      "2026-01-02T03:04",
                                      "tomorrow",
                                      "+7d",
                                      "1e400"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct query *q = NULL;
        struct error err = {0};
        struct span value = span_of(bad[i]);
        struct query_input in = input_of("");
        in.values[FIELD_SINCE] = &value;
        in.value_count[FIELD_SINCE] = 1;
        bool number = strcmp(bad[i], "7") == 0;
        if (query_parse(&in, &q, &err) != (number ? 0 : -1))
            fail_msg("since %s", bad[i]);
        assert_string_equal(err.parameter, number ? "" : "since");
        query_free(q);
    }
}

static void test_times_in_zone(void **state)
{
    (void)state;
    struct zone *z = NULL;
    struct error err = {0};
    /* without tzdata there is nothing to compare with */
    if (zone_open(SPAN("America/New_York"), &z, &err) != 0)
        skip();
    struct query_input like = input_of("");
    like.zone = z;
    static const struct row rows[] = {
        {"since:today", "since:1767243600000"},
        {"since:yesterday", "since:1767157200000"},
        {"since:2026-01-02", "since:1767330000000"},
        {"since:2026-07-01", "since:1782878400000"},
        {"since:2026-01-02T00:00:00", "since:1767330000000"},
        {"since:2026-01-02T00:00:00.5", "since:1767330000500"},
        {"since:2026-01-02T00:00:00Z", "since:1767312000000"},
        {"since:2026-01-02T00:00:00-05:00", "since:1767330000000"},
        {"since:1d", "since:1767236645678"},
        {"since:1767323045", "since:1767323045000"},
    };
    CHECK(rows, &like);
    zone_close(z);
}

static void test_modes(void **state)
{
    (void)state;
    struct query_input in = input_of(" a OR \"b\" ");
    in.mode = QUERY_MODE_LITERAL;
    expect_description(&in, "literal\" a OR \\\"b\\\" \"i");
    in.text = SPAN(" ");
    expect_description(&in, "literal\" \"i");
    in.text = SPAN("");
    expect_description(&in, "all");
    in.text = SPAN(UUID_A);
    expect_description(&in, "literal\"" UUID_A "\"i");
    in.mode = QUERY_MODE_REGEX;
    expect_description(&in, "regex\"" UUID_A "\"i");
    in.text = SPAN("/a\\/b/ OR c");
    expect_description(&in, "regex\"/a\\\\/b/ OR c\"i");
    in.text = SPAN("");
    expect_description(&in, "all");
    in.text = SPAN("a");
    in.letter_case = QUERY_CASE_SENSITIVE;
    expect_description(&in, "regex\"a\"");
}

static void test_letter_case(void **state)
{
    (void)state;
    struct query_input like = input_of("");
    like.letter_case = QUERY_CASE_SENSITIVE;
    static const struct row sensitive[] = {
        {"a B", "and(literal\"a\"c literal\"B\"c)"},
    };
    CHECK(sensitive, &like);
    like.letter_case = QUERY_CASE_SMART;
    static const struct row smart[] = {
        {"a B \"c D\" 1", "and(literal\"a\"i literal\"B\"c literal\"c D\"c literal\"1\"i)"},
        {"\xd0\xb0 \xd0\x90", "and(literal\"\\xd0\\xb0\"i literal\"\\xd0\\x90\"c)"}, /* а А */
        {"\xc7\x85 \xc7\x86", "and(literal\"\\xc7\\x85\"c literal\"\\xc7\\x86\"i)"}, /* ǅ ǆ */
        {"\xe2\x84\xaa", "literal\"\\xe2\\x84\\xaa\"c"},                             /* Kelvin */
        {"/A/", "regex\"A\""},
        {"/A/i", "regex\"A\"i"},
    };
    CHECK(smart, &like);
    like.mode = QUERY_MODE_REGEX;
    static const struct row regex[] = {
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
    CHECK(regex, &like);
}

static void test_word(void **state)
{
    (void)state;
    struct query_input in = input_of("a \"b c\" /d/");
    in.word = true;
    expect_description(&in, "and(literal\"a\"iw literal\"b c\"iw regex\"d\")");
}

static void test_terms(void **state)
{
    (void)state;
    struct query_input in = input_of("x \"a\\tb\" -y x (z OR -y) -(w -v) /x/ /x/i 'x' -x");
    struct query *q = parse(&in);
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
    struct query_input in =
        input_of("(role:user OR -kind:reply,meta) is:error,compact has:image part:system,text");
    struct query *q = parse(&in);
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

    in = input_of("tool:x -session:" UUID_A);
    q = parse(&in);
    assert_true(q->needs_tools && !q->prefix_sessions);
    query_free(q);
    in = input_of("session:" UUID_A ",5b");
    q = parse(&in);
    assert_true(!q->needs_tools && q->prefix_sessions);
    query_free(q);
    query_free(NULL);
}

static void test_parameters(void **state)
{
    (void)state;
    static const struct span roles[] = {{"user", 4}, {"system,summary", 14}};
    static const struct span projects[] = {{"/my files (old)/x", 17}, {"\"/a,b\",/c", 9}};
    static const struct span parts[] = {{"text,thinking", 13}};
    struct query_input in = input_of("a OR b");
    in.values[FIELD_ROLE] = roles;
    in.value_count[FIELD_ROLE] = 2;
    in.values[FIELD_PROJECT] = projects;
    in.value_count[FIELD_PROJECT] = 2;
    expect_description(&in, "and(or(literal\"a\"i literal\"b\"i) "
                            "role:\"user\",\"system\",\"summary\" "
                            "project:\"/my files (old)/x\",\"/a,b\",\"/c\")");
    in.text = SPAN("");
    in.value_count[FIELD_ROLE] = 0;
    in.value_count[FIELD_PROJECT] = 0;
    in.values[FIELD_PART] = parts;
    in.value_count[FIELD_PART] = 1;
    expect_description(&in, "part:\"text\",\"thinking\"");
    in.text = SPAN("a OR b");
    expect_description(&in, "or(literal\"a\"i literal\"b\"i) in:3");
    in.text = SPAN("a part:thinking,system");
    expect_description(&in, "literal\"a\"i in:2");
    in.text = SPAN("a b");
    in.mode = QUERY_MODE_LITERAL;
    expect_description(&in, "literal\"a b\"i in:3");
    struct query *q = parse(&in);
    assert_int_equal(q->filter_count, 0);
    query_free(q);
}

static void test_uuid(void **state)
{
    (void)state;
    static const struct row rows[] = {
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
    struct query_input like = input_of("");
    CHECK(rows, &like);
    static const struct span role = {"user", 4};
    struct query_input in = input_of(UUID_A);
    in.values[FIELD_ROLE] = &role;
    in.value_count[FIELD_ROLE] = 1;
    expect_description(&in, "and(or(literal\"" UUID_A "\"i id:\"" UUID_A "\") role:\"user\")");
}

struct fault {
    const char *text;
    size_t pos;
    const char *expected; /* part of the message */
};

static void expect_fault(const struct query_input *in, size_t pos, const char *expected)
{
    struct query *q = NULL;
    struct error err = {0};
    if (query_parse(in, &q, &err) == 0)
        fail_msg("%.*s was accepted", (int)in->text.len, in->text.ptr);
    assert_null(q);
    if (err.pos != pos || strstr(err.msg, expected) == NULL)
        fail_msg("%.*s: at %zu \"%s\", expected at %zu \"%s\"", (int)in->text.len, in->text.ptr,
                 err.pos, err.msg, pos, expected);
    assert_null(strchr(err.msg, '\n'));
}

static void test_faults(void **state)
{
    (void)state;
    static const struct fault rows[] = {
        {"AND", 0, "expected a term"},
        {"AND a", 0, "expected a term"},
        {"OR a", 0, "expected a term"},
        {" OR", 1, "expected a term"},
        {"a AND", 5, "expected a term after AND"},
        {"a AND ", 6, "expected a term after AND"},
        {"a OR", 4, "expected a term after OR"},
        {"a OR OR b", 5, "expected a term after OR"},
        {"a OR AND b", 5, "expected a term after OR"},
        {"a AND AND b", 6, "expected a term after AND"},
        {"a AND OR b", 6, "expected a term after AND"},
        {"NOT", 3, "expected a term after NOT"},
        {"a NOT", 5, "expected a term after NOT"},
        {"NOT AND a", 4, "expected a term after NOT"},
        {"NOT NOT", 7, "expected a term after NOT"},
        {"-AND", 1, "expected a term after -"},
        {"-OR", 1, "expected a term after -"},
        {"-NOT", 4, "expected a term after NOT"},
        {"()", 1, "expected a term after ("},
        {"( )", 2, "expected a term after ("},
        {"a ()", 3, "expected a term after ("},
        {"(", 1, "expected a term after ("},
        {"-(", 2, "expected a term after ("},
        {"(OR a)", 1, "expected a term after ("},
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
        struct query_input in = input_of(rows[i].text);
        expect_fault(&in, rows[i].pos, rows[i].expected);
    }
    struct error err = {0};
    struct query *q = NULL;
    struct query_input in = input_of("a OR");
    assert_int_equal(query_parse(&in, &q, &err), -1);
    assert_int_equal(err.code, ERROR_INVALID_QUERY);
    assert_string_equal(err.parameter, "q");
    in.text = (struct span){"a\0b", 3};
    expect_fault(&in, 1, "expected text without NUL");
}

static void test_parameter_faults(void **state)
{
    (void)state;
    static const struct {
        enum field field;
        struct span value;
        size_t pos;
        const char *expected;
    } rows[] = {
        {FIELD_ROLE, {"human", 5}, 0, "expected one of user"},
        {FIELD_ROLE, {"", 0}, 0, "expected a value"},
        {FIELD_ROLE, {"user,", 5}, 5, "expected a value"},
        {FIELD_ROLE, {"user, system", 12}, 5, "expected one of user"},
        {FIELD_PART, {"text,x", 6}, 5, "expected one of text"},
        {FIELD_SINCE, {"soon", 4}, 0, "expected a time"},
        {FIELD_TOOL, {"\"a", 2}, 0, "never closed"},
        {FIELD_TOOL, {"\"a\" b", 5}, 3, "expected a comma or the end"},
        {FIELD_TOOL, {"a\xff", 2}, 1, "expected valid UTF-8"},
        {FIELD_TOOL, {"a\0b", 3}, 1, "expected text without NUL"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct query_input in = input_of("a");
        in.values[rows[i].field] = &rows[i].value;
        in.value_count[rows[i].field] = 1;
        expect_fault(&in, rows[i].pos, rows[i].expected);
        struct query *q = NULL;
        struct error err = {0};
        assert_int_equal(query_parse(&in, &q, &err), -1);
        assert_int_equal(err.code, ERROR_INVALID_PARAMETER);
        assert_string_equal(err.parameter, query_field_name(rows[i].field));
    }
}

static void append_times(struct buf *b, const char *text, int n)
{
    for (int i = 0; i < n; i++)
        assert_int_equal(buf_append_span(b, span_of(text)), 0);
}

static void test_limits(void **state)
{
    (void)state;
    struct span values[33];
    for (int i = 0; i < 33; i++)
        values[i] = SPAN("x");
    struct query_input in = input_of("");
    in.values[FIELD_TOOL] = values;
    in.value_count[FIELD_TOOL] = 32;
    query_free(parse(&in));
    in.value_count[FIELD_TOOL] = 33;
    expect_fault(&in, 0, "expected at most 32 values");

    struct buf b;
    buf_init(&b);
    append_times(&b, "tool:x", 1);
    append_times(&b, ",x", 31);
    in = input_of("");
    in.text = buf_span(&b);
    query_free(parse(&in));
    append_times(&b, ",x", 1);
    in.text = buf_span(&b);
    expect_fault(&in, 69, "expected at most 32 values");

    buf_clear(&b);
    append_times(&b, "x", 4096);
    in.text = buf_span(&b);
    query_free(parse(&in));
    append_times(&b, "x", 1);
    in.text = buf_span(&b);
    expect_fault(&in, 4096, "expected at most 4096 bytes");
    buf_clear(&b);
}

static void test_depth(void **state)
{
    (void)state;
    static const struct {
        const char *open, *close;
    } rows[] = {{"(", ")"}, {"NOT ", ""}, {"-(", ")"}, {"(a ", ")"}, {"(a OR (NOT b) ", ")"}};
    struct query_input in = input_of("");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int levels = i == 2 ? 50 : i == 4 ? 98 : 100;
        struct buf b;
        buf_init(&b);
        append_times(&b, rows[i].open, levels);
        append_times(&b, "x", 1);
        append_times(&b, rows[i].close, levels);
        in.text = buf_span(&b);
        query_free(parse(&in));
        buf_clear(&b);
        append_times(&b, rows[i].open, 101);
        size_t pos = i == 2 ? 100 : i == 4 ? (size_t)98 * 14 + 7 : strlen(rows[i].open) * 100;
        in.text = buf_span(&b);
        expect_fault(&in, pos, "expected at most 100 parentheses and negations");
        buf_clear(&b);
    }
}

/* The longest query of any repeated piece is dealt with at once. */
static void test_linear_time(void **state)
{
    (void)state;
    static const char *const pieces[] = {"/",  "/ ",     "/a ",   "\\/ ", "f(",    "a(b ",
                                         "\"", "\" ",    "'a\"",  "- ",   "-a ",   "-(a) ",
                                         "x ", "role:u", "a OR ", "(a)",  "/\\/ ", ")"};
    uint64_t begin = clock_monotonic_ns();
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buf b;
        buf_init(&b);
        append_times(&b, pieces[i], (int)(4096 / strlen(pieces[i])));
        struct query_input in = input_of("");
        in.text = buf_span(&b);
        struct query *q = NULL;
        struct error err = {0};
        if (query_parse(&in, &q, &err) == 0)
            (void)query_describe(q);
        query_free(q);
        buf_clear(&b);
    }
    assert_true(clock_monotonic_ns() - begin < UINT64_C(1000000000));
}

static void test_independence(void **state)
{
    (void)state;
    char text[] = "abc tool:Bash /x/";
    char tool[] = "Edit";
    struct span value = {tool, 4};
    struct query_input in = input_of(text);
    in.values[FIELD_TOOL] = &value;
    in.value_count[FIELD_TOOL] = 1;
    struct query *q = parse(&in);
    memset(text, '#', sizeof text - 1);
    memset(tool, '#', 4);
    assert_true(span_equal(query_describe(q),
                           SPAN("and(literal\"abc\"i tool:\"Bash\" regex\"x\" tool:\"Edit\")")));
    query_free(q);
}

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
        struct query_input in = input_of(rows[i].text);
        struct query *q = parse(&in);
        struct error err = {0};
        assert_int_equal(query_pin_sessions(q, sessions, 4, &err), 0);
        assert_true(span_equal(query_describe(q), span_of(rows[i].want)));
        query_free(q);
    }
    struct error err = {0};
    struct query_input in = input_of("a session:x,ab");
    struct query *q = parse(&in);
    assert_int_equal(query_pin_sessions(q, sessions, 4, &err), -1);
    assert_int_equal(err.code, ERROR_INVALID_QUERY);
    assert_int_equal(err.pos, 12);
    assert_string_equal(err.parameter, "q");
    query_free(q);

    static const struct span value = {"ab", 2};
    in = input_of("");
    in.values[FIELD_SESSION] = &value;
    in.value_count[FIELD_SESSION] = 1;
    err = (struct error){0};
    q = parse(&in);
    assert_int_equal(query_pin_sessions(q, sessions, 4, &err), -1);
    assert_int_equal(err.code, ERROR_INVALID_PARAMETER);
    assert_string_equal(err.parameter, "session");
    query_free(q);
}

static void test_term_position(void **state)
{
    (void)state;
    struct query_input in = input_of("a /b\\/\\d\\//i \"q\\nr\"");
    struct query *q = parse(&in);
    const struct term *t = q->terms[1];
    assert_true(span_equal(t->text, SPAN("b/\\d/")));
    static const size_t want[] = {3, 4, 6, 7, 8, 10};
    for (size_t i = 0; i <= t->text.len; i++)
        assert_int_equal(query_term_position(t, i), want[i]);
    assert_int_equal(query_term_position(q->terms[2], 1), 13);
    query_free(q);
    in = input_of("a\\/b");
    in.mode = QUERY_MODE_REGEX;
    q = parse(&in);
    for (size_t i = 0; i <= 4; i++)
        assert_int_equal(query_term_position(q->terms[0], i), i);
    query_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_structure),     cmocka_unit_test(test_words),
        cmocka_unit_test(test_quotes),        cmocka_unit_test(test_regexes),
        cmocka_unit_test(test_qualifiers),    cmocka_unit_test(test_times),
        cmocka_unit_test(test_times_in_zone), cmocka_unit_test(test_modes),
        cmocka_unit_test(test_letter_case),   cmocka_unit_test(test_word),
        cmocka_unit_test(test_terms),         cmocka_unit_test(test_filters),
        cmocka_unit_test(test_parameters),    cmocka_unit_test(test_uuid),
        cmocka_unit_test(test_faults),        cmocka_unit_test(test_parameter_faults),
        cmocka_unit_test(test_limits),        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_linear_time),   cmocka_unit_test(test_independence),
        cmocka_unit_test(test_pin),           cmocka_unit_test(test_term_position),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
