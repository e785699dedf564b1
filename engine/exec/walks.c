#include "walks.h"

#include "clock.h"
#include "hash.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What a source holds now; a source that is gone holds nothing. */
struct held {
    uint64_t name; /* hash of its name; 0: a free place */
    uint64_t size;
    uint64_t seen; /* number of the list that named it last */
};

/* What a source held before. */
struct change {
    uint64_t name;
    uint64_t size;
};

struct walks {
    pthread_mutex_t lock; /* guards all below */
    struct held *table; /* open addressing, a power of two of places, at most half of them taken */
    size_t places;
    size_t taken;
    size_t living; /* with a size */
    uint64_t lists;
    uint64_t first;         /* number of the state before any change */
    uint64_t count;         /* of changes: now is first + count */
    struct change *changes; /* a ring of the last WALKS_CHANGES; the i-th at i % WALKS_CHANGES */
};

int walks_new(struct walks **out)
{
    struct walks *w = calloc(1, sizeof *w);
    *out = w;
    if (w == NULL)
        return -1;
    pthread_mutex_init(&w->lock, NULL);
    w->places = 64;
    w->table = calloc(w->places, sizeof *w->table);
    w->changes = calloc(WALKS_CHANGES, sizeof *w->changes);
    /* Not 1: numbers from before a restart must not be taken for new ones. */
    w->first = (uint64_t)clock_now_ms() << 16;
    if (w->table != NULL && w->changes != NULL)
        return 0;
    walks_free(w);
    *out = NULL;
    return -1;
}

void walks_free(struct walks *w)
{
    if (w == NULL)
        return;
    free(w->table);
    free(w->changes);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

static uint64_t name_of(const struct source *s)
{
    uint64_t h = hash_64(s->name);
    return h == 0 ? 1 : h;
}

/* The place of a name, or the free one where it belongs. */
static struct held *find(struct held *table, size_t places, uint64_t name)
{
    size_t i = name & (places - 1);
    while (table[i].name != 0 && table[i].name != name)
        i = (i + 1) & (places - 1);
    return &table[i];
}

static int make_room(struct walks *w, size_t more)
{
    size_t places = w->places;
    while ((w->taken + more) * 2 > places)
        places *= 2;
    if (places == w->places)
        return 0;
    struct held *table = calloc(places, sizeof *table);
    if (table == NULL)
        return -1;
    for (size_t i = 0; i < w->places; i++)
        if (w->table[i].name != 0)
            *find(table, places, w->table[i].name) = w->table[i];
    free(w->table);
    w->table = table;
    w->places = places;
    return 0;
}

static void change(struct walks *w, struct held *h, uint64_t size)
{
    if (h->size == size)
        return;
    w->changes[w->count++ % WALKS_CHANGES] = (struct change){h->name, h->size};
    w->living += (size_t)(h->size == 0) - (size_t)(size == 0);
    h->size = size;
}

/* Sources that the list does not name hold nothing any more. */
static void change_the_others(struct walks *w)
{
    for (size_t i = 0; i < w->places; i++)
        if (w->table[i].name != 0 && w->table[i].seen != w->lists)
            change(w, &w->table[i], 0);
}

static uint64_t remember(struct walks *w, const uint64_t *names, const struct source_list *list)
{
    size_t with_size = 0;
    if (make_room(w, list->count) != 0)
        return 0;
    w->lists++;
    for (uint32_t i = 0; i < list->count; i++) {
        struct held *h = find(w->table, w->places, names[i]);
        if (h->name == 0) {
            h->name = names[i];
            w->taken++;
        }
        h->seen = w->lists;
        change(w, h, list->items[i].size);
        with_size += h->size > 0;
    }
    if (w->living > with_size)
        change_the_others(w);
    return w->first + w->count;
}

static uint64_t *names_of(const struct source_list *list)
{
    uint64_t *names = malloc(((size_t)list->count + 1) * sizeof *names);
    for (uint32_t i = 0; names != NULL && i < list->count; i++)
        names[i] = name_of(&list->items[i]);
    return names;
}

uint64_t walks_remember(struct walks *w, const struct source_list *list)
{
    uint64_t *names = names_of(list);
    if (names == NULL)
        return 0;
    pthread_mutex_lock(&w->lock);
    uint64_t walk = remember(w, names, list);
    pthread_mutex_unlock(&w->lock);
    free(names);
    return walk;
}

struct named {
    uint64_t name;
    uint32_t index;
};

static int compare_named(const void *a, const void *b)
{
    const struct named *x = a, *y = b;
    return (x->name > y->name) - (x->name < y->name);
}

/* Take back the changes since ${walk}, the latest first. */
static int take_back(const struct walks *w, uint64_t walk, const uint64_t *names, uint32_t count,
                     uint64_t *bounds)
{
    uint64_t to = walk - w->first;
    if (to == w->count)
        return 0;
    struct named *order = malloc(((size_t)count + 1) * sizeof *order);
    if (order == NULL)
        return -1;
    for (uint32_t i = 0; i < count; i++)
        order[i] = (struct named){names[i], i};
    qsort(order, count, sizeof *order, compare_named);
    for (uint64_t i = w->count; i-- > to;) {
        const struct change *c = &w->changes[i % WALKS_CHANGES];
        struct named key = {c->name, 0};
        const struct named *n = bsearch(&key, order, count, sizeof key, compare_named);
        if (n != NULL)
            bounds[n->index] = c->size;
    }
    free(order);
    return 0;
}

static bool is_remembered(const struct walks *w, uint64_t walk)
{
    return walk >= w->first && walk - w->first <= w->count &&
           w->count - (walk - w->first) <= WALKS_CHANGES;
}

int walks_bounds(struct walks *w, uint64_t walk, const struct source_list *list, uint64_t **out)
{
    uint64_t *bounds = calloc((size_t)list->count + 1, sizeof *bounds);
    uint64_t *names = names_of(list);
    int rc = bounds == NULL || names == NULL ? -1 : 0;
    *out = NULL;
    pthread_mutex_lock(&w->lock);
    if (rc == 0 && is_remembered(w, walk)) {
        for (uint32_t i = 0; i < list->count; i++)
            bounds[i] = find(w->table, w->places, names[i])->size;
        rc = take_back(w, walk, names, list->count, bounds);
        if (rc == 0)
            *out = bounds;
    }
    pthread_mutex_unlock(&w->lock);
    free(names);
    if (*out == NULL)
        free(bounds);
    return rc;
}
