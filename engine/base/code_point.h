/* code_point.h: Walking over text that is known to be valid UTF-8, inline.
 *
 * For loops in which a call would cost more than the work; utf8.h has what must bear any bytes.
 */
#ifndef SCROLLBACK_CODE_POINT_H
#define SCROLLBACK_CODE_POINT_H

#include "vocabulary.h"

#define CODE_POINT_MAX UINT32_C(0x10FFFF)
#define CODE_POINT_REPLACEMENT UINT32_C(0xFFFD)

/* code_point_length(lead): Bytes of the code point that starts with ${lead}; 1 for a byte that
 * starts none, so that a walk always moves on. */
static inline size_t code_point_length(char lead)
{
    unsigned char c = (unsigned char)lead;
    return c < 0xC0 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
}

/* code_point_is_inner(c): Whether ${c} continues a code point that began before it. */
static inline bool code_point_is_inner(char c)
{
    return ((unsigned char)c & 0xC0u) == 0x80u;
}

/* code_point_read(p, cp): Decode the code point at ${p}; return its length. */
static inline size_t code_point_read(const char *p, uint32_t *cp)
{
    const unsigned char *u = (const unsigned char *)p;
    if (u[0] < 0x80) {
        *cp = u[0];
        return 1;
    }
    if (u[0] < 0xE0) {
        *cp = (u[0] & 0x1Fu) << 6 | (u[1] & 0x3Fu);
        return 2;
    }
    if (u[0] < 0xF0) {
        *cp = (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
        return 3;
    }
    *cp = (u[0] & 0x07u) << 18 | (u[1] & 0x3Fu) << 12 | (u[2] & 0x3Fu) << 6 | (u[3] & 0x3Fu);
    return 4;
}

/* code_point_write(cp, out): Encode; ${cp} is no surrogate and at most CODE_POINT_MAX. */
static inline size_t code_point_write(uint32_t cp, char out[4])
{
    unsigned char *u = (unsigned char *)out;
    if (cp < 0x80) {
        u[0] = (unsigned char)cp;
        return 1;
    }
    if (cp < 0x800) {
        u[0] = (unsigned char)(0xC0u | cp >> 6);
        u[1] = (unsigned char)(0x80u | (cp & 0x3Fu));
        return 2;
    }
    if (cp < 0x10000) {
        u[0] = (unsigned char)(0xE0u | cp >> 12);
        u[1] = (unsigned char)(0x80u | (cp >> 6 & 0x3Fu));
        u[2] = (unsigned char)(0x80u | (cp & 0x3Fu));
        return 3;
    }
    u[0] = (unsigned char)(0xF0u | cp >> 18);
    u[1] = (unsigned char)(0x80u | (cp >> 12 & 0x3Fu));
    u[2] = (unsigned char)(0x80u | (cp >> 6 & 0x3Fu));
    u[3] = (unsigned char)(0x80u | (cp & 0x3Fu));
    return 4;
}

#endif
