#include "regex_require.h"

#include "fold.h"
#include "query.h"
#include "scarce.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <cmocka.h>

/* ---- what is extracted ---- */

static void describe(const struct require *r, struct buf *b)
{
    if (r == NULL) {
        (void)buf_append_span(b, SPAN("nothing"));
        return;
    }
    if (r->type == REQUIRE_LITERAL) {
        (void)buf_printf(b, "\"%.*s\"%s", (int)r->literal.len, r->literal.ptr,
                         r->case_sensitive ? "" : "i");
        return;
    }
    (void)buf_append_span(b, r->type == REQUIRE_AND ? SPAN("and(") : SPAN("or("));
    for (uint32_t i = 0; i < r->count; i++) {
        (void)buf_append_span(b, i == 0 ? SPAN("") : SPAN(" "));
        describe(r->children[i], b);
    }
    (void)buf_append_span(b, SPAN(")"));
}

static pcre2_code *compile(struct span pattern, unsigned flags)
{
    static pcre2_compile_context *context;
    if (context == NULL) {
        context = pcre2_compile_context_create(NULL);
        assert_non_null(context);
        pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    }
    uint32_t options = PCRE2_UTF | PCRE2_NEVER_UCP | PCRE2_NEVER_BACKSLASH_C;
    options |= (flags & TERM_FLAG_I) != 0 ? PCRE2_CASELESS : 0;
    options |= (flags & TERM_FLAG_M) != 0 ? PCRE2_MULTILINE : 0;
    options |= (flags & TERM_FLAG_S) != 0 ? PCRE2_DOTALL : 0;
    options |= (flags & TERM_FLAG_X) != 0 ? PCRE2_EXTENDED : 0;
    int code;
    size_t pos;
    return pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len, options, &code, &pos, context);
}

