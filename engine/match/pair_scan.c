#include "pair_scan.h"

#include "byte_rank.h"
#include "vector16.h"

#include <assert.h>
#include <math.h>
#include <stdatomic.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define ALWAYS_INLINE static inline __attribute__((always_inline))

static _Atomic unsigned forced;

ALWAYS_INLINE bool fits(const struct pair *a, const char *p)
{
    return ((unsigned char)p[0] | a->mask[0]) == a->value[0] &&
           ((unsigned char)p[a->distance] | a->mask[1]) == a->value[1];
}

/* All positions in [from, end), whose pairs lie inside the text whatever the pair: end <= len -
 * reach. */
static size_t run_bytes(const struct pair_scan *s, const char *text, size_t from, size_t end)
{
    for (size_t p = from; p < end; p++)
        for (unsigned i = 0; i < s->count; i++)
            if (fits(&s->pairs[i], text + p))
                return p;
    return end;
}

ALWAYS_INLINE v16 v16_fits(const struct pair_scan *s, unsigned count, const char *p)
{
    v16 any = v16_fill(0);
    for (unsigned i = 0; i < count; i++) {
        const struct pair *a = &s->pairs[i];
        v16 first = (v16)((v16_load(p) | v16_fill(a->mask[0])) == v16_fill(a->value[0]));
        v16 second =
            (v16)((v16_load(p + a->distance) | v16_fill(a->mask[1])) == v16_fill(a->value[1]));
        any |= first & second;
    }
    return any;
}

/* Whole vectors, then one that overlaps what was looked at; it cannot find anything new there. */
ALWAYS_INLINE size_t run_v16_count(const struct pair_scan *s, unsigned count, const char *text,
                                   size_t from, size_t end)
{
    if (end - from < V16)
        return run_bytes(s, text, from, end);
    size_t last = end - V16;
    for (size_t p = from; p < last; p += V16) {
        unsigned i = v16_first(v16_fits(s, count, text + p));
        if (i < V16)
            return p + i;
    }
    return last + v16_first(v16_fits(s, count, text + last));
}

static size_t run_v16(const struct pair_scan *s, const char *text, size_t from, size_t end)
{
    if (s->count == 1)
        return run_v16_count(s, 1, text, from, end);
    if (s->count == 2)
        return run_v16_count(s, 2, text, from, end);
    return run_v16_count(s, s->count, text, from, end);
}

#if defined(__x86_64__)
#define V32 32
#define AVX2 __attribute__((target("avx2,bmi")))
#define AVX2_INLINE static inline __attribute__((always_inline, target("avx2,bmi")))

/* The constants of one pair, spread over vectors once a call. */
struct wide {
    __m256i value[2];
    __m256i mask[2];
    size_t distance;
};

AVX2_INLINE void widen(const struct pair_scan *s, unsigned count, struct wide *w)
{
    for (unsigned i = 0; i < count; i++) {
        for (unsigned k = 0; k < 2; k++) {
            w[i].value[k] = _mm256_set1_epi8((char)s->pairs[i].value[k]);
            w[i].mask[k] = _mm256_set1_epi8((char)s->pairs[i].mask[k]);
        }
        w[i].distance = s->pairs[i].distance;
    }
}

AVX2_INLINE __m256i v32_fits(const struct wide *w, unsigned count, const char *p)
{
    __m256i any = _mm256_setzero_si256();
    __m256i here = _mm256_loadu_si256((const __m256i_u *)p);
    for (unsigned i = 0; i < count; i++) {
        __m256i there = _mm256_loadu_si256((const __m256i_u *)(p + w[i].distance));
        __m256i first = _mm256_cmpeq_epi8(_mm256_or_si256(here, w[i].mask[0]), w[i].value[0]);
        __m256i second = _mm256_cmpeq_epi8(_mm256_or_si256(there, w[i].mask[1]), w[i].value[1]);
        any = _mm256_or_si256(any, _mm256_and_si256(first, second));
    }
    return any;
}

AVX2_INLINE unsigned v32_mask(__m256i v)
{
    return (unsigned)_mm256_movemask_epi8(v);
}

