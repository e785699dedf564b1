#include "pair_set.h"

#include "span.h"

#include <stdlib.h>

/* Fibonacci hashing (Knuth, TAOCP 6.4): the high bits of a product with 2^64 / phi. */
static size_t slot_of(const struct pair_set *s, uint64_t key)
{
    size_t mask = s->slot_count - 1;
    size_t i = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 20) & mask;
    while (s->slots[i] != 0 && s->slots[i] != key)
        i = (i + 1) & mask;
    return i;
}

static int grow(struct pair_set *s)
{
    struct pair_set bigger = {.slot_count = s->slot_count == 0 ? 256 : s->slot_count * 2};
    bigger.slots = calloc(bigger.slot_count, sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return -1;
    for (size_t i = 0; i < s->slot_count; i++)
        if (s->slots[i] != 0)
            bigger.slots[slot_of(&bigger, s->slots[i])] = s->slots[i];
    bigger.count = s->count;
    free(s->slots);
    *s = bigger;
    return 0;
}

int pair_set_add(struct pair_set *s, uint32_t a, uint32_t b)
{
    uint64_t key = ((uint64_t)a << 32 | b) + 1;
    if (s->count * 2 >= s->slot_count && grow(s) != 0)
        return -1;
    size_t i = slot_of(s, key);
    if (s->slots[i] == key)
        return 0;
    s->slots[i] = key;
    s->count++;
    return 1;
}

void pair_set_clear(struct pair_set *s)
{
    free(s->slots);
    *s = (struct pair_set){0};
}

static int compare_spans(const void *a, const void *b)
{
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

int pair_set_names(const struct pair_set *s, const struct intern *names, struct arena *arena,
                   const struct span **out, uint32_t *count)
{
    struct span *list = arena_alloc(arena, (s->count + 1) * sizeof *list);
    uint32_t n = 0;
    if (list == NULL)
        return -1;
    for (size_t i = 0; i < s->slot_count; i++)
        if (s->slots[i] != 0 &&
            arena_copy(arena, intern_get(names, (uint32_t)(s->slots[i] - 1)), &list[n++]) != 0)
            return -1;
    qsort(list, n, sizeof *list, compare_spans);
    *out = list;
    *count = n;
    return 0;
}
