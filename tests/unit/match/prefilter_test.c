#include "prefilter.h"

#include "buf.h"
#include "code_point.h"
#include "fold.h"
#include "pair_scan.h"
#include "regex.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seed = 362436069u;

static uint32_t dice(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 32) % n);
}

static const uint32_t alphabet[] = {'a',  'b',   'k',   'K',    0x212A, 's',     0x17F, 'S',  0xE9,
                                    0xC9, 0x436, 0x416, '/',    '"',    '\\',    '\n',  '\t', 1,
                                    0,    ' ',   'u',   0xFFFD, 0x4E2D, 0x1F600, 'n',   0x7F, '.',
                                    'e',  'E',   'r',   0x23A,  '0',    0x3C3,   0x3C2};
#define ALPHABET (sizeof(alphabet) / sizeof(alphabet[0]))

/* Write one code point of a JSON string in one of the ways that JSON permits. */
static void encode(struct buf *b, uint32_t cp)
{
    static const char shorts[] = "\"\"\\\\//\bb\ff\nn\rr\tt";
    char raw[4];
    if (dice(8) != 0 && cp < 0x80 && cp != 0)
        for (size_t i = 0; shorts[i] != 0; i += 2)
            if ((uint32_t)shorts[i] == cp && (cp != '/' || dice(2))) {
                buf_append_byte(b, '\\');
                buf_append_byte(b, shorts[i + 1]);
                return;
            }
    bool must = cp < 0x20 || cp == '"' || cp == '\\';
    if (!must && dice(40) != 0)
        buf_append(b, raw, code_point_write(cp, raw));
    else if (cp == CODE_POINT_REPLACEMENT && dice(2))
        buf_append_byte(b, (char)0xFF); /* what becomes U+FFFD */
    else if (cp < 0x10000)
        buf_printf(b, dice(2) ? "\\u%04x" : "\\u%04X", cp);
    else
        buf_printf(b, "\\u%04x\\u%04X", 0xD800 + ((cp - 0x10000) >> 10),
                   0xDC00 + ((cp - 0x10000) & 0x3FF));
}

static size_t random_text(char *out, uint32_t chars, uint32_t first, uint32_t letters)
{
    size_t n = 0;
    for (uint32_t i = 0; i < chars; i++)
        n += code_point_write(alphabet[(first + dice(letters)) % ALPHABET], out + n);
    return n;
}

/* A tree over up to three texts, and whether PCRE2 finds what it says in ${text}. */
struct sample {
    struct require nodes[8];
    struct require *lists[8];
    char room[8][64];
    unsigned used, listed;
};

static bool sample_true(const struct require *r, struct span text, struct regex_scratch *s)
{
    if (r->type == REQUIRE_LITERAL) {
        struct regex *x;
        assert_int_equal(regex_new_literal(r->literal, !r->case_sensitive, false, &x, NULL), 0);
        bool hit = regex_test(x, s, text);
        regex_free(x);
        return hit;
    }
    for (uint32_t i = 0; i < r->count; i++)
        if (sample_true(r->children[i], text, s) != (r->type == REQUIRE_AND))
            return r->type == REQUIRE_OR;
    return r->type == REQUIRE_AND;
}

static struct require *sample_node(struct sample *m, unsigned depth, uint32_t first)
{
    struct require *r = &m->nodes[m->used++];
    *r = (struct require){.type = REQUIRE_LITERAL, .case_sensitive = dice(2) != 0};
    if (depth < 2 && m->used < 4 && dice(2)) {
        r->type = dice(2) ? REQUIRE_AND : REQUIRE_OR;
        r->children = &m->lists[m->listed];
        r->count = 2;
        m->listed += 2;
        r->children[0] = sample_node(m, depth + 1, first);
        r->children[1] = sample_node(m, depth + 1, first);
        return r;
    }
    char text[64];
    char *room = m->room[m->used - 1];
    struct span s = {text, random_text(text, 1 + dice(4), first, 4)};
    if (r->case_sensitive) {
        memcpy(room, s.ptr, s.len);
        r->literal = (struct span){room, s.len};
    } else {
        char folded[64 + FOLD_SLACK];
        size_t n = fold_into(s, folded);
        memcpy(room, folded, n);
        r->literal = (struct span){room, n};
    }
    return r;
}

/* A line with the text as a JSON string; the strings of one part are joined by newlines. */
static void write_line(struct buf *b, struct span text)
{
    buf_append_span(b, SPAN("{\"type\":\"user\",\"message\":{\"content\":[\""));
    for (size_t i = 0; i < text.len;) {
        uint32_t cp;
        i += code_point_read(text.ptr + i, &cp);
        if (cp == '\n' && dice(2))
            buf_append_span(b, SPAN("\",\""));
        else
            encode(b, cp);
    }
    buf_append_span(b, SPAN("\"]}}"));
}

