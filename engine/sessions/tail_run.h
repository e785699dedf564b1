/* tail_run.h: The messages that were appended since somebody last asked. */
#ifndef SCROLLBACK_TAIL_RUN_H
#define SCROLLBACK_TAIL_RUN_H

#include "compile_request.h"
#include "sessions_api.h"

/* tail_run(env, request, cancel, out, err): As engine_tail() (engine.h).  A position is the number of a
 * walk (walks.h) that remembers how far each file was read; one that was forgotten (a restart,
 * many others since) goes on from now.  Needs env->walks.
 *
 * With dedupe a message comes once however many files it is appended to, and not if a copy that matches stood in
 * what was read before.  Nothing is remembered for that: the index tells; so copies in files that it does not
 * hold yet are seen within one reply only. */
int tail_run(const struct environment *env, const struct tail_request *request,
             struct cancel *cancel, struct tail_reply **out, struct error *err);

#endif
