/* title.h: What a session is called.
 */
#ifndef SCROLLBACK_TITLE_H
#define SCROLLBACK_TITLE_H

#include "arena.h"
#include "reader.h"

#define TITLE_CHARS 120

/* title_read(r, s, arena, out): The name that a person gave the session of this main file (the last
 * custom-title record), else the last one that a model gave it (ai-title); absent if there is
 * neither.  Lines are looked at only if they hold the record's name.  0, or -1 without memory. */
int title_read(struct reader *r, const struct source *s, struct arena *arena, struct span *out);

/* title_from_text(text, arena, out): The beginning of a text as a title: one line, blanks folded,
 * cut at TITLE_CHARS code points.  0 or -1. */
int title_from_text(struct span text, struct arena *arena, struct span *out);

#endif
