/* The defaults of the contract, declared beside the requests in api/. */
#include "search_api.h"
#include "stats_api.h"
#include "timeseries_api.h"

void request_query_init(struct request_query *r)
{
    *r = (struct request_query){.dedupe = true, .strategy = STRATEGY_INDEX};
}

void search_request_init(struct search_request *r)
{
    *r = (struct search_request){
        .sort = SORT_NEWEST, .limit = 20, .snippet_chars = 240, .facet_limit = 10};
    request_query_init(&r->query);
}

void stats_request_init(struct stats_request *r)
{
    *r = (struct stats_request){.by = FACET_NONE};
    request_query_init(&r->query);
}

void timeseries_request_init(struct timeseries_request *r)
{
    *r = (struct timeseries_request){.by = FACET_NONE, .step = STEP_AUTO};
    request_query_init(&r->query);
}
