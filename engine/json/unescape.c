#include "unescape.h"

#include "utf8.h"

#include <string.h>

const char unescape_simple[256] = {['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
                                   ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t'};

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = (char)(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* The four digits at ${p}, or -1. */
static int32_t hex_unit(const char *p, const char *end)
{
    int32_t unit = 0;
    if (end - p < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(p[i]);
        if (digit < 0)
            return -1;
        unit = unit << 4 | digit;
    }
    return unit;
}

/* The code point of the \u escape at ${p}; ${used} is its length, 6 or 12. */
static int32_t escaped_code_point(const char *p, const char *end, size_t *used)
{
    int32_t unit = hex_unit(p + 2, end);
    *used = 6;
    if (unit < 0xD800 || unit > 0xDBFF)
        return unit;
    if (end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
        int32_t low = hex_unit(p + 8, end);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *used = 12;
            return 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    return unit; /* lone: utf8_encode() makes it U+FFFD */
}

size_t unescape_one(const char *p, const char *end, char *text, size_t *written)
{
    if (end - p < 2)
        return 0;
    char c = unescape_simple[(unsigned char)p[1]];
    if (c != '\0') {
        text[0] = c;
        *written = 1;
        return 2;
    }
    if (p[1] != 'u')
        return 0;
    size_t used;
    int32_t cp = escaped_code_point(p, end, &used);
    if (cp < 0)
        return 0;
    *written = utf8_encode((uint32_t)cp, text);
    return used;
}

/* Both ways at once: ${out} may be s.ptr or stand before it. */
static size_t unescape_runs(struct span s, char *out)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    char *to = out;
    while (p < end) {
        const char *escape = memchr(p, '\\', (size_t)(end - p));
        size_t plain = (size_t)((escape == NULL ? end : escape) - p);
        memmove(to, p, plain);
        p += plain;
        to += plain;
        if (escape == NULL)
            break;
        char text[4]; /* in place, the text may overlap its own escape */
        size_t written;
        size_t used = unescape_one(p, end, text, &written);
        if (used == 0)
            return UNESCAPE_INVALID;
        memcpy(to, text, written);
        p += used;
        to += written;
    }
    return (size_t)(to - out);
}

size_t unescape_copy(struct span s, char *out)
{
    return unescape_runs(s, out);
}

size_t unescape_move(struct span s, char *out)
{
    return unescape_runs(s, out);
}

bool unescape_check(struct span s)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    while ((p = memchr(p, '\\', (size_t)(end - p))) != NULL) {
        char text[4];
        size_t written;
        size_t used = unescape_one(p, end, text, &written);
        if (used == 0)
            return false;
        p += used;
    }
    return true;
}
