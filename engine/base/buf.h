/* buf.h: A growable run of bytes owned by its holder.
 *
 * Errors stick: after a failed append the buffer keeps what it had, buf_failed() is true and
 * further appends do nothing, so that a writer may check once at its end.
 */
#ifndef SCROLLBACK_BUF_H
#define SCROLLBACK_BUF_H

#include "vocabulary.h"

struct buf {
    char *ptr;
    size_t len;
    size_t cap;
    bool failed;
};

/* buf_init(b): Empty, allocates nothing.  buf_clear(b): free; usable again. */
void buf_init(struct buf *b);
void buf_clear(struct buf *b);

/* buf_reserve(b, more): Make room for ${more} bytes past len.  Return 0 or -1. */
int buf_reserve(struct buf *b, size_t more);

/* buf_append(b, p, n), buf_append_span(b, s), buf_append_byte(b, c): Add at the end; 0 or -1. */
int buf_append(struct buf *b, const void *p, size_t n);
int buf_append_span(struct buf *b, struct span s);
int buf_append_byte(struct buf *b, char c);

/* buf_printf(b, fmt, ...): Add formatted text.  Return 0 or -1. */
int buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* buf_span(b): What it holds, borrowed until the next change. */
static inline struct span buf_span(const struct buf *b)
{
    return (struct span){b->ptr, b->len};
}

static inline bool buf_failed(const struct buf *b)
{
    return b->failed;
}

#endif
