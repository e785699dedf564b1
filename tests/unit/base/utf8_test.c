#include "utf8.h"

#include "code_point.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

static const struct {
    const char *name;
    struct span in;
    struct span mended;
} cases[] = {
    {"empty", SPAN_INIT(""), SPAN_INIT("")},
    {"ascii", SPAN_INIT("plain"), SPAN_INIT("plain")},
    {"two, three and four bytes", SPAN_INIT("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80"),
     SPAN_INIT("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80")},
    {"bounds", SPAN_INIT("\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF"),
     SPAN_INIT("\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xF4\x8F\xBF\xBF")},
    {"lone continuation", SPAN_INIT("a\x80z"), SPAN_INIT("a\xEF\xBF\xBDz")},
    {"truncated three is one subpart", SPAN_INIT("\xE2\x82z"), SPAN_INIT("\xEF\xBF\xBDz")},
    {"truncated four at the end", SPAN_INIT("\xF0\x9F\x98"), SPAN_INIT("\xEF\xBF\xBD")},
    {"overlong two", SPAN_INIT("\xC0\xAF"), SPAN_INIT("\xEF\xBF\xBD\xEF\xBF\xBD")},
    {"overlong three", SPAN_INIT("\xE0\x80\xAF"),
     SPAN_INIT("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")},
    {"surrogate", SPAN_INIT("\xED\xA0\x80"), SPAN_INIT("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")},
    {"too large", SPAN_INIT("\xF4\x90\x80\x80"),
     SPAN_INIT("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")},
    {"never a byte of UTF-8", SPAN_INIT("\xF5\xFF"), SPAN_INIT("\xEF\xBF\xBD\xEF\xBF\xBD")},
    /* the example of Unicode, section 3.9, table 3-8 */
    {"table 3-8", SPAN_INIT("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"),
     SPAN_INIT("\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\x41")},
};

/* Each case at every place around the borders of vectors. */
static void mends(void **state)
{
    (void)state;
    enum { AROUND = 150 };
    char in[AROUND * 2 + 64], out[AROUND * 2 + 192], expected[AROUND * 2 + 192];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (size_t before = 0; before < AROUND; before++) {
            struct span c = cases[i].in, m = cases[i].mended;
            size_t after = before % 70;
            memset(in, 'x', sizeof in);
            memset(expected, 'x', sizeof expected);
            memcpy(in + before, c.ptr, c.len);
            memcpy(expected + before, m.ptr, m.len);
            struct span s = {in, before + c.len + after};
            assert_int_equal(utf8_mended_size(s), before + m.len + after);
            utf8_mend(s, out);
            assert_memory_equal(out, expected, before + m.len + after);
            bool valid = utf8_valid_prefix(s) == s.len;
            assert_int_equal(valid, span_equal(c, m));
        }
    }
}

/* A plain reading of table 3-7, byte by byte. */
static size_t naive_valid_prefix(struct span s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t i = 0;
    while (i < s.len) {
        uint32_t cp, smallest;
        size_t n;
        if (p[i] < 0x80) {
            i++;
            continue;
        }
        if ((p[i] & 0xE0) == 0xC0)
            n = 2, cp = p[i] & 0x1Fu, smallest = 0x80;
        else if ((p[i] & 0xF0) == 0xE0)
            n = 3, cp = p[i] & 0x0Fu, smallest = 0x800;
        else if ((p[i] & 0xF8) == 0xF0)
            n = 4, cp = p[i] & 0x07u, smallest = 0x10000;
        else
            return i;
        if (i + n > s.len)
            return i;
        for (size_t k = 1; k < n; k++) {
            if ((p[i + k] & 0xC0) != 0x80)
                return i;
            cp = cp << 6 | (p[i + k] & 0x3F);
        }
        if (cp < smallest || cp > 0x10FFFF || (cp >= 0xD800 && cp < 0xE000))
            return i;
        i += n;
    }
    return i;
}

static void agrees_with_naive_reading(void **state)
{
    (void)state;
    static const char *const atoms[] = {"a",
                                        "bcdefgh",
                                        "\xC3\xA4",
                                        "\xE2\x82\xAC",
                                        "\xF0\x9F\x98\x80",
                                        "\xED\x9F\xBF",
                                        "\xEE\x80\x80",
                                        "\xF4\x8F\xBF\xBF",
                                        "\xE0\xA0\x80"};
    unsigned seed = 7;
    for (int round = 0; round < 20000; round++) {
        char text[400];
        size_t len = 0, target = (size_t)(rand_r(&seed) % 300);
        while (len < target) {
            const char *a = atoms[(size_t)rand_r(&seed) % (sizeof atoms / sizeof atoms[0])];
            memcpy(text + len, a, strlen(a));
            len += strlen(a);
        }
        if (len > 0 && round % 2 == 0)
            text[(size_t)rand_r(&seed) % len] = (char)rand_r(&seed);
        if (len > 3 && round % 8 == 1)
            len -= (size_t)rand_r(&seed) % 4;
        struct span s = {text, len};
        assert_int_equal(utf8_valid_prefix(s), naive_valid_prefix(s));
    }
}

static void encodes_and_decodes(void **state)
{
    (void)state;
    for (uint32_t cp = 0; cp <= 0x10FFFF; cp += cp < 0x3000 ? 1 : 97) {
        char text[4];
        size_t n = utf8_encode(cp, text);
        assert_int_equal(utf8_valid_prefix((struct span){text, n}), n);
        uint32_t back;
        assert_int_equal(code_point_read(text, &back), n);
        assert_int_equal(back, cp >= 0xD800 && cp < 0xE000 ? 0xFFFD : cp);
    }
    char text[4];
    assert_int_equal(utf8_encode(0x110000, text), 3);
    assert_memory_equal(text, "\xEF\xBF\xBD", 3);
}

static void cuts(void **state)
{
    (void)state;
    struct span s = SPAN("a\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z");
    static const size_t ends[] = {0, 1, 3, 6, 10, 11, 11};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        assert_int_equal(utf8_cut(s, i), ends[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mends),
        cmocka_unit_test(agrees_with_naive_reading),
        cmocka_unit_test(encodes_and_decodes),
        cmocka_unit_test(cuts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
