#include "json_x86.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define KERNEL __attribute__((target("avx512f,avx512bw,avx512vl,avx2,pclmul,bmi,popcnt")))

struct masks {
    uint64_t quote;
    uint64_t backslash;
    uint64_t open;
    uint64_t close;
    uint64_t high;
};

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

bool json_x86_has_avx512(void)
{
    return json_x86_has_avx2() && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

#endif
