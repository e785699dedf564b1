#include "literal_needle.h"

#include "byte_rank.h"
#include "code_point.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void add_spelling(struct element *e, uint32_t cp)
{
    assert(e->count < FOLD_CLASS_MAX);
    e->len[e->count] = (uint8_t)code_point_write(cp, e->bytes[e->count]);
    e->count++;
}

int literal_needle_parse(struct literal *l, struct span needle, bool caseless)
{
    l->elements = calloc(needle.len, sizeof(*l->elements));
    if (l->elements == NULL)
        return -1;
    for (size_t i = 0; i < needle.len;) {
        uint32_t cp, class[FOLD_CLASS_MAX];
        i += code_point_read(needle.ptr + i, &cp);
        unsigned n = 1;
        class[0] = cp;
        if (caseless)
            n = fold_class(cp, class);
        for (unsigned k = 0; k < n; k++)
            add_spelling(&l->elements[l->count], class[k]);
        l->count++;
    }
    return 0;
}

static bool is_steady(const struct element *e)
{
    for (unsigned i = 1; i < e->count; i++)
        if (e->len[i] != e->len[0])
            return false;
    return true;
}

/* What byte ${at} of a steady element may be, and whether the mask lets nothing else through. */
static bool blend(const struct element *e, unsigned at, uint8_t *value, uint8_t *mask)
{
    uint8_t differ = 0;
    for (unsigned i = 1; i < e->count; i++)
        differ = (uint8_t)(differ | (uint8_t)(e->bytes[i][at] ^ e->bytes[0][at]));
    *mask = differ;
    *value = (uint8_t)((uint8_t)e->bytes[0][at] | differ);
    return (differ & (differ - 1)) == 0;
}

/* A way to look for the needle, and what it is thought to cost. */
struct way {
    double cost;
    struct pair pairs[PAIR_SCAN_MAX];
    unsigned count;
    uint32_t element; /* that starts at p + shift */
    uint32_t run_end; /* == element if there is no run */
    ptrdiff_t shift;
};

static void keep_better(struct way *best, struct way *w)
{
    w->cost = pair_cost(w->pairs, w->count);
    if (best->count == 0 || w->cost < best->cost)
        *best = *w;
}

/* Neighbours in a word go together more often than their frequencies say: a byte that stands
 * further off is worth a bit more. */
static unsigned rank_beside(uint8_t byte, size_t apart)
{
    return byte_rank_table[byte] + (apart == 1 ? 16u : apart == 2 ? 8u : 0u);
}

/* The two rarest bytes of a run that stand near enough to each other. */
static struct pair rarest_pair(const uint8_t *value, const uint8_t *mask, size_t len, size_t *at)
{
    size_t first = 0;
    for (size_t i = 1; i < len; i++)
        if (byte_rank_table[value[i]] < byte_rank_table[value[first]])
            first = i;
    size_t second = first;
    unsigned best = UINT_MAX;
    for (size_t i = 0; i < len; i++) {
        size_t apart = i > first ? i - first : first - i;
        if (apart == 0 || apart > PAIR_SCAN_DISTANCE || rank_beside(value[i], apart) >= best)
            continue;
        best = rank_beside(value[i], apart);
        second = i;
    }
    size_t lo = first < second ? first : second, hi = first < second ? second : first;
    *at = lo;
    return (struct pair){{value[lo], value[hi]}, {mask[lo], mask[hi]}, (uint8_t)(hi - lo)};
}

/* Write the bytes of the run that begins at ${from}; return its length in bytes. */
static size_t spell_run(const struct literal *l, uint32_t from, uint32_t to, uint8_t *value,
                        uint8_t *mask, bool *exact)
{
    size_t len = 0;
    *exact = true;
    for (uint32_t i = from; i < to; i++) {
        const struct element *e = &l->elements[i];
        unsigned varied = 0;
        for (unsigned k = 0; k < e->len[0]; k++, len++) {
            bool sharp = blend(e, k, &value[len], &mask[len]);
            varied += mask[len] != 0;
            *exact = *exact && sharp;
        }
        /* Two bytes that vary together would also let their mixtures through. */
        *exact = *exact && varied <= 1;
    }
    return len;
}

static uint32_t run_stop(const struct literal *l, uint32_t from)
{
    while (from < l->count && is_steady(&l->elements[from]))
        from++;
    return from;
}

