#include "fold.h"

#include "code_point.h"

#include <string.h>

/* Sixteen bytes at a time, in the compiler's own vector types: SSE2, NEON or plain words. */
#define WIDTH 16
typedef uint8_t vec __attribute__((vector_size(WIDTH)));
typedef uint64_t words __attribute__((vector_size(WIDTH)));

static vec load(const char *p)
{
    vec v;
    memcpy(&v, p, WIDTH);
    return v;
}

static void store(char *p, vec v)
{
    memcpy(p, &v, WIDTH);
}

static bool is_ascii(vec v)
{
    words w = (words)v;
    return ((w[0] | w[1]) & UINT64_C(0x8080808080808080)) == 0;
}

/* Capitals become small; bytes of other characters stay. */
static vec fold_ascii(vec v)
{
    vec capital = (vec)(v - 'A' <= 25);
    return v | (capital & 0x20);
}

static char fold_byte(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

/* Whether a character of these first two bytes can have another case, for the scripts that one
 * meets most and that have none: saves the look into the table.  The blocks are those of Unicode
 * 15 with a margin; fold_test.c tries every character. */
static bool may_have_case(const char *p)
{
    unsigned char a = (unsigned char)p[0], b = (unsigned char)p[1];
    if (a < 0xE0)
        return a <= 0xD6;
    switch (a) {
    case 0xE1: /* Georgian, Cherokee, phonetic, Latin and Greek additions */
        return true;
    case 0xE2: /* letterlike, Roman numerals, circled letters, Glagolitic, Coptic, Georgian */
        return (b >= 0x84 && b <= 0x86) || b == 0x92 || b == 0x93 || (b >= 0xB0 && b <= 0xB4);
    case 0xEA: /* Cyrillic and Latin additions, Cherokee */
        return true;
    case 0xEF: /* ligatures, full-width letters */
        return b == 0xAC || b == 0xBC || b == 0xBD;
    case 0xF0: /* the second plane up to U+1FFFF, but not the pictographs */
        return b >= 0x90 && b <= 0x9E;
    default:
        return false;
    }
}

/* Fold one character; return the bytes read, add to ${out} the bytes written. */
static size_t fold_one(const char *p, char **out)
{
    uint32_t cp;
    size_t n = code_point_length(*p);
    if (n == 1) {
        *(*out)++ = fold_byte(*p);
        return 1;
    }
    if (may_have_case(p)) {
        code_point_read(p, &cp);
        uint32_t folded = fold_code_point(cp);
        if (folded != cp) {
            *out += code_point_write(folded, *out);
            return n;
        }
    }
    memcpy(*out, p, n);
    *out += n;
    return n;
}

size_t fold_into(struct span s, char *out)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    char *o = out;
    while ((size_t)(end - p) >= WIDTH) {
        vec v = load(p);
        if (is_ascii(v)) {
            store(o, fold_ascii(v));
            p += WIDTH;
            o += WIDTH;
            continue;
        }
        /* A mixed stretch: by characters to its end, so that short ASCII runs do not reload. */
        const char *stop = p + WIDTH;
        while (p < stop)
            p += fold_one(p, &o);
    }
    while (p < end)
        p += fold_one(p, &o);
    return (size_t)(o - out);
}

int fold_text(struct span s, struct buf *out)
{
    if (buf_reserve(out, s.len + FOLD_SLACK) != 0)
        return -1;
    out->len += fold_into(s, out->ptr + out->len);
    return 0;
}
