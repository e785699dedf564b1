/* json_masks.h: The kernels of json.h over 64 bytes at a time, for each instruction set anew.
 *
 * The including file defines KERNEL (attributes of each function), masks_read(), which fills the struct
 * of json_mask_set.h, masks_prefix_xor() and masks_copy(), then includes this.  The method is that of Langdale and
 * Lemire, "Parsing gigabytes of JSON per second" (2019): bit i of a mask stands for byte i; an
 * exclusive or over all lower bits turns a mask of quotes into a mask of what is inside strings.
 */
#ifndef SCROLLBACK_JSON_MASKS_H
#define SCROLLBACK_JSON_MASKS_H

#include "unescape.h"

#define EVEN_BITS 0x5555555555555555u

/* Which bytes are escaped by a backslash before them.  A run of backslashes escapes in pairs; an
 * addition carries through a run and shows where it ends on an odd or an even place.  ${carry} is 1
 * if the first byte is escaped by the last one before. */
KERNEL static inline uint64_t masks_escaped(uint64_t backslash, uint64_t *carry)
{
    if (backslash == 0) {
        uint64_t escaped = *carry;
        *carry = 0;
        return escaped;
    }
    backslash &= ~*carry;
    uint64_t follows = backslash << 1 | *carry;
    uint64_t odd_starts = backslash & ~EVEN_BITS & ~follows;
    uint64_t ends_of_even;
    *carry = __builtin_add_overflow(odd_starts, backslash, &ends_of_even);
    return (EVEN_BITS ^ ends_of_even << 1) & follows;
}

/* The bits of bytes before ${end}. */
KERNEL static inline uint64_t masks_before(const char *p, const char *end)
{
    return end - p >= 64 ? UINT64_MAX : ((uint64_t)1 << (end - p)) - 1;
}

KERNEL static const char *kernel_string_end(const char *p, const char *end, unsigned *flags)
{
    uint64_t carry = 0, any_backslash = 0, any_high = 0;
    for (; p < end; p += 64) {
        struct masks m = masks_read(p);
        uint64_t escaped = masks_escaped(m.backslash, &carry);
        uint64_t quote = m.quote & ~escaped & masks_before(p, end);
        if (quote != 0) {
            uint64_t below = (quote & (0 - quote)) - 1;
            any_backslash |= m.backslash & below;
            any_high |= m.high & below;
            *flags |=
                (any_backslash != 0 ? JSON_ESCAPED : 0u) | (any_high != 0 ? JSON_NON_ASCII : 0u);
            return p + __builtin_ctzll(quote);
        }
        any_backslash |= m.backslash;
        any_high |= m.high;
    }
    return NULL;
}

/* Walk the brackets of one block in order.  Return behind the last closing one, or NULL: then
 * ${fail} is set if the limit was passed. */
KERNEL static inline const char *kernel_brackets(const char *p, uint64_t open, uint64_t close,
                                                 unsigned *depth, unsigned limit, const char **fail)
{
    for (uint64_t both = open | close; both != 0; both &= both - 1) {
        uint64_t bit = both & (0 - both);
        if ((open & bit) != 0) {
            if (++*depth > limit) {
                *fail = p + __builtin_ctzll(bit);
                return NULL;
            }
        } else if (--*depth == 0) {
            return p + __builtin_ctzll(bit) + 1;
        }
    }
    return NULL;
}

KERNEL static const char *kernel_skip(const char *p, const char *end, unsigned limit,
                                      const char **fail)
{
    uint64_t carry = 0, inside = 0;
    unsigned depth = 0;
    *fail = NULL;
    for (; p < end; p += 64) {
        struct masks m = masks_read(p);
        uint64_t quote = m.quote & ~masks_escaped(m.backslash, &carry);
        uint64_t strings = masks_prefix_xor(quote) ^ inside;
        inside = 0 - (strings >> 63);
        uint64_t outside = ~strings & masks_before(p, end);
        uint64_t open = m.open & outside, close = m.close & outside;
        unsigned opened = (unsigned)__builtin_popcountll(open);
        unsigned closed = (unsigned)__builtin_popcountll(close);
        if (depth > closed && depth + opened <= limit) {
            depth += opened - closed;
            continue;
        }
        const char *behind = kernel_brackets(p, open, close, &depth, limit, fail);
        if (behind != NULL || *fail != NULL)
            return behind;
    }
    *fail = end;
    return NULL;
}

/* Block by block, each from the mask of its backslashes.  Runs between escapes are copied 64 bytes
 * wide, whatever their length: that is what UNESCAPE_ROOM is for. */
KERNEL static size_t kernel_unescape(struct span s, char *out)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    char *to = out;
    while (p < end) {
        const char *block = p;
        uint64_t backslash = masks_copy(p, to) & masks_before(p, end);
        while (backslash != 0) {
            const char *escape = block + __builtin_ctzll(backslash);
            to += escape - p;
            char simple = end - escape < 2 ? '\0' : unescape_simple[(unsigned char)escape[1]];
            if (simple != '\0') {
                *to++ = simple;
                p = escape + 2;
            } else {
                size_t written;
                size_t used = unescape_one(escape, end, to, &written);
                if (used == 0)
                    return UNESCAPE_INVALID;
                p = escape + used;
                to += written;
            }
            if (p - block >= 64)
                break;
            backslash &= UINT64_MAX << (p - block);
            (void)masks_copy(p, to); /* the run behind the escape */
        }
        if (p - block < 64) {
            size_t rest = (size_t)((end - block < 64 ? end : block + 64) - p);
            to += rest;
            p += rest;
        }
    }
    return (size_t)(to - out);
}

#endif
