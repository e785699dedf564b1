/* facts.h: What a reader that starts in the middle of a file, or leaves lines out, must know of
 * the rest: the file's project and first time, the nearest time before an offset, and the names of
 * the tool calls made before it.
 *
 * All look-ups are superset-safe: a line is skipped only if it can hold neither the key in question
 * nor a JSON escape (\u....) that could spell it.
 */
#ifndef SCROLLBACK_FACTS_H
#define SCROLLBACK_FACTS_H

#include "extract.h"
#include "reader.h"

/* facts_read(r, s, facts, err): Find the first cwd and the first own time of ${s}; reads from the
 * beginning until both are found, usually a few lines.  facts->project is allocated: facts_clear().
 * Return 0, or -1 with ${err}. */
int facts_read(struct reader *r, const struct source *s, struct facts *facts, struct error *err);
void facts_clear(struct facts *facts);

/* facts_around(r, s, b, facts, err): The same, where the caller has already read the lines ${b} of the file with a
 * reader other than ${r}: they are looked at where they are.  The bytes are not changed. */
int facts_around(struct reader *r, const struct source *s, const struct block *b,
                 struct facts *facts, struct error *err);

/* facts_first_block(s, b, facts, err): The same from the first run of lines of the file alone (b->offset 0).
 * Return 1 if both were found there, 0 if not: then ${facts} is empty and facts_read() is needed; -1 without memory.  The bytes are not changed. */
int facts_first_block(const struct source *s, const struct block *b, struct facts *facts,
                      struct error *err);

/* facts_time_before(r, s, floor, offset, out, err): Own time of the nearest record on a line that
 * starts in [floor, offset) (both line starts), else TIME_NONE.  Reads backwards, usually one
 * block; ${floor} keeps repeated look-ups linear. */
int facts_time_before(struct reader *r, const struct source *s, uint64_t floor, uint64_t offset,
                      int64_t *out, struct error *err);

/* Names of tool calls by id, in order of offset. */
struct tool_calls;

/* tool_calls_read(r, s, begin, end, out, err): The calls made by lines that start in the range. */
int tool_calls_read(struct reader *r, const struct source *s, uint64_t begin, uint64_t end,
                    struct tool_calls **out, struct error *err);

/* tool_calls_join(older, newer): Add all of ${newer} to ${older}; 0 or -1. */
int tool_calls_join(struct tool_calls *older, const struct tool_calls *newer);

/* tool_calls_name(c, id, before): Name of the last call with that id made by a line that starts
 * before ${before}, or an absent span. */
struct span tool_calls_name(const struct tool_calls *c, struct span id, uint64_t before);
void tool_calls_free(struct tool_calls *c);

#endif
