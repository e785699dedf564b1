#include "signature.h"

#include "fold.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* Odd, so that two bytes alone never collide; the high bits of a product depend on all below. */
#define MIX_PAIR 0x9E37u
#define MIX_THIRD 0x85EBu
#define HASH_SHIFT 1 /* 16 bits down to 15 */

#define BATCH 1024 /* grams hashed at once: the buffers stay in the first-level cache */

static uint8_t lower(uint8_t c)
{
    return (uint8_t)(c | ((uint8_t)(c - 'A') < 26 ? 0x20 : 0));
}

static uint16_t mix(uint8_t a, uint8_t b, uint8_t c)
{
    return (uint16_t)((uint16_t)(((uint32_t)a | (uint32_t)b << 8) * MIX_PAIR + c * MIX_THIRD) >>
                      HASH_SHIFT);
}

uint32_t signature_row(const char *p)
{
    const uint8_t *u = (const uint8_t *)p;
    return mix(lower(u[0]), lower(u[1]), lower(u[2]));
}

/* The loops are written for the compiler to vectorise: ${rows} of the ${n} grams at ${text}. */
static inline __attribute__((always_inline)) void hash_batch(const uint8_t *text, size_t n,
                                                             uint16_t *rows)
{
    uint8_t low[BATCH + SIGNATURE_GRAM];
    for (size_t i = 0; i < n + SIGNATURE_GRAM - 1; i++)
        low[i] = lower(text[i]);
    for (size_t i = 0; i < n; i++) {
        uint16_t pair = (uint16_t)(low[i] | low[i + 1] << 8);
        uint16_t sum = (uint16_t)((uint16_t)(pair * MIX_PAIR) + (uint16_t)(low[i + 2] * MIX_THIRD));
        rows[i] = (uint16_t)(sum >> HASH_SHIFT);
    }
}

