#include "json_x86.h"
#include "json_mask_set.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define KERNEL __attribute__((target("avx2,pclmul,bmi,popcnt")))

KERNEL static inline uint64_t bits_of(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high)
                                                     << 32;
}

KERNEL static inline uint64_t equal_to(__m256i low, __m256i high, char c)
{
    __m256i v = _mm256_set1_epi8(c);
    return bits_of(_mm256_cmpeq_epi8(low, v), _mm256_cmpeq_epi8(high, v));
}

KERNEL static inline struct masks masks_read(const char *p)
{
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    /* '[' and '{', ']' and '}' differ in this bit only */
    __m256i case_bit = _mm256_set1_epi8(0x20);
    __m256i low_folded = _mm256_or_si256(low, case_bit);
    __m256i high_folded = _mm256_or_si256(high, case_bit);
    return (struct masks){.quote = equal_to(low, high, '"'),
                          .backslash = equal_to(low, high, '\\'),
                          .open = equal_to(low_folded, high_folded, '{'),
                          .close = equal_to(low_folded, high_folded, '}'),
                          .high = bits_of(low, high)};
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
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)p);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
    _mm256_storeu_si256((__m256i *)(void *)out, low);
    _mm256_storeu_si256((__m256i *)(void *)(out + 32), high);
    return equal_to(low, high, '\\');
}

#include "json_masks.h"

const struct json_kernels json_x86_avx2 = {"avx2", kernel_string_end, kernel_skip, kernel_unescape};

bool json_x86_has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("pclmul") &&
           __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}

#endif
