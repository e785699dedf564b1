#include "metrics.h"

#include "build_info.h"
#include "metrics_process.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>

#define ROUTES (METRICS_NO_ROUTE + 1)
#define METHODS 5

static const unsigned status_codes[] = {200, 204, 304, 400, 401, 403, 404,
                                        405, 406, 413, 415, 429, 500, 503};
#define STATUSES (sizeof(status_codes) / sizeof(status_codes[0]))

/* Upper bounds in seconds, the last is infinity; written as text so that labels are exact. */
static const struct {
    double seconds;
    const char *label;
} bounds[] = {{0.0001, "0.0001"}, {0.00025, "0.00025"}, {0.0005, "0.0005"}, {0.001, "0.001"},
              {0.0025, "0.0025"}, {0.005, "0.005"},     {0.01, "0.01"},     {0.025, "0.025"},
              {0.05, "0.05"},     {0.1, "0.1"},         {0.25, "0.25"},     {0.5, "0.5"},
              {1, "1"},           {2.5, "2.5"},         {5, "5"},           {10, "10"}};
#define BOUNDS (sizeof(bounds) / sizeof(bounds[0]))

struct histogram {
    _Atomic uint64_t buckets[BOUNDS + 1]; /* not cumulative */
    _Atomic uint64_t sum_ns;
};

struct metrics {
    const struct route_table *routes;
    _Atomic uint64_t requests[ROUTES][METHODS][STATUSES];
    struct histogram durations[ROUTES];
    struct histogram searches[STRATEGY_COUNT];
    struct histogram queue;
    _Atomic uint64_t outcomes[SEARCH_OUTCOMES];
    _Atomic uint64_t rejected[PROBLEM_COUNT];
};

struct metrics *metrics_new(const struct route_table *routes)
{
    struct metrics *m = calloc(1, sizeof(*m));
    if (m != NULL)
        m->routes = routes;
    return m;
}

void metrics_free(struct metrics *m)
{
    free(m);
}