static inline __attribute__((always_inline)) void add_text(struct signature_map *m,
                                                           struct span text)
{
    uint16_t rows[BATCH];
    const uint8_t *p = (const uint8_t *)text.ptr;
    for (size_t left = text.len - (SIGNATURE_GRAM - 1); left > 0;) {
        size_t n = left < BATCH ? left : BATCH;
        hash_batch(p, n, rows);
        for (size_t i = 0; i < n; i++)
            m->seen[rows[i]] = 0xFF;
        p += n;
        left -= n;
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void add_avx2(struct signature_map *m, struct span text)
{
    add_text(m, text);
}
#endif

void signature_add(struct signature_map *m, struct span text)
{
    if (text.len < SIGNATURE_GRAM)
        return;
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        add_avx2(m, text);
        return;
    }
#endif
    add_text(m, text);
}

/* signature_add() sees capitals of ASCII as small letters; only other ones need to be folded before. */
int signature_add_folded(struct signature_map *m, struct span text, struct buf *folded)
{
    if (fold_only_ascii(text)) {
        signature_add(m, text);
        return 0;
    }
    folded->len = 0;
    if (fold_text(text, folded) != 0)
        return -1;
    signature_add(m, buf_span(folded));
    return 0;
}

void signature_take(struct signature_map *m, uint8_t bits[SIGNATURE_BYTES])
{
#if defined(__SSE2__)
    for (size_t i = 0; i < SIGNATURE_ROWS; i += 16) {
        __m128i v = _mm_load_si128((const __m128i *)(m->seen + i));
        uint16_t packed = (uint16_t)_mm_movemask_epi8(v);
        memcpy(bits + i / 8, &packed, sizeof packed);
    }
#else
    /* The product moves the lowest bit of byte i to bit 56 + i. */
    for (size_t i = 0; i < SIGNATURE_ROWS; i += 8) {
        uint64_t v;
        memcpy(&v, m->seen + i, sizeof v);
        bits[i / 8] =
            (uint8_t)(((v & UINT64_C(0x0101010101010101)) * UINT64_C(0x0102040810204080)) >> 56);
    }
#endif
    memset(m->seen, 0, sizeof m->seen);
}

size_t signature_stride(size_t blocks)
{
    return blocks < SIGNATURE_MATRIX_BLOCKS ? 0 : (blocks + 63) / 64 * 8;
}

size_t signature_size(size_t blocks)
{
    size_t stride = signature_stride(blocks);
    return stride == 0 ? blocks * SIGNATURE_BYTES : stride * SIGNATURE_ROWS;
}

#define LINE 8 /* words of a cache line: memory is read and written by whole lines */

/* Transpose LINE squares of 64 x 64 bits: afterwards bit j of w[i][k] is what bit i of w[j][k] was
 * (Warren, "Hacker's Delight", 2nd edition, section 7-3: exchange ever smaller off-diagonal squares).
 * All squares take each step together, which the compiler makes vectors of. */
static void transpose_squares(uint64_t w[64][LINE])
{
    uint64_t mask = UINT64_C(0x00000000FFFFFFFF);
    for (unsigned j = 32; j != 0; j >>= 1, mask ^= mask << j) {
        for (unsigned i = 0; i < 64; i = (i + j + 1) & ~j) {
            for (unsigned k = 0; k < LINE; k++) {
                uint64_t t = ((w[i][k] >> j) ^ w[i + j][k]) & mask;
                w[i][k] ^= t << j;
                w[i + j][k] ^= t;
            }
        }
    }
}

/* From one line of each of ${n} <= 64 blocks at ${bits}, put word ${group} of the lines of its 512 rows. */
static void transpose_group(const uint8_t *bits, size_t n, size_t group, uint64_t lines[512][LINE])
{
    uint64_t w[64][LINE];
    for (size_t b = 0; b < n; b++)
        memcpy(w[b], bits + b * SIGNATURE_BYTES, sizeof w[b]);
    memset(w + n, 0, (64 - n) * sizeof *w);
    transpose_squares(w);
    for (size_t k = 0; k < LINE; k++)
        for (size_t i = 0; i < 64; i++)
            lines[64 * k + i][group] = w[i][k];
}

void signature_transpose(const uint8_t *bits, size_t blocks, uint8_t *out)
{
    size_t stride = signature_stride(blocks);
    uint64_t lines[512][LINE];
    if (stride == 0) {
        memcpy(out, bits, blocks * SIGNATURE_BYTES);
        return;
    }
    for (size_t from = 0; from < blocks; from += 64 * LINE) {
        size_t groups = (blocks - from + 63) / 64;
        groups = groups < LINE ? groups : LINE;
        for (size_t row = 0; row < SIGNATURE_ROWS; row += 512) {
            for (size_t g = 0; g < groups; g++) {
                size_t first = from + 64 * g;
                size_t n = blocks - first < 64 ? blocks - first : 64;
                transpose_group(bits + first * SIGNATURE_BYTES + row / 8, n, g, lines);
            }
            for (size_t i = 0; i < 512; i++)
                memcpy(out + (row + i) * stride + from / 8, lines[i], groups * 8);
        }
    }
}

void signature_and(const uint8_t *sig, size_t blocks, struct span literal, uint64_t *set)
{
    size_t stride = signature_stride(blocks);
    for (size_t i = 0; i + SIGNATURE_GRAM <= literal.len; i++) {
        uint32_t row = signature_row(literal.ptr + i);
        if (stride == 0) {
            for (size_t b = 0; b < blocks; b++)
                if (!(sig[b * SIGNATURE_BYTES + row / 8] >> row % 8 & 1))
                    set[b / 64] &= ~(UINT64_C(1) << b % 64);
            continue;
        }
        const uint8_t *bits = sig + (size_t)row * stride;
        for (size_t w = 0; w < stride / 8; w++) {
            uint64_t v;
            memcpy(&v, bits + 8 * w, sizeof v);
            set[w] &= v;
        }
    }
}
