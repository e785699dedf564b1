#include "regex.h"

#include "code_point.h"
#include "query.h"
#include "regex_scan.h"
#include "span.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seed = 521288629u;

static uint32_t dice(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 32) % n);
}

static struct regex_scratch *scratch;

static int setup(void **state)
{
    (void)state;
    return regex_scratch_new(NULL, &scratch);
}

static int teardown(void **state)
{
    (void)state;
    regex_scratch_free(scratch);
    regex_scan_cache_clear();
    return 0;
}

static void test_finds_and_counts(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        unsigned flags;
        const char *text;
        size_t begin, end; /* of the first match; end SIZE_MAX: none */
        uint64_t count;
    } table[] = {
        {"b+", 0, "abbcbbb", 1, 3, 2},
        {"B+", TERM_FLAG_I, "abbcbbb", 1, 3, 2},
        {"a*", 0, "baac", 0, 0, 4},
        {"\\b", 0, "ab cd", 0, 0, 4},
        {"^x", TERM_FLAG_M, "y\nx\nx", 2, 3, 2},
        {"^x", 0, "y\nx", 0, SIZE_MAX, 0},
        {"y.x", 0, "y\nx", 0, SIZE_MAX, 0},
        {"y.x", TERM_FLAG_S, "y\nx", 0, 3, 1},
        {"y x # comment", TERM_FLAG_X, "yx", 0, 2, 1},
        {"\\w", 0, "\u00E9a", 2, 3, 1},
        {"\\W", 0, "\u00E9a", 0, 2, 1},
        {"(?i)\\w", 0, "\u212A", 0, SIZE_MAX, 0},
        {"[k]", TERM_FLAG_I, "\u212A", 0, 3, 1},
        {"foo\\Kbar", 0, "foobar", 3, 6, 1},
        {"(?<=foo)bar", 0, "foobar bar", 3, 6, 1},
        {"(a)\\1", 0, "xaa", 1, 3, 1},
        {"a$", 0, "a\n", 0, 1, 1},
        {"\\x{4e2d}\\R", 0, "\u4E2D\u2028", 0, 6, 1},
        {"\\Gab", 0, "ababcab", 0, 2, 2},
        {"a(*COMMIT)b", 0, "acab", 0, SIZE_MAX, 0},
        {"a+(*SKIP)b|.", 0, "aac", 2, 3, 1},
        {"(*ANYCRLF)^a", TERM_FLAG_M, "b\ra", 2, 3, 1},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct regex *r;
        size_t begin = 0, end = 0;
        struct span text = span_of(table[i].text);
        assert_int_equal(regex_new(span_of(table[i].pattern), table[i].flags, true, &r, NULL), 0);
        bool found = regex_find(r, scratch, text, 0, &begin, &end);
        assert_int_equal(found, table[i].end != SIZE_MAX);
        assert_int_equal(regex_test(r, scratch, text), found);
        assert_int_equal(regex_count(r, scratch, text), table[i].count);
        if (found) {
            assert_int_equal(begin, table[i].begin);
            assert_int_equal(end, table[i].end);
        }
        regex_free(r);
    }
    assert_int_equal(regex_scratch_limits(scratch), 0);
}

static void test_refusals_say_where(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        size_t pos;
    } table[] = {{"a(b", 3}, {"a)", 1}, {"[z-a]", 3}, {"x\\C", 3}, {"(*UCP)x", 6}, {"a**b+*", 6}};
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct regex *r = NULL;
        struct error err = {.code = ERROR_NONE};
        int rc = regex_new(span_of(table[i].pattern), 0, true, &r, &err);
        if (rc == 0) /* PCRE2 takes "a**b+*" */
            regex_free(r);
        else {
            assert_int_equal(err.code, ERROR_INVALID_REGEX);
            assert_true(err.pos <= strlen(table[i].pattern));
            assert_true(strlen(err.msg) > 10);
        }
        assert_int_equal(rc, i < 5 ? -1 : rc);
    }
}

