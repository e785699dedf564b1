/* sessions_run.h: The list of sessions, and one of them with its agents. */
#ifndef SCROLLBACK_SESSIONS_RUN_H
#define SCROLLBACK_SESSIONS_RUN_H

#include "pricing.h"
#include "compile_request.h"
#include "sessions_api.h"

/* sessions_run(env, pricing, request, cancel, out, err): As engine_sessions() (engine.h).
 * session_run(env, pricing, id, cancel, out, err): As engine_session(). */
int sessions_run(const struct environment *env, const struct pricing *pricing,
                 const struct sessions_request *request, struct cancel *cancel,
                 struct sessions_reply **out, struct error *err);
int session_run(const struct environment *env, const struct pricing *pricing, struct span id,
                struct cancel *cancel, struct sessions_reply **out, struct error *err);

#endif
