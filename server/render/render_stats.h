/* render_stats.h: Statistics and the engine's state as JSON or CSV. */
#ifndef SCROLLBACK_RENDER_STATS_H
#define SCROLLBACK_RENDER_STATS_H

#include "engine.h"
#include "jsonw.h"

/* render_stats_json(reply, status, queue_ms, out): The whole reply. */
void render_stats_json(const struct stats_reply *reply, const struct engine_status *status,
                       double queue_ms, struct bytes *out);

/* render_stats_csv(reply, out): The rows (or the totals, where nothing groups them), RFC 4180. */
void render_stats_csv(const struct stats_reply *reply, struct bytes *out);

/* render_tokens(w, tokens): The member "tokens". */
void render_tokens(struct jsonw *w, const struct reply_tokens *tokens);

#endif
