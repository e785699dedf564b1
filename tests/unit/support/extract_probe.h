/* extract_probe.h: What extraction makes of a text, as text to compare.
 */
#ifndef SCROLLBACK_EXTRACT_PROBE_H
#define SCROLLBACK_EXTRACT_PROBE_H

#include "buf.h"
#include "extract.h"

/* The file that the lines are said to stand in: session "stem0", last changed at 9 ms past the
 * epoch, no time and no working directory in it. */
extern const struct source extract_probe_source;
extern const struct facts extract_probe_facts;

/* extract_probe(text, f, out): Extract ${text}, a whole file, and print a line for each message, of
 * that what is not at its usual value, then what else was counted. */
void extract_probe(struct span text, const struct facts *f, struct buf *out);

#endif
