#include "routes.h"

#include "request_guard.h"
#include "routes_export.h"
#include "routes_health.h"
#include "routes_metrics.h"
#include "routes_openapi.h"
#include "routes_page.h"
#include "routes_search.h"
#include "routes_sessions.h"
#include "routes_stats.h"
#include "routes_tail.h"
#include "routes_timeseries.h"
#include "search_request_params.h"

static const char *const json_types[] = {"application/json", NULL};
static const char *const any_types[] = {"*/*", NULL};

#define OPEN (GUARD_NO_TOKEN | GUARD_NO_RATE)
#define PAGE_LINE(path)                                                                         \
    {                                                                                           \
        path, METHOD_GET, GUARD_NO_TOKEN | GUARD_NAVIGATION, PLACE_HERE, NULL, NULL, any_types, \
            routes_page_run                                                                     \
    }

/* One line a resource. */
static const struct route route_table[] = {
    PAGE_LINE("/"),
    {"/search", METHOD_GET | METHOD_POST, 0, PLACE_LANE, search_param_specs, &search_param_count,
     routes_search_types, routes_search_run},
    {"/stats", METHOD_GET | METHOD_POST, 0, PLACE_LANE, stats_param_specs, &stats_param_count,
     routes_stats_types, routes_stats_run},
    {"/timeseries", METHOD_GET | METHOD_POST, 0, PLACE_LANE, timeseries_param_specs,
     &timeseries_param_count, routes_stats_types, routes_timeseries_run},
    {"/sessions", METHOD_GET, 0, PLACE_LANE, sessions_param_specs, &sessions_param_count,
     json_types, routes_sessions_list},
    {"/sessions/{id}", METHOD_GET, 0, PLACE_LANE, NULL, NULL, json_types, routes_sessions_one},
    {"/sessions/{id}/messages", METHOD_GET, 0, PLACE_LANE, messages_param_specs,
     &messages_param_count, json_types, routes_sessions_messages},
    {"/messages/{id}", METHOD_GET, 0, PLACE_LANE, message_param_specs, &message_param_count,
     json_types, routes_sessions_message},
    {"/sessions/{id}/export", METHOD_GET, 0, PLACE_LANE, export_param_specs, &export_param_count,
     routes_export_types, routes_export_run},
    {"/tail", METHOD_GET, 0, PLACE_LANE, tail_param_specs, &tail_param_count, routes_tail_types,
     routes_tail_run},
    {"/metrics", METHOD_GET, 0, PLACE_HERE, NULL, NULL, routes_metrics_types, routes_metrics_run},
    {"/livez", METHOD_GET, OPEN, PLACE_HERE, NULL, NULL, json_types, routes_health_live},
    {"/readyz", METHOD_GET, OPEN, PLACE_HERE, NULL, NULL, json_types, routes_health_ready},
    {"/healthz", METHOD_GET, OPEN, PLACE_HERE, NULL, NULL, json_types, routes_health_ready},
    {"/version", METHOD_GET, 0, PLACE_HERE, NULL, NULL, json_types, routes_health_version},
    {"/openapi.yaml", METHOD_GET, GUARD_NO_TOKEN, PLACE_HERE, NULL, NULL, routes_openapi_yaml_types,
     routes_openapi_yaml},
    {"/openapi.json", METHOD_GET, GUARD_NO_TOKEN, PLACE_HERE, NULL, NULL, routes_openapi_json_types,
     routes_openapi_json},
};

/* The page's files: whatever the build embedded. */
static const struct route asset_route = {"/{asset}", METHOD_GET, GUARD_NO_TOKEN, PLACE_HERE,
                                         NULL,       NULL,       any_types,      routes_page_run};

const struct route_table routes_table = {route_table, sizeof(route_table) / sizeof(route_table[0]),
                                         &asset_route, routes_page_has};
