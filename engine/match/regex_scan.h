/* regex_scan.h: Whether a regular expression occurs in a text, by hyperscan or vectorscan.
 *
 * Only existence: no positions, so that the automaton may stop at the first match.  Only patterns
 * that regex_syntax.h understands completely, spelled anew over bytes (regex_bytes.h), so that no
 * feature is left in which the library and PCRE2 could differ.
 *
 * Compiling costs 0.2-10 ms, more than many a query: compiled patterns are kept for the process,
 * the most recently used ones, under a lock that only regex_scan_new() and regex_scan_free() take.
 * https://intel.github.io/hyperscan/dev-reference/ is the library's manual.
 */
#ifndef SCROLLBACK_REGEX_SCAN_H
#define SCROLLBACK_REGEX_SCAN_H

#include "regex_syntax.h"

struct regex_scan;
struct regex_scan_scratch;

/* regex_scan_spell(s, out): The pattern in the library's language, with a NUL byte behind it that
 * buf.len counts.  False: it cannot be said or should not be (too large, can match the empty text,
 * no memory, a processor that the library does not support). */
bool regex_scan_spell(const struct syntax *s, struct buf *out);

/* regex_scan_find(spelled): The compiled form if it is at hand, else NULL.
 * regex_scan_new(spelled): The same, compiling it if it is not; NULL if that fails.
 * Both are the caller's to regex_scan_free(). */
struct regex_scan *regex_scan_find(struct span spelled);
struct regex_scan *regex_scan_new(struct span spelled);
void regex_scan_free(struct regex_scan *x); /* NULL does nothing */

/* regex_scan_scratch_new(): One per thread, for any number of patterns; NULL without memory. */
struct regex_scan_scratch *regex_scan_scratch_new(void);
void regex_scan_scratch_free(struct regex_scan_scratch *s);

/* regex_scan_test(x, s, text): 1 if it occurs, 0 if not, -1 if it could not be found out: ask
 * PCRE2. */
int regex_scan_test(const struct regex_scan *x, struct regex_scan_scratch *s, struct span text);

/* regex_scan_cache_clear(): Drop what is kept and not in use. */
void regex_scan_cache_clear(void);

#endif
