/* search.h: Running one search, whatever the strategy. */
#ifndef SCROLLBACK_SEARCH_H
#define SCROLLBACK_SEARCH_H

#include "compile_request.h"
#include "search_api.h"

/* search_run(env, request, cancel, out, err): As engine_search() (engine.h) on the sources of
 * ${env}.  took_ms counts from the call. */
int search_run(const struct environment *env, const struct search_request *request,
               struct cancel *cancel, struct search_reply **out, struct error *err);

#endif
