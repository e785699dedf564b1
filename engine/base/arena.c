#include "arena.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define ARENA_ALIGN 16
#define ARENA_FIRST 4096
#define ARENA_LARGEST_STEP ((size_t)1 << 20)

struct arena_block {
    struct arena_block *older;
    size_t size; /* of data */
    _Alignas(ARENA_ALIGN) char data[];
};

void arena_init(struct arena *a)
{
    *a = (struct arena){0};
}

static int arena_grow(struct arena *a, size_t need)
{
    size_t size = a->head == NULL ? ARENA_FIRST : a->head->size * 2;
    if (size > ARENA_LARGEST_STEP)
        size = ARENA_LARGEST_STEP;
    if (size < need)
        size = need;
    struct arena_block *b = malloc(sizeof *b + size);
    if (b == NULL)
        return -1;
    b->older = a->head;
    b->size = size;
    a->head = b;
    a->used = 0;
    a->total += size;
    return 0;
}

void *arena_alloc(struct arena *a, size_t n)
{
    if (n > SIZE_MAX / 2)
        return NULL;
    n = (n + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    if ((a->head == NULL || n > a->head->size - a->used) && arena_grow(a, n) != 0)
        return NULL;
    void *p = a->head->data + a->used;
    a->used += n;
    return p;
}

void *arena_zalloc(struct arena *a, size_t n)
{
    void *p = arena_alloc(a, n);
    if (p != NULL)
        memset(p, 0, n);
    return p;
}

int arena_copy(struct arena *a, struct span s, struct span *out)
{
    char *p = arena_alloc(a, s.len + 1);
    if (p == NULL)
        return -1;
    if (s.len > 0)
        memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    *out = (struct span){p, s.len};
    return 0;
}

int arena_copy_any(struct arena *a, struct span s, struct span *out)
{
    *out = (struct span){NULL, 0};
    return s.ptr == NULL ? 0 : arena_copy(a, s, out);
}

void arena_shrink(struct arena *a, void *p, size_t old, size_t now)
{
    old = (old + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    now = (now + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1);
    assert(now <= old && (char *)p + old == a->head->data + a->used);
    (void)p;
    a->used -= old - now;
}

void arena_reset(struct arena *a)
{
    if (a->head == NULL)
        return;
    for (struct arena_block *b = a->head->older, *next; b != NULL; b = next) {
        next = b->older;
        free(b);
    }
    a->head->older = NULL;
    a->used = 0;
    a->total = a->head->size;
    if (a->keep != 0 && a->head->size > a->keep)
        arena_clear(a);
}

void arena_clear(struct arena *a)
{
    for (struct arena_block *b = a->head, *older; b != NULL; b = older) {
        older = b->older;
        free(b);
    }
    a->head = NULL;
    a->used = 0;
    a->total = 0;
}
