/* routes.h: The one table of what is served where. */
#ifndef SCROLLBACK_ROUTES_H
#define SCROLLBACK_ROUTES_H

#include "request.h"

/* routes_find(path, web_root, value): The route of ${path} (decoded), or NULL; what stands for its
 * {…} is left in ${value}, which points into ${path}.  With ${web_root} any path may be a file. */
const struct route *routes_find(struct span path, bool web_root, struct span *value);

/* routes_at(i): The ${i}th route, the last one for the page's files; NULL past the end.
 * routes_index(route): its inverse. */
const struct route *routes_at(size_t i);
size_t routes_index(const struct route *route);

/* routes_allow(route): The value of Allow: "GET, HEAD, OPTIONS" and perhaps POST. */
const char *routes_allow(const struct route *route);

#endif
