#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bytes_clear(struct bytes *b)
{
    free(b->ptr);
    *b = (struct bytes){0};
}

char *bytes_take(struct bytes *b)
{
    char *p = b->ptr;
    *b = (struct bytes){0};
    return p;
}

static bool bytes_grow(struct bytes *b, size_t need)
{
    size_t cap = b->cap < 256 ? 256 : b->cap;
    while (cap < need)
        cap += cap / 2;
    char *p = realloc(b->ptr, cap);
    if (p == NULL) {
        b->failed = true;
        return false;
    }
    b->ptr = p;
    b->cap = cap;
    return true;
}

char *bytes_room(struct bytes *b, size_t more)
{
    if (b->failed)
        return NULL;
    if (more > SIZE_MAX / 2 - b->len) {
        b->failed = true;
        return NULL;
    }
    if (b->len + more > b->cap && !bytes_grow(b, b->len + more))
        return NULL;
    return b->ptr + b->len;
}

void bytes_add(struct bytes *b, const void *p, size_t n)
{
    if (n == 0)
        return;
    char *to = bytes_room(b, n);
    if (to == NULL)
        return;
    memcpy(to, p, n);
    b->len += n;
}

void bytes_add_text(struct bytes *b, const char *s)
{
    bytes_add(b, s, strlen(s));
}

void bytes_add_span(struct bytes *b, struct span s)
{
    bytes_add(b, s.ptr, s.len);
}

void bytes_add_byte(struct bytes *b, char c)
{
    bytes_add(b, &c, 1);
}

void bytes_printf(struct bytes *b, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) {
        b->failed = true;
        return;
    }
    char *to = bytes_room(b, (size_t)n + 1);
    if (to == NULL)
        return;
    va_start(args, format);
    (void)vsnprintf(to, (size_t)n + 1, format, args);
    va_end(args);
    b->len += (size_t)n;
}
