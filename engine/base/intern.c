#include "intern.h"

#include "hash.h"
#include "span.h"

#include <stdlib.h>

#define INTERN_FIRST_SLOTS 64u

void intern_init(struct intern *t)
{
    *t = (struct intern){0};
    arena_init(&t->arena);
}

void intern_clear(struct intern *t)
{
    arena_clear(&t->arena);
    free(t->strings);
    free(t->slots);
    intern_init(t);
}

/* The slot that holds ${s}, or the empty one where it belongs.  The table is never full. */
static uint32_t intern_slot(const struct intern *t, struct span s)
{
    uint32_t mask = t->slot_count - 1;
    uint32_t i = (uint32_t)hash_64(s) & mask;
    while (t->slots[i] != 0 && !span_equal(t->strings[t->slots[i]], s))
        i = (i + 1) & mask;
    return i;
}

static int intern_rehash(struct intern *t)
{
    uint32_t n = t->slot_count == 0 ? INTERN_FIRST_SLOTS : t->slot_count * 2;
    uint32_t *slots = calloc(n, sizeof *slots);
    if (slots == NULL)
        return -1;
    free(t->slots);
    t->slots = slots;
    t->slot_count = n;
    for (uint32_t id = 1; id < t->count; id++)
        t->slots[intern_slot(t, t->strings[id])] = id;
    return 0;
}

static int intern_reserve(struct intern *t)
{
    if (t->count + 1 >= t->capacity) {
        uint32_t cap = t->capacity == 0 ? 32 : t->capacity * 2;
        struct span *p = realloc(t->strings, cap * sizeof *p);
        if (p == NULL)
            return -1;
        t->strings = p;
        t->capacity = cap;
        if (t->count == 0) {
            t->strings[0] = (struct span){NULL, 0};
            t->count = 1;
        }
    }
    return t->slot_count == 0 || t->count * 2 >= t->slot_count ? intern_rehash(t) : 0;
}

int intern_put(struct intern *t, struct span s, uint32_t *id)
{
    *id = INTERN_NONE;
    if (s.ptr == NULL)
        return 0;
    if (t->last != 0 && span_equal(t->strings[t->last], s)) {
        *id = t->last;
        return 0;
    }
    if (intern_reserve(t) != 0)
        return -1;
    uint32_t slot = intern_slot(t, s);
    if (t->slots[slot] == 0) {
        if (arena_copy(&t->arena, s, &t->strings[t->count]) != 0)
            return -1;
        t->slots[slot] = t->count++;
    }
    *id = t->last = t->slots[slot];
    return 0;
}

uint32_t intern_find(const struct intern *t, struct span s)
{
    return s.ptr == NULL || t->slot_count == 0 ? INTERN_NONE : t->slots[intern_slot(t, s)];
}

int intern_translate(const struct intern *from, struct intern *into, uint32_t *map)
{
    if (from->count > 0)
        map[0] = INTERN_NONE;
    for (uint32_t id = 1; id < from->count; id++)
        if (intern_put(into, from->strings[id], &map[id]) != 0)
            return -1;
    return 0;
}
