/* messages_run.h: A page of a session's thread, and one message whole. */
#ifndef SCROLLBACK_MESSAGES_RUN_H
#define SCROLLBACK_MESSAGES_RUN_H

#include "compile_request.h"
#include "sessions_api.h"

/* messages_run(env, request, cancel, out, err): As engine_messages() (engine.h).
 * message_run(env, id, full, raw, cancel, out, err): As engine_message(). */
int messages_run(const struct environment *env, const struct messages_request *request,
                 struct cancel *cancel, struct messages_reply **out, struct error *err);
int message_run(const struct environment *env, struct span id, bool full, bool raw,
                struct cancel *cancel, struct messages_reply **out, struct error *err);

#endif
