/* regex_syntax.h: Reading the plain part of PCRE2's syntax, the regular expressions proper.
 *
 * What is read here means the same to every engine once it is spelled out: characters, classes,
 * alternatives, groups and counted repetition, with case resolved by fold.h and \d, \w, \s as
 * ASCII. Whatever goes beyond that is not understood, on purpose: anchors and other assertions,
 * back-references, possessive quantifiers and atomic groups, options inside the pattern, named and
 * conditional groups, verbs, \K, \R, \X, \h, \v, \N, \p, \Q, octal and control escapes, POSIX
 * classes, comments, flag x, braces that are no quantifier.  Such patterns are PCRE2's alone.
 */
#ifndef SCROLLBACK_REGEX_SYNTAX_H
#define SCROLLBACK_REGEX_SYNTAX_H

#include "arena.h"
#include "buf.h"

enum syntax_type {
    SYNTAX_SET,    /* one character out of a set */
    SYNTAX_CHAIN,  /* children one after the other; none: the empty text */
    SYNTAX_CHOICE, /* one of the children */
    SYNTAX_REPEAT  /* one child, min to max times */
};

#define SYNTAX_UNLIMITED UINT32_MAX
#define SYNTAX_REPEAT_MAX 1000u /* larger counts are not understood */

struct syntax_range {
    uint32_t low;
    uint32_t high;
};

struct syntax {
    enum syntax_type type;
    struct syntax **children;
    uint32_t count;
    struct syntax_range *ranges; /* SET: ascending, apart from each other */
    uint32_t range_count;
    uint32_t min, max; /* REPEAT */
};

/* regex_syntax_parse(pattern, flags, arena, out): Read ${pattern}, which PCRE2 has compiled with
 * ${flags} (TERM_FLAG_*); the tree is in ${arena}.  Return 1, 0 if it is not understood, or -1
 * without memory. */
int regex_syntax_parse(struct span pattern, unsigned flags, struct arena *arena,
                       const struct syntax **out);

/* regex_syntax_plain(s, caseless, out): Whether ${s} matches one literal and nothing else, compared
 * as ${caseless} says; if so append that literal to ${out}. */
bool regex_syntax_plain(const struct syntax *s, bool caseless, struct buf *out);

#endif
