/* render_session.h: Sessions, their agents and their messages as JSON. */
#ifndef SCROLLBACK_RENDER_SESSION_H
#define SCROLLBACK_RENDER_SESSION_H

#include "engine.h"
#include "jsonw.h"

/* render_sessions(reply, queue_ms, out): A list of sessions.  render_session: one, with its agents; the
 * reply holds exactly one. */
void render_sessions(const struct sessions_reply *reply, double queue_ms, struct bytes *out);
void render_session(const struct sessions_reply *reply, double queue_ms, struct bytes *out);

/* render_messages(reply, queue_ms, out): A page of messages.  render_message(w, message): one as an
 * object.  render_message_reply(reply, out): one that is a reply by itself. */
void render_messages(const struct messages_reply *reply, double queue_ms, struct bytes *out);
void render_message(struct jsonw *w, const struct reply_message *message);
void render_message_reply(const struct messages_reply *reply, struct bytes *out);

/* render_block_name(type): "tool_use" … */
const char *render_block_name(enum block_type type);

#endif
