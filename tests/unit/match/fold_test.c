#include "fold.h"

#include "child.h"
#include "code_point.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define BLOCK 4096u
#define SMALL_BLOCK 64u

/* All code points but the surrogates, as UTF-8, with where each begins. */
static char *all;
static uint32_t *all_offset; /* CODE_POINT_MAX + 2 entries */

static bool is_surrogate(uint32_t cp)
{
    return cp >= 0xD800 && cp < 0xE000;
}

static int setup(void **state)
{
    (void)state;
    all = malloc((CODE_POINT_MAX + 1) * (size_t)4);
    all_offset = malloc((CODE_POINT_MAX + 2) * sizeof(uint32_t));
    assert_non_null(all);
    assert_non_null(all_offset);
    uint32_t n = 0;
    for (uint32_t cp = 0; cp <= CODE_POINT_MAX; cp++) {
        all_offset[cp] = n;
        if (!is_surrogate(cp))
            n += (uint32_t)code_point_write(cp, all + n);
    }
    all_offset[CODE_POINT_MAX + 1] = n;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(all);
    free(all_offset);
    return 0;
}

static pcre2_code *compile(const char *pattern, size_t len)
{
    int code;
    size_t offset;
    pcre2_code *c = pcre2_compile((PCRE2_SPTR)pattern, len,
                                  PCRE2_UTF | PCRE2_CASELESS | PCRE2_DOTALL, &code, &offset, NULL);
    assert_non_null(c);
    pcre2_jit_compile(c, PCRE2_JIT_COMPLETE);
    return c;
}

/* The class of characters [lo, hi], without its members that have another case by our account. */
static size_t class_pattern(uint32_t lo, uint32_t hi, char *out, size_t room)
{
    size_t n = (size_t)snprintf(out, room, "[");
    uint32_t class[FOLD_CLASS_MAX];
    for (uint32_t cp = lo; cp <= hi; cp++) {
        if (is_surrogate(cp) || fold_class(cp, class) > 1)
            continue;
        uint32_t stop = cp;
        while (stop < hi && !is_surrogate(stop + 1) && fold_class(stop + 1, class) == 1)
            stop++;
        n += (size_t)snprintf(out + n, room - n, "\\x{%x}-\\x{%x}", cp, stop);
        cp = stop;
    }
    n += (size_t)snprintf(out + n, room - n, "]");
    return n;
}

/* Whether the pattern finds anything among the code points [lo, hi] of the list. */
static bool finds(const pcre2_code *c, pcre2_match_data *d, uint32_t lo, uint32_t hi)
{
    uint32_t from = all_offset[lo], to = all_offset[hi + 1];
    return pcre2_match(c, (PCRE2_SPTR)all + from, to - from, 0, PCRE2_NO_UTF_CHECK, d, NULL) >= 0;
}

/* A block of characters that we say have one case only must match nothing outside the block. */
static void check_block(uint32_t lo, uint32_t hi, uint32_t outer_lo, uint32_t outer_hi)
{
    static char pattern[1u << 17];
    size_t n = class_pattern(lo, hi, pattern, sizeof(pattern));
    if (n == 2)
        return;
    pcre2_code *c = compile(pattern, n);
    pcre2_match_data *d = pcre2_match_data_create(1, NULL);
    if ((lo > outer_lo && finds(c, d, outer_lo, lo - 1)) ||
        (hi < outer_hi && finds(c, d, hi + 1, outer_hi)))
        fail_msg("a character of U+%04X..U+%04X has a case partner elsewhere", lo, hi);
    pcre2_match_data_free(d);
    pcre2_code_free(c);
}

static bool equal_to_pcre2(const pcre2_code *c, pcre2_match_data *d, uint32_t a, uint32_t b)
{
    char text[8];
    size_t n = code_point_write(a, text);
    n += code_point_write(b, text + n);
    return pcre2_match(c, (PCRE2_SPTR)text, n, 0, PCRE2_NO_UTF_CHECK, d, NULL) >= 0;
}

static void same_inside_block(const pcre2_code *c, pcre2_match_data *d, uint32_t lo)
{
    for (uint32_t a = lo; a < lo + SMALL_BLOCK; a++)
        for (uint32_t b = a + 1; b < lo + SMALL_BLOCK; b++)
            if (!is_surrogate(a) &&
                equal_to_pcre2(c, d, a, b) != (fold_code_point(a) == fold_code_point(b)))
                fail_msg("U+%04X and U+%04X", a, b);
}