static void test_plain_patterns(void **state)
{
    (void)state;
    static const struct {
        const char *pattern;
        unsigned flags;
        const char *literal; /* NULL: not plain */
    } table[] = {
        {"worktree", 0, "worktree"},
        {"WorkTree", TERM_FLAG_I, "worktree"},
        {"a\\.b", 0, "a.b"},
        {"a\\x2fb\\n", 0, "a/b\n"},
        {"[.]", 0, "."},
        {"[aA]b", 0, NULL},
        {"[aA]b", TERM_FLAG_I, "ab"},
        {"(?:ab)", 0, "ab"},
        {"(?:ab)c", 0, NULL},
        {"a|b", 0, NULL},
        {"ab*", 0, NULL},
        {"a.b", 0, NULL},
        {"a b", TERM_FLAG_X, NULL},
        {"^a", 0, NULL},
        {"\u4E2D\u6587", TERM_FLAG_I, "\u4E2D\u6587"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct buf out;
        buf_init(&out);
        bool plain = regex_plain(span_of(table[i].pattern), table[i].flags, &out);
        assert_int_equal(plain, table[i].literal != NULL);
        if (plain)
            assert_true(span_equal(buf_span(&out), span_of(table[i].literal)));
        buf_clear(&out);
    }
}

/* Random patterns: pieces joined at random, so that most are understood and many are not. */
static const char *const pieces[] = {
    "a",
    "b",
    "k",
    "S",
    "\u00E9",
    "\u4E2D",
    "\u03C3",
    ".",
    "[ab]",
    "[^a]",
    "[a-s]",
    "[^a-k\u00E9]",
    "\\d",
    "\\w",
    "\\W",
    "\\s",
    "\\S",
    "\\D",
    "\\n",
    "\\.",
    "\\x41",
    "\\x{e9}",
    "[\\w-]",
    "[^\\s]",
    "[\u0430-\u044F]",
    "\\b",
    "$",
    "^",
    "0",
    " ",
    "[]a]",
    "[^]a]",
    "[\\x{80}-\\x{ffff}]",
    "[^\\x{e9}]",
    "\u212A",
    "_",
    "\\B",
    "(?=a)",
    "\\h",
    "\\N",
    "[[:alpha:]]",
    "\\R",
    "(?i)",
    "\\\\",
    "[\\d\\D]",
};
static const char *const quantifiers[] = {"*",  "+",  "?",    "{2}", "{1,3}", "{0,2}",
                                          "*?", "+?", "{2,}", "++",  "{,3}"};

static void random_pattern(struct buf *b, unsigned depth)
{
    unsigned n = 1 + dice(4);
    for (unsigned i = 0; i < n; i++) {
        if (depth < 2 && dice(5) == 0) {
            buf_append_span(b, dice(2) ? SPAN("(") : SPAN("(?:"));
            random_pattern(b, depth + 1);
            buf_append_byte(b, ')');
        } else {
            uint32_t common = dice(8) != 0 ? 18 : sizeof(pieces) / sizeof(pieces[0]);
            buf_append_span(b, span_of(pieces[dice(common)]));
        }
        if (dice(3) == 0)
            buf_append_span(
                b, span_of(quantifiers[dice(sizeof(quantifiers) / sizeof(quantifiers[0]))]));
        if (dice(8) == 0 && i + 1 < n)
            buf_append_byte(b, '|');
    }
}

static const uint32_t alphabet[] = {
    'a',     'b',   'k',    's',  'S',      'A', 0xE9, 0xC9,  0x4E2D, 0x3C3, 0x3C2,
    0x212A,  0x17F, '\n',   ' ',  '0',      '9', '.',  0x430, 0x410,  '_',   0,
    0x1F600, '\\',  0x2028, '\r', 0x10FFFF, ']', '-',  0x7F,  0x80,   0x7FF, 0x800};

static size_t random_text(char *out, uint32_t chars)
{
    size_t n = 0;
    uint32_t letters = 2 + dice(sizeof(alphabet) / sizeof(alphabet[0]) - 1), first = dice(12);
    for (uint32_t i = 0; i < chars; i++) {
        uint32_t k = (first + dice(letters)) % (sizeof(alphabet) / sizeof(alphabet[0]));
        n += code_point_write(alphabet[k], out + n);
    }
    return n;
}

static struct regex_scan *compile_scan(struct span pattern, unsigned flags)
{
    const struct syntax *syntax;
    struct regex_scan *scan = NULL;
    struct arena arena;
    struct buf spelled;
    arena_init(&arena);
    buf_init(&spelled);
    if (regex_syntax_parse(pattern, flags, &arena, &syntax) == 1 &&
        regex_scan_spell(syntax, &spelled))
        scan = regex_scan_new(buf_span(&spelled));
    buf_clear(&spelled);
    arena_clear(&arena);
    return scan;
}

static void compare_engines(struct span pattern, unsigned flags, unsigned *scanned, unsigned *hits)
{
    struct regex *fast, *slow;
    if (regex_new(pattern, flags, false, &slow, NULL) != 0)
        return;                                             /* not a pattern */
    struct regex_scan *kept = compile_scan(pattern, flags); /* so that it is at hand */
    *scanned += kept != NULL;
    assert_int_equal(regex_new(pattern, flags, true, &fast, NULL), 0);
    for (unsigned i = 0; i < 12; i++) {
        char room[256];
        size_t len = random_text(room, dice(24));
        char *text = malloc(len + 1); /* exact size: overreads show under ASan */
        memcpy(text, room, len);
        bool a = regex_test(fast, scratch, (struct span){text, len});
        bool b = regex_test(slow, scratch, (struct span){text, len});
        if (regex_scratch_limits(scratch) > 0) {
            /* PCRE2 gave up; hyperscan need not. */
            regex_scratch_free(scratch);
            assert_int_equal(regex_scratch_new(NULL, &scratch), 0);
        } else if (a != b)
            fail_msg("/%.*s/ flags %u on '%.*s': hyperscan %d, PCRE2 %d", (int)pattern.len,
                     pattern.ptr, flags, (int)len, text, a, b);
        *hits += a;
        free(text);
    }
    regex_scan_free(kept);
    regex_free(fast);
    regex_free(slow);
}

static void test_random_patterns_agree(void **state)
{
    (void)state;
    unsigned scanned = 0, hits = 0;
    for (unsigned i = 0; i < 1200; i++) {
        struct buf b;
        buf_init(&b);
        random_pattern(&b, 0);
        compare_engines(buf_span(&b), dice(8), &scanned, &hits);
        buf_clear(&b);
    }
    assert_true(scanned > 300 && hits > 1000);
}

/* Whoever has searched enough compiles the automaton; answers stay the same. */
static void test_automaton_comes_when_it_pays(void **state)
{
    (void)state;
    enum { LEN = 100000 };
    char *text = malloc(LEN);
    struct regex *r;
    memset(text, 'x', LEN);
    memcpy(text + LEN - 6, "ab12cd", 6);
    assert_int_equal(regex_new(SPAN("[a-c]+\\d{2}c"), 0, true, &r, NULL), 0);
    for (unsigned i = 0; i < 20; i++) {
        assert_true(regex_test(r, scratch, (struct span){text, LEN}));
        assert_false(regex_test(r, scratch, (struct span){text, LEN - 2}));
    }
    regex_free(r);
    struct regex_scan *kept = compile_scan(SPAN("[a-c]+\\d{2}c"), 0);
    assert_non_null(kept);
    regex_scan_free(kept);
    free(text);
}

struct crew {
    const struct regex *regex;
    struct span text;
    unsigned wrong;
};

static void *search_in_thread(void *arg)
{
    struct crew *c = arg;
    struct regex_scratch *s;
    assert_int_equal(regex_scratch_new(NULL, &s), 0);
    for (unsigned i = 0; i < 50; i++) {
        c->wrong += !regex_test(c->regex, s, c->text);
        c->wrong += regex_test(c->regex, s, (struct span){c->text.ptr, c->text.len - 2});
    }
    regex_scratch_free(s);
    return NULL;
}

/* Several threads reach the point where the automaton is compiled while others search on. */
static void test_threads_share_a_regex(void **state)
{
    (void)state;
    enum { LEN = 50000, THREADS = 4 };
    char *text = malloc(LEN);
    struct regex *r;
    pthread_t threads[THREADS];
    struct crew crew[THREADS];
    memset(text, 'x', LEN);
    memcpy(text + LEN - 6, "ba34cd", 6);
    assert_int_equal(regex_new(SPAN("[\u00E9a-c]+\\d{2}[c\u0416]d?"), TERM_FLAG_I, true, &r, NULL),
                     0);
    for (unsigned i = 0; i < THREADS; i++) {
        crew[i] = (struct crew){r, {text, LEN}, 0};
        assert_int_equal(pthread_create(&threads[i], NULL, search_in_thread, &crew[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(crew[i].wrong, 0);
    }
    regex_free(r);
    free(text);
}

/* The cache forgets the least recently used; who holds one may use it on. */
static void test_cache_is_bounded(void **state)
{
    (void)state;
    struct regex_scan *held[100];
    struct regex_scan_scratch *s = regex_scan_scratch_new();
    assert_non_null(s);
    for (unsigned i = 0; i < 100; i++) {
        char pattern[32];
        int n = snprintf(pattern, sizeof(pattern), "a[xy]%u", i);
        held[i] = compile_scan((struct span){pattern, (size_t)n}, 0);
        assert_non_null(held[i]);
    }
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(regex_scan_test(held[i], s, SPAN("ay0 ay1 ay2 ay3 ay4 ay5 ay6 ay7 ay8")),
                         i < 9);
        regex_scan_free(held[i]);
    }
    regex_scan_scratch_free(s);
}

/* A search that is cut into windows finds the same as one that is not. */
static void test_windows_find_the_same(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        size_t len = 200 + dice(3000), want;
        char *text = malloc(len);
        memset(text, 'x', len);
        want = dice((uint32_t)len - 5);
        memcpy(text + want, "\u4E2Dab", 5);
        struct regex *r;
        size_t begin, end;
        assert_int_equal(regex_new(SPAN("(?<=x)\u4E2D\\w+?b|^\u4E2D"), 0, true, &r, NULL), 0);
        bool found = regex_find(r, scratch, (struct span){text, len}, 0, &begin, &end);
        assert_true(found);
        assert_int_equal(begin, want);
        regex_free(r);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_and_counts),
        cmocka_unit_test(test_refusals_say_where),
        cmocka_unit_test(test_plain_patterns),
        cmocka_unit_test(test_automaton_comes_when_it_pays),
        cmocka_unit_test(test_threads_share_a_regex),
        cmocka_unit_test(test_cache_is_bounded),
        cmocka_unit_test(test_windows_find_the_same),
        cmocka_unit_test(test_random_patterns_agree),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
