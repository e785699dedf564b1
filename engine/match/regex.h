/* regex.h: One regular expression, or a literal treated as one, as PCRE2 finds it.
 *
 * Patterns are PCRE2's in UTF mode without UCP (\w, \d, \s, \b are ASCII), newline is LF, \R any
 * Unicode newline.  \C is refused: it would cut characters.  Matching runs on PCRE2's JIT under
 * limits of backtracking, memory and time, in windows of start positions, so that no pattern holds
 * a thread for long: what hits a limit counts as no match and regex_scratch_limited() is true from
 * then on.
 *
 * Whether a pattern occurs at all is asked of hyperscan instead, if regex_scan.h can say the same
 * thing in its language and enough text was searched to be worth the compilation; that automaton is
 * set once, atomically, and the answer is the same with and without it.
 *
 * A regex is shared by any number of threads; each thread has a scratch of its own.
 */
#ifndef SCROLLBACK_REGEX_H
#define SCROLLBACK_REGEX_H

#include "buf.h"

struct regex;
struct regex_scratch;

/* regex_new(pattern, flags, scan, out, err): ${pattern} is valid UTF-8, ${flags} are TERM_FLAG_*
 * (query.h).  With ${scan}, regex_test() asks hyperscan where it can.  Return 0, or -1 with
 * ERROR_INVALID_REGEX (pos: byte offset in ${pattern}) or ERROR_NO_MEMORY. */
int regex_new(struct span pattern, unsigned flags, bool scan, struct regex **out,
              struct error *err);

/* regex_plain(pattern, flags, out): Whether ${pattern}, which compiles, is a mere literal (compared
 * caselessly if ${flags} say so); if so append that literal to ${out}, which is else
 * unspecified. */
bool regex_plain(struct span pattern, unsigned flags, struct buf *out);

/* regex_new_literal(text, caseless, word, out, err): PCRE2's idea of a literal: the oracle for
 * literal.h. */
int regex_new_literal(struct span text, bool caseless, bool word, struct regex **out,
                      struct error *err);
void regex_free(struct regex *r); /* NULL does nothing */

/* regex_scratch_new(out): Usable with any regex, by one thread at a time. */
int regex_scratch_new(struct regex_scratch **out);
void regex_scratch_free(struct regex_scratch *s);

/* regex_find(r, s, text, from, begin, end): The leftmost match that starts at or after ${from}; \K
 * may move ${begin}.  ${text} is valid UTF-8 and ${from} stands at a code point.  Return whether
 * there is one. */
bool regex_find(const struct regex *r, struct regex_scratch *s, struct span text, size_t from,
                size_t *begin, size_t *end);

/* regex_test(r, s, text): Whether there is a match anywhere. */
bool regex_test(const struct regex *r, struct regex_scratch *s, struct span text);

/* regex_count(r, s, text): Matches, not overlapping, leftmost first.  After an empty match the
 * search goes on one code point further. */
uint64_t regex_count(const struct regex *r, struct regex_scratch *s, struct span text);

/* regex_next(text, begin, end): Where that search goes on after the match [begin, end); more than
 * text.len: nowhere. */
size_t regex_next(struct span text, size_t begin, size_t end);

/* regex_scratch_limited(s): Some search hit a limit since regex_scratch_new(). */
bool regex_scratch_limited(const struct regex_scratch *s);

#endif
