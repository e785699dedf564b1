/* prefilter.h: Finding lines that may match in raw JSON bytes, without parsing the others.
 *
 * Sound by construction: a line is passed over only if no message on it can match.
 *
 * 1. matcher_requires_raw() says which texts every match must contain, as an AND/OR tree.  Of an
 *    AND the rarest child is enough; of an OR all are looked for; where an OR has a child that
 *    requires nothing, or there are too many, every line is a candidate.
 * 2. Of a required text a *needle* is taken: a run of characters that JSON can write in two ways
 *    only, as they are or as \uXXXX.  So no '"', '\', '/' and no control character (which have
 *    short escapes, and a newline may stand between two blocks joined into one part), and no U+FFFD
 *    (which stands for invalid bytes, whatever they are).  These characters have no case, so what
 *    the needle is caselessly equal to consists of such characters too.
 * 3. Parts are made of whole JSON strings joined by newlines, so a needle lies inside one string.
 *    If any of its characters is written \uXXXX, the line holds the two bytes "\u", and every such
 *    line is a candidate (0.3 % of real lines).  Otherwise they stand in the line side by side, in
 *    UTF-8; making invalid bytes U+FFFD changes no valid neighbour.  literal.h finds them there in
 *    any case, also as U+212A for k and the like, and in lines that are not valid UTF-8.
 *
 * What is found may be anything, a key or a number: the parser decides.  A prefilter is constant;
 * any thread may use it.
 */
#ifndef SCROLLBACK_PREFILTER_H
#define SCROLLBACK_PREFILTER_H

#include "matcher.h"

struct prefilter;

/* prefilter_new(m, out): From what ${m} requires; independent of ${m} afterwards.  *${out} is NULL
 * if every line is a candidate.  Return 0, or -1 without memory. */
int prefilter_new(const struct matcher *m, struct prefilter **out);

/* prefilter_from_require(r, names, out): The same from a tree, NULL: nothing required. */
int prefilter_from_require(const struct require *r, bool names, struct prefilter **out);
void prefilter_free(struct prefilter *p); /* NULL does nothing */

/* prefilter_needs_names(p): The query can match a message by an id, and a session's id may come
 * from the name of the file instead of the record.  Of a source whose stem, or whose folder's name,
 * fits the query's FIELD_ID filter (filter_id()), every line is a candidate; the others can be
 * prefiltered. */
bool prefilter_needs_names(const struct prefilter *p);

/* prefilter_next(p, s, from): The first byte at or after ${from} that makes its line a candidate (a
 * needle's or an escape's position), or s.len.  Lines are found in order, though not every position
 * of a line is.  ${from} is the start of a line. */
size_t prefilter_next(const struct prefilter *p, struct span s, size_t from);

#endif
