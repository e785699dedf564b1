/* call_map.h: The names of the tool calls of a file by their ids, as far as it was read. */
#ifndef SCROLLBACK_CALL_MAP_H
#define SCROLLBACK_CALL_MAP_H

#include "hash.h"
#include "intern.h"

struct call_map_entry {
    struct hash128 id;
    uint32_t name; /* in names; 0: empty slot */
};

/* Ids are known by their hashes only, names are stored once: a call costs 24 bytes, twice over. */
struct call_map {
    struct intern names;
    struct call_map_entry *slots;
    size_t count;
    size_t slot_count;
};

/* call_map_init(m), call_map_clear(m): Make it empty; free what it holds. */
void call_map_init(struct call_map *m);
void call_map_clear(struct call_map *m);

/* call_map_reset(m): For the next file: empty, a small table is kept. */
void call_map_reset(struct call_map *m);

/* call_map_put(m, id, name): A call; of calls with the same id the last counts.  0 or -1. */
int call_map_put(struct call_map *m, struct span id, struct span name);

/* call_map_get(m, id): The name, borrowed until the next reset, or an absent span. */
struct span call_map_get(const struct call_map *m, struct span id);

#endif
