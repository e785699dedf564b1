/* matcher.h: A compiled query: is it true of this message?
 *
 * A matcher is const after compilation and shared by all threads; what a thread writes is in its
 * scratch.  Literals run on our own SIMD search (fold.h, literal.h); whether a regex occurs is
 * asked of hyperscan or vectorscan where that can say exactly the same (regex_scan.h), and
 * everything else of PCRE2-JIT with limits (regex.h).  PCRE2 decides what is right: see
 * MATCHER_ORACLE.
 *
 * Terms are looked for in query.parts, each part a subject of its own: nothing matches across a
 * border between parts.  Texts are valid UTF-8 and may hold NUL.  Filters and terms are evaluated
 * cheapest first and no further than the answer needs.
 */
#ifndef SCROLLBACK_MATCHER_H
#define SCROLLBACK_MATCHER_H

#include "message.h"
#include "query.h"
#include "regex.h"

struct literal;
struct matcher;
struct match_scratch;

enum matcher_flags {
    MATCHER_FAST = 0,
    MATCHER_ORACLE = 1 /* every term by PCRE2, in the order written: what serial uses */
};

/* matcher_new(q, flags, out, err): Compile; ${q} must outlive the matcher.  Compiled regex
 * databases are cached for the process.  Return 0, or -1 with ERROR_INVALID_REGEX (pos in q;
 * parameter "q") or ERROR_NO_MEMORY. */
int matcher_new(const struct query *q, unsigned flags, struct matcher **out, struct error *err);
void matcher_free(struct matcher *m); /* NULL does nothing */

/* matcher_query(m): What it was compiled from. */
const struct query *matcher_query(const struct matcher *m);

/* match_scratch_new(m, cancel, out): For one thread at a time; of use with ${m} alone, and to be
 * freed before it.  When ${cancel} (borrowed; may be NULL) says to stop, regexes are found no more,
 * which is a limit like the others.  Return 0 or -1. */
int match_scratch_new(const struct matcher *m, struct cancel *cancel, struct match_scratch **out);
void match_scratch_free(struct match_scratch *s); /* NULL does nothing */

/* matcher_test(m, s, msg): Whether the whole query is true of ${msg}; false where a limit leaves that
 * open. */
bool matcher_test(const struct matcher *m, struct match_scratch *s, const struct message *msg);

/* What is known of a term. */
enum match_truth {
    MATCH_NOT_ASKED,
    MATCH_NO,
    MATCH_YES,
    MATCH_UNSURE /* a limit was hit before it was found */
};

/* match_holds(t, negated): What to take for true of a term that stands under an odd number of NOTs
 * (${negated}) or an even one: what is not sure makes no message match. */
static inline bool match_holds(enum match_truth t, bool negated)
{
    return t == MATCH_YES || (t == MATCH_UNSURE && negated);
}

/* matcher_test_term(m, s, term, text): Whether term number ${term} occurs in ${text}. */
enum match_truth matcher_test_term(const struct matcher *m, struct match_scratch *s, uint32_t term,
                                   struct span text);

/* matcher_count(m, s, term, text): Occurrences of one term, not overlapping, leftmost first, as
 * PCRE2 finds them; an empty regex match counts once and moves on by a code point.  Exact, unless a
 * regex hits a limit. */
uint64_t matcher_count(const struct matcher *m, struct match_scratch *s, uint32_t term,
                       struct span text);

/* matcher_find(m, s, term, text, from, begin, end): The next occurrence that starts at or after
 * ${from}, a border of code points.  Return 1 with its byte range, or 0. */
int matcher_find(const struct matcher *m, struct match_scratch *s, uint32_t term, struct span text,
                 size_t from, size_t *begin, size_t *end);

/* A walk over the occurrences of one term in one text. */
struct match_walk {
    const struct literal *literal; /* NULL: a regex */
    struct span text;
    size_t from;
    struct regex_walk regex;
};

/* match_walk_begin(w, m, s, term, text, from): Start a walk over what starts at or after ${from}.
 * match_walk_next(w, begin, end): The next occurrence, as matcher_count() counts them.  Return 1
 * or 0. */
void match_walk_begin(struct match_walk *w, const struct matcher *m, struct match_scratch *s,
                      uint32_t term, struct span text, size_t from);
int match_walk_next(struct match_walk *w, size_t *begin, size_t *end);

/* match_scratch_limited(s): A regex hit a limit (match, depth, heap, time, cancel) somewhere since
 * match_scratch_new(): the answer is not complete (incomplete_reason regex_limit). */
bool match_scratch_limited(const struct match_scratch *s);

/* What every matching message must contain: literals as bytes of mended text. A tree of AND and OR
 * over literals; NULL: nothing can be required. NOT requires nothing, OR only if all its sides
 * do. */
enum require_type { REQUIRE_LITERAL, REQUIRE_AND, REQUIRE_OR };
struct require {
    enum require_type type;
    struct require **children; /* AND, OR: 2 or more */
    uint32_t count;
    struct span literal; /* the folded text (fold.h) if !case_sensitive, at least 1 byte */
    bool case_sensitive;
};

/* matcher_requires(m): Of the searched parts of a message.  Borrowed from ${m}. */
const struct require *matcher_requires(const struct matcher *m);

/* matcher_requires_raw(m, names): Of the record that a message is read from, its strings unescaped,
 * so that an id that the query asks for counts too.  *${names}: it does, and a message can then
 * also match by an id that its record does not hold, because it comes from the file's name. */
const struct require *matcher_requires_raw(const struct matcher *m, bool *names);

#endif
