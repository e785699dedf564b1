/* rng.h: Deterministic random numbers (splitmix64, Steele, Lea and Flood 2014).
 *
 * The same seed gives the same numbers on every machine.  A copy of a struct rng goes on exactly
 * as the original does: that is how one text is written twice.
 */
#ifndef GEN_RNG_H
#define GEN_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
    uint64_t z = (r->state += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

/* A number below ${limit}, which is not 0. */
static inline uint64_t rng_below(struct rng *r, uint64_t limit)
{
    if (limit >> 32)
        return rng_next(r) % limit;
    return (rng_next(r) >> 32) * limit >> 32;
}

/* A number in [low, high]. */
static inline uint64_t rng_between(struct rng *r, uint64_t low, uint64_t high)
{
    return low + rng_below(r, high - low + 1);
}

/* True in ${percent} of 100 cases. */
static inline bool rng_chance(struct rng *r, unsigned percent)
{
    return rng_below(r, 100) < percent;
}

/* Long-tailed: mostly near ${typical}, halving in number with each doubling, at most 64 times it. */
static inline uint64_t rng_tail(struct rng *r, uint64_t typical)
{
    unsigned doublings = 0;
    while (doublings < 6 && rng_chance(r, 30))
        doublings++;
    return rng_between(r, typical / 2 + 1, typical + 1) << doublings;
}

/* A seed of its own for the ${number}-th child of ${seed}. */
static inline uint64_t rng_child(uint64_t seed, uint64_t number)
{
    struct rng r = {seed ^ (number + 1) * 0xd1b54a32d192ed03U};
    rng_next(&r);
    return rng_next(&r);
}

#endif
