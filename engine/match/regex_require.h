/* regex_require.h: What every text that a regular expression matches must contain.
 *
 * The pattern is read once, as PCRE2 reads it, and literal characters that must stand side by side
 * are gathered into runs:
 *
 *   1. Side by side is AND, '|' is OR; an alternative that requires nothing makes the whole choice
 *      require nothing.
 *   2. What may occur zero times requires nothing; x+ requires x, and joins what is before it and
 *      what follows it to one x each ("ba+c": "ba" and "ac").
 *   3. Anchors, \b, \B and look-arounds take no room, so a run goes on across them; what a
 *      look-around contains is not used.  Classes, '.', \w and the like, and groups end a run.
 *   4. Case follows flag i and (?i), white space and comments flag x and (?x).
 *   5. Whatever else is met (back-references, conditions, recursion, verbs, \K, comments in (?#),
 *      octal and control escapes, braces that only some versions take for a quantifier) makes the
 *      answer "nothing": a prefilter must propose too much rather than too little.
 *
 * The syntax is that of pcre2pattern(3), 10.40 and later.  Linear time, bounded stack; pure.
 */
#ifndef SCROLLBACK_REGEX_REQUIRE_H
#define SCROLLBACK_REGEX_REQUIRE_H

#include "arena.h"
#include "matcher.h"

/* regex_require(pattern, flags, a, out): ${pattern} is valid UTF-8 that PCRE2 compiles with
 * ${flags} (TERM_FLAG_*), in UTF mode without UCP, newline LF.  *${out} is a tree in ${a}, or NULL:
 * nothing can be required.  Return 0, or -1 without memory. */
int regex_require(struct span pattern, unsigned flags, struct arena *a, struct require **out);

#endif
