/* timeseries_api.h: What a time series is asked and answers. */
#ifndef SCROLLBACK_TIMESERIES_API_H
#define SCROLLBACK_TIMESERIES_API_H

#include "search_api.h"

enum series_metric {
    METRIC_MESSAGES,
    METRIC_PROMPTS,
    METRIC_SESSIONS,
    METRIC_TOOL_CALLS,
    METRIC_ERRORS,
    METRIC_TOKENS, /* of all tiers */
    METRIC_COST,   /* picodollars (1e-12 US dollars) */
    METRIC_COUNT
};

enum series_step {
    STEP_AUTO, /* the finest that makes at most 200 points a series, and TIMESERIES_MAX_POINTS in all */
    STEP_1M,
    STEP_5M,
    STEP_15M,
    STEP_1H,
    STEP_6H,
    STEP_1D,
    STEP_1W,
    STEP_COUNT
};

#define TIMESERIES_MAX_POINTS 11000

struct timeseries_request {
    struct request_query query;
    enum series_metric metric;
    enum facet by; /* FACET_NONE: one series */
    enum series_step step;
};

/* timeseries_request_init(r): The defaults of GET /timeseries. */
void timeseries_request_init(struct timeseries_request *r);

struct reply_point {
    int64_t time_ms;    /* where its step begins */
    struct span series; /* the value of the dimension; absent: null; "" without one */
    uint64_t value;
};

struct timeseries_reply {
    uint32_t step_s;                  /* days and weeks are nominal: 86,400 and 604,800 */
    const struct reply_point *points; /* by series (largest first), then time */
    uint32_t point_count;
    bool complete;
    enum incomplete_reason incomplete_reason;
    double took_ms;
    enum strategy strategy;
    struct reply_scanned scanned;
    const struct span *warnings;
    uint32_t warning_count;
};

void timeseries_reply_free(struct timeseries_reply *r); /* NULL does nothing */

#endif
