#include "responses.h"

#include "span.h"

#include <stdlib.h>

void responses_init(struct responses *r)
{
    *r = (struct responses){0};
    intern_init(&r->models);
}

void responses_clear(struct responses *r)
{
    free(r->items);
    free(r->slots);
    intern_clear(&r->models);
    responses_init(r);
}

struct hash128 response_key(const struct message *m)
{
    if (m->message_id.ptr == NULL)
        return message_identity(m);
    struct hash128 id = hash_128(m->message_id), request = {0, 0};
    if (m->request_id.ptr != NULL)
        request = hash_128(m->request_id);
    uint64_t both[4] = {id.hi, id.lo, request.hi, request.lo};
    return hash_128((struct span){(const char *)both, sizeof both});
}

static uint32_t slot_of(const struct responses *r, struct hash128 key)
{
    uint32_t mask = r->slot_count - 1, i = (uint32_t)key.lo & mask;
    while (r->slots[i] != 0) {
        const struct hash128 *k = &r->items[r->slots[i] - 1].key;
        if (k->lo == key.lo && k->hi == key.hi)
            break;
        i = (i + 1) & mask;
    }
    return i;
}

static int grow(struct responses *r)
{
    uint32_t cap = r->capacity == 0 ? 256 : r->capacity * 2;
    struct response *items = realloc(r->items, cap * sizeof *items);
    if (items == NULL)
        return -1;
    r->items = items;
    uint32_t *slots = calloc((size_t)cap * 2, sizeof *slots);
    if (slots == NULL)
        return -1;
    free(r->slots);
    r->slots = slots;
    r->slot_count = cap * 2;
    r->capacity = cap;
    for (uint32_t i = 0; i < r->count; i++)
        r->slots[slot_of(r, r->items[i].key)] = i + 1;
    return 0;
}

static bool better(const struct response *a, const struct response *b)
{
    if (a->usage.output != b->usage.output)
        return a->usage.output > b->usage.output;
    if (a->source != b->source)
        return a->source < b->source;
    if (a->offset != b->offset)
        return a->offset < b->offset;
    return a->position < b->position;
}

static int put(struct responses *r, const struct response *one)
{
    if (r->count == r->capacity && grow(r) != 0)
        return -1;
    uint32_t slot = slot_of(r, one->key);
    if (r->slots[slot] == 0) {
        r->items[r->count] = *one;
        r->slots[slot] = ++r->count;
    } else if (better(one, &r->items[r->slots[slot] - 1])) {
        r->items[r->slots[slot] - 1] = *one;
    }
    return 0;
}

int responses_add(struct responses *r, const struct message *m)
{
    struct response one = {.key = response_key(m),
                           .usage = m->usage,
                           .offset = m->offset,
                           .source = m->source,
                           .position = m->position};
    return intern_put(&r->models, m->model, &one.model) == 0 ? put(r, &one) : -1;
}

int responses_join(struct responses *into, const struct responses *from)
{
    uint32_t *map = calloc((size_t)from->models.count + 1, sizeof *map);
    int rc = map == NULL ? -1 : intern_translate(&from->models, &into->models, map);
    for (uint32_t i = 0; rc == 0 && i < from->count; i++) {
        struct response one = from->items[i];
        one.model = map[one.model];
        rc = put(into, &one);
    }
    free(map);
    return rc;
}

uint32_t responses_find(const struct responses *r, struct hash128 key)
{
    return r->slot_count == 0 ? UINT32_MAX : r->slots[slot_of(r, key)] - 1;
}
