/* session_list.h: Which sessions there are, for queries that name one by a prefix. */
#ifndef SCROLLBACK_SESSION_LIST_H
#define SCROLLBACK_SESSION_LIST_H

#include "compile_request.h"

/* session_list_pin(env, c, cancel, err): Read all sources for their session ids and replace the
 * prefixes in c->query (query_pin_sessions()).  Return 0 or -1 with ${err}. */
int session_list_pin(const struct environment *env, struct compiled *c, struct cancel *cancel,
                     struct error *err);

#endif
