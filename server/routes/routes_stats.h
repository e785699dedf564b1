/* routes_stats.h: GET and POST /stats. */
#ifndef SCROLLBACK_ROUTES_STATS_H
#define SCROLLBACK_ROUTES_STATS_H

#include "request.h"

extern const struct param_spec stats_param_specs[];
extern const size_t stats_param_count;
extern const char *const stats_formats[];
extern const char *const routes_stats_types[];

/* routes_stats_run(r): Count and write the reply. */
void routes_stats_run(struct request *r);

#endif
