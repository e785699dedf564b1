/* pair_set.h: A set of pairs of numbers, for counting the distinct values in each row. */
#ifndef SCROLLBACK_PAIR_SET_H
#define SCROLLBACK_PAIR_SET_H

#include "arena.h"
#include "intern.h"

#include <stddef.h>
#include <stdint.h>

struct pair_set {
    uint64_t *slots; /* pair + 1; 0 is empty; power of two */
    size_t slot_count;
    size_t count;
};

/* pair_set_add(s, a, b): Return 1 if the pair is new, 0 if not, -1 without memory.  ${a} is below
 * UINT32_MAX.  An all-zero struct is the empty set. */
int pair_set_add(struct pair_set *s, uint32_t a, uint32_t b);
void pair_set_clear(struct pair_set *s);

/* pair_set_names(s, names, arena, out, count): The names whose numbers are the second of each pair,
 * sorted by bytes: numbers and slots depend on which thread was first.  List and names are in
 * ${arena}.  Return 0 or -1 without memory. */
int pair_set_names(const struct pair_set *s, const struct intern *names, struct arena *arena,
                   const struct span **out, uint32_t *count);

#endif
