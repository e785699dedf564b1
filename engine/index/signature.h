/* signature.h: Which blocks of text may hold a literal.
 *
 * A signature is a bit matrix: a row for each hash of three consecutive bytes of folded text, a
 * column for each block.  A literal of n bytes is ANDed from its n - 2 rows; the blocks left may
 * hold it, all others cannot (bit-sliced signatures: Goodwin et al., "BitFunnel", SIGIR 2017).  There
 * are no false negatives: text and literal must only be folded in the same way.
 *
 * Building goes block by block: a map of one byte a row takes the hashes, is packed into the
 * block's 4 KiB of bits, and at the end the bits of all blocks are transposed.  Measured on 169 MB of
 * text, two threads: a byte map costs 40 ms, setting bits at once 75 ms.
 *
 * A segment of few blocks keeps the bits as they are, a block's after the other's: a
 * matrix whose rows are padded to 8 bytes would be larger.
 */
#ifndef SCROLLBACK_SIGNATURE_H
#define SCROLLBACK_SIGNATURE_H

#include "buf.h"
#include "vocabulary.h"

#define SIGNATURE_GRAM 3u
#define SIGNATURE_ROWS 32768u
#define SIGNATURE_BYTES (SIGNATURE_ROWS / 8) /* of one block's bits */
#define SIGNATURE_MATRIX_BLOCKS 64u          /* from this many blocks on: transposed */

/* A byte for each row: not 0 if it was seen.  Zeroed by its holder before first use. */
struct signature_map {
    _Alignas(64) uint8_t seen[SIGNATURE_ROWS];
};

/* signature_row(p): The row of the three bytes at ${p}; ASCII letters count as lower case. */
uint32_t signature_row(const char *p);

/* signature_add(m, text): Enter all grams of ${text}. */
void signature_add(struct signature_map *m, struct span text);

/* signature_add_folded(m, text, folded): Fold ${text} and enter it; ${folded} is for use meanwhile.  Return 0, or -1
 * without memory. */
int signature_add_folded(struct signature_map *m, struct span text, struct buf *folded);

/* signature_take(m, bits): Pack the map, bit i of byte j for row 8 j + i, and clear it. */
void signature_take(struct signature_map *m, uint8_t bits[SIGNATURE_BYTES]);

/* signature_stride(blocks): Bytes of a matrix row, a multiple of 8; 0 for few blocks (then the
 * signature is the blocks' bits one after the other).  signature_size(blocks): of the whole. */
size_t signature_stride(size_t blocks);
size_t signature_size(size_t blocks);

/* signature_transpose(bits, blocks, out): ${bits} holds SIGNATURE_BYTES for each block; write the
 * whole signature, signature_size() bytes aligned to 8. */
void signature_transpose(const uint8_t *bits, size_t blocks, uint8_t *out);

/* signature_and(sig, blocks, literal, set): Clear in ${set} (a bit for each block, in words of 64)
 * the blocks that cannot hold ${literal}, which is folded.  Literals shorter than a gram change
 * nothing. */
void signature_and(const uint8_t *sig, size_t blocks, struct span literal, uint64_t *set);

#endif
