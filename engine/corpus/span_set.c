#include "span_set.h"

#include "span.h"
#include "vector.h"

#define FEW 16
#define KEEP 4096

void span_set_init(struct span_set *s)
{
    *s = (struct span_set){0};
}

void span_set_clear(struct span_set *s)
{
    free(s->items);
    free(s->slots);
    span_set_init(s);
}

void span_set_reset(struct span_set *s)
{
    if (s->capacity > KEEP) {
        span_set_clear(s);
        return;
    }
    if (s->count > FEW && s->slots != NULL)
        memset(s->slots, 0, s->slot_count * sizeof *s->slots);
    s->count = 0;
}

int span_set_append(struct span_set *s, struct span item)
{
    if (vector_room(&s->items, &s->capacity, s->count, sizeof *s->items) != 0)
        return -1;
    s->items[s->count++] = item;
    return 0;
}

/* The slot of an item, or the empty one where it belongs. */
static size_t find_slot(const struct span_set *s, struct span item)
{
    size_t i = (size_t)hash_64(item) & (s->slot_count - 1);
    while (s->slots[i] != 0 && !span_equal(s->items[s->slots[i] - 1], item))
        i = (i + 1) & (s->slot_count - 1);
    return i;
}

/* Enter all items anew into slots of which at most half are used. */
static int grow_slots(struct span_set *s)
{
    size_t size = 64;
    while (size < s->count * 4)
        size *= 2;
    uint32_t *slots = calloc(size, sizeof *slots);
    if (slots == NULL)
        return -1;
    free(s->slots);
    s->slots = slots;
    s->slot_count = size;
    for (size_t i = 0; i < s->count; i++)
        s->slots[find_slot(s, s->items[i])] = (uint32_t)i + 1;
    return 0;
}

int span_set_add(struct span_set *s, struct span item)
{
    if (s->count < FEW) {
        for (size_t i = 0; i < s->count; i++)
            if (span_equal(s->items[i], item))
                return 0;
        return span_set_append(s, item);
    }
    if ((s->count == FEW || s->count * 2 >= s->slot_count) && grow_slots(s) != 0)
        return -1;
    size_t slot = find_slot(s, item);
    if (s->slots[slot] != 0)
        return 0;
    if (span_set_append(s, item) != 0)
        return -1;
    s->slots[slot] = (uint32_t)s->count;
    return 0;
}
