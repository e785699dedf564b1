/* routes.h: The one table of what is served where. */
#ifndef SCROLLBACK_ROUTES_H
#define SCROLLBACK_ROUTES_H

#include "request.h"

/* routes_find(path, value): The route of ${path} (decoded), or NULL; what stands for its {…} is left
 * in ${value}, which points into ${path}. */
const struct route *routes_find(struct span path, struct span *value);

/* routes_at(i): The ${i}th route, NULL past the end. */
const struct route *routes_at(size_t i);

/* routes_allow(route): The value of Allow: "GET, HEAD, OPTIONS" and perhaps POST. */
const char *routes_allow(const struct route *route);

/* routes_data_types, routes_json_types: What most routes offer. */
extern const char *const routes_json_types[];

#endif
