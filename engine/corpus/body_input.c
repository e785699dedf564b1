#include "body.h"

#include "hash.h"
#include "span.h"
#include "unescape.h"
#include "vector.h"

#include <stdlib.h>

#define DEAD UINT32_MAX /* the part of a piece under a key that came again */
#define FEW_KEYS 16

/* A key of an object that is still open, to find those that come again. */
struct input_key {
    uint64_t hash;
    size_t number; /* among the keys of its object */
    size_t piece;  /* the first piece of its value */
};

/* The containers entered, innermost last. */
struct level {
    size_t first_key;
    bool is_object;
    bool first; /* no element read yet */
};

struct input_walk {
    struct body *body;
    struct json *c;
    struct input_paths *paths;
    unsigned depth;
    bool any_dead;
    struct level levels[JSON_DEPTH_LIMIT];
};

static uint64_t key_hash(const struct json_string *key)
{
    struct span s = {key->ptr, key->len};
    char small[256 + UNESCAPE_ROOM];
    if ((key->flags & JSON_ESCAPED) == 0)
        return hash_64(s);
    char *text = key->len <= 256 ? small : malloc(key->len + UNESCAPE_ROOM);
    if (text == NULL)
        return hash_64(s);
    size_t len = unescape_copy(s, text);
    uint64_t hash = hash_64(len == UNESCAPE_INVALID ? s : (struct span){text, len});
    if (text != small)
        free(text);
    return hash;
}

static int path_slot(const struct json_string *key)
{
    static const struct span names[INPUT_PATHS] = {SPAN_INIT("file_path"), SPAN_INIT("path"),
                                                   SPAN_INIT("notebook_path")};
    for (int i = 0; i < INPUT_PATHS; i++)
        if (json_key_is(key, names[i]))
            return i;
    return -1;
}

static int note_key(struct input_walk *w, const struct json_string *key)
{
    struct body *b = w->body;
    if (vector_room(&b->keys, &b->key_capacity, b->key_count, sizeof *b->keys) != 0) {
        b->no_memory = true;
        return -1;
    }
    size_t number = b->key_count - w->levels[w->depth - 1].first_key;
    b->keys[b->key_count++] = (struct input_key){key_hash(key), number, b->piece_count};
    return 0;
}

static void kill_pieces(struct input_walk *w, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        w->body->pieces[i].part = DEAD;
    w->any_dead |= from < to;
}

static int key_compare(const void *va, const void *vb)
{
    const struct input_key *a = va, *b = vb;
    if (a->hash != b->hash)
        return a->hash < b->hash ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

/* Of keys that came twice in the object that closes only the last value counts. */
static void close_object(struct input_walk *w, size_t first_key)
{
    struct body *b = w->body;
    struct input_key *keys = b->keys + first_key;
    size_t n = b->key_count - first_key;
    b->key_count = first_key;
    if (n <= FEW_KEYS) {
        for (size_t i = 0; i + 1 < n; i++)
            for (size_t k = i + 1; k < n; k++)
                if (keys[k].hash == keys[i].hash)
                    kill_pieces(w, keys[i].piece, keys[i + 1].piece);
        return;
    }
    /* By number, the next key's first piece ends a value: note that before they are sorted. */
    size_t *ends = malloc(n * sizeof *ends);
    if (ends == NULL) {
        b->no_memory = true;
        return;
    }
    for (size_t i = 0; i < n; i++)
        ends[i] = i + 1 < n ? keys[i + 1].piece : b->piece_count;
    qsort(keys, n, sizeof *keys, key_compare);
    for (size_t i = 0; i + 1 < n; i++)
        if (keys[i].hash == keys[i + 1].hash)
            kill_pieces(w, keys[i].piece, ends[keys[i].number]);
    free(ends);
}

static void enter(struct input_walk *w, bool is_object)
{
    w->levels[w->depth++] = (struct level){w->body->key_count, is_object, true};
}

/* Read the value at the cursor; a container is entered only. */
static int walk_one(struct input_walk *w, int slot)
{
    struct json *c = w->c;
    if (json_at(c, '"')) {
        struct json_string s;
        if (json_string(c, &s) != 0)
            return -1;
        if (slot >= 0)
            w->paths->items[slot] = s;
        return body_piece(w->body, &s, PART_TOOL_INPUT);
    }
    if (json_at(c, '{') || json_at(c, '[')) {
        bool is_object = *c->p == '{';
        if (json_enter(c) != 0)
            return -1;
        enter(w, is_object);
        return 0;
    }
    return json_scalar(c);
}

static int walk_member(struct input_walk *w, struct level *level)
{
    struct json_string key;
    int r = json_member(w->c, &level->first, &key);
    if (r < 0)
        return -1;
    if (r == 0) {
        close_object(w, level->first_key);
        w->depth--;
        return w->body->no_memory ? -1 : 0;
    }
    if (note_key(w, &key) != 0)
        return -1;
    int slot = w->depth == 1 ? path_slot(&key) : -1;
    if (slot >= 0)
        w->paths->items[slot] = (struct json_string){NULL, 0, 0};
    return walk_one(w, slot);
}

static int walk_item(struct input_walk *w, struct level *level)
{
    int r = json_item(w->c, &level->first);
    if (r == 1)
        return walk_one(w, -1);
    w->depth--;
    return r;
}

static void drop_dead(struct body *b, size_t first)
{
    size_t to = first;
    for (size_t i = first; i < b->piece_count; i++)
        if (b->pieces[i].part != DEAD)
            b->pieces[to++] = b->pieces[i];
    b->piece_count = to;
}

int body_input(struct body *b, struct json *c, struct input_paths *paths)
{
    struct input_walk w;
    w.body = b;
    w.c = c;
    w.paths = paths;
    w.depth = 0;
    w.any_dead = false;
    *paths = (struct input_paths){0};
    size_t first = b->piece_count;
    b->key_count = 0;
    if (walk_one(&w, -1) != 0)
        return -1;
    while (w.depth > 0) {
        struct level *level = &w.levels[w.depth - 1];
        if ((level->is_object ? walk_member(&w, level) : walk_item(&w, level)) != 0)
            return -1;
    }
    if (w.any_dead)
        drop_dead(b, first);
    return 0;
}
