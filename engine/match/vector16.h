/* vector16.h: Sixteen bytes at a time on any processor.
 *
 * The compiler's own vector types give SSE2, NEON or plain words; only the way from a comparison to
 * the positions of its lanes differs between architectures.
 */
#ifndef SCROLLBACK_VECTOR16_H
#define SCROLLBACK_VECTOR16_H

#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define V16 16
#define V16_INLINE static inline __attribute__((always_inline))

typedef uint8_t v16 __attribute__((vector_size(V16)));

V16_INLINE v16 v16_load(const char *p)
{
    v16 v;
    memcpy(&v, p, V16);
    return v;
}

V16_INLINE void v16_store(char *p, v16 v)
{
    memcpy(p, &v, V16);
}

V16_INLINE v16 v16_fill(uint8_t b)
{
    return (v16){b, b, b, b, b, b, b, b, b, b, b, b, b, b, b, b};
}

/* v16_mask(v): A bit for each lane of a comparison that is true; lane i is bit i *
 * V16_LANE_BITS. */
#if defined(__x86_64__)
#define V16_LANE_BITS 1
V16_INLINE uint64_t v16_mask(v16 v)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8((__m128i)v);
}
#elif defined(__aarch64__)
#define V16_LANE_BITS 4
V16_INLINE uint64_t v16_mask(v16 v)
{
    uint8x8_t nibbles = vshrn_n_u16(vreinterpretq_u16_u8((uint8x16_t)v), 4);
    return vget_lane_u64(vreinterpret_u64_u8(nibbles), 0) & UINT64_C(0x1111111111111111);
}
#else
#define V16_LANE_BITS 1
V16_INLINE uint64_t v16_mask(v16 v)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < V16; i++)
        mask |= (uint64_t)(v[i] & 1u) << i;
    return mask;
}
#endif

/* v16_lane(mask): The first lane of a mask that is not 0. */
V16_INLINE unsigned v16_lane(uint64_t mask)
{
    return (unsigned)__builtin_ctzll(mask) / V16_LANE_BITS;
}

/* v16_first(v): The first lane of a comparison that is true, V16 if none is. */
V16_INLINE unsigned v16_first(v16 v)
{
    uint64_t mask = v16_mask(v);
    return mask == 0 ? V16 : v16_lane(mask);
}

#endif
