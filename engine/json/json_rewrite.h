/* json_rewrite.h: JSON from a transcript, written anew so that it may stand in a reply: strict, compact,
 * valid UTF-8.  And the text of one string.
 */
#ifndef SCROLLBACK_JSON_REWRITE_H
#define SCROLLBACK_JSON_REWRITE_H

#include "arena.h"
#include "buf.h"
#include "json.h"

/* json_rewrite(c, out): Copy the value at the cursor and go past it.  Return 0, or -1 if it is not
 * JSON (${out} then holds a part of it). */
int json_rewrite(struct json *c, struct buf *out);

/* json_text(s, arena, out): The string's text, unescaped and mended; one with an escape that JSON
 * does not know is mended as it stands.  Return 0 or -1 without memory. */
int json_text(const struct json_string *s, struct arena *arena, struct span *out);

#endif
