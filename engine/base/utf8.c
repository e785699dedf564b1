#include "utf8.h"

#include "code_point.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define REPLACEMENT "\xEF\xBF\xBD"
#define REPLACEMENT_SIZE 3

/* What table 3-7 of the Unicode standard allows behind a lead byte. */
struct lead {
    unsigned char more; /* continuation bytes; 0: not a lead byte of several */
    unsigned char low;  /* bounds of the first of them; the others are 80..BF */
    unsigned char high;
};

static struct lead utf8_lead(unsigned char c)
{
    if (c < 0xC2 || c > 0xF4)
        return (struct lead){0, 0, 0};
    if (c < 0xE0)
        return (struct lead){1, 0x80, 0xBF};
    if (c < 0xF0)
        return (struct lead){2, c == 0xE0 ? 0xA0 : 0x80, c == 0xED ? 0x9F : 0xBF};
    return (struct lead){3, c == 0xF0 ? 0x90 : 0x80, c == 0xF4 ? 0x8F : 0xBF};
}

/* Look at the sequence at ${p}: set ${valid} and return its length; an ill-formed one is its
 * maximal subpart, at least one byte. */
static size_t utf8_sequence(const unsigned char *p, const unsigned char *end, bool *valid)
{
    *valid = true;
    if (*p < 0x80)
        return 1;
    struct lead lead = utf8_lead(*p);
    size_t n = 1;
    while (n <= lead.more) {
        unsigned char low = n == 1 ? lead.low : 0x80, high = n == 1 ? lead.high : 0xBF;
        if (p + n == end || p[n] < low || p[n] > high)
            break;
        n++;
    }
    *valid = lead.more != 0 && n == (size_t)lead.more + 1;
    return n;
}

static size_t valid_prefix_scalar(const unsigned char *s, size_t len)
{
    const unsigned char *p = s, *end = s + len;
    while (p < end) {
        uint64_t eight;
        if (end - p >= 8) {
            memcpy(&eight, p, 8);
            if ((eight & 0x8080808080808080u) == 0) {
                p += 8;
                continue;
            }
        }
        bool valid;
        size_t n = utf8_sequence(p, end, &valid);
        if (!valid)
            break;
        p += n;
    }
    return (size_t)(p - s);
}

#if defined(__x86_64__)
/* Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte" (2021): each pair of
 * neighbouring bytes is looked up by its three interesting nibbles; a bit that survives in all
 * three tables names an error. */
enum {
    TOO_SHORT = 1 << 0,  /* a lead byte, then no continuation */
    TOO_LONG = 1 << 1,   /* ASCII, then a continuation */
    OVERLONG_3 = 1 << 2, /* E0, then 80..9F */
    TOO_LARGE = 1 << 3,  /* F4, then 90..BF; F5..FF, then any */
    SURROGATE = 1 << 4,  /* ED, then A0..BF */
    OVERLONG_2 = 1 << 5, /* C0 or C1, then any */
    OVERLONG_4 = 1 << 6, /* F0, then 80..8F; and F5..FF, then 80..8F */
    TWO_CONTS = 1 << 7,  /* two continuations: right only inside a sequence of three or four */
    CARRY = TOO_SHORT | TOO_LONG | TWO_CONTS
};

#define AVX2 __attribute__((target("avx2")))
#define TABLE(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p)                                     \
    _mm256_setr_epi8((char)(a), (char)(b), (char)(c), (char)(d), (char)(e), (char)(f), (char)(g), \
                     (char)(h), (char)(i), (char)(j), (char)(k), (char)(l), (char)(m), (char)(n), \
                     (char)(o), (char)(p), (char)(a), (char)(b), (char)(c), (char)(d), (char)(e), \
                     (char)(f), (char)(g), (char)(h), (char)(i), (char)(j), (char)(k), (char)(l), \
                     (char)(m), (char)(n), (char)(o), (char)(p))

AVX2 static inline __m256i high_nibbles(__m256i v)
{
    return _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(0x0F));
}

/* ${v} moved up by n bytes, the last bytes of ${before} moved in. */
#define SHIFT_IN(v, before, n) \
    _mm256_alignr_epi8((v), _mm256_permute2x128_si256((before), (v), 0x21), 16 - (n))

