/* pair_scan.h: The innermost loop of every search: where do two chosen bytes stand at the right
 * distance from each other?
 *
 * A pair is two bytes of a needle, its rarest; a mask lets each stand for a capital too.  Several
 * pairs can be looked for in one pass.  The result is a candidate, to be verified by the caller.
 * Runs on AVX-512 or AVX2 where the processor has it, else on 16-byte vectors (SSE2, NEON), else on
 * bytes.
 * A pair_scan is a plain value, constant after pair_scan_init(); any thread.
 */
#ifndef SCROLLBACK_PAIR_SCAN_H
#define SCROLLBACK_PAIR_SCAN_H

#include "vocabulary.h"

#define PAIR_SCAN_MAX 16      /* pairs in one pass */
#define PAIR_SCAN_DISTANCE 63 /* between the bytes of a pair, at most */

/* Fits at p if (text[p] | mask[0]) == value[0] and (text[p + distance] | mask[1]) == value[1].  A
 * pair of one byte has it twice, at distance 0. */
struct pair {
    uint8_t value[2];
    uint8_t mask[2];
    uint8_t distance;
};

struct pair_scan {
    struct pair pairs[PAIR_SCAN_MAX];
    unsigned count;
    unsigned reach; /* the largest distance */
    size_t (*run)(const struct pair_scan *s, const char *text, size_t from, size_t end);
};

/* pair_scan_init(s, pairs, count): 1 to PAIR_SCAN_MAX pairs, equal ones are kept once. */
void pair_scan_init(struct pair_scan *s, const struct pair *pairs, unsigned count);

/* pair_scan_next(s, text, from): The first position at or after ${from} where a pair fits wholly
 * inside ${text}, or text.len.  Reads nothing outside ${text}. */
size_t pair_scan_next(const struct pair_scan *s, struct span text, size_t from);

/* pair_cost(pairs, count): Expected work per byte of looking for these, in arbitrary units that
 * compare: verification of the false candidates in text like ours, and the pass itself. */
double pair_cost(const struct pair *pairs, unsigned count);

/* pair_scan_force(level): For tests: 0 the best the machine has, 1 vectors of 16 bytes, 2 bytes
 * only, 3 vectors of 32 bytes at most.  Holds for later pair_scan_init() calls of the process. */
void pair_scan_force(unsigned level);

#endif
