/* sieve.h: Which of many messages are certainly not among a few: most are passed over for the price of one bit.
 *
 * No memory of its own; belongs to one thread.
 */
#ifndef SCROLLBACK_SIEVE_H
#define SCROLLBACK_SIEVE_H

#include "hash.h"

#define SIEVE_BITS 65536u

struct sieve {
    uint64_t words[SIEVE_BITS / 64]; /* zeroed: empty */
};

/* sieve_add(s, id), sieve_may_hold(s, id): False: ${id} was never added. */
static inline void sieve_add(struct sieve *s, struct hash128 id)
{
    s->words[id.lo % SIEVE_BITS / 64] |= UINT64_C(1) << id.lo % 64;
}

static inline bool sieve_may_hold(const struct sieve *s, struct hash128 id)
{
    return (s->words[id.lo % SIEVE_BITS / 64] >> id.lo % 64 & 1) != 0;
}

#endif
