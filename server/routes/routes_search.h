/* routes_search.h: GET and POST /search. */
#ifndef SCROLLBACK_ROUTES_SEARCH_H
#define SCROLLBACK_ROUTES_SEARCH_H

#include "request.h"

extern const char *const routes_search_types[];

/* routes_search_run(r): Search and write the reply. */
void routes_search_run(struct request *r);

#endif
