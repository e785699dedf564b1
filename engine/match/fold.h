/* fold.h: Which characters are one character when case is ignored, as PCRE2 sees it.
 *
 * PCRE2 compares caselessly one code point with one code point: those that equal each other form a
 * class (k, K and U+212A; the three sigmas; most often a capital and a small letter).  The classes
 * are found by trying the PCRE2 that is linked, not copied from a table: the pairs that utf8proc's case
 * mappings propose are put to one compiled back-reference, (?i)(.)\1.  This takes a few
 * milliseconds and happens once, when the first character beyond ASCII is asked about.  It allocates
 * nothing, so that it cannot fail.
 *
 * Every class has a representative: the ASCII small letter if there is one, else the member with
 * the shortest UTF-8 form, and of these the first small letter.  Folding a text puts the
 * representative in the place of each character, so a folded text is never longer than the text,
 * two texts equal each other caselessly exactly if they fold to the same bytes, and folding twice
 * changes nothing.
 *
 * All functions may be called by any thread at any time.
 */
#ifndef SCROLLBACK_FOLD_H
#define SCROLLBACK_FOLD_H

#include "buf.h"

#define FOLD_CLASS_MAX 8 /* members of one class; 4 is the most in Unicode 15 */
#define FOLD_SLACK 32    /* bytes that fold_into() may write behind its result */

/* fold_code_point(cp): The representative of ${cp}'s class; ${cp} itself if it has no other
 * case. */
uint32_t fold_code_point(uint32_t cp);

/* fold_class(cp, out): Write all members of ${cp}'s class, the representative first; return how
 * many (1: it has no case).  For ASCII nothing is computed. */
unsigned fold_class(uint32_t cp, uint32_t out[FOLD_CLASS_MAX]);

/* fold_only_ascii(s): Whether folding ${s}, valid UTF-8, would change nothing but ASCII letters, as is so
 * of nearly all transcripts.  Reads and writes nothing else: faster than folding. */
bool fold_only_ascii(struct span s);

/* fold_text(s, out): Append the folded form of ${s}, valid UTF-8.  Return 0, or -1 without
 * memory. */
int fold_text(struct span s, struct buf *out);

/* fold_into(s, out): The same into the caller's ${out}, which has room for s.len + FOLD_SLACK
 * bytes; return the length, at most s.len.  ASCII goes at memory speed, scripts without case nearly
 * so. */
size_t fold_into(struct span s, char *out);

#endif
