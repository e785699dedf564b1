/* matcher.h: A compiled query: is it true of this message?
 *
 * A matcher is const after compilation and shared by all threads; what a thread writes is in its
 * scratch.  Literals run on our own SIMD search (fold.h, literal.h), regexes on hyperscan or
 * vectorscan where that can compile them exactly, else on PCRE2-JIT with limits (regex.h).
 * PCRE2 decides what is right: see MATCHER_ORACLE.
 */
#ifndef SCROLLBACK_MATCHER_H
#define SCROLLBACK_MATCHER_H

#include "message.h"
#include "query.h"

struct matcher;
struct match_scratch;

enum matcher_flags {
    MATCHER_FAST = 0,
    MATCHER_ORACLE = 1 /* every term by PCRE2, one after the other: what serial uses */
};

/* matcher_new(q, flags, out, err): Compile; ${q} must outlive the matcher.  Compiled regex
 * databases are cached for the process.  Return 0, or -1 with ERROR_INVALID_REGEX (pos in q). */
int matcher_new(const struct query *q, unsigned flags, struct matcher **out, struct error *err);
void matcher_free(struct matcher *m);

/* match_scratch_new(m, out): For one thread at a time. */
int match_scratch_new(const struct matcher *m, struct match_scratch **out);
void match_scratch_free(struct match_scratch *s);

/* matcher_test(m, s, msg): Whether the whole query is true of ${msg}. */
bool matcher_test(const struct matcher *m, struct match_scratch *s, const struct message *msg);

/* matcher_test_terms(m, s, parts, text, hits): Only the text terms: hits[i] = term i occurs in one of the
 * texts asked for by ${mask}.  For callers that evaluate filters on columns. */
void matcher_test_terms(const struct matcher *m, struct match_scratch *s, unsigned mask,
                        const struct span text[PART_COUNT], bool *hits);

/* matcher_eval(m, hits, leaf, arg): Evaluate the tree with the terms' truth in ${hits} and the filters' by ${leaf}. */
typedef bool matcher_leaf_fn(void *arg, const struct filter *f);
bool matcher_eval(const struct matcher *m, const bool *hits, matcher_leaf_fn *leaf, void *arg);

/* matcher_count(m, s, term, text): Occurrences of one term, not overlapping, leftmost first, as
 * PCRE2 finds them; an empty regex match counts once and moves on by a code point. */
uint64_t matcher_count(const struct matcher *m, struct match_scratch *s, uint32_t term,
                       struct span text);

/* matcher_find(m, s, term, text, from, begin, end): The next occurrence at or after ${from}.
 * Return 1 with its byte range, or 0. */
int matcher_find(const struct matcher *m, struct match_scratch *s, uint32_t term, struct span text,
                 size_t from, size_t *begin, size_t *end);

/* match_scratch_limited(s): A regex hit a limit (match, depth, heap, time) somewhere since
 * match_scratch_new(): the answer is not complete (incomplete_reason regex_limit). */
bool match_scratch_limited(const struct match_scratch *s);

/* What every matching message must contain: literals as bytes of mended text, and for raw JSON
 * bytes. A tree of AND and OR over literals; NULL: nothing can be required. */
enum require_type { REQUIRE_LITERAL, REQUIRE_AND, REQUIRE_OR };
struct require {
    enum require_type type;
    struct require **children;
    uint32_t count;
    struct span literal; /* the folded text (fold.h) if !case_sensitive, at least 1 byte */
    bool case_sensitive;
};
const struct require *matcher_requires(const struct matcher *m);

#endif