/* The first fit among two neighbouring vectors, 64 if there is none. */
AVX2_INLINE unsigned v64_first(__m256i a, __m256i b)
{
    uint64_t mask = v32_mask(a) | (uint64_t)v32_mask(b) << 32;
    return mask == 0 ? 64 : (unsigned)__builtin_ctzll(mask);
}

AVX2_INLINE size_t run_v32_count(const struct pair_scan *s, unsigned count, const char *text,
                                 size_t from, size_t end)
{
    struct wide w[PAIR_SCAN_MAX];
    widen(s, count, w);
    size_t p = from;
    for (; p + 4 * V32 <= end; p += 4 * V32) {
        __m256i a = v32_fits(w, count, text + p);
        __m256i b = v32_fits(w, count, text + p + V32);
        __m256i c = v32_fits(w, count, text + p + 2 * V32);
        __m256i d = v32_fits(w, count, text + p + 3 * V32);
        __m256i ab = _mm256_or_si256(a, b), cd = _mm256_or_si256(c, d);
        if (_mm256_testz_si256(_mm256_or_si256(ab, cd), _mm256_set1_epi8(-1)))
            continue;
        unsigned i = v64_first(a, b);
        return i < 64 ? p + i : p + 64 + v64_first(c, d);
    }
    for (; p + V32 < end; p += V32) {
        unsigned mask = v32_mask(v32_fits(w, count, text + p));
        if (mask != 0)
            return p + (unsigned)__builtin_ctz(mask);
    }
    unsigned mask = v32_mask(v32_fits(w, count, text + end - V32));
    return mask == 0 ? end : end - V32 + (unsigned)__builtin_ctz(mask);
}

AVX2 static size_t run_v32(const struct pair_scan *s, const char *text, size_t from, size_t end)
{
    if (end - from < V32)
        return run_v16(s, text, from, end);
    if (s->count == 1)
        return run_v32_count(s, 1, text, from, end);
    if (s->count == 2)
        return run_v32_count(s, 2, text, from, end);
    if (s->count == 3)
        return run_v32_count(s, 3, text, from, end);
    return run_v32_count(s, s->count, text, from, end);
}
#define V64 64
#define AVX512 __attribute__((target("avx512f,avx512bw,avx2,bmi")))
#define AVX512_INLINE \
    static inline __attribute__((always_inline, target("avx512f,avx512bw,avx2,bmi")))

/* The constants of one pair, spread; the second comparison looks only where the first fits. */
struct wider {
    __m512i value[2];
    __m512i mask[2];
    size_t distance;
};

AVX512_INLINE void widen_512(const struct pair_scan *s, unsigned count, struct wider *w)
{
    for (unsigned i = 0; i < count; i++) {
        for (unsigned k = 0; k < 2; k++) {
            w[i].value[k] = _mm512_set1_epi8((char)s->pairs[i].value[k]);
            w[i].mask[k] = _mm512_set1_epi8((char)s->pairs[i].mask[k]);
        }
        w[i].distance = s->pairs[i].distance;
    }
}

AVX512_INLINE uint64_t v64_fits(const struct wider *w, unsigned count, const char *p)
{
    uint64_t any = 0;
    __m512i here = _mm512_loadu_si512((const void *)p);
    for (unsigned i = 0; i < count; i++) {
        __m512i there = _mm512_loadu_si512((const void *)(p + w[i].distance));
        __mmask64 first =
            _mm512_cmpeq_epi8_mask(_mm512_or_si512(here, w[i].mask[0]), w[i].value[0]);
        any |=
            _mm512_mask_cmpeq_epi8_mask(first, _mm512_or_si512(there, w[i].mask[1]), w[i].value[1]);
    }
    return any;
}

