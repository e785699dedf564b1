/* routes_openapi.h: The contract itself, at /openapi.yaml and /openapi.json. */
#ifndef SCROLLBACK_ROUTES_OPENAPI_H
#define SCROLLBACK_ROUTES_OPENAPI_H

#include "request.h"

extern const char *const routes_openapi_yaml_types[];
extern const char *const routes_openapi_json_types[];

/* routes_openapi_yaml(r), routes_openapi_json(r): Send it, or 304 where the client has it already. */
void routes_openapi_yaml(struct request *r);
void routes_openapi_json(struct request *r);

#endif
