/* span_text.h: Spans as strings of C.
 */
#ifndef SCROLLBACK_SPAN_TEXT_H
#define SCROLLBACK_SPAN_TEXT_H

#include "span.h"

/* span_text(s): A copy of ${s}, NUL-terminated, the caller's to free(). (strndup() would do, but that
 * AddressSanitizer takes a text for a string whose length it may ask for.) */
char *span_text(struct span s);

#endif