static void add(_Atomic uint64_t *counter, uint64_t n)
{
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

static uint64_t get(_Atomic uint64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void observe(struct histogram *h, double seconds)
{
    size_t i = 0;
    while (i < BOUNDS && seconds > bounds[i].seconds)
        i++;
    add(&h->buckets[i], 1);
    add(&h->sum_ns, seconds > 0 ? (uint64_t)(seconds * 1e9) : 0);
}

static const char *const method_names[METHODS] = {"GET", "HEAD", "POST", "OPTIONS", "other"};

static unsigned method_index(unsigned method)
{
    switch (method) {
    case METHOD_GET:
        return 0;
    case METHOD_HEAD:
        return 1;
    case METHOD_POST:
        return 2;
    case METHOD_OPTIONS:
        return 3;
    default:
        return 4;
    }
}

void metrics_request(struct metrics *m, unsigned route, unsigned method, unsigned status,
                     double seconds)
{
    for (size_t i = 0; i < STATUSES; i++)
        if (status_codes[i] == status)
            add(&m->requests[route][method_index(method)][i], 1);
    observe(&m->durations[route], seconds);
}

void metrics_rejected(struct metrics *m, enum problem_code code)
{
    add(&m->rejected[code], 1);
}

void metrics_search(struct metrics *m, enum strategy strategy, enum search_outcome outcome,
                    double seconds, double queued)
{
    add(&m->outcomes[outcome], 1);
    if (outcome != SEARCH_FAILED)
        observe(&m->searches[strategy], seconds);
    observe(&m->queue, queued);
}

static void head(struct bytes *out, const char *name, const char *type, const char *help)
{
    bytes_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* ${label}: "" or name="value". */
static void write_histogram(struct bytes *out, const char *name, const char *label,
                            struct histogram *h)
{
    uint64_t total = 0;
    const char *comma = label[0] == '\0' ? "" : ",";
    for (size_t i = 0; i <= BOUNDS; i++) {
        total += get(&h->buckets[i]);
        bytes_printf(out, "%s_bucket{%s%sle=\"%s\"} %" PRIu64 "\n", name, label, comma,
                     i == BOUNDS ? "+Inf" : bounds[i].label, total);
    }
    const char *open = label[0] == '\0' ? "" : "{";
    const char *close = label[0] == '\0' ? "" : "}";
    bytes_printf(out, "%s_sum%s%s%s %.9f\n", name, open, label, close,
                 (double)get(&h->sum_ns) / 1e9);
    bytes_printf(out, "%s_count%s%s%s %" PRIu64 "\n", name, open, label, close, total);
}

static bool is_empty(struct histogram *h)
{
    for (size_t i = 0; i <= BOUNDS; i++)
        if (get(&h->buckets[i]) > 0)
            return false;
    return true;
}

static const char *route_name(const struct metrics *m, unsigned i)
{
    const struct route *r = i == METRICS_NO_ROUTE ? NULL : route_at(m->routes, i);
    return r == NULL ? "none" : r->path;
}

static void write_requests(struct metrics *m, struct bytes *out)
{
    static const char total[] = "scrollback_http_requests_total";
    static const char duration[] = "scrollback_http_request_duration_seconds";
    char label[96];

    head(out, total, "counter", "Requests answered.");
    for (unsigned r = 0; r < ROUTES; r++)
        for (unsigned k = 0; k < METHODS; k++)
            for (size_t i = 0; i < STATUSES; i++) {
                uint64_t n = get(&m->requests[r][k][i]);
                if (n > 0)
                    bytes_printf(out, "%s{route=\"%s\",method=\"%s\",code=\"%u\"} %" PRIu64 "\n",
                                 total, route_name(m, r), method_names[k], status_codes[i], n);
            }
    head(out, duration, "histogram", "Time from the head of a request to the start of its reply.");
    for (unsigned r = 0; r < ROUTES; r++) {
        if (is_empty(&m->durations[r]))
            continue;
        snprintf(label, sizeof(label), "route=\"%s\"", route_name(m, r));
        write_histogram(out, duration, label, &m->durations[r]);
    }
}

static void write_searches(struct metrics *m, struct bytes *out)
{
    static const char *const outcomes[SEARCH_OUTCOMES] = {"complete", "timeout", "regex_limit",
                                                          "cancelled", "error"};
    static const char duration[] = "scrollback_search_duration_seconds";
    char label[48];

    head(out, duration, "histogram", "Time a search took inside the engine.");
    for (int i = 0; i < STRATEGY_COUNT; i++) {
        if (is_empty(&m->searches[i]))
            continue;
        snprintf(label, sizeof(label), "strategy=\"%s\"",
                 vocabulary_strategy_name((enum strategy)i));
        write_histogram(out, duration, label, &m->searches[i]);
    }
    head(out, "scrollback_search_total", "counter", "Searches by how they ended.");
    for (int i = 0; i < SEARCH_OUTCOMES; i++)
        bytes_printf(out, "scrollback_search_total{outcome=\"%s\"} %" PRIu64 "\n", outcomes[i],
                     get(&m->outcomes[i]));
    head(out, "scrollback_search_queue_wait_seconds", "histogram",
         "Time a search waited for a free thread.");
    write_histogram(out, "scrollback_search_queue_wait_seconds", "", &m->queue);
}

static void write_rejected(struct metrics *m, struct bytes *out)
{
    /* All that a request can be refused for before a route sees it. */
    static const enum problem_code reasons[] = {
        PROBLEM_BAD_REQUEST,        PROBLEM_INVALID_PARAMETER,
        PROBLEM_UNAUTHORIZED,       PROBLEM_HOST_NOT_ALLOWED,
        PROBLEM_ORIGIN_NOT_ALLOWED, PROBLEM_NOT_FOUND,
        PROBLEM_METHOD_NOT_ALLOWED, PROBLEM_NOT_ACCEPTABLE,
        PROBLEM_CONTENT_TOO_LARGE,  PROBLEM_UNSUPPORTED_MEDIA_TYPE,
        PROBLEM_RATE_LIMITED,       PROBLEM_OVERLOADED};
    head(out, "scrollback_rejected_total", "counter",
         "Requests turned away before any work was done for them.");
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        bytes_printf(out, "scrollback_rejected_total{reason=\"%s\"} %" PRIu64 "\n",
                     problem_name(reasons[i]), get(&m->rejected[reasons[i]]));
}

static void gauge(struct bytes *out, const char *name, const char *help, uint64_t value)
{
    head(out, name, "gauge", help);
    bytes_printf(out, "%s %" PRIu64 "\n", name, value);
}

static void write_engine(const struct engine_state *s, struct bytes *out)
{
    gauge(out, "scrollback_index_messages", "Messages in the index.", s->index_messages);
    head(out, "scrollback_index_bytes", "gauge", "Size of the index by where it lies.");
    bytes_printf(out, "scrollback_index_bytes{place=\"disk\"} %" PRIu64 "\n", s->index_disk_bytes);
    bytes_printf(out, "scrollback_index_bytes{place=\"memory\"} %" PRIu64 "\n",
                 s->index_memory_bytes);
    gauge(out, "scrollback_index_segments", "Segments of the index.", s->index_segments);
    head(out, "scrollback_refresh_duration_seconds", "gauge",
         "How long the last look for changes on disk took.");
    bytes_printf(out, "scrollback_refresh_duration_seconds %.9f\n",
                 (double)s->index_refresh_ns / 1e9);
    gauge(out, "scrollback_index_ready", "1 once the first index is complete.", s->ready);
    gauge(out, "scrollback_sources_files", "Transcripts that the last look at the folders found.",
          s->files);
    gauge(out, "scrollback_sources_bytes", "Their size.", s->bytes);
    if (s->counted) /* no pass over the files for a scrape */
        gauge(out, "scrollback_malformed_lines", "Lines that yield nothing.", s->malformed_lines);
}

static void write_lanes(struct jobs *jobs, struct bytes *out)
{
    static const char *const lanes[LANE_COUNT] = {"index", "files"};
    head(out, "scrollback_queue_depth", "gauge", "Requests that wait for a thread.");
    for (int i = 0; i < LANE_COUNT; i++)
        bytes_printf(out, "scrollback_queue_depth{lane=\"%s\"} %u\n", lanes[i],
                     jobs_depth(jobs, (enum lane)i));
    head(out, "scrollback_requests_running", "gauge", "Requests that a thread works on.");
    for (int i = 0; i < LANE_COUNT; i++)
        bytes_printf(out, "scrollback_requests_running{lane=\"%s\"} %u\n", lanes[i],
                     jobs_running(jobs, (enum lane)i));
}

void metrics_write(struct metrics *m, const struct engine_state *state, struct jobs *jobs,
                   struct bytes *out)
{
    head(out, "scrollback_build_info", "gauge", "Version and commit of the program.");
    bytes_printf(out, "scrollback_build_info{version=\"%s\",commit=\"%s\"} 1\n", BUILD_INFO_VERSION,
                 BUILD_INFO_COMMIT);
    write_requests(m, out);
    write_searches(m, out);
    write_rejected(m, out);
    write_lanes(jobs, out);
    write_engine(state, out);
    metrics_process_write(out);
}
