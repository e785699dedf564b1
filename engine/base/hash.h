/* hash.h: The hashes of the engine, all XXH3 (xxhash, BSD-2): fast, stable across releases of the
 * library (its format is frozen since 0.8.0), good enough for tables and checksums; not secret. */
#ifndef SCROLLBACK_HASH_H
#define SCROLLBACK_HASH_H

#include "vocabulary.h"

struct hash128 {
    uint64_t hi;
    uint64_t lo;
};

/* hash_64(s), hash_64_seeded(s, seed), hash_128(s): Of the bytes of ${s}; an absent span hashes as
 * an empty one.  Any thread. */
uint64_t hash_64(struct span s);
uint64_t hash_64_seeded(struct span s, uint64_t seed);
struct hash128 hash_128(struct span s);

/* hash128_compare(a, b): A total order: <0, 0 or >0.  hash128_equal(a, b). */
static inline int hash128_compare(struct hash128 a, struct hash128 b)
{
    if (a.hi != b.hi)
        return a.hi < b.hi ? -1 : 1;
    return (a.lo > b.lo) - (a.lo < b.lo);
}

static inline bool hash128_equal(struct hash128 a, struct hash128 b)
{
    return a.lo == b.lo && a.hi == b.hi;
}

#endif
