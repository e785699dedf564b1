#include "timeseries_run.h"

#include "clock.h"
#include "error.h"
#include "reply.h"
#include "span.h"
#include "steps.h"
#include "tally.h"

#include <stdlib.h>

/* A grid of values: a row for each series, a column for each step. */
struct grid {
    const struct tally *tally;
    const struct pricing *pricing;
    enum series_metric metric;
    struct dimension dimension;
    bool by;
    int64_t *begins; /* of the steps, ascending */
    size_t steps;
    uint32_t *series; /* by number in the dimension: row + 1, or 0 */
    size_t series_size;
    uint32_t *ids; /* by row: the number in the dimension */
    size_t rows;
    uint64_t *values;
};

struct timeseries_answer {
    struct timeseries_reply reply;
    struct arena arena;
};

/* The bounds that the query itself sets on time: those that hold for every match. */
static void bounds_of_node(const struct node *n, int64_t *from, int64_t *to)
{
    if (n->type == NODE_AND)
        for (uint32_t i = 0; i < n->count; i++)
            bounds_of_node(n->children[i], from, to);
    if (n->type != NODE_FILTER)
        return;
    const struct filter *f = n->filter;
    int64_t first = f->values[0].time_ms, last = first;
    for (uint32_t i = 1; i < f->count; i++) {
        first = f->values[i].time_ms < first ? f->values[i].time_ms : first;
        last = f->values[i].time_ms > last ? f->values[i].time_ms : last;
    }
    /* Values of one filter are alternatives, filters side by side all hold. */
    if (f->field == FIELD_SINCE && (*from == TIME_NONE || first > *from))
        *from = first;
    if (f->field == FIELD_UNTIL && (*to == TIME_NONE || last - 1 < *to))
        *to = last - 1;
}

/* The range to show: what the query says, else from the first to the last match. */
static bool range(const struct tally *t, int64_t *from, int64_t *to)
{
    const struct result_set *r = &t->results;
    int64_t first = TIME_NONE, last = TIME_NONE;
    *from = *to = TIME_NONE;
    bounds_of_node(t->compiled.query->root, from, to);
    for (uint64_t k = 0; k < r->shown_count; k++) {
        int64_t time = r->all[r->shown[k]].time_ms;
        if (first == TIME_NONE || time < first)
            first = time;
        if (last == TIME_NONE || time > last)
            last = time;
    }
    if (*from == TIME_NONE || (first != TIME_NONE && first < *from))
        *from = first;
    if (*to == TIME_NONE || (last != TIME_NONE && last > *to))
        *to = last;
    if (*from == TIME_NONE)
        *from = *to;
    if (*to == TIME_NONE)
        *to = *from;
    return *from != TIME_NONE && *from <= *to;
}

static int too_many(struct error *err)
{
    error_parameter(err, "step");
    return error_set(err, ERROR_INVALID_PARAMETER, ERROR_NO_POSITION,
                     "this makes more than %d points; choose a longer step, a shorter range or "
                     "fewer series",
                     TIMESERIES_MAX_POINTS);
}

/* As many steps as there is room for beside the rows. */
static int make_steps(struct grid *g, enum series_step step, int64_t from, int64_t to,
                      struct error *err)
{
    const struct zone *zone = g->tally->compiled.zone;
    size_t most = TIMESERIES_MAX_POINTS / (g->rows == 0 ? 1 : g->rows);
    g->steps = 0;
    for (int64_t t = steps_begin(zone, step, from); t <= to; t = steps_next(zone, step, t)) {
        if (g->steps == most)
            return too_many(err);
        g->begins[g->steps++] = t;
    }
    return 0;
}

/* What "auto" stands for is the range's affair, and with many series the next longer step that fits. */
static int choose_steps(struct grid *g, enum series_step asked, int64_t from, int64_t to,
                        enum series_step *step, struct error *err)
{
    *step = asked == STEP_AUTO ? steps_choose(from, to) : asked;
    g->begins = malloc((TIMESERIES_MAX_POINTS + 1) * sizeof *g->begins);
    if (g->begins == NULL)
        return error_no_memory(err);
    while (make_steps(g, *step, from, to, err) != 0) {
        if (asked != STEP_AUTO || *step == STEP_1W)
            return -1;
        *err = (struct error){0};
        ++*step;
    }
    return 0;
}

