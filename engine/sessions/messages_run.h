/* messages_run.h: A page of a session's thread, one message whole, and a thread page by page. */
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

/* thread_walk_new(), thread_walk_next(), thread_walk_ended(), thread_walk_free(): As engine_thread_open() and
 * its like; ${env} is borrowed for as long as the walk lives. */
struct thread_walk;
int thread_walk_new(const struct environment *env, const struct messages_request *request,
                    struct cancel *cancel, struct thread_walk **out, struct error *err);
int thread_walk_next(struct thread_walk *w, struct cancel *cancel, struct messages_reply **out,
                     struct error *err);
bool thread_walk_ended(const struct thread_walk *w);
void thread_walk_free(struct thread_walk *w);

#endif
