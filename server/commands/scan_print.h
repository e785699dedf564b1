/* scan_print.h: Hits for people, on a terminal or in a pipe.
 *
 * Transcripts hold whatever tools printed.  Escape sequences, other control characters and bidirectional
 * overrides (Unicode TR 36) could change what the terminal shows or does, so they are written as visible
 * marks; only line breaks and tabs pass.
 */
#ifndef SCROLLBACK_SCAN_PRINT_H
#define SCROLLBACK_SCAN_PRINT_H

#include "bytes.h"
#include "engine.h"

/* scan_print_reply(reply, color, out): All hits and a last line with the total. */
void scan_print_reply(const struct search_reply *reply, bool color, struct bytes *out);

/* scan_print_safe(text, out): ${text} with everything dangerous made visible. */
void scan_print_safe(struct span text, struct bytes *out);

#endif
