/* literal.h: Finding a fixed text, with or without regard to case, at memory speed.
 *
 * What is found is what PCRE2 finds for the same text with PCRE2_LITERAL and PCRE2_UTF (and
 * PCRE2_CASELESS): code points equal each other if they fold alike (fold.h), so that a match may
 * have other bytes, and more or fewer of them, than the needle.
 *
 * How: a needle is a sequence of code points, each with its spellings.  A stretch of them whose
 * spellings have equal lengths is a *run*: its bytes stand at fixed distances, and the two rarest
 * are what pair_scan.h looks for.  Around a candidate the run is compared word by word, then the
 * code points left and right of it spelling by spelling.  A needle without a useful run (k, ss) is
 * looked for by all spellings of one of its characters or of the border between two.
 *
 * A literal is constant once made; any thread may search with it.  Texts may be any bytes and may
 * hold NUL; in text that is not valid UTF-8 the needle's bytes are found all the same.
 */
#ifndef SCROLLBACK_LITERAL_H
#define SCROLLBACK_LITERAL_H

#include "pair_scan.h"

struct literal;

enum literal_flags {
    LITERAL_CASELESS = 1,
    LITERAL_WORD = 2 /* no ASCII letter, digit or underscore may adjoin a match */
};

/* literal_new(needle, flags, out): ${needle} is valid UTF-8 of 1 byte or more, copied.
 * Return 0, or -1 without memory. */
int literal_new(struct span needle, unsigned flags, struct literal **out);
void literal_free(struct literal *l); /* NULL does nothing */

/* literal_find(l, text, from, begin, end): The leftmost occurrence that begins at or after ${from};
 * bytes before ${from} count as neighbours for LITERAL_WORD.  Return whether there is one. */
bool literal_find(const struct literal *l, struct span text, size_t from, size_t *begin,
                  size_t *end);

/* literal_count(l, text): How many, not overlapping, leftmost first. */
uint64_t literal_count(const struct literal *l, struct span text);

/* literal_scan(l): The candidate search alone, to be joined with others' in one pass.
 * literal_verify(l, text, p, from, begin, end): Whether an occurrence beginning at or after
 * ${from} belongs to the candidate position ${p}. */
const struct pair_scan *literal_scan(const struct literal *l);
bool literal_verify(const struct literal *l, struct span text, size_t p, size_t from, size_t *begin,
                    size_t *end);

/* literal_cost(l): Expected work per byte (pair_cost). */
double literal_cost(const struct literal *l);

#endif
