#include "call_map.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SLOTS 256
#define KEEP_SLOTS 4096

void call_map_init(struct call_map *m)
{
    *m = (struct call_map){0};
    intern_init(&m->names);
}

void call_map_clear(struct call_map *m)
{
    free(m->slots);
    intern_clear(&m->names);
    call_map_init(m);
}

void call_map_reset(struct call_map *m)
{
    if (m->slot_count > KEEP_SLOTS) {
        call_map_clear(m);
        return;
    }
    if (m->count > 0)
        memset(m->slots, 0, m->slot_count * sizeof *m->slots);
    m->count = 0;
    if (m->names.count > KEEP_SLOTS)
        intern_clear(&m->names);
}

static struct call_map_entry *find_slot(struct call_map_entry *slots, size_t count,
                                        struct hash128 id)
{
    size_t i = (size_t)id.lo & (count - 1);
    while (slots[i].name != INTERN_NONE && !hash128_equal(slots[i].id, id))
        i = (i + 1) & (count - 1);
    return &slots[i];
}

static int grow(struct call_map *m)
{
    size_t count = m->slot_count == 0 ? FIRST_SLOTS : m->slot_count * 2;
    struct call_map_entry *slots = calloc(count, sizeof *slots);
    if (slots == NULL)
        return -1;
    for (size_t i = 0; i < m->slot_count; i++)
        if (m->slots[i].name != INTERN_NONE)
            *find_slot(slots, count, m->slots[i].id) = m->slots[i];
    free(m->slots);
    m->slots = slots;
    m->slot_count = count;
    return 0;
}

int call_map_put(struct call_map *m, struct span id, struct span name)
{
    uint32_t number;
    if (m->count * 2 >= m->slot_count && grow(m) != 0)
        return -1;
    if (intern_put(&m->names, name, &number) != 0)
        return -1;
    struct call_map_entry *e = find_slot(m->slots, m->slot_count, hash_128(id));
    m->count += e->name == INTERN_NONE;
    *e = (struct call_map_entry){hash_128(id), number};
    return 0;
}

struct span call_map_get(const struct call_map *m, struct span id)
{
    if (m->count == 0)
        return (struct span){NULL, 0};
    return intern_get(&m->names, find_slot(m->slots, m->slot_count, hash_128(id))->name);
}
