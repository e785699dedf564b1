/* routes.h: The one table of what is served where. */
#ifndef SCROLLBACK_ROUTES_H
#define SCROLLBACK_ROUTES_H

#include "route.h"

extern const struct route_table routes_table;

#endif
