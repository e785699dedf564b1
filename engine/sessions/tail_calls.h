/* tail_calls.h: The tool calls that appended results answer, read back from the results. */
#ifndef SCROLLBACK_TAIL_CALLS_H
#define SCROLLBACK_TAIL_CALLS_H

#include "facts.h"

/* tail_calls_read(r, x, s, facts, begin, end, out, err): The calls made before ${begin}, where a line
 * begins, that are answered by lines in [begin, end).  Reads back as far as it takes to find them, which
 * is not far as a rule; a call that nobody made costs the whole file.  ${r} and ${x} are the caller's
 * and start anew.  *${out} is NULL if none is wanted, else for tool_calls_free().  Return 0, or -1 with
 * ERROR_IO or ERROR_NO_MEMORY. */
int tail_calls_read(struct reader *r, struct extractor *x, const struct source *s,
                    const struct facts *facts, uint64_t begin, uint64_t end,
                    struct tool_calls **out, struct error *err);

#endif
