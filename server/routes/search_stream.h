/* search_stream.h: A search's reply line by line, written as fast as the client takes it.
 *
 * NDJSON ends with exactly one line of type end, or of type error where there was no memory for the
 * rest; without either the reply is not whole.  CSV has no such line: there the connection
 * breaks off.
 */
#ifndef SCROLLBACK_SEARCH_STREAM_H
#define SCROLLBACK_SEARCH_STREAM_H

#include "render_search.h"
#include "stream.h"

enum search_lines { SEARCH_LINES_NDJSON, SEARCH_LINES_CSV };

#define SEARCH_STREAM_PIECE (64u * 1024u) /* a piece ends with the hit that reaches this */

/* search_stream_new(reply, context, lines, out): What writes ${reply} after its first piece, which
 * goes to ${out}.  Takes ${reply} over.  NULL without memory; then ${reply} is still the caller's. */
struct stream *search_stream_new(struct search_reply *reply, const struct render_context *context,
                                 enum search_lines lines, struct bytes *out);

#endif
