/* span_set.h: The distinct strings of one message, in order of appearance: few as a rule, but a
 * hostile line may name a million. */
#ifndef SCROLLBACK_SPAN_SET_H
#define SCROLLBACK_SPAN_SET_H

#include "message.h"

struct span_set {
    struct span *items;
    size_t count;
    size_t capacity;
    uint32_t *slots; /* item number + 1; only used beyond a few items */
    size_t slot_count;
};

/* span_set_init(s), span_set_clear(s): Make it empty; free it.  The strings are borrowed. */
void span_set_init(struct span_set *s);
void span_set_clear(struct span_set *s);

/* span_set_reset(s): Empty, memory kept unless it grew large. */
void span_set_reset(struct span_set *s);

/* span_set_append(s, item): Add at the end.  span_set_add(s, item): the same unless it is there
 * already; do not mix the two between resets.  The bytes are borrowed.  0, or -1 without memory. */
int span_set_append(struct span_set *s, struct span item);
int span_set_add(struct span_set *s, struct span item);

static inline struct span_list span_set_list(const struct span_set *s)
{
    return (struct span_list){s->items, (uint32_t)s->count};
}

#endif