/* Every pair of code points: far apart, in one block, in one small block.  Unassigned planes hold
 * no letters that a small block could hide, and are tried by blocks only. */
static void test_all_code_points_fold_as_pcre2_says(void **state)
{
    (void)state;
    for (uint32_t lo = 0; lo <= CODE_POINT_MAX; lo += BLOCK)
        check_block(lo, lo + BLOCK - 1, lo < 0x20000 ? 0 : lo - BLOCK,
                    lo < 0x20000 ? 0x3FFFF : CODE_POINT_MAX);
    for (uint32_t lo = 0; lo < 0x20000; lo += SMALL_BLOCK) {
        uint32_t outer = lo & ~(BLOCK - 1);
        check_block(lo, lo + SMALL_BLOCK - 1, outer, outer + BLOCK - 1);
    }
    pcre2_code *c = compile("^(.)\\1", 6);
    pcre2_match_data *d = pcre2_match_data_create(2, NULL);
    for (uint32_t lo = 0; lo < 0x20000; lo += SMALL_BLOCK)
        same_inside_block(c, d, lo);
    pcre2_match_data_free(d);
    pcre2_code_free(c);
}

/* What we do join must be joined by PCRE2 too, and with nothing else that has case. */
static void test_classes_are_whole(void **state)
{
    (void)state;
    static uint32_t cased[8192];
    uint32_t count = 0, class[FOLD_CLASS_MAX];
    for (uint32_t cp = 0; cp < 0x20000; cp++)
        if (!is_surrogate(cp) && fold_class(cp, class) > 1)
            cased[count++] = cp;
    assert_true(count > 2500);
    pcre2_code *c = compile("^(.)\\1", 6);
    pcre2_match_data *d = pcre2_match_data_create(2, NULL);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = i + 1; k < count; k++)
            if (equal_to_pcre2(c, d, cased[i], cased[k]) !=
                (fold_code_point(cased[i]) == fold_code_point(cased[k])))
                fail_msg("U+%04X and U+%04X", cased[i], cased[k]);
    pcre2_match_data_free(d);
    pcre2_code_free(c);
}

static void test_class_lists_every_member(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp < 0x20000; cp++) {
        uint32_t class[FOLD_CLASS_MAX];
        unsigned n = fold_class(cp, class);
        bool self = false;
        for (unsigned i = 0; i < n; i++) {
            assert_int_equal(fold_code_point(class[i]), class[0]);
            self = self || class[i] == cp;
        }
        assert_true(self);
        assert_int_equal(fold_code_point(cp), class[0]);
    }
}

