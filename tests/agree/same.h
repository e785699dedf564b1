/* same.h: Whether two values of replies are the same; an absent text is not an empty one. */
#ifndef AGREE_SAME_H
#define AGREE_SAME_H

#include "search_api.h"
#include "sessions_api.h"
#include "span.h"

static inline bool same(struct span a, struct span b)
{
    return (a.ptr == NULL) == (b.ptr == NULL) && span_equal(a, b);
}

static inline bool same_list(const struct span *a, uint32_t n, const struct span *b, uint32_t m)
{
    bool equal = n == m;
    for (uint32_t i = 0; equal && i < n; i++)
        equal = same(a[i], b[i]);
    return equal;
}

static inline bool same_tokens(const struct reply_tokens *a, const struct reply_tokens *b)
{
    return a->input == b->input && a->output == b->output &&
           a->cache_write_5m == b->cache_write_5m && a->cache_write_1h == b->cache_write_1h &&
           a->cache_read == b->cache_read;
}

#endif
