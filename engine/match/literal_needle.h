/* literal_needle.h: A needle taken apart: its code points, their spellings, its runs.
 *
 * The inside of literal.h, shared by literal_needle.c, which chooses what to scan for, and
 * literal.c, which searches.
 */
#ifndef SCROLLBACK_LITERAL_NEEDLE_H
#define SCROLLBACK_LITERAL_NEEDLE_H

#include "fold.h"
#include "literal.h"

/* One code point of the needle: every way to write it. */
struct element {
    uint8_t count;
    uint8_t len[FOLD_CLASS_MAX];
    char bytes[FOLD_CLASS_MAX][4];
};

/* A byte of the run: (text | mask) == value for every spelling. */
struct literal {
    struct pair_scan scan;
    double cost;
    bool word;
    struct element *elements;
    uint32_t count;

    /* A candidate at p means that element run_begin starts at p + shift. */
    ptrdiff_t shift;
    uint32_t run_begin; /* elements [run_begin, run_end) are the run; empty: compare all singly */
    uint32_t run_end;
    size_t run_len;     /* bytes of the run */
    bool run_exact;     /* the masked comparison proves the run */
    uint8_t *run_value; /* run_len bytes each */
    uint8_t *run_mask;
};

/* literal_needle_parse(l, needle, caseless): Fill elements.  literal_needle_plan(l): Choose what to
 * scan for; fill the rest.  Return 0, or -1 without memory; what was allocated stays in ${l}. */
int literal_needle_parse(struct literal *l, struct span needle, bool caseless);
int literal_needle_plan(struct literal *l);

#endif
