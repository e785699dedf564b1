/* span.h: Small helpers on borrowed runs of bytes (struct span, vocabulary.h). */
#ifndef SCROLLBACK_SPAN_H
#define SCROLLBACK_SPAN_H

#include "vocabulary.h"

#include <string.h>

/* A span over a string literal. */
#define SPAN(literal) ((struct span){(literal), sizeof(literal) - 1})

/* The same as initializer of an object with static storage. */
/* clang-format off */
#define SPAN_INIT(literal) {(literal), sizeof(literal) - 1}
/* clang-format on */

static inline struct span span_of(const char *s)
{
    return (struct span){s, s == NULL ? 0 : strlen(s)};
}

static inline bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* span_compare(a, b): Order by bytes, a prefix before what it begins; <0, 0 or >0. */
static inline int span_compare(struct span a, struct span b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int c = n == 0 ? 0 : memcmp(a.ptr, b.ptr, n);
    return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

static inline bool span_starts_with(struct span s, struct span prefix)
{
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool span_ends_with(struct span s, struct span suffix)
{
    return s.len >= suffix.len &&
           (suffix.len == 0 || memcmp(s.ptr + (s.len - suffix.len), suffix.ptr, suffix.len) == 0);
}

#endif
