#include "json_base.h"
#include "json_mask_set.h"

#include <string.h>

#if defined(__x86_64__) || defined(__aarch64__)

#define KERNEL

#if defined(__x86_64__)

#include <emmintrin.h>

static inline uint64_t equal_to(const __m128i v[4], char c)
{
    uint64_t bits = 0;
    for (int i = 0; i < 4; i++)
        bits |= (uint64_t)(uint16_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v[i], _mm_set1_epi8(c)))
                << 16 * i;
    return bits;
}

static inline struct masks masks_read(const char *p)
{
    __m128i v[4], folded[4];
    struct masks m = {0};
    for (int i = 0; i < 4; i++) {
        v[i] = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * i));
        folded[i] = _mm_or_si128(v[i], _mm_set1_epi8(0x20));
        m.high |= (uint64_t)(uint16_t)_mm_movemask_epi8(v[i]) << 16 * i;
    }
    m.quote = equal_to(v, '"');
    m.backslash = equal_to(v, '\\');
    m.open = equal_to(folded, '{');
    m.close = equal_to(folded, '}');
    return m;
}

#else

#include <arm_neon.h>

/* 64 lanes of 00 or FF to 64 bits: keep a bit of its own in each lane of eight, add neighbours. */
static inline uint64_t bits_of(const uint8x16_t v[4])
{
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    uint8x16_t w = vld1q_u8(weights);
    uint8x16_t low = vpaddq_u8(vandq_u8(v[0], w), vandq_u8(v[1], w));
    uint8x16_t high = vpaddq_u8(vandq_u8(v[2], w), vandq_u8(v[3], w));
    uint8x16_t sum = vpaddq_u8(low, high);
    sum = vpaddq_u8(sum, sum);
    return vgetq_lane_u64(vreinterpretq_u64_u8(sum), 0);
}

static inline uint64_t equal_to(const uint8x16_t v[4], char c)
{
    uint8x16_t same[4];
    for (int i = 0; i < 4; i++)
        same[i] = vceqq_u8(v[i], vdupq_n_u8((uint8_t)c));
    return bits_of(same);
}

static inline struct masks masks_read(const char *p)
{
    uint8x16_t v[4], folded[4], high[4];
    for (int i = 0; i < 4; i++) {
        v[i] = vld1q_u8((const uint8_t *)p + 16 * i);
        folded[i] = vorrq_u8(v[i], vdupq_n_u8(0x20));
        high[i] = vcgeq_u8(v[i], vdupq_n_u8(0x80));
    }
    return (struct masks){.quote = equal_to(v, '"'),
                          .backslash = equal_to(v, '\\'),
                          .open = equal_to(folded, '{'),
                          .close = equal_to(folded, '}'),
                          .high = bits_of(high)};
}

#endif

/* Copy 64 bytes; return the bits of those that are backslashes. */
static inline uint64_t masks_copy(const char *p, char *out)
{
    memcpy(out, p, 64);
    return masks_read(p).backslash;
}

static inline uint64_t masks_prefix_xor(uint64_t bits)
{
    for (unsigned shift = 1; shift < 64; shift *= 2)
        bits ^= bits << shift;
    return bits;
}

#include "json_masks.h"

#if defined(__x86_64__)
const struct json_kernels json_base_simd = {"sse2", kernel_string_end, kernel_skip,
                                            kernel_unescape};
#else
const struct json_kernels json_base_simd = {"neon", kernel_string_end, kernel_skip,
                                            kernel_unescape};
#endif

#endif
