/* search_request_params.h: The parameters of /search, and the engine's request they make. */
#ifndef SCROLLBACK_SEARCH_REQUEST_PARAMS_H
#define SCROLLBACK_SEARCH_REQUEST_PARAMS_H

#include "query_params.h"

extern const struct param_spec search_param_specs[];
extern const size_t search_param_count;
extern const char *const search_formats[];

/* search_request_read(p, values, fallback, out): As query_params_read(). */
void search_request_read(const struct params *p, struct query_values *values,
                         enum strategy fallback, struct search_request *out);

#endif
