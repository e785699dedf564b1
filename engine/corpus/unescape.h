/* unescape.h: The text of a JSON string from what stands between its quotes (RFC 8259, section 7).
 *
 * Surrogate pairs become one code point, lone surrogates U+FFFD.  The text is never longer than
 * its spelling.  Bytes above 7F are copied as they are: check them before or after (utf8.h).
 */
#ifndef SCROLLBACK_UNESCAPE_H
#define SCROLLBACK_UNESCAPE_H

#include "vocabulary.h"

#define UNESCAPE_ROOM 32          /* bytes that may be written behind the text */
#define UNESCAPE_INVALID SIZE_MAX /* an escape that JSON does not know */

/* unescape_copy(s, out): Write the text to ${out}, which has room for s.len + UNESCAPE_ROOM bytes
 * and does not overlap ${s}; READER_PADDING bytes behind ${s} are readable.  Return its length or
 * UNESCAPE_INVALID. */
size_t unescape_copy(struct span s, char *out);

/* unescape_move(s, out): The same for ${out} <= s.ptr in the same memory; writes nothing behind
 * the text.  The string must be valid: unescape_check(s). */
size_t unescape_move(struct span s, char *out);
bool unescape_check(struct span s);

#endif
