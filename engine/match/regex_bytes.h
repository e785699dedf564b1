/* regex_bytes.h: Spelling a regular expression over characters as one over bytes.
 *
 * hyperscan's own UTF-8 mode makes large automata of "." and negated classes (120 ms to compile
 * .{0,80}).  Our texts are valid UTF-8, and the question is only whether there is a match, which
 * permits smaller ones:
 *   - A set without characters beyond ASCII is a byte class.
 *   - A set with all of them (., [^"], \S) is one byte that can begin a character, then any number
 *     of bytes 80-BF.  If fewer of those are taken than follow, no set that begins a character fits
 *     there, so that nothing new matches.
 *   - Any number of such a set is any number of bytes: where a border falls inside a character, the
 *     neighbours are sets of the same kind (or the pattern's end), which can take the rest.
 *   - Any other set is the choice of its byte sequences.
 */
#ifndef SCROLLBACK_REGEX_BYTES_H
#define SCROLLBACK_REGEX_BYTES_H

#include "regex_syntax.h"

#define REGEX_BYTES_MAX 600u /* classes of bytes, repeated ones as often as they repeat */

/* regex_bytes_spell(s, out): Append ${s} in hyperscan's syntax, for HS_FLAG_DOTALL without
 * HS_FLAG_UTF8.  Return false if it can match the empty text, if it is too large, or without
 * memory. */
bool regex_bytes_spell(const struct syntax *s, struct buf *out);

#endif
