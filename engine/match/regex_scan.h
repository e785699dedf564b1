/* regex_scan.h: Whether a regular expression occurs in a text, by hyperscan or vectorscan.
 *
 * Only existence: no positions, so that the automaton may stop at the first match.  Only patterns
 * that regex_syntax.h understands completely, spelled anew over bytes (regex_bytes.h), so that no
 * feature is left in which the library and PCRE2 could differ.
 *
 * Compiling costs 0.2-10 ms, more than many a query: compiled patterns are kept for the process, the
 * most recently used ones, under a lock that only regex_scan_new() and regex_scan_free() take.
 * https://intel.github.io/hyperscan/dev-reference/ is the library's manual.
 */
#ifndef SCROLLBACK_REGEX_SCAN_H
#define SCROLLBACK_REGEX_SCAN_H

#include "regex_syntax.h"

struct regex_scan;
struct regex_scan_scratch;

/* regex_scan_new(s): The pattern compiled, or NULL if it cannot be or should not be (too large, can
 * match the empty text, no memory, a processor that the library does not support). */
struct regex_scan *regex_scan_new(const struct syntax *s);
void regex_scan_free(struct regex_scan *x); /* NULL does nothing */

/* regex_scan_scratch_new(): One per thread, for any number of patterns; NULL without memory. */
struct regex_scan_scratch *regex_scan_scratch_new(void);
void regex_scan_scratch_free(struct regex_scan_scratch *s);

/* regex_scan_test(x, s, text): 1 if it occurs, 0 if not, -1 if it could not be found out: ask PCRE2. */
int regex_scan_test(const struct regex_scan *x, struct regex_scan_scratch *s, struct span text);

/* regex_scan_cache_clear(): Drop what is kept and not in use. */
void regex_scan_cache_clear(void);

#endif
