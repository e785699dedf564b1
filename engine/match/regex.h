/* regex.h: One regular expression, or a literal treated as one, as PCRE2 finds it.
 *
 * Patterns are PCRE2's in UTF mode without UCP (\w, \d, \s, \b are ASCII), newline is LF, \R any
 * Unicode newline.  \C is refused: it would cut characters.  Matching runs on PCRE2's JIT under
 * limits of backtracking, memory and time, in windows of start positions or, where a pattern can tell
 * them (\G, verbs), with a look at the clock every so many steps, so that no pattern holds a thread for long, neither by one match nor by many: what hits a limit is no match, and counted
 * by regex_scratch_limits().
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
#include "cancel.h"

struct regex;
struct regex_scratch;

/* How long a walk may take, and since when it counts: nanoseconds. */
struct regex_allowance {
    uint64_t budget;
    uint64_t wall_begin;   /* 0: nobody has looked at the clock yet */
    uint64_t thread_begin; /* 0: nobody has looked at that clock */
};

/* A walk over the matches in one text.  All its searches share the time that one may take. */
struct regex_walk {
    const struct regex *regex;
    struct regex_scratch *scratch;
    struct span text;
    size_t from; /* where the next search begins */
    struct regex_allowance allowance;
};

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

/* regex_scratch_new(cancel, out): Usable with any regex, by one thread at a time.  What ${cancel}
 * (borrowed; may be NULL) tells to stop is a limit like the others, noticed within milliseconds. */
int regex_scratch_new(struct cancel *cancel, struct regex_scratch **out);
void regex_scratch_free(struct regex_scratch *s);

/* regex_find(r, s, text, from, begin, end): The leftmost match that starts at or after ${from}; \K
 * may move ${begin}.  ${text} is valid UTF-8 and ${from} stands at a code point.  Return whether
 * there is one. */
bool regex_find(const struct regex *r, struct regex_scratch *s, struct span text, size_t from,
                size_t *begin, size_t *end);

/* regex_test(r, s, text): Whether there is a match anywhere. */
bool regex_test(const struct regex *r, struct regex_scratch *s, struct span text);

/* regex_walk_begin(w, r, s, text, from): Start a walk over the matches that start at or after
 * ${from}.  regex_walk_next(w, begin, end): The next one, not overlapping those before; after an
 * empty match the search goes on one code point further.  Return whether there is one. */
void regex_walk_begin(struct regex_walk *w, const struct regex *r, struct regex_scratch *s,
                      struct span text, size_t from);
bool regex_walk_next(struct regex_walk *w, size_t *begin, size_t *end);

/* regex_count(r, s, text): How many matches a walk over all of the text finds. */
uint64_t regex_count(const struct regex *r, struct regex_scratch *s, struct span text);

/* regex_scratch_limits(s): How many searches hit a limit since regex_scratch_new(). */
uint64_t regex_scratch_limits(const struct regex_scratch *s);

#endif
