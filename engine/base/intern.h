/* intern.h: One number for each distinct string.
 *
 * A table belongs to one thread.  Workers fill one each and the merge translates their numbers
 * (intern_translate), so no lock is on the way.  Number 0 is always the absent value.
 */
#ifndef SCROLLBACK_INTERN_H
#define SCROLLBACK_INTERN_H

#include "arena.h"

#define INTERN_NONE 0u

struct intern {
    struct arena arena;   /* owns the strings */
    struct span *strings; /* strings[0] is {NULL, 0} */
    uint32_t count;       /* including number 0 */
    uint32_t capacity;
    uint32_t *slots; /* open addressing, power of two; 0 is empty */
    uint32_t slot_count;
    uint32_t last; /* the number asked for last: runs of equal values are the rule */
};

/* intern_init(t): Empty; allocates nothing.  intern_clear(t): free all. */
void intern_init(struct intern *t);
void intern_clear(struct intern *t);

/* intern_put(t, s, id): The number of ${s}, which is copied if new; an absent span (NULL) is
 * INTERN_NONE, an empty one is a value.  Return 0, or -1 without memory. */
int intern_put(struct intern *t, struct span s, uint32_t *id);

/* intern_find(t, s): The number of ${s}, or INTERN_NONE if it was never put. */
uint32_t intern_find(const struct intern *t, struct span s);

/* intern_get(t, id): The string, borrowed until intern_clear(); ${id} < t->count. */
static inline struct span intern_get(const struct intern *t, uint32_t id)
{
    return id == INTERN_NONE ? (struct span){NULL, 0} : t->strings[id];
}

/* intern_translate(from, into, map): Put all of ${from} into ${into}; map[i] (from->count of
 * them, the caller's array) becomes the number there.  Return 0 or -1. */
int intern_translate(const struct intern *from, struct intern *into, uint32_t *map);

#endif
