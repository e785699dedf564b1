/* routes_sessions.h: /sessions, /sessions/{id}, /sessions/{id}/messages and /messages/{id}. */
#ifndef SCROLLBACK_ROUTES_SESSIONS_H
#define SCROLLBACK_ROUTES_SESSIONS_H

#include "engine.h"
#include "request.h"

extern const struct param_spec sessions_param_specs[];
extern const size_t sessions_param_count;
extern const struct param_spec messages_param_specs[];
extern const size_t messages_param_count;
extern const struct param_spec message_param_specs[];
extern const size_t message_param_count;

/* routes_sessions_list(r): The sessions that match.  routes_sessions_one(r): one with its agents.
 * routes_sessions_messages(r): a page of its messages.  routes_sessions_message(r): one message. */
void routes_sessions_list(struct request *r);
void routes_sessions_one(struct request *r);
void routes_sessions_messages(struct request *r);
void routes_sessions_message(struct request *r);

/* routes_sessions_fail(r, err): Report what the engine says of the session in the path. */
void routes_sessions_fail(struct request *r, struct error *err);

/* routes_sessions_agent(p): Whose thread is asked for: absent for the main one. */
struct span routes_sessions_agent(const struct params *p);

#endif