static void test_extraction(void **state)
{
    (void)state;
    enum { I = TERM_FLAG_I, X = TERM_FLAG_X };
    static const struct {
        const char *pattern;
        unsigned flags;
        const char *want;
    } rows[] = {
        {"abc", 0, "\"abc\""},
        {"ABC", I, "\"abc\"i"},
        {"\xd0\x9e\xd0\xa8", I, "\"\xd0\xbe\xd1\x88\"i"},
        {"kubernet\\w*", 0, "\"kubernet\""},
        {"[0-9a-f]{40}", 0, "nothing"},
        {"error.{0,20}file", 0, "and(\"error\" \"file\")"},
        {"\\bgit\\b", 0, "\"git\""},
        {"^fix", 0, "\"fix\""},
        {"a$\\nb", 0, "\"a\nb\""},
        {"TODO|FIXME", 0, "or(\"TODO\" \"FIXME\")"},
        {"TODO|\\w", 0, "nothing"},
        {"TODO|", 0, "nothing"},
        {"(foo|bar)baz?", 0, "and(or(\"foo\" \"bar\") \"ba\")"},
        {"(?:foo|bar)+x", 0, "and(or(\"foo\" \"bar\") \"x\")"},
        {"(?:foo|bar)*x", 0, "\"x\""},
        {"(?:foo|bar){0,2}x", 0, "\"x\""},
        {"x(?:foo){2}", 0, "and(\"x\" \"foo\")"},
        {"ab*c", 0, "and(\"a\" \"c\")"},
        {"ab?c", 0, "and(\"a\" \"c\")"},
        {"ab+c", 0, "and(\"ab\" \"bc\")"},
        {"ab+?c", 0, "and(\"ab\" \"bc\")"},
        {"ab++c", 0, "and(\"ab\" \"bc\")"},
        {"ab{1}c", 0, "\"abc\""},
        {"ab{2}c", 0, "and(\"ab\" \"bc\")"},
        {"ab{2,}c", 0, "and(\"ab\" \"bc\")"},
        {"ab{0}c", 0, "and(\"a\" \"c\")"},
        {"ab{00,3}c", 0, "and(\"a\" \"c\")"},
        {"ab{0,1}c", 0, "and(\"a\" \"c\")"},
        {"ab{x}c", 0, "\"ab{x}c\""},
        {"{\"type\"", 0, "\"{\"type\"\""},
        {"ab{,3}c", 0, "nothing"},
        {"ab{1", 0, "nothing"},
        {"a\\.b", 0, "\"a.b\""},
        {"a\\/b", 0, "\"a/b\""},
        {"\\t\\n", 0, "\"\t\n\""},
        {"\\x41\\x{42}\\x{e9}", 0, "\"AB\xc3\xa9\""},
        {"\\xe9", 0, "\"\xc3\xa9\""},
        {"\\Qa+b\\E*c", 0, "and(\"a+\" \"c\")"},
        {"\\Qa|b", 0, "\"a|b\""},
        {"a\\Q\\E+b", 0, "and(\"a\" \"ab\")"},
        {"a\\E*b", 0, "\"b\""},
        {"(\\Q)\\E)", 0, "\")\""},
        {"a b # c\n d", X, "\"abd\""},
        {"a b # c", 0, "\"a b # c\""},
        {"a *b", X, "\"b\""},
        {"a # x\n * b", X, "\"b\""},
        {"a\\ b", X, "\"a b\""},
        {"\\Qa b\\E", X, "\"a b\""},
        {"a+ +b", X, "nothing"},
        {"a\xc2\x85*b", X, "nothing"},
        {"(?i)Ab", 0, "\"ab\"i"},
        {"a(?i)B", 0, "and(\"a\" \"b\"i)"},
        {"a(?i:B)c", 0, "and(\"a\" \"b\"i \"c\")"},
        {"(?:(?i)A)B", 0, "and(\"a\"i \"B\")"},
        {"(?-i)Ab", I, "\"Ab\""},
        {"(?i)A|B", 0, "or(\"a\"i \"b\"i)"},
        {"A(?i)B|C", 0, "or(and(\"A\" \"b\"i) \"c\"i)"},
        {"(?x) a b", 0, "\"ab\""},
        {"(?x: a b ) c", 0, "and(\"ab\" \" c\")"},
        {"(?xx)[ ]]a", 0, "nothing"},
        {"foo(?=bar)", 0, "\"foo\""},
        {"foo(?!bar)baz", 0, "\"foobaz\""},
        {"(?<=foo)bar", 0, "\"bar\""},
        {"(?<!foo|x)bar", 0, "\"bar\""},
        {"(?<name>foo)", 0, "\"foo\""},
        {"(?P<name>foo)", 0, "\"foo\""},
        {"(?'name'foo)", 0, "\"foo\""},
        {"(?>foo)x", 0, "and(\"foo\" \"x\")"},
        {"(?|foo|bar)", 0, "or(\"foo\" \"bar\")"},
        {"x[]y]z", 0, "and(\"x\" \"z\")"},
        {"x[^]y]z", 0, "and(\"x\" \"z\")"},
        {"x[\\]]z", 0, "and(\"x\" \"z\")"},
        {"x[[:alpha:]]z", 0, "and(\"x\" \"z\")"},
        {"x[[:^alpha:]y]z", 0, "and(\"x\" \"z\")"},
        {"x[a[:]z", 0, "nothing"},
        {"x[\\Q]\\E]z", 0, "nothing"},
        {"x\\p{Lu}z", 0, "and(\"x\" \"z\")"},
        {"x\\pLz", 0, "and(\"x\" \"z\")"},
        {"x\\Rz", 0, "and(\"x\" \"z\")"},
        {"x]z}", 0, "\"x]z}\""},
        {"(a)\\1", 0, "nothing"},
        {"(a)(?1)", 0, "nothing"},
        {"(?R)?a", 0, "nothing"},
        {"(a)?(?(1)b|c)", 0, "nothing"},
        {"foo\\Kbar", 0, "nothing"},
        {"(*ANYCRLF)foo", 0, "nothing"},
        {"foo(*ACCEPT)bar", 0, "nothing"},
        {"foo(?#x)bar", 0, "nothing"},
        {"\\cAfoo", 0, "nothing"},
        {"\\0foo", 0, "nothing"},
        {"\\o{101}foo", 0, "nothing"},
        {"(?C1)foo", 0, "nothing"},
        {"(?J)foo", 0, "nothing"},
        {"(?^)foo", 0, "nothing"},
        {"()", 0, "nothing"},
        {".*", 0, "nothing"},
    };
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct require *r = NULL;
        struct span pattern = span_of(rows[i].pattern);
        assert_int_equal(regex_require(pattern, rows[i].flags, &arena, &r), 0);
        struct buf b;
        buf_init(&b);
        describe(r, &b);
        if (!span_equal(buf_span(&b), span_of(rows[i].want)))
            fail_msg("%s\n  requires %.*s\n  expected %s", rows[i].pattern, (int)b.len, b.ptr,
                     rows[i].want);
        buf_clear(&b);
        arena_reset(&arena);
    }
    arena_clear(&arena);
}

