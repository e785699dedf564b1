/* lines.h: Splitting a run of bytes into lines. */
#ifndef SCROLLBACK_LINES_H
#define SCROLLBACK_LINES_H

#include "vocabulary.h"

/* lines_next(rest, line): Cut the first line off ${rest}: ${line} excludes its newline.  Return 1,
 * or 0 if ${rest} is empty.  Any bytes. */
int lines_next(struct span *rest, struct span *line);

/* lines_count(s): How many newlines ${s} holds (SIMD where the machine has it). */
uint64_t lines_count(struct span s);

/* lines_around(s, at): The line of ${s} in which byte ${at} < s.len stands, without newline. */
struct span lines_around(struct span s, size_t at);

#endif
