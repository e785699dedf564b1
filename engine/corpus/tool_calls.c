#include "facts.h"

#include "error.h"
#include "hash.h"
#include "intern.h"
#include "line_values.h"
#include "lines.h"
#include "vector.h"

#include <stdlib.h>
#include <string.h>

struct tool_call {
    struct hash128 id;
    uint64_t offset; /* of its line */
    uint32_t name;
};

/* Ordered by id, then offset, so that a look-up is a search by halves. */
struct tool_calls {
    struct tool_call *items;
    size_t count;
    size_t capacity;
    struct intern names;
};

static int call_compare(const struct tool_call *a, const struct tool_call *b)
{
    int c = hash128_compare(a->id, b->id);
    return c != 0 ? c : (a->offset > b->offset) - (a->offset < b->offset);
}

void tool_calls_free(struct tool_calls *c)
{
    if (c == NULL)
        return;
    free(c->items);
    intern_clear(&c->names);
    free(c);
}

static int add_call(struct tool_calls *c, struct span id, struct span name, uint64_t offset)
{
    uint32_t number;
    if (intern_put(&c->names, name, &number) != 0 ||
        vector_room(&c->items, &c->capacity, c->count, sizeof *c->items) != 0)
        return -1;
    c->items[c->count++] = (struct tool_call){hash_128(id), offset, number};
    return 0;
}

static int add_calls(struct tool_calls *c, const struct compose *k, uint64_t offset)
{
    for (size_t i = 0; i < k->tool_ids.count; i++)
        if (k->call_names.items[i].len > 0 &&
            add_call(c, k->tool_ids.items[i], k->call_names.items[i], offset) != 0)
            return -1;
    return 0;
}

/* Whether the line may hold a call: its type stands there, or an escape could spell it. */
static bool may_call(struct span line)
{
    return memmem(line.ptr, line.len, "tool_use\"", 9) != NULL ||
           memmem(line.ptr, line.len, "\\u", 2) != NULL;
}

static int read_line(struct tool_calls *c, struct line_values *v, struct span line, uint64_t offset,
                     bool unterminated)
{
    if (!may_call(line))
        return 0;
    if (line_values_begin(v, line, unterminated) != 0)
        return -1;
    for (;;) {
        struct message m;
        enum compose_result made = line_values_next(v, &m);
        if (made == COMPOSE_NO_MEMORY)
            return -1;
        if (made == LINE_VALUES_END)
            return 0;
        if (made == COMPOSE_MESSAGE && add_calls(c, &v->compose, offset) != 0)
            return -1;
    }
}

static int read_block(struct tool_calls *c, struct line_values *v, const struct block *b)
{
    struct span rest = {b->ptr, b->len}, line;
    while (lines_next(&rest, &line))
        if (read_line(c, v, line, b->offset + (uint64_t)(line.ptr - b->ptr), b->unterminated) != 0)
            return -1;
    return 0;
}

static int read_range(struct tool_calls *c, struct reader *r, const struct source *s,
                      uint64_t begin, uint64_t end, struct error *err)
{
    struct line_values v;
    struct block b;
    int more = -1;
    line_values_init(&v);
    v.compose.leaves_texts = true;
    if (reader_open(r, s, begin, end, err) == 0)
        while ((more = reader_next(r, &b, err)) == 1)
            if (read_block(c, &v, &b) != 0) {
                more = error_no_memory(err);
                break;
            }
    line_values_clear(&v);
    return more;
}

/* A merge sort, because calls of one line must keep their order and qsort() may not. */
static void sort_calls(struct tool_call *items, struct tool_call *space, size_t n)
{
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t at = 0; at < n; at += 2 * width) {
            size_t middle = n - at < width ? n : at + width;
            size_t end = n - at < 2 * width ? n : at + 2 * width;
            size_t a = at, b = middle;
            for (size_t to = at; to < end; to++)
                space[to] = b == end || (a < middle && call_compare(&items[a], &items[b]) <= 0)
                                ? items[a++]
                                : items[b++];
        }
        memcpy(items, space, n * sizeof *items);
    }
}

static int order_calls(struct tool_calls *c)
{
    if (c->count < 2)
        return 0;
    struct tool_call *space = malloc(c->count * sizeof *space);
    if (space == NULL)
        return -1;
    sort_calls(c->items, space, c->count);
    free(space);
    return 0;
}

int tool_calls_read(struct reader *r, const struct source *s, uint64_t begin, uint64_t end,
                    struct tool_calls **out, struct error *err)
{
    struct tool_calls *c = calloc(1, sizeof *c);
    if (c == NULL)
        return error_no_memory(err);
    intern_init(&c->names);
    if (read_range(c, r, s, begin, end, err) != 0)
        goto fail;
    if (order_calls(c) != 0) {
        error_no_memory(err);
        goto fail;
    }
    *out = c;
    return 0;
fail:
    tool_calls_free(c);
    return -1;
}

/* Append the items of ${newer}, their names numbered as in ${older}. */
static int append_items(struct tool_calls *older, const struct tool_calls *newer)
{
    uint32_t *map = malloc((newer->names.count + 1) * sizeof *map);
    struct tool_call *items = realloc(older->items, (older->count + newer->count) * sizeof *items);
    if (items != NULL) {
        older->items = items;
        older->capacity = older->count + newer->count;
    }
    int result = -1;
    if (items == NULL || map == NULL || intern_translate(&newer->names, &older->names, map) != 0)
        goto out;
    for (size_t i = 0; i < newer->count; i++) {
        struct tool_call call = newer->items[i];
        call.name = map[call.name];
        older->items[older->count++] = call;
    }
    result = 0;
out:
    free(map);
    return result;
}

int tool_calls_join(struct tool_calls *older, const struct tool_calls *newer)
{
    if (newer->count == 0)
        return 0;
    size_t count = older->count;
    if (append_items(older, newer) != 0)
        return -1;
    if (order_calls(older) == 0)
        return 0;
    older->count = count; /* still in order */
    return -1;
}

struct span tool_calls_name(const struct tool_calls *c, struct span id, uint64_t before)
{
    struct tool_call key = {hash_128(id), before, 0};
    size_t low = 0, high = c->count;
    while (low < high) { /* find the first that is not before the key */
        size_t middle = low + (high - low) / 2;
        if (call_compare(&c->items[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return (struct span){NULL, 0};
    const struct tool_call *call = &c->items[low - 1];
    if (!hash128_equal(call->id, key.id))
        return (struct span){NULL, 0};
    return intern_get(&c->names, call->name);
}
