/* cold.h: Writing and reading the small records of a segment: numbers of 7 bits a byte, the lowest
 * first (LEB128), and strings preceded by their length.
 *
 * Readers stop at the end of what they were given and then yield zeros and absent strings: a damaged
 * record costs its own values.
 */
#ifndef SCROLLBACK_COLD_H
#define SCROLLBACK_COLD_H

#include "buf.h"
#include "message.h"

#include <string.h>

/* Flags of a row's record (segment_message.c). */
enum { COLD_TIME_CERTAIN = 1, COLD_UUID = 2, COLD_PARENT = 4, COLD_USAGE = 8 };

#define COLD_NUMBER_MAX 10 /* bytes */

struct cold_reader {
    const uint8_t *at;
    const uint8_t *end;
};

static inline void cold_put_number(struct buf *b, uint64_t v)
{
    if (buf_reserve(b, COLD_NUMBER_MAX) != 0)
        return;
    for (; v >= 0x80; v >>= 7)
        b->ptr[b->len++] = (char)(uint8_t)(v | 0x80);
    b->ptr[b->len++] = (char)(uint8_t)v;
}

static inline uint64_t cold_number(struct cold_reader *r)
{
    uint64_t v = 0;
    for (unsigned shift = 0; r->at < r->end && shift < 64; shift += 7) {
        uint8_t c = *r->at++;
        v |= (uint64_t)(c & 0x7F) << shift;
        if (c < 0x80)
            return v;
    }
    return v;
}

/* An absent string is written as 0, others as their length + 1 and their bytes. */
static inline void cold_put_string(struct buf *b, struct span s)
{
    cold_put_number(b, s.ptr == NULL ? 0 : s.len + 1);
    if (s.ptr != NULL)
        buf_append(b, s.ptr, s.len);
}

static inline struct span cold_string(struct cold_reader *r)
{
    uint64_t n = cold_number(r);
    if (n == 0 || n - 1 > (uint64_t)(r->end - r->at))
        return (struct span){NULL, 0};
    struct span s = {(const char *)r->at, (size_t)(n - 1)};
    r->at += n - 1;
    return s;
}

/* cold_put_uuid(b, s): 17 bytes for a lower-case UUID of 36 characters, else a plain string.
 * cold_uuid(r, text): Read it; ${text} (36 bytes) takes the characters of a packed one. */
void cold_put_uuid(struct buf *b, struct span s);
struct span cold_uuid(struct cold_reader *r, char text[36]);

/* cold_put_list(b, list): The number of strings, then each.  cold_list_count(r): the number, made
 * small enough for the bytes left. */
void cold_put_list(struct buf *b, struct span_list list);
uint32_t cold_list_count(struct cold_reader *r);

#endif
