/* routes_page.h: The browser page and its files, embedded or from --web-root. */
#ifndef SCROLLBACK_ROUTES_PAGE_H
#define SCROLLBACK_ROUTES_PAGE_H

#include "request.h"

/* routes_page_has(path): Is it an embedded file?  routes_page_run(r): send the file of the request's
 * path, 304 where the client has it already. */
bool routes_page_has(struct span path);
void routes_page_run(struct request *r);

/* routes_page_not_modified(r, etag): Does If-None-Match name ${etag}?  Then the answer is 304. */
bool routes_page_not_modified(struct request *r, const char *etag);

#endif