/* Text that PCRE2 refuses, cut anywhere, must be read without harm too. */
static void test_hostile(void **state)
{
    (void)state;
    static const char *const texts[] = {"(((((a",
                                        "a)b",
                                        "[",
                                        "[]",
                                        "[^",
                                        "[[:",
                                        "[\\",
                                        "\\",
                                        "\\Q",
                                        "\\x",
                                        "\\x{",
                                        "\\x{d800}",
                                        "\\x{110000}",
                                        "\\x{fffffffffffffffff}",
                                        "\\p",
                                        "\\p{",
                                        "(?",
                                        "(?<",
                                        "(?<a",
                                        "(?P",
                                        "(?i",
                                        "(?i-",
                                        "(?'a",
                                        "(*",
                                        "*a",
                                        "a**",
                                        "a{",
                                        "a{1,",
                                        "a{99999999999999999999}b",
                                        "(?<=a",
                                        "#",
                                        "(?x)#",
                                        "|",
                                        "||"};
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t n = 0; n <= strlen(texts[i]); n++)
            for (unsigned flags = 0; flags < 16; flags++) {
                char *exact = malloc(n + 1);
                assert_non_null(exact);
                memcpy(exact + 1, texts[i], n);
                struct require *r = NULL;
                assert_int_equal(regex_require((struct span){exact + 1, n}, flags, &arena, &r), 0);
                free(exact);
                arena_reset(&arena);
            }
    static const char *const pieces[] = {"(",   "(?i:", "(a|",         "a|",  "[",
                                         "\\Q", "a+",   "(?i)a(?-i)b", "(?=a"};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct buf b;
        buf_init(&b);
        while (b.len < 4096)
            assert_int_equal(buf_append_span(&b, span_of(pieces[i])), 0);
        struct require *r = NULL;
        assert_int_equal(regex_require(buf_span(&b), 0, &arena, &r), 0);
        buf_clear(&b);
    }
    arena_clear(&arena);
}

/* ---- every text that matches satisfies what is required ---- */

static uint64_t random_state;

static unsigned random_below(unsigned n)
{
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(random_state >> 33) % n;
}

static bool contains(struct span hay, struct span needle)
{
    return needle.len == 0 || (hay.len > 0 && memmem(hay.ptr, hay.len, needle.ptr, needle.len));
}

static bool satisfied(const struct require *r, struct span text, struct span folded)
{
    if (r->type == REQUIRE_LITERAL)
        return contains(r->case_sensitive ? text : folded, r->literal);
    for (uint32_t i = 0; i < r->count; i++)
        if (satisfied(r->children[i], text, folded) == (r->type == REQUIRE_OR))
            return r->type == REQUIRE_OR;
    return r->type == REQUIRE_AND;
}

#define PICK(list) list[random_below(sizeof list / sizeof *list)]

static void put(struct buf *b, const char *text)
{
    assert_int_equal(buf_append_span(b, span_of(text)), 0);
}

static void put_pattern(struct buf *b, unsigned depth);

static void put_atom(struct buf *b, unsigned depth)
{
    static const char *const plain[] = {"a",  "b", "k",    "s",   "\xc3\xa9", "a",
                                        "ab", ".", "[ab]", "\\w", " "};
    static const char *const atoms[] = {"a",           "a",
                                        "b",           "k",
                                        "K",           "s",
                                        "\xc5\xbf",    "\xe2\x84\xaa",
                                        "\xc3\xa9",    "\xc3\x89",
                                        "ab",          "ka",
                                        " ",           "#",
                                        "{",           "}",
                                        "]",           ".",
                                        "[ab]",        "[^a]",
                                        "[]a]",        "[^]a]",
                                        "[[:alpha:]]", "[\\]b]",
                                        "\\w",         "\\s",
                                        "\\S",         "\\b",
                                        "\\B",         "^",
                                        "$",           "\\A",
                                        "\\z",         "\\x61",
                                        "\\x{62}",     "\\xE9",
                                        "\\.",         "\\ ",
                                        "\\#",         "\\n",
                                        "\\Qa\\E",     "\\Qab\\E",
                                        "\\Q{ #\\E",   "\\Q\\E",
                                        "\\E",         "\\R",
                                        "\\X",         "\\p{L}",
                                        "\\pL",        "\\h",
                                        "\\N",         "(?i)",
                                        "(?-i)",       "(?x)",
                                        "(?-x)",       "(?s)",
                                        "(?i-x)",      "#b\n",
                                        "# a\n",       "(?#a)",
                                        "\\K",         "(a)\\1",
                                        "(?=a)",       "(?!b)",
                                        "(?<=a)",      "(?<!k)",
                                        "(*ACCEPT)",   "(?:a|)",
                                        "\xc2\x85",    "\xe2\x80\x8e",
                                        "\\0",         "\\101",
                                        "\\cA",        "[a[:]",
                                        "[\\Q]\\E]",   "(?xx)",
                                        "[ ]a]"};
    static const char *const groups[] = {"(",   "(",   "(?:", "(?:", "(?i:", "(?-i:", "(?x:",
                                         "(?>", "(?|", "(?=", "(?!", "(?<=", "(?<!"};
    if (depth > 0 && random_below(4) == 0) {
        put(b, PICK(groups));
        put_pattern(b, depth - 1);
        put(b, ")");
    } else if (random_below(4) > 0) {
        put(b, PICK(plain));
    } else {
        put(b, PICK(atoms));
    }
}

