#include "walks.h"

#include "clock.h"
#include "hash.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define WALKS_KEPT 32

struct entry {
    uint64_t name; /* hash of the source's name */
    uint64_t size;
};

struct walk {
    uint64_t id;
    uint64_t print; /* hash of the entries: equal lists share a walk */
    uint64_t used;
    uint32_t count;
    struct entry *entries; /* by name */
};

struct walks {
    pthread_mutex_t lock; /* guards all below */
    uint64_t next_id;
    uint64_t uses;
    struct walk kept[WALKS_KEPT];
};

int walks_new(struct walks **out)
{
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return -1;
    pthread_mutex_init(&(*out)->lock, NULL);
    /* Not 1: numbers from before a restart must not be taken for new ones. */
    (*out)->next_id = (uint64_t)clock_now_ms() << 16;
    return 0;
}

void walks_free(struct walks *w)
{
    if (w == NULL)
        return;
    for (int i = 0; i < WALKS_KEPT; i++)
        free(w->kept[i].entries);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    return (x->name > y->name) - (x->name < y->name);
}

static struct entry *entries_of(const struct source_list *list)
{
    struct entry *e = malloc(((size_t)list->count + 1) * sizeof *e);
    for (uint32_t i = 0; e != NULL && i < list->count; i++)
        e[i] = (struct entry){hash_64(list->items[i].name), list->items[i].size};
    if (e != NULL)
        qsort(e, list->count, sizeof *e, compare_entries);
    return e;
}

/* The walk with that print, or the one used least recently. */
static struct walk *place_for(struct walks *w, uint64_t print, uint32_t count)
{
    struct walk *oldest = &w->kept[0];
    for (int i = 0; i < WALKS_KEPT; i++) {
        struct walk *k = &w->kept[i];
        if (k->entries != NULL && k->print == print && k->count == count)
            return k;
        if (k->used < oldest->used)
            oldest = k;
    }
    free(oldest->entries);
    *oldest = (struct walk){0};
    return oldest;
}

uint64_t walks_remember(struct walks *w, const struct source_list *list)
{
    struct entry *e = entries_of(list);
    if (e == NULL)
        return 0;
    uint64_t print = hash_64((struct span){(const char *)e, list->count * sizeof *e});
    pthread_mutex_lock(&w->lock);
    struct walk *k = place_for(w, print, list->count);
    if (k->entries == NULL) {
        *k = (struct walk){.id = ++w->next_id, .print = print, .count = list->count, .entries = e};
        e = NULL;
    }
    k->used = ++w->uses;
    uint64_t id = k->id;
    pthread_mutex_unlock(&w->lock);
    free(e);
    return id;
}

int walks_bounds(struct walks *w, uint64_t walk, const struct source_list *list, uint64_t **out)
{
    uint64_t *bounds = calloc((size_t)list->count + 1, sizeof *bounds);
    *out = NULL;
    if (bounds == NULL)
        return -1;
    pthread_mutex_lock(&w->lock);
    for (int i = 0; i < WALKS_KEPT && walk != 0; i++) {
        struct walk *k = &w->kept[i];
        if (k->id != walk)
            continue;
        k->used = ++w->uses;
        for (uint32_t s = 0; s < list->count; s++) {
            struct entry key = {hash_64(list->items[s].name), 0};
            const struct entry *e =
                bsearch(&key, k->entries, k->count, sizeof key, compare_entries);
            bounds[s] = e == NULL ? 0 : e->size;
        }
        *out = bounds;
    }
    pthread_mutex_unlock(&w->lock);
    if (*out == NULL)
        free(bounds);
    return 0;
}
