#include "json_x86.h"
#include "json_mask_set.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define KERNEL __attribute__((target("avx512f,avx512bw,avx512vl,avx2,pclmul,bmi,popcnt")))

KERNEL static inline uint64_t equal_to(__m512i v, char c)
{
    return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c));
}

KERNEL static inline struct masks masks_read(const char *p)
{
    __m512i v = _mm512_loadu_si512((const void *)p);
    /* '[' and '{', ']' and '}' differ in this bit only */
    __m512i folded = _mm512_or_si512(v, _mm512_set1_epi8(0x20));
    return (struct masks){.quote = equal_to(v, '"'),
                          .backslash = equal_to(v, '\\'),
                          .open = equal_to(folded, '{'),
                          .close = equal_to(folded, '}'),
                          .high = _mm512_movepi8_mask(v)};
}

KERNEL static inline uint64_t masks_prefix_xor(uint64_t bits)
{
    __m128i product =
        _mm_clmulepi64_si128(_mm_set_epi64x(0, (long long)bits), _mm_set1_epi8((char)0xFF), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

/* Copy 64 bytes; return the bits of those that are backslashes. */
KERNEL static inline uint64_t masks_copy(const char *p, char *out)
{
    __m512i v = _mm512_loadu_si512((const void *)p);
    _mm512_storeu_si512((void *)out, v);
    return equal_to(v, '\\');
}

#include "json_masks.h"

const struct json_kernels json_x86_avx512 = {"avx512", kernel_string_end, kernel_skip,
                                             kernel_unescape};

/* With VBMI2, escapes of one byte need no branch: what stands behind a backslash is exchanged for
 * what it means, and the backslashes are squeezed out. */
#define SQUEEZE \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi2,avx2,pclmul,bmi,popcnt")))

struct exchange {
    __m512i bytes;
    uint64_t known; /* bytes that a backslash may stand before, but for u */
};

/* Exchange those of the bytes that are ${escaped}. */
SQUEEZE static inline struct exchange exchange(__m512i v, uint64_t escaped)
{
    static const char letters[] = "nrtbf", meanings[] = "\n\r\t\b\f";
    uint64_t known = equal_to(v, '"') | equal_to(v, '\\') | equal_to(v, '/');
    __m512i bytes = v;
    for (int i = 0; i < 5; i++) {
        uint64_t same = escaped & equal_to(v, letters[i]);
        bytes = _mm512_mask_mov_epi8(bytes, same, _mm512_set1_epi8(meanings[i]));
        known |= same;
    }
    return (struct exchange){bytes, known};
}

/* Resolve the escape whose backslash is at ${p}, by itself.  Its length, 0 if there is no such. */
SQUEEZE static inline size_t squeeze_one(const char *p, const char *end, char **to)
{
    size_t written, used = unescape_one(p, end, *to, &written);
    *to += used == 0 ? 0 : written;
    return used;
}

SQUEEZE static size_t squeeze_unescape(struct span s, char *out)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    char *to = out;
    uint64_t carry = 0; /* the byte at p stands behind a backslash */
    while (p < end) {
        __m512i v = _mm512_loadu_si512((const void *)p);
        uint64_t here = masks_before(p, end), backslash = equal_to(v, '\\') & here;
        if ((backslash | carry) == 0) {
            _mm512_storeu_si512((void *)to, v);
            to += end - p < 64 ? end - p : 64;
            p += 64;
            continue;
        }
        uint64_t escaped = masks_escaped(backslash, &carry);
        if ((escaped & ~here) != 0) /* nothing stands behind the last backslash */
            return UNESCAPE_INVALID;
        struct exchange x = exchange(v, escaped);
        uint64_t keep = here & ~(backslash & ~escaped), rare = escaped & ~x.known;
        if (rare != 0)
            keep &= (rare & (0 - rare)) - 1;
        _mm512_storeu_si512((void *)to, _mm512_maskz_compress_epi8(keep, x.bytes));
        to += __builtin_popcountll(keep);
        if (rare == 0) {
            p += 64;
            continue;
        }
        p += __builtin_ctzll(rare) - 1;
        size_t used = squeeze_one(p, end, &to);
        if (used == 0)
            return UNESCAPE_INVALID;
        p += used;
        carry = 0;
    }
    return carry != 0 ? UNESCAPE_INVALID : (size_t)(to - out);
}

const struct json_kernels json_x86_vbmi2 = {"avx512vbmi2", kernel_string_end, kernel_skip,
                                            squeeze_unescape};

bool json_x86_has_vbmi2(void)
{
    return json_x86_has_avx512() && __builtin_cpu_supports("avx512vbmi2");
}

bool json_x86_has_avx512(void)
{
    return json_x86_has_avx2() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

#endif
