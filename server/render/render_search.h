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

/* render_search_json(reply, context, out): One object. */
void render_search_json(const struct search_reply *reply, const struct render_context *context,
                        struct bytes *out);

/* render_search_ndjson_hit(hit, context, out): A line of NDJSON.  render_search_ndjson_end: the one of
 * type end, with all but the hits. */
void render_search_ndjson_hit(const struct reply_hit *hit, const struct render_context *context,
                              struct bytes *out);
void render_search_ndjson_end(const struct search_reply *reply,
                              const struct render_context *context, struct bytes *out);

/* render_search_csv_head(context, out): The header line of CSV (RFC 4180).  render_search_csv_hit:
 * the line of a hit. */
void render_search_csv_head(const struct render_context *context, struct bytes *out);
void render_search_csv_hit(const struct reply_hit *hit, const struct render_context *context,
                           struct bytes *out);

/* render_hit(w, hit, context, type): One hit as an object, with a member "type" unless that is NULL.
 * render_hit_fields(w, hit): its place and names, in an object that is open. */
void render_hit(struct jsonw *w, const struct reply_hit *hit, const struct render_context *context,
                const char *type);
void render_hit_fields(struct jsonw *w, const struct reply_hit *hit);

/* render_reason(reason): The name of what made a reply incomplete; NULL for none. */
const char *render_reason(enum incomplete_reason reason);

/* render_total(w, value, complete), render_complete(w, complete, reason), render_scanned(w, scanned):
 * Members shared with other replies. */
void render_total(struct jsonw *w, uint64_t value, bool complete);
void render_complete(struct jsonw *w, bool complete, enum incomplete_reason reason);
void render_scanned(struct jsonw *w, const struct reply_scanned *scanned);

/* render_csv_text(out, s, first): A field of a CSV line, quoted where it must be; ${first} in its
 * line: no comma before it.  render_csv_texts(out, list, count): several values in one
 * field, separated by blanks.  render_csv_end(out): the end of a line. */
void render_csv_text(struct bytes *out, struct span s, bool first);
void render_csv_texts(struct bytes *out, const struct span *list, uint32_t count);
void render_csv_end(struct bytes *out);

#endif