static void try_run(const struct literal *l, uint32_t from, uint32_t to, uint8_t *value,
                    uint8_t *mask, struct way *best)
{
    bool exact;
    size_t at, len = spell_run(l, from, to, value, mask, &exact);
    struct way w = {.count = 1, .element = from, .run_end = to};
    w.pairs[0] = rarest_pair(value, mask, len, &at);
    w.shift = -(ptrdiff_t)at;
    keep_better(best, &w);
}

/* Add a byte to a set of (value, mask), joining the two cases of an ASCII letter. */
static unsigned add_byte(uint8_t set[][2], unsigned n, uint8_t byte)
{
    for (unsigned i = 0; i < n; i++)
        if ((byte | set[i][1]) == set[i][0])
            return n;
    for (unsigned i = 0; i < n; i++)
        if ((byte ^ set[i][0]) == 0x20) {
            set[i][0] |= 0x20;
            set[i][1] = 0x20;
            return n;
        }
    set[n][0] = byte;
    set[n][1] = 0;
    return n + 1;
}

/* The border between two elements: the last byte of one and the first of the next. */
static void try_border(const struct literal *l, uint32_t left, struct way *best)
{
    const struct element *a = &l->elements[left], *b = &l->elements[left + 1];
    uint8_t last[FOLD_CLASS_MAX][2], first[FOLD_CLASS_MAX][2];
    unsigned lasts = 0, firsts = 0;
    for (unsigned i = 0; i < a->count; i++)
        lasts = add_byte(last, lasts, (uint8_t)a->bytes[i][a->len[i] - 1]);
    for (unsigned i = 0; i < b->count; i++)
        firsts = add_byte(first, firsts, (uint8_t)b->bytes[i][0]);
    if (lasts * firsts > PAIR_SCAN_MAX)
        return;
    struct way w = {.element = left + 1, .run_end = left + 1, .shift = 1};
    for (unsigned i = 0; i < lasts; i++)
        for (unsigned k = 0; k < firsts; k++)
            w.pairs[w.count++] =
                (struct pair){{last[i][0], first[k][0]}, {last[i][1], first[k][1]}, 1};
    keep_better(best, &w);
}

/* One element by itself: the first bytes of each spelling. */
static void try_single(const struct literal *l, uint32_t at, struct way *best)
{
    const struct element *e = &l->elements[at];
    struct way w = {.element = at, .run_end = at, .shift = 0};
    uint8_t set[FOLD_CLASS_MAX][2];
    unsigned bytes = 0;
    for (unsigned i = 0; i < e->count; i++) {
        if (e->len[i] == 1)
            bytes = add_byte(set, bytes, (uint8_t)e->bytes[i][0]);
        else
            w.pairs[w.count++] =
                (struct pair){{(uint8_t)e->bytes[i][0], (uint8_t)e->bytes[i][1]}, {0, 0}, 1};
    }
    for (unsigned i = 0; i < bytes; i++)
        w.pairs[w.count++] = (struct pair){{set[i][0], set[i][0]}, {set[i][1], set[i][1]}, 0};
    keep_better(best, &w);
}

static void choose(const struct literal *l, uint8_t *value, uint8_t *mask, struct way *best)
{
    for (uint32_t i = 0; i < l->count;) {
        uint32_t stop = run_stop(l, i);
        if (stop > i)
            try_run(l, i, stop, value, mask, best);
        if (stop < l->count) {
            try_single(l, stop, best);
            if (stop > 0)
                try_border(l, stop - 1, best);
            if (stop + 1 < l->count)
                try_border(l, stop, best);
        }
        i = stop + 1;
    }
}

int literal_needle_plan(struct literal *l)
{
    size_t room = (size_t)l->count * 4;
    l->run_value = malloc(room);
    l->run_mask = malloc(room);
    if (l->run_value == NULL || l->run_mask == NULL)
        return -1;
    struct way best = {.count = 0};
    choose(l, l->run_value, l->run_mask, &best);
    pair_scan_init(&l->scan, best.pairs, best.count);
    l->cost = best.cost;
    l->shift = best.shift;
    l->run_begin = best.element;
    l->run_end = best.run_end;
    l->run_len = spell_run(l, l->run_begin, l->run_end, l->run_value, l->run_mask, &l->run_exact);
    return 0;
}
