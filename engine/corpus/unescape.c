#include "unescape.h"

#include "utf8.h"

#include <string.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The four digits at ${p}, or -1. */
static int32_t hex_unit(const char *p, const char *end)
{
    int32_t unit = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* The code point of the \u escape at ${p}; ${used} is its length, 6 or 12. */
static int32_t escaped_code_point(const char *p, const char *end, size_t *used)
{
    int32_t unit = hex_unit(p + 2, end);
    *used = 6;
    if (unit < 0xD800 || unit > 0xDBFF)
        return unit;
    if (end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
        int32_t low = hex_unit(p + 8, end);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *used = 12;
            return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return unit; /* lone: utf8_encode() makes it U+FFFD */
}

/* Resolve the escape at ${p}: write its text, return its length in ${written} and that of the
 * escape; 0 if there is no such escape. */
static size_t unescape_one(const char *p, const char *end, char text[4], size_t *written)
{
    static const char simple[256] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                     ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};
    if (end - p < 2)
        return 0;
    char c = simple[(unsigned char)p[1]];
    if (c != '\0') {
        text[0] = c;
        *written = 1;
        return 2;
    }
    if (p[1] != 'u')
        return 0;
    size_t used;
    int32_t cp = escaped_code_point(p, end, &used);
    if (cp < 0)
        return 0;
    *written = utf8_encode((uint32_t)cp, text);
    return used;
}

/* Copy 16 bytes; return how many of them stand before the first backslash. */
static inline unsigned copy_16(const char *p, char *out)
{
#if defined(__x86_64__)
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    _mm_storeu_si128((__m128i *)(void *)out, v);
    unsigned bits = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
    return bits == 0 ? 16 : (unsigned)__builtin_ctz(bits);
#elif defined(__aarch64__)
    uint8x16_t v = vld1q_u8((const uint8_t *)p);
    vst1q_u8((uint8_t *)out, v);
    uint8x8_t narrow = vshrn_n_u16(vreinterpretq_u16_u8(vceqq_u8(v, vdupq_n_u8('\\'))), 4);
    uint64_t bits = vget_lane_u64(vreinterpret_u64_u8(narrow), 0);
    return bits == 0 ? 16 : (unsigned)__builtin_ctzll(bits) / 4;
#else
    unsigned n = 0;
    for (; n < 16 && p[n] != '\\'; n++)
        out[n] = p[n];
    return n;
#endif
}

size_t unescape_copy(struct span s, char *out)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    char *to = out;
    while (p < end) {
        unsigned plain = copy_16(p, to);
        if (plain >= (size_t)(end - p)) {
            to += end - p;
            break;
        }
        p += plain;
        to += plain;
        if (plain == 16)
            continue;
        size_t written;
        size_t used = unescape_one(p, end, to, &written);
        if (used == 0)
            return UNESCAPE_INVALID;
        p += used;
        to += written;
    }
    return (size_t)(to - out);
}

size_t unescape_move(struct span s, char *out)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    char *to = out;
    while (p < end) {
        const char *escape = memchr(p, '\\', (size_t)(end - p));
        size_t plain = (size_t)((escape == NULL ? end : escape) - p);
        memmove(to, p, plain);
        p += plain;
        to += plain;
        if (escape == NULL)
            break;
        char text[4]; /* of at most as many bytes as the escape has */
        size_t written = 0;
        size_t used = unescape_one(p, end, text, &written);
        memcpy(to, text, written);
        p += used == 0 ? 1 : used;
        to += written;
    }
    return (size_t)(to - out);
}

bool unescape_check(struct span s)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    while ((p = memchr(p, '\\', (size_t)(end - p))) != NULL) {
        char text[4];
        size_t written;
        size_t used = unescape_one(p, end, text, &written);
        if (used == 0)
            return false;
        p += used;
    }
    return true;
}
