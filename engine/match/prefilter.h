/* prefilter.h: Finding lines that may match in raw JSON bytes, without parsing the others.
 *
 * Sound by construction: a line is passed over only if no message on it can match.  A needle is a
 * run of the required literal that JSON writes in one way only (no '"', '\', '/', control
 * character), of code points whose case partners differ from it in ASCII case only or not at all
 * (so not k, s: U+212A and U+017F fold to them; not U+FFFD, which stands for invalid bytes).  Any
 * character may also be spelled \uXXXX, so every line with "\u" is a candidate.
 */
#ifndef SCROLLBACK_PREFILTER_H
#define SCROLLBACK_PREFILTER_H

#include "matcher.h"

struct prefilter;

/* prefilter_new(m, out): From what ${m} requires.  *${out} is NULL if every line is a candidate. */
int prefilter_new(const struct matcher *m, struct prefilter **out);
void prefilter_free(struct prefilter *p);

/* prefilter_next(p, s, from): The first byte at or after ${from} that makes its line a candidate (a
 * needle's or an escape's position), or s.len.  READER_PADDING bytes behind s are readable. */
size_t prefilter_next(const struct prefilter *p, struct span s, size_t from);

#endif
