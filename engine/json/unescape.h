/* unescape.h: The text of a JSON string from what stands between its quotes (RFC 8259, section 7).
 *
 * Surrogate pairs become one code point, lone surrogates U+FFFD.  The text is never longer than
 * its spelling.  Bytes above 7F are copied as they are: check them before or after (utf8.h).
 */
#ifndef SCROLLBACK_UNESCAPE_H
#define SCROLLBACK_UNESCAPE_H

#include "vocabulary.h"

#define UNESCAPE_ROOM 64          /* bytes that may be written behind the text */
#define UNESCAPE_INVALID SIZE_MAX /* an escape that JSON does not know */

/* What a backslash and this byte stand for; 0: not one byte (or nothing). */
extern const char unescape_simple[256];

/* unescape_one(p, end, text, written): Resolve the escape at ${p} (a backslash): write its text of
 * ${written} bytes (at most 4, and no more than the escape has).  Return the length of the escape,
 * or 0 if there is no such escape. */
size_t unescape_one(const char *p, const char *end, char *text, size_t *written);

/* unescape_copy(s, out): Write the text to ${out}, which has room for s.len + UNESCAPE_ROOM bytes
 * and does not overlap ${s}.  Return its length or UNESCAPE_INVALID.  The kernels of json.h do the
 * same faster. */
size_t unescape_copy(struct span s, char *out);

/* unescape_move(s, out): The same for ${out} <= s.ptr in the same memory; writes nothing behind
 * the text.  The string must be valid: unescape_check(s). */
size_t unescape_move(struct span s, char *out);
bool unescape_check(struct span s);

#endif