static void put_pattern(struct buf *b, unsigned depth)
{
    static const char *const quantifiers[] = {
        "*",    "+",    "?",     "*?",   "+?",    "??",    "*+",     "++",     "{0}",
        "{1}",  "{2}",  "{0,1}", "{1,}", "{1,2}", "{,2}",  "{ 1}",   " *",     " +",
        "\\E+", "\\E*", " ?",    "+ +",  "+ ?",   "#x\n*", "(?#x)*", "\\Q\\E?"};
    for (unsigned n = 1 + random_below(4); n > 0; n--) {
        put_atom(b, depth);
        if (random_below(4) == 0)
            put(b, PICK(quantifiers));
        if (random_below(8) == 0)
            put(b, "|");
    }
}

static void put_text(struct buf *b)
{
    static const char *const characters[] = {
        "a",        "a",           "a",        "A",        "b",
        "b",        "B",           "k",        "K",        "\xe2\x84\xaa",
        "s",        "S",           "\xc5\xbf", "\xc3\xa9", "\xc3\x89",
        " ",        "\n",          "#",        "{",        "}",
        "]",        ".",           "1",        ",",        "x",
        "\xc2\x85", "\xe2\x80\x8e"};
    for (unsigned n = random_below(10); n > 0; n--)
        put(b, PICK(characters));
}

struct tally {
    unsigned patterns;
    unsigned matches; /* of patterns that require something */
};

static void check_pattern(struct span pattern, unsigned flags, struct arena *arena, struct tally *t)
{
    pcre2_code *code = compile(pattern, flags);
    if (code == NULL)
        return;
    pcre2_match_data *data = pcre2_match_data_create(1, NULL);
    assert_non_null(data);
    struct require *r = NULL;
    assert_int_equal(regex_require(pattern, flags, arena, &r), 0);
    t->patterns++;
    for (int i = 0; i < 40 && r != NULL; i++) {
        struct buf text, folded;
        buf_init(&text);
        buf_init(&folded);
        put_text(&text);
        put(&folded, "");
        assert_int_equal(fold_text(buf_span(&text), &folded), 0);
        int rc = pcre2_match(code, (PCRE2_SPTR)(text.len == 0 ? "" : text.ptr), text.len, 0, 0,
                             data, NULL);
        if (rc >= 0) {
            t->matches++;
            if (!satisfied(r, buf_span(&text), buf_span(&folded))) {
                struct buf b;
                buf_init(&b);
                describe(r, &b);
                fail_msg("/%.*s/ with flags %u matches \"%.*s\" but requires %.*s",
                         (int)pattern.len, pattern.ptr, flags, (int)text.len, text.ptr, (int)b.len,
                         b.ptr);
            }
        }
        buf_clear(&text);
        buf_clear(&folded);
    }
    pcre2_match_data_free(data);
    pcre2_code_free(code);
}

static void test_against_pcre2(void **state)
{
    (void)state;
    const char *rounds_text = getenv("SCROLLBACK_TEST_ROUNDS");
    unsigned rounds = rounds_text == NULL ? 20000 : (unsigned)strtoul(rounds_text, NULL, 10);
    struct tally t = {0};
    struct arena arena;
    arena_init(&arena);
    random_state = 20260101;
    for (unsigned i = 0; i < rounds; i++) {
        struct buf pattern;
        buf_init(&pattern);
        put_pattern(&pattern, 3);
        check_pattern(buf_span(&pattern), random_below(16), &arena, &t);
        buf_clear(&pattern);
        arena_reset(&arena);
    }
    arena_clear(&arena);
    /* the comparison must have had something to compare */
    assert_true(t.patterns > rounds / 2 && t.matches > rounds / 2);
}

static void test_no_memory(void **state)
{
    (void)state;
    unsigned n = 1;
    for (bool failed = true; failed; n++) {
        struct require *r = NULL;
        struct arena arena;
        arena_init(&arena);
        scarce_begin(n);
        int rc = regex_require(SPAN("(?i)abc|d(e|f)+g"), 0, &arena, &r);
        failed = scarce_end();
        assert_int_equal(rc, failed ? -1 : 0);
        arena_clear(&arena);
    }
    assert_true(n > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extraction),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_against_pcre2),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
