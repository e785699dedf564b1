/* session_summaries.h: Which session a summary is the title of.
 *
 * A summary names a session by its last message (leafUuid), for Claude Code used to write the titles of earlier
 * sessions into a new file:
 *  - a leaf in the summary's own file: that of the file;
 *  - a leaf in another file: the session of the leaf;
 *  - no leaf: that of the file;
 *  - a leaf that no file holds: that of the file if none of its messages follows, or if it has no prompt.  Before
 *    messages it is as a rule the title of a session that was deleted: they were written when a run began.
 * Of several the last one counts.  Sub-agents' files title nothing by themselves.
 */
#ifndef SCROLLBACK_SESSION_SUMMARIES_H
#define SCROLLBACK_SESSION_SUMMARIES_H

#include "session_table.h"

/* session_summaries_add(t, sources, named, rows): Fill summary of ${rows}, by number of the session; ${named}: by
 * source, of which there are ${sources}, the session that it is named after, 0 for none.  Sorts the summaries and
 * passes over all records once.  Return 0 or -1 without memory. */
int session_summaries_add(const struct tally *t, uint32_t sources, const uint32_t *named,
                          struct session_row *rows);

#endif