static int add_series(struct grid *g, uint32_t id, struct error *err)
{
    if (id >= g->series_size) {
        size_t size = (size_t)id * 2 + 64;
        uint32_t *p = realloc(g->series, size * sizeof *p);
        if (p == NULL)
            return error_no_memory(err);
        memset(p + g->series_size, 0, (size - g->series_size) * sizeof *p);
        g->series = p;
        g->series_size = size;
    }
    if (g->series[id] != 0)
        return 0;
    if (g->rows == TIMESERIES_MAX_POINTS)
        return too_many(err);
    g->ids[g->rows] = id;
    g->series[id] = (uint32_t)++g->rows;
    return 0;
}

/* Find the series there are. */
static int find_rows(struct grid *g, struct error *err)
{
    const struct result_set *r = &g->tally->results;
    uint32_t ids[DIMENSION_MAX_IDS];
    const uint32_t *list;
    g->ids = calloc(TIMESERIES_MAX_POINTS + 1, sizeof *g->ids);
    if (g->ids == NULL)
        return error_no_memory(err);
    if (!g->by)
        g->rows = 1;
    for (uint64_t k = 0; g->by && k < r->shown_count; k++) {
        int n = dimension_ids(&g->dimension, r->shown[k], ids, &list);
        for (int i = 0; i < n; i++)
            if (add_series(g, list[i], err) != 0)
                return -1;
        if (n < 0)
            return error_no_memory(err);
    }
    return 0;
}

/* Cut the range, and make room for the values. */
static int lay_out(struct grid *g, enum series_step asked, int64_t from, int64_t to,
                   enum series_step *step, struct error *err)
{
    if (find_rows(g, err) != 0 || choose_steps(g, asked, from, to, step, err) != 0)
        return -1;
    g->values = calloc(g->rows * g->steps + 1, sizeof *g->values);
    return g->values == NULL ? error_no_memory(err) : 0;
}

static size_t step_of(const struct grid *g, int64_t t)
{
    size_t low = 0, high = g->steps;
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        if (g->begins[mid] <= t)
            low = mid;
        else
            high = mid;
    }
    return low;
}

static void add_to(uint64_t *sum, uint64_t value)
{
    *sum = pricing_add(*sum, value);
}

/* Add ${value} where the match ${index} stands in time, in each of its series. */
static int add(struct grid *g, uint32_t index, uint64_t value)
{
    uint32_t ids[DIMENSION_MAX_IDS];
    const uint32_t *list;
    size_t step = step_of(g, g->tally->results.all[index].time_ms);
    if (!g->by) {
        add_to(&g->values[step], value);
        return 0;
    }
    int n = dimension_ids(&g->dimension, index, ids, &list);
    for (int i = 0; i < n; i++)
        add_to(&g->values[(g->series[list[i]] - 1) * g->steps + step], value);
    return n < 0 ? -1 : 0;
}

static int add_messages(struct grid *g)
{
    const struct result_set *r = &g->tally->results;
    for (uint64_t k = 0; k < r->shown_count; k++) {
        uint32_t i = r->shown[k];
        const struct match *m = &r->all[i];
        uint64_t value = g->metric == METRIC_MESSAGES  ? 1
                         : g->metric == METRIC_PROMPTS ? m->kind == KIND_PROMPT
                         : g->metric == METRIC_ERRORS  ? (m->flags & MESSAGE_ERROR) != 0
                                                       : tally_record_of(g->tally, i)->tool_calls;
        if (value > 0 && add(g, i, value) != 0)
            return -1;
    }
    return 0;
}

static int add_sessions(struct grid *g)
{
    uint32_t *first;
    if (tally_first_of_sessions(g->tally, &first) != 0)
        return -1;
    int rc = 0;
    for (uint32_t s = 0; rc == 0 && s < g->tally->results.values.count; s++)
        if (first[s] != 0)
            rc = add(g, first[s] - 1, 1);
    free(first);
    return rc;
}

static int add_responses(struct grid *g)
{
    const struct tally *t = g->tally;
    for (uint32_t i = 0; i < t->responses.count; i++) {
        const struct response *one = &t->responses.items[i];
        const struct usage *u = &one->usage;
        if (t->first_match[i] == 0)
            continue;
        uint64_t value =
            u->input + u->output + u->cache_write_5m + u->cache_write_1h + u->cache_read;
        if (g->metric == METRIC_COST) {
            const struct price *p = tally_price(t, g->pricing, one);
            value = p == NULL ? 0 : pricing_cost(p, u);
        }
        if (value > 0 && add(g, t->first_match[i] - 1, value) != 0)
            return -1;
    }
    return 0;
}

