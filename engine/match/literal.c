#include "literal.h"

#include "literal_needle.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int literal_new(struct span needle, unsigned flags, struct literal **out)
{
    assert(needle.len >= 1);
    struct literal *l = calloc(1, sizeof(*l));
    if (l == NULL)
        return -1;
    l->word = (flags & LITERAL_WORD) != 0;
    if (literal_needle_parse(l, needle, (flags & LITERAL_CASELESS) != 0) != 0 ||
        literal_needle_plan(l) != 0) {
        literal_free(l);
        return -1;
    }
    *out = l;
    return 0;
}

void literal_free(struct literal *l)
{
    if (l == NULL)
        return;
    free(l->elements);
    free(l->run_value);
    free(l->run_mask);
    free(l);
}

static uint64_t load64(const void *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof(v));
    return v;
}

/* (text | mask) == value over ${n} bytes; words overlap at the end rather than go byte by byte. */
static bool masked_equal(const char *text, const uint8_t *mask, const uint8_t *value, size_t n)
{
    if (n < 8) {
        for (size_t i = 0; i < n; i++)
            if (((unsigned char)text[i] | mask[i]) != value[i])
                return false;
        return true;
    }
    for (size_t i = 0; i < n - 8; i += 8)
        if ((load64(text + i) | load64(mask + i)) != load64(value + i))
            return false;
    return (load64(text + n - 8) | load64(mask + n - 8)) == load64(value + n - 8);
}

/* Length of the spelling of ${e} that stands at ${p}, or 0. No spelling begins another. */
static size_t spelled_at(const struct element *e, const char *p, size_t room)
{
    for (unsigned i = 0; i < e->count; i++)
        if (e->len[i] <= room && memcmp(p, e->bytes[i], e->len[i]) == 0)
            return e->len[i];
    return 0;
}

/* Length of the spelling that ends just before ${p}, or 0. None ends another. */
static size_t spelled_before(const struct element *e, const char *p, size_t room)
{
    for (unsigned i = 0; i < e->count; i++)
        if (e->len[i] <= room && memcmp(p - e->len[i], e->bytes[i], e->len[i]) == 0)
            return e->len[i];
    return 0;
}

static bool is_word(char c)
{
    unsigned char u = (unsigned char)c, letter = (unsigned char)((u | 0x20) - 'a');
    return letter < 26 || (unsigned char)(u - '0') < 10 || u == '_';
}

static bool stands_alone(struct span text, size_t begin, size_t end)
{
    return (begin == 0 || !is_word(text.ptr[begin - 1])) &&
           (end == text.len || !is_word(text.ptr[end]));
}

static bool go_right(const struct literal *l, struct span text, uint32_t element, size_t *end)
{
    for (uint32_t i = element; i < l->count; i++) {
        size_t n = spelled_at(&l->elements[i], text.ptr + *end, text.len - *end);
        if (n == 0)
            return false;
        *end += n;
    }
    return true;
}

static bool go_left(const struct literal *l, struct span text, size_t from, size_t *begin)
{
    for (uint32_t i = l->run_begin; i-- > 0;) {
        size_t n = spelled_before(&l->elements[i], text.ptr + *begin, *begin - from);
        if (n == 0)
            return false;
        *begin -= n;
    }
    return true;
}

bool literal_verify(const struct literal *l, struct span text, size_t p, size_t from, size_t *begin,
                    size_t *end)
{
    ptrdiff_t start = (ptrdiff_t)p + l->shift;
    if (start < (ptrdiff_t)from || (size_t)start > text.len)
        return false;
    size_t b = (size_t)start, e = b + l->run_len;
    if (l->run_len > text.len - b ||
        !masked_equal(text.ptr + b, l->run_mask, l->run_value, l->run_len))
        return false;
    uint32_t next = l->run_end;
    if (!l->run_exact) {
        next = l->run_begin;
        e = b;
    }
    if (!go_right(l, text, next, &e) || !go_left(l, text, from, &b))
        return false;
    if (l->word && !stands_alone(text, b, e))
        return false;
    *begin = b;
    *end = e;
    return true;
}

bool literal_find(const struct literal *l, struct span text, size_t from, size_t *begin,
                  size_t *end)
{
    for (size_t p = from; p < text.len; p++) {
        p = pair_scan_next(&l->scan, text, p);
        if (p >= text.len)
            return false;
        if (literal_verify(l, text, p, from, begin, end))
            return true;
    }
    return false;
}

/* Every byte that fits; in rounds short enough for counters of one byte in vector lanes. */
static uint64_t count_byte(struct span text, uint8_t value, uint8_t mask)
{
    uint64_t sum = 0;
    const unsigned char *p = (const unsigned char *)text.ptr;
    for (size_t left = text.len; left > 0;) {
        size_t n = left < 4096 ? left : 4096;
        unsigned round = 0;
        for (size_t i = 0; i < n; i++)
            round += (p[i] | mask) == value;
        sum += round;
        p += n;
        left -= n;
    }
    return sum;
}

uint64_t literal_count(const struct literal *l, struct span text)
{
    if (l->count == 1 && l->run_len == 1 && !l->word)
        return count_byte(text, l->run_value[0], l->run_mask[0]);
    uint64_t sum = 0;
    size_t begin, end;
    for (size_t from = 0; literal_find(l, text, from, &begin, &end); from = end)
        sum++;
    return sum;
}

const struct pair_scan *literal_scan(const struct literal *l)
{
    return &l->scan;
}

double literal_cost(const struct literal *l)
{
    return l->cost;
}
