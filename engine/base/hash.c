#include "hash.h"

#include "wide_hash.h"

uint64_t hash_64(struct span s)
{
    return XXH3_64bits(s.len == 0 ? "" : s.ptr, s.len);
}

uint64_t hash_64_seeded(struct span s, uint64_t seed)
{
    return XXH3_64bits_withSeed(s.len == 0 ? "" : s.ptr, s.len, seed);
}

struct hash128 hash_128(struct span s)
{
    XXH128_hash_t h = XXH3_128bits(s.len == 0 ? "" : s.ptr, s.len);
    return (struct hash128){h.high64, h.low64};
}