AVX2 static inline __m256i pair_errors(__m256i v, __m256i before1)
{
    const __m256i first_high =
        TABLE(TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
              TWO_CONTS, TWO_CONTS, TWO_CONTS, TWO_CONTS, TOO_SHORT | OVERLONG_2, TOO_SHORT,
              TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | OVERLONG_4);
    const __m256i first_low =
        TABLE(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY,
              CARRY | TOO_LARGE, CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4,
              CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4,
              CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4,
              CARRY | TOO_LARGE | OVERLONG_4, CARRY | TOO_LARGE | OVERLONG_4,
              CARRY | TOO_LARGE | OVERLONG_4 | SURROGATE, CARRY | TOO_LARGE | OVERLONG_4,
              CARRY | TOO_LARGE | OVERLONG_4);
    const __m256i second_high =
        TABLE(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
              TOO_SHORT, TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | OVERLONG_4,
              TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE,
              TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
              TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE, TOO_SHORT, TOO_SHORT,
              TOO_SHORT, TOO_SHORT);
    __m256i a = _mm256_shuffle_epi8(first_high, high_nibbles(before1));
    __m256i b = _mm256_shuffle_epi8(first_low, _mm256_and_si256(before1, _mm256_set1_epi8(0x0F)));
    __m256i c = _mm256_shuffle_epi8(second_high, high_nibbles(v));
    return _mm256_and_si256(_mm256_and_si256(a, b), c);
}

/* Nonzero bytes where ${v}, coming after ${before}, breaks a rule. */
AVX2 static inline __m256i vector_errors(__m256i v, __m256i before)
{
    __m256i pairs = pair_errors(v, SHIFT_IN(v, before, 1));
    /* The third byte of three and the third and fourth of four must be second continuations. */
    __m256i third = _mm256_subs_epu8(SHIFT_IN(v, before, 2), _mm256_set1_epi8((char)(0xE0 - 0x80)));
    __m256i fourth =
        _mm256_subs_epu8(SHIFT_IN(v, before, 3), _mm256_set1_epi8((char)(0xF0 - 0x80)));
    __m256i must = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(must, pairs);
}

/* How much is surely valid, a multiple of 64; the sequence at its end may have begun before it.  Two vectors at a
 * time: whether one of them is ASCII alone can hardly be predicted. */
AVX2 static size_t valid_vectors_avx2(const unsigned char *s, size_t len)
{
    __m256i before = _mm256_setzero_si256();
    size_t i = 0;
    bool ascii_before = true;
    for (; i + 64 <= len; i += 64) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(s + i));
        __m256i w = _mm256_loadu_si256((const __m256i *)(const void *)(s + i + 32));
        bool ascii = _mm256_movemask_epi8(_mm256_or_si256(v, w)) == 0;
        if (!ascii || !ascii_before) {
            __m256i errors = _mm256_or_si256(vector_errors(v, before), vector_errors(w, v));
            if (!_mm256_testz_si256(errors, errors))
                break;
        }
        ascii_before = ascii;
        before = w;
    }
    return i;
}

static size_t valid_prefix_avx2(const unsigned char *s, size_t len)
{
    size_t i = valid_vectors_avx2(s, len);
    /* Step back to the start of the sequence that reaches over i, if one does. */
    size_t back = 0;
    while (back < 3 && back < i && (s[i - back - 1] & 0xC0) == 0x80)
        back++;
    if (back < i && s[i - back - 1] >= 0xC0)
        i -= back + 1;
    return i + valid_prefix_scalar(s + i, len - i);
}
#endif

size_t utf8_valid_prefix(struct span s)
{
    if (s.len == 0)
        return 0;
#if defined(__x86_64__)
    if (s.len >= 64 && __builtin_cpu_supports("avx2"))
        return valid_prefix_avx2((const unsigned char *)s.ptr, s.len);
#endif
    return valid_prefix_scalar((const unsigned char *)s.ptr, s.len);
}

/* One walk for both: with ${out} NULL only the size is found. */
static size_t utf8_mend_walk(struct span s, char *out)
{
    size_t size = 0;
    while (s.len > 0) {
        size_t good = utf8_valid_prefix(s);
        if (out != NULL && good > 0)
            memmove(out + size, s.ptr, good);
        size += good;
        if (good == s.len)
            break;
        bool valid;
        const unsigned char *p = (const unsigned char *)s.ptr + good;
        size_t bad = utf8_sequence(p, (const unsigned char *)s.ptr + s.len, &valid);
        if (out != NULL)
            memcpy(out + size, REPLACEMENT, REPLACEMENT_SIZE);
        size += REPLACEMENT_SIZE;
        s.ptr += good + bad;
        s.len -= good + bad;
    }
    return size;
}

size_t utf8_mended_size(struct span s)
{
    return utf8_mend_walk(s, NULL);
}

void utf8_mend(struct span s, char *out)
{
    (void)utf8_mend_walk(s, out);
}

size_t utf8_encode(uint32_t cp, char out[4])
{
    bool is_character = cp <= CODE_POINT_MAX && (cp < 0xD800 || cp > 0xDFFF);
    return code_point_write(is_character ? cp : CODE_POINT_REPLACEMENT, out);
}

size_t utf8_cut(struct span s, size_t chars)
{
    for (size_t i = 0; i < s.len; i++)
        if (!code_point_is_inner(s.ptr[i]) && chars-- == 0)
            return i;
    return s.len;
}
