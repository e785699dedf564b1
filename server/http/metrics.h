/* metrics.h: What the service counts about itself, in Prometheus' text format (version 0.0.4).
 *
 * Counters are atomic and never locked; a scrape reads them one by one, so that a request that ends
 * meanwhile may stand in one and not yet in another.  No label ever holds a query, a project or
 * a session: labels come from tables of ours alone.
 */
#ifndef SCROLLBACK_METRICS_H
#define SCROLLBACK_METRICS_H

#include "engine.h"
#include "jobs.h"
#include "problem.h"
#include "route.h"

struct metrics;

/* How a search ended. */
enum search_outcome {
    SEARCH_COMPLETE,
    SEARCH_TIMED_OUT,
    SEARCH_REGEX_LIMIT,
    SEARCH_CANCELLED,
    SEARCH_FAILED,
    SEARCH_OUTCOMES
};

/* metrics_new(routes): All zero; ${routes} name what was asked for.  NULL without memory.
 * metrics_free(NULL) does nothing. */
struct metrics *metrics_new(const struct route_table *routes);
void metrics_free(struct metrics *m);

/* metrics_request(m, route, method, status, seconds): A request was answered; ${route} is an index of
 * route_at(), or METRICS_NO_ROUTE; ${method} one of enum method, or 0. */
#define METRICS_NO_ROUTE 31u
void metrics_request(struct metrics *m, unsigned route, unsigned method, unsigned status,
                     double seconds);

/* metrics_rejected(m, code): A request was turned away before a route saw it. */
void metrics_rejected(struct metrics *m, enum problem_code code);

/* metrics_search(m, strategy, outcome, seconds, queued): A search ended. */
void metrics_search(struct metrics *m, enum strategy strategy, enum search_outcome outcome,
                    double seconds, double queued);

/* metrics_write(m, state, jobs, out): The whole page. */
void metrics_write(struct metrics *m, const struct engine_state *state, struct jobs *jobs,
                   struct bytes *out);

#endif
