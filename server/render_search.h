/* render_search.h: A search's reply as JSON, NDJSON or CSV; field names are the contract's. */
#ifndef SCROLLBACK_RENDER_SEARCH_H
#define SCROLLBACK_RENDER_SEARCH_H

#include "bytes.h"
#include "engine.h"
#include "jsonw.h"

/* What the reply says beside what the engine found. */
struct render_context {
    double queue_ms;
    bool grouped; /* hits carry the count of their session */
    bool context; /* hits carry before and after */
    bool explain;
};

/* render_search_json(reply, context, out): One object.  render_search_ndjson: a line a hit, then one
 * line of type end.  render_search_csv: a header line and a line a hit (RFC 4180). */
void render_search_json(const struct search_reply *reply, const struct render_context *context,
                        struct bytes *out);
void render_search_ndjson(const struct search_reply *reply, const struct render_context *context,
                          struct bytes *out);
void render_search_csv(const struct search_reply *reply, const struct render_context *context,
                       struct bytes *out);

/* render_scanned(w, scanned): The member "scanned", shared with other replies. */
void render_scanned(struct jsonw *w, const struct reply_scanned *scanned);

/* render_csv_text(out, s, first): A field of a CSV line, quoted where it must be; ${first} in its
 * line: no comma before it.  render_csv_end(out): the end of a line. */
void render_csv_text(struct bytes *out, struct span s, bool first);
void render_csv_end(struct bytes *out);

#endif