struct series {
    size_t row;
    uint64_t sum;
    struct span name;
};

static int compare_series(const void *a, const void *b)
{
    const struct series *x = a, *y = b;
    if (x->sum != y->sum)
        return x->sum > y->sum ? -1 : 1;
    return (x->name.ptr == NULL) != (y->name.ptr == NULL) ? (x->name.ptr == NULL ? -1 : 1)
                                                          : span_compare(x->name, y->name);
}

static int write_points(const struct grid *g, struct timeseries_answer *a)
{
    struct series *order = calloc(g->rows + 1, sizeof *order);
    struct reply_point *points = arena_alloc(&a->arena, (g->rows * g->steps + 1) * sizeof *points);
    int rc = order == NULL || points == NULL ? -1 : 0;
    for (size_t row = 0; rc == 0 && row < g->rows; row++) {
        order[row].row = row;
        for (size_t s = 0; s < g->steps; s++)
            add_to(&order[row].sum, g->values[row * g->steps + s]);
        struct span name = g->by ? dimension_name(&g->dimension, g->ids[row]) : SPAN("");
        order[row].name = name;
        if (name.ptr != NULL)
            rc = arena_copy(&a->arena, name, &order[row].name);
    }
    if (rc == 0)
        qsort(order, g->rows, sizeof *order, compare_series);
    for (size_t k = 0; rc == 0 && k < g->rows; k++)
        for (size_t s = 0; s < g->steps; s++)
            points[a->reply.point_count++] = (struct reply_point){
                g->begins[s], order[k].name, g->values[order[k].row * g->steps + s]};
    a->reply.points = points;
    free(order);
    return rc;
}

static int fill(struct grid *g, const struct timeseries_request *request,
                struct timeseries_answer *a, struct error *err)
{
    int64_t from, to;
    bool any = range(g->tally, &from, &to);
    enum series_step step = request->step == STEP_AUTO ? STEP_1D : request->step;
    if (any && g->by && tally_dimension(g->tally, request->by, &g->dimension) != 0)
        return error_no_memory(err);
    if (any && lay_out(g, request->step, from, to, &step, err) != 0)
        return -1;
    a->reply.step_s = steps_seconds(step);
    if (!any)
        return 0;
    int rc = g->metric == METRIC_SESSIONS                             ? add_sessions(g)
             : g->metric == METRIC_TOKENS || g->metric == METRIC_COST ? add_responses(g)
                                                                      : add_messages(g);
    return rc == 0 && write_points(g, a) == 0 ? 0 : error_no_memory(err);
}

static void sum_up(const struct tally *t, uint64_t started, struct timeseries_reply *reply)
{
    reply->incomplete_reason = request_incomplete(&t->outcome);
    reply->complete = reply->incomplete_reason == INCOMPLETE_NONE;
    reply->strategy = t->compiled.strategy;
    reply->scanned = request_scanned(&t->outcome);
    reply->took_ms = (double)(clock_monotonic_ns() - started) / 1e6;
}

int timeseries_run(const struct environment *env, const struct pricing *pricing,
                   const struct timeseries_request *request, struct cancel *cancel,
                   struct timeseries_reply **out, struct error *err)
{
    uint64_t started = clock_monotonic_ns();
    struct tally tally;
    struct grid g = {.tally = &tally,
                     .pricing = pricing,
                     .metric = request->metric,
                     .by = request->by != FACET_NONE};
    struct timeseries_answer *a = calloc(1, sizeof *a);
    int rc = -1;
    *out = NULL;
    if (a == NULL)
        return error_no_memory(err);
    arena_init(&a->arena);
    if (tally_run(env, &request->query, cancel, &tally, err) == 0)
        rc = fill(&g, request, a, err);
    if (rc == 0) {
        sum_up(&tally, started, &a->reply);
        *out = &a->reply;
    } else {
        timeseries_reply_free(&a->reply);
    }
    if (g.by && g.dimension.results != NULL)
        dimension_clear(&g.dimension);
    free(g.begins);
    free(g.series);
    free(g.ids);
    free(g.values);
    tally_clear(&tally);
    return rc;
}

void timeseries_reply_free(struct timeseries_reply *r)
{
    struct timeseries_answer *a = (struct timeseries_answer *)r;
    if (a == NULL)
        return;
    arena_clear(&a->arena);
    free(a);
}
