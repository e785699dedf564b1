/* bytes.h: A growable run of bytes, in which replies are written.
 *
 * Errors stick: after an append that found no memory the buffer keeps what it had, failed is true
 * and further appends do nothing, so that a writer checks once, at its end.
 */
#ifndef SCROLLBACK_BYTES_H
#define SCROLLBACK_BYTES_H

#include "vocabulary.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes {
    char *ptr;
    size_t len;
    size_t cap;
    bool failed;
};

/* bytes_clear(b): Free; ${b} is empty and usable again.  An all-zero struct is an empty buffer. */
void bytes_clear(struct bytes *b);

/* bytes_take(b): The memory, now the caller's to free(); ${b} is empty and usable again. */
char *bytes_take(struct bytes *b);

/* bytes_room(b, more): A place for ${more} bytes past len, or NULL (then failed is set). */
char *bytes_room(struct bytes *b, size_t more);

/* bytes_add(b, p, n), bytes_add_text(b, s), bytes_add_span(b, s), bytes_add_byte(b, c): Append. */
void bytes_add(struct bytes *b, const void *p, size_t n);
void bytes_add_text(struct bytes *b, const char *s);
void bytes_add_span(struct bytes *b, struct span s);
void bytes_add_byte(struct bytes *b, char c);

/* bytes_printf(b, format, ...): Append formatted text. */
void bytes_printf(struct bytes *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* bytes_span(b): What it holds, borrowed until the next change. */
static inline struct span bytes_span(const struct bytes *b)
{
    return (struct span){b->ptr == NULL ? "" : b->ptr, b->len};
}

#endif