AVX512_INLINE size_t run_v64_count(const struct pair_scan *s, unsigned count, const char *text,
                                   size_t from, size_t end)
{
    struct wider w[PAIR_SCAN_MAX];
    widen_512(s, count, w);
    size_t p = from;
    for (; p + 4 * V64 <= end; p += 4 * V64) {
        uint64_t mask[4], any = 0;
        for (unsigned k = 0; k < 4; k++)
            any |= mask[k] = v64_fits(w, count, text + p + k * V64);
        if (any == 0)
            continue;
        unsigned k = 0;
        while (mask[k] == 0)
            k++;
        return p + k * V64 + (unsigned)__builtin_ctzll(mask[k]);
    }
    for (; p + V64 < end; p += V64) {
        uint64_t mask = v64_fits(w, count, text + p);
        if (mask != 0)
            return p + (unsigned)__builtin_ctzll(mask);
    }
    uint64_t mask = v64_fits(w, count, text + end - V64);
    return mask == 0 ? end : end - V64 + (unsigned)__builtin_ctzll(mask);
}

AVX512 static size_t run_v64(const struct pair_scan *s, const char *text, size_t from, size_t end)
{
    if (end - from < V64)
        return run_v32(s, text, from, end);
    if (s->count == 1)
        return run_v64_count(s, 1, text, from, end);
    if (s->count == 2)
        return run_v64_count(s, 2, text, from, end);
    if (s->count == 3)
        return run_v64_count(s, 3, text, from, end);
    return run_v64_count(s, s->count, text, from, end);
}
#endif

static bool same_pair(const struct pair *a, const struct pair *b)
{
    return a->value[0] == b->value[0] && a->value[1] == b->value[1] && a->mask[0] == b->mask[0] &&
           a->mask[1] == b->mask[1] && a->distance == b->distance;
}

void pair_scan_init(struct pair_scan *s, const struct pair *pairs, unsigned count)
{
    assert(count >= 1 && count <= PAIR_SCAN_MAX);
    s->count = 0;
    s->reach = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned k = 0;
        while (k < s->count && !same_pair(&s->pairs[k], &pairs[i]))
            k++;
        if (k < s->count)
            continue;
        assert(pairs[i].distance <= PAIR_SCAN_DISTANCE);
        s->pairs[s->count++] = pairs[i];
        if (pairs[i].distance > s->reach)
            s->reach = pairs[i].distance;
    }
    unsigned level = atomic_load_explicit(&forced, memory_order_relaxed);
    s->run = level == 2 ? run_bytes : run_v16;
#if defined(__x86_64__)
    bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi");
    if (level == 0 && avx2 && __builtin_cpu_supports("avx512bw"))
        s->run = run_v64;
    else if ((level == 0 || level == 3) && avx2)
        s->run = run_v32;
#endif
}

/* The last positions, where only the pairs of smaller distance have room. */
static size_t scan_tail(const struct pair_scan *s, struct span text, size_t from)
{
    for (size_t p = from; p < text.len; p++)
        for (unsigned i = 0; i < s->count; i++)
            if (s->pairs[i].distance < text.len - p && fits(&s->pairs[i], text.ptr + p))
                return p;
    return text.len;
}

size_t pair_scan_next(const struct pair_scan *s, struct span text, size_t from)
{
    size_t end = text.len > s->reach ? text.len - s->reach : 0;
    if (from < end) {
        size_t p = s->run(s, text.ptr, from, end);
        if (p < end)
            return p;
        from = end;
    }
    return s->count == 1 ? text.len : scan_tail(s, text, from);
}

/* Every byte that the masked comparison lets through. */
static double share(uint8_t value, uint8_t mask)
{
    double sum = 0;
    for (unsigned b = 0; b < 256; b++)
        if ((b | mask) == value)
            sum += exp2(byte_rank_table[b] / BYTE_RANK_STEP - 24);
    return sum > 1 ? 1 : sum;
}

double pair_cost(const struct pair *pairs, unsigned count)
{
    double verify = 0;
    for (unsigned i = 0; i < count; i++) {
        double both = share(pairs[i].value[0], pairs[i].mask[0]);
        if (pairs[i].distance != 0)
            both *= share(pairs[i].value[1], pairs[i].mask[1]);
        verify += both;
    }
    return verify * 15.0 + count * 0.02; /* nanoseconds, as measured */
}

void pair_scan_force(unsigned level)
{
    atomic_store_explicit(&forced, level, memory_order_relaxed);
}
