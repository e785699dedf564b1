#include "literal.h"

#include "code_point.h"
#include "regex.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A generator with a fixed seed: failures repeat. */
static uint64_t seed = 88172645463325252u;

static uint32_t dice(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 32) % n);
}

/* Few characters, so that matches and near misses are frequent: letters with unusual partners (k,
 * s, sharp s, sigma, iota, Cyrillic, a class whose members differ in length), plain ones, NUL. */
static const uint32_t alphabet[] = {
    'a',    'A',    'b',     'k',     'K',     0x212A, 's',   'S',   0x17F, 0xDF,  0x1E9E,
    0xE9,   0xC9,   '_',     '0',     ' ',     0,      0x3C3, 0x3C2, 0x3A3, 0x3B9, 0x399,
    0x345,  0x1FBE, 0x436,   0x416,   0x440,   0x420,  '/',   '"',   '.',   0x23A, 0x2C65,
    0x4E2D, 0x6587, 0x1F600, 0x10400, 0x10428, 0x131,  'i',   'I',   0x130,
};
#define ALPHABET (sizeof(alphabet) / sizeof(alphabet[0]))

static size_t random_text(char *out, uint32_t chars, uint32_t first, uint32_t letters)
{
    size_t n = 0;
    for (uint32_t i = 0; i < chars; i++)
        n += code_point_write(alphabet[(first + dice(letters)) % ALPHABET], out + n);
    return n;
}

static void compare(struct span needle, unsigned flags, struct span text, struct regex_scratch *s)
{
    struct literal *l;
    struct regex *r;
    struct error err = {.code = ERROR_NONE};
    assert_int_equal(literal_new(needle, flags, &l), 0);
    assert_int_equal(regex_new_literal(needle, (flags & LITERAL_CASELESS) != 0,
                                       (flags & LITERAL_WORD) != 0, &r, &err),
                     0);
    size_t from = 0, b1, e1, b2, e2;
    uint64_t count = 0;
    for (;; from = e1, count++) {
        bool mine = literal_find(l, text, from, &b1, &e1);
        bool theirs = regex_find(r, s, text, from, &b2, &e2);
        if (mine != theirs || (mine && (b1 != b2 || e1 != e2)))
            fail_msg("needle '%.*s' flags %u text '%.*s' from %zu: %d %zu-%zu, PCRE2 %d %zu-%zu",
                     (int)needle.len, needle.ptr, flags, (int)text.len, text.ptr, from, mine, b1,
                     e1, theirs, b2, e2);
        if (!mine)
            break;
    }
    assert_int_equal(literal_count(l, text), count);
    literal_free(l);
    regex_free(r);
}

static void random_round(struct regex_scratch *s, uint32_t max_needle, uint32_t max_text)
{
    char needle[256], room[4096];
    uint32_t first = dice(ALPHABET), letters = 1 + dice(6);
    size_t needle_len = random_text(needle, 1 + dice(max_needle), first, letters);
    size_t len = random_text(room, dice(max_text), first, letters + dice(3));
    char *text = malloc(len + 1); /* exact size: overreads show under ASan */
    assert_non_null(text);
    memcpy(text, room, len);
    compare((struct span){needle, needle_len}, dice(4), (struct span){text, len}, s);
    free(text);
}

static void test_random_texts_agree_with_pcre2(void **state)
{
    (void)state;
    struct regex_scratch *s;
    assert_int_equal(regex_scratch_new(NULL, &s), 0);
    for (unsigned level = 0; level < 4; level++) {
        pair_scan_force(level);
        for (unsigned i = 0; i < 6000; i++) {
            random_round(s, 3, 40);
            random_round(s, 8, 300);
        }
        for (unsigned i = 0; i < 300; i++)
            random_round(s, 60, 1000);
    }
    pair_scan_force(0);
    assert_int_equal(regex_scratch_limits(s), 0);
    regex_scratch_free(s);
}

static void test_known_texts(void **state)
{
    (void)state;
    static const struct {
        const char *needle;
        unsigned flags;
        const char *text;
        size_t begin, end; /* end 0: nothing found */
    } table[] = {
        {"kubernetes", LITERAL_CASELESS, "a \u212Aubernete\u017F cluster", 2, 15},
        {"kubernetes", 0, "a Kubernetes cluster", 0, 0},
        {"k", LITERAL_CASELESS, "\u2500\u2192\u212A", 6, 9},
        {"\u4E2D", LITERAL_CASELESS, "abc\u6587\u4E2D", 6, 9},
        {"err", LITERAL_CASELESS | LITERAL_WORD, "errno stderr err", 13, 16},
        {"err", LITERAL_CASELESS | LITERAL_WORD, "errno stderr \u00E9err\u00E9", 15, 18},
        {"aa", LITERAL_WORD, "aaa aa", 4, 6},
        {"a.b", 0, "axb a.b", 4, 7},
        {"\\E*", 0, "x\\E*", 1, 4},
        {"i", LITERAL_CASELESS, "\u0130\u0131I", 4, 5},
        {"\u23E9", 0, "", 0, 0},
        {"needle", 0, "need", 0, 0},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct literal *l;
        size_t begin = 0, end = 0;
        assert_int_equal(literal_new(span_of(table[i].needle), table[i].flags, &l), 0);
        bool found = literal_find(l, span_of(table[i].text), 0, &begin, &end);
        assert_int_equal(found, table[i].end != 0);
        if (found) {
            assert_int_equal(begin, table[i].begin);
            assert_int_equal(end, table[i].end);
        }
        literal_free(l);
    }
}

static void test_counts_of_single_bytes_in_long_texts(void **state)
{
    (void)state;
    enum { LEN = 100000 };
    char *text = malloc(LEN);
    uint64_t want = 0;
    for (size_t i = 0; i < LEN; i++) {
        text[i] = dice(3) == 0 ? 'E' : dice(2) == 0 ? 'e' : '%';
        want += text[i] != '%';
    }
    struct literal *l;
    assert_int_equal(literal_new(SPAN("e"), LITERAL_CASELESS, &l), 0);
    assert_int_equal(literal_count(l, (struct span){text, LEN}), want);
    literal_free(l);
    free(text);
}

/* Bytes that are no UTF-8 must neither crash nor hide a needle behind them. */
static void test_invalid_utf8_is_survived(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 4000; i++) {
        char needle[64];
        size_t needle_len = random_text(needle, 1 + dice(4), dice(ALPHABET), 3);
        size_t len = dice(100);
        char *text = malloc(len + needle_len);
        for (size_t k = 0; k < len; k++)
            text[k] = (char)(dice(2) ? 0x80 + (int)dice(128) : (int)dice(128));
        memcpy(text + len, needle, needle_len);
        struct literal *l;
        size_t begin, end;
        assert_int_equal(literal_new((struct span){needle, needle_len}, LITERAL_CASELESS, &l), 0);
        assert_true(literal_find(l, (struct span){text, len + needle_len}, 0, &begin, &end));
        assert_true(begin < end && end <= len + needle_len);
        literal_free(l);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_texts),
        cmocka_unit_test(test_random_texts_agree_with_pcre2),
        cmocka_unit_test(test_counts_of_single_bytes_in_long_texts),
        cmocka_unit_test(test_invalid_utf8_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
