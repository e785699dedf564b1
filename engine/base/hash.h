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

#endif
