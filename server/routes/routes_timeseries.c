#include "routes_timeseries.h"

#include "query_params.h"
#include "render_search.h"
#include "routes_stats.h"
#include "service.h"
#include "text.h"

#include <inttypes.h>

/* In the order of enum series_metric and enum series_step. */
static const char *const metrics[] = {"messages", "prompts", "sessions", "tool_calls",
                                      "errors",   "tokens",  "cost",     NULL};
static const char *const steps[] = {"auto", "1m", "5m", "15m", "1h", "6h", "1d", "1w", NULL};
static const char *const dimensions[] = {"role",    "kind",  "part",   "tool", "project",
                                         "session", "model", "branch", "day",  NULL};

const struct param_spec timeseries_param_specs[] = {
    QUERY_PARAM_SPECS,
    {"metric", PARAM_WORD, 0, 0, metrics, "messages"},
    {"by", PARAM_WORD, 0, 0, dimensions, NULL},
    {"step", PARAM_WORD, 0, 0, steps, "auto"},
    {"timeout_ms", PARAM_NUMBER, 1, 30000, NULL, "10000"},
    {"format", PARAM_WORD, 0, 0, stats_formats, "json"},
};
const size_t timeseries_param_count =
    sizeof(timeseries_param_specs) / sizeof(timeseries_param_specs[0]);

static void write_json(const struct timeseries_reply *reply, bool money, double queue_ms,
                       struct bytes *out)
{
    struct jsonw w = {.out = out};
    jsonw_begin_object(&w);
    jsonw_uint_at(&w, "step_s", reply->step_s);
    jsonw_key(&w, "points");
    jsonw_begin_array(&w);
    for (uint32_t i = 0; i < reply->point_count; i++) {
        const struct reply_point *p = &reply->points[i];
        jsonw_begin_object(&w);
        jsonw_time_at(&w, "time", p->time_ms);
        jsonw_text_at(&w, "series", p->series);
        if (money)
            jsonw_money_at(&w, "value", p->value);
        else
            jsonw_uint_at(&w, "value", p->value);
        jsonw_end_object(&w);
    }
    jsonw_end_array(&w);
    render_complete(&w, reply->complete, reply->incomplete_reason);
    jsonw_ms_at(&w, "took_ms", reply->took_ms);
    jsonw_ms_at(&w, "queue_ms", queue_ms);
    jsonw_word_at(&w, "strategy", vocabulary_strategy_name(reply->strategy));
    render_scanned(&w, &reply->scanned);
    jsonw_texts_at(&w, "warnings", reply->warnings, reply->warning_count);
    jsonw_end_object(&w);
    bytes_add_byte(out, '\n');
}

static void write_csv(const struct timeseries_reply *reply, bool money, struct bytes *out)
{
    char time[TEXT_TIME_SIZE];
    bytes_add_text(out, "time,series,value\r\n");
    for (uint32_t i = 0; i < reply->point_count; i++) {
        text_time(reply->points[i].time_ms, time);
        render_csv_text(out, text_of(time), true);
        render_csv_text(out, reply->points[i].series, false);
        bytes_add_byte(out, ',');
        text_decimal(out, reply->points[i].value, money ? 12 : 0);
        render_csv_end(out);
    }
}

void routes_timeseries_run(struct request *r)
{
    struct query_values values;
    struct timeseries_request request;
    struct timeseries_reply *reply = NULL;
    struct error err = {0};
    struct span by = params_text(&r->params, "by");

    timeseries_request_init(&request);
    query_params_read(&r->params, &values, r->service->config->strategy, &request.query);
    request.metric = (enum series_metric)params_word(&r->params, "metric");
    request.step = (enum series_step)params_word(&r->params, "step");
    request.by = FACET_NONE;
    if (by.ptr != NULL)
        vocabulary_facet_parse(by, &request.by);
    if (engine_timeseries(r->service->engine, &request, &r->job.cancel, &reply, &err) != 0) {
        problem_from_error(&r->problem, &err);
        return;
    }
    bool money = request.metric == METRIC_COST;
    if (query_params_denied(&r->params, reply->complete, reply->incomplete_reason, &r->problem) ==
        0) {
        r->answer.status = 200;
        r->answer.type = routes_stats_types[r->type];
        if (r->type == 1)
            write_csv(reply, money, &r->answer.body);
        else
            write_json(reply, money, request_queue_ms(r), &r->answer.body);
    }
    timeseries_reply_free(reply);
}