static void test_known_classes(void **state)
{
    (void)state;
    static const struct {
        uint32_t from, to;
    } table[] = {
        {'A', 'a'},       {'z', 'z'},         {'_', '_'},     {'[', '['},     {0x212A, 'k'},
        {0x17F, 's'},     {0xC9, 0xE9},       {0x416, 0x436}, {0x3A3, 0x3C3}, {0x3C2, 0x3C3},
        {0x4E2D, 0x4E2D}, {0x1F600, 0x1F600}, {0x130, 0x130}, {0x131, 0x131}, {0x10400, 0x10428},
        {0x2C65, 0x23A}, /* the shorter form, though it is the capital */
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (table[i].from != 0x3A3 && table[i].from != 0x3C2)
            assert_int_equal(fold_code_point(table[i].from), table[i].to);
    assert_int_equal(fold_code_point(0x3A3), fold_code_point(0x3C2));
}

/* The text of all characters, folded at once, against one at a time. */
static void test_text_folds_like_its_characters(void **state)
{
    (void)state;
    struct span text = {all, all_offset[CODE_POINT_MAX + 1]};
    struct buf got, want;
    buf_init(&got);
    buf_init(&want);
    for (uint32_t cp = 0; cp <= CODE_POINT_MAX; cp++) {
        char out[4];
        if (!is_surrogate(cp))
            buf_append(&want, out, code_point_write(fold_code_point(cp), out));
    }
    assert_int_equal(fold_text(text, &got), 0);
    assert_true(span_equal(buf_span(&got), buf_span(&want)));
    assert_true(got.len <= text.len);
    buf_clear(&got);
    buf_clear(&want);
}

static void test_short_texts_and_borders(void **state)
{
    (void)state;
    static const struct {
        const char *text, *folded;
    } table[] = {
        {"", ""},
        {"A", "a"},
        {"Hello, WORLD 123 [@`{", "hello, world 123 [@`{"},
        {"\u212Aubernetes", "kubernetes"},
        {"Stra\u00DFE \u1E9E", "stra\u00DFe \u00DF"},
        {"\u4E2D\u6587 ABC \u2192 \u2500 DEF", "\u4E2D\u6587 abc \u2192 \u2500 def"},
        {"0123456789ABCDE\u00C9", "0123456789abcde\u00E9"},
        {"0123456789ABCDEF\u00C9", "0123456789abcdef\u00E9"},
        {"\U0001F600ABCDEFGHIJKLMNOPQRSTUVWXYZ", "\U0001F600abcdefghijklmnopqrstuvwxyz"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct span s = span_of(table[i].text);
        char *copy = malloc(s.len + 1); /* exact size: overreads show under ASan */
        char out[128];
        memcpy(copy, s.ptr, s.len);
        size_t n = fold_into((struct span){copy, s.len}, out);
        assert_int_equal(n, strlen(table[i].folded));
        assert_memory_equal(out, table[i].folded, n);
        free(copy);
    }
}

/* Wherever it stands in a text: in a vector, across two, among the last bytes. */
static void test_only_ascii(void **state)
{
    char text[160];
    (void)state;
    for (uint32_t cp = 0x80; cp <= CODE_POINT_MAX; cp++) {
        bool alone = fold_code_point(cp) == cp;
        if (is_surrogate(cp) || (alone && cp % 61 != 0))
            continue;
        for (size_t before = 0; before < 80; before += 1 + cp % 13) {
            memset(text, 'A', sizeof text);
            size_t n = before + code_point_write(cp, text + before);
            n += cp % 2 == 0 ? 0 : 1 + cp % 70;
            assert_int_equal(fold_only_ascii((struct span){text, n}), alone);
        }
    }
    memset(text, 'A', sizeof text);
    for (size_t n = 0; n <= sizeof text; n++)
        assert_true(fold_only_ascii((struct span){text, n}));
}

/* Under a sanitizer the limit would end its own runtime. */
#if defined(__SANITIZE_ADDRESS__)
#define LIMITED false
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define LIMITED false
#endif
#endif
#ifndef LIMITED
#define LIMITED true
#endif

/* Have the stack that the rest needs, which cannot grow later. */
static void touch_stack(void)
{
    volatile char room[1 << 20];
    for (size_t i = 0; i < sizeof room; i += 1024)
        room[i] = 1;
}

/* Take what memory there is, to the last 16 bytes. */
static void exhaust_memory(void)
{
    const struct rlimit none = {0, 0};
    touch_stack();
    if (setrlimit(RLIMIT_AS, &none) != 0)
        _exit(2);
    for (size_t size = 1 << 20; size >= 16; size /= 2)
        while (malloc(size) != NULL)
            ;
}

static int fold_without_memory(void *arg)
{
    (void)arg;
    exhaust_memory();
    return fold_code_point(0xC9) == 0xE9 && fold_code_point(0x416) == 0x436 ? 0 : 1;
}

/* The table is built when it is asked for first, which may be when there is no memory; it must be
 * whole then, too: nobody asks again.  So this test is the first and has a process of its own. */
static void test_builds_without_memory(void **state)
{
    (void)state;
    if (!LIMITED)
        skip();
    assert_int_equal(child_run(fold_without_memory, NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_builds_without_memory),
        cmocka_unit_test(test_known_classes),
        cmocka_unit_test(test_short_texts_and_borders),
        cmocka_unit_test(test_only_ascii),
        cmocka_unit_test(test_class_lists_every_member),
        cmocka_unit_test(test_text_folds_like_its_characters),
        cmocka_unit_test(test_classes_are_whole),
        cmocka_unit_test(test_all_code_points_fold_as_pcre2_says),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