static void test_no_matching_line_is_passed_over(void **state)
{
    (void)state;
    struct regex_scratch *s;
    unsigned matching = 0, skipped = 0, filters = 0;
    assert_int_equal(regex_scratch_new(NULL, &s), 0);
    for (unsigned i = 0; i < 40000; i++) {
        struct sample sample = {.used = 0};
        struct prefilter *p;
        struct buf line;
        char room[256];
        uint32_t first = dice(ALPHABET);
        pair_scan_force(i % 4);
        const struct require *r = sample_node(&sample, 0, first);
        struct span text = {room, random_text(room, dice(40), first, 5)};
        assert_int_equal(prefilter_from_require(r, false, &p), 0);
        buf_init(&line);
        write_line(&line, text);
        size_t at = p == NULL ? 0 : prefilter_next(p, buf_span(&line), 0);
        bool want = sample_true(r, text, s);
        if (want && at >= line.len)
            fail_msg("round %u: '%.*s' matches but is passed over", i, (int)line.len, line.ptr);
        filters += p != NULL;
        matching += want;
        skipped += at >= line.len;
        prefilter_free(p);
        buf_clear(&line);
    }
    pair_scan_force(0);
    assert_true(filters > 10000 && matching > 3000 && skipped > 3000);
    regex_scratch_free(s);
}

static struct require literal(const char *text)
{
    return (struct require){.type = REQUIRE_LITERAL, .literal = span_of(text)};
}

static void test_needles_are_runs_with_one_spelling(void **state)
{
    (void)state;
    static const struct {
        const char *text, *line;
        size_t at; /* SIZE_MAX: every line is a candidate */
    } table[] = {
        {"zebra", "say ZEBRA now", 4},
        {"zebra", "say \\u007aebra now", 4},
        {"zebra", "say zebr now", 12},
        {"/usr/zzz", "x \\/usr\\/zzz", 9},
        {"say \"zebra\"", "say \\\"zebra\\\"", 6},
        {"\n", "anything", SIZE_MAX},
        {"\"", "anything", SIZE_MAX},
        {"\uFFFD", "anything", SIZE_MAX},
        {"kiosk", "a \u212Aios\u212A", 2},
        {"\u4E2D\u6587", "\u6587\u4E2D\u6587", 3},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct require r = literal(table[i].text);
        struct prefilter *p;
        assert_int_equal(prefilter_from_require(&r, false, &p), 0);
        if (table[i].at == SIZE_MAX)
            assert_null(p);
        else
            assert_int_equal(prefilter_next(p, span_of(table[i].line), 0), table[i].at);
        prefilter_free(p);
    }
}

static void test_trees(void **state)
{
    (void)state;
    struct require a = literal("the"), b = literal("zebracorn"), c = literal("\n");
    struct require *children[3] = {&a, &b, &c};
    struct require and = {.type = REQUIRE_AND, .children = children, .count = 3};
    struct require or = {.type = REQUIRE_OR, .children = children, .count = 2};
    struct require bad = {.type = REQUIRE_OR, .children = children, .count = 3};
    struct prefilter *p;
    assert_int_equal(prefilter_from_require(&and, true, &p), 0);
    assert_true(prefilter_needs_names(p));
    assert_int_equal(prefilter_next(p, SPAN("the cat and the zebracorn"), 0), 16);
    prefilter_free(p);
    assert_int_equal(prefilter_from_require(& or, false, &p), 0);
    assert_false(prefilter_needs_names(p));
    assert_int_equal(prefilter_next(p, SPAN("cat and the zebracorn"), 0), 8);
    assert_int_equal(prefilter_next(p, SPAN("cat and the zebracorn"), 9), 12);
    prefilter_free(p);
    assert_int_equal(prefilter_from_require(&bad, false, &p), 0);
    assert_null(p);
    assert_int_equal(prefilter_from_require(NULL, false, &p), 0);
    assert_null(p);
}

static void test_too_many_alternatives_give_up(void **state)
{
    (void)state;
    struct require leaves[PAIR_SCAN_MAX], *children[PAIR_SCAN_MAX];
    for (unsigned i = 0; i < PAIR_SCAN_MAX; i++) {
        leaves[i] = literal("word");
        children[i] = &leaves[i];
    }
    struct require or = {.type = REQUIRE_OR, .children = children, .count = PAIR_SCAN_MAX};
    struct prefilter *p;
    assert_int_equal(prefilter_from_require(& or, false, &p), 0);
    assert_null(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_needles_are_runs_with_one_spelling),
        cmocka_unit_test(test_trees),
        cmocka_unit_test(test_too_many_alternatives_give_up),
        cmocka_unit_test(test_no_matching_line_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
