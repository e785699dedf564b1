/* ablation_bench: What each remedy of a direct scan is worth, by switching it off.
 *
 *   ablation_bench ROOT [WORD…]
 *
 * Scans the files below ROOT for each WORD (a rare and a common one by default), as it is and with one
 * remedy off at a time, in turn, and prints medians: the wall time and the processor time of a scan
 * without its process, in milliseconds, and the processor time against the scan as it is.
 */
#include "clock.h"
#include "compile_request.h"
#include "discover.h"
#include "error.h"
#include "pair_scan.h"
#include "span.h"
#include "team.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RUNS 9

enum remedy {
    AS_IT_IS,
    NO_PREFILTER,
    NO_VECTORS,
    NO_COARSE_UNITS,
    NO_OWN_MATCHER,
    NO_TEAM,
    REMEDIES
};

static const char *const names[REMEDIES] = {
    "as it is",
    "every line parsed (no prefilter)",
    "prefilter by bytes (no vectors)",
    "units of 16 KB (no coarse units)",
    "every term by PCRE2 (no own search)",
    "one thread (no team)",
};

struct cost {
    double wall;
    double cpu;
};

static int take(void *arg, unsigned worker, const struct message *m, bool matched)
{
    (void)worker;
    (void)m;
    if (matched)
        atomic_fetch_add_explicit((_Atomic uint64_t *)arg, 1, memory_order_relaxed);
    return 0;
}

static double cpu_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int run(const struct source_list *list, const char *word, enum remedy off, struct cost *cost,
               uint64_t *hits)
{
    struct environment env = {.sources = list,
                              .strategy = STRATEGY_WORKSHARING,
                              .threads = off == NO_TEAM ? 1 : team_default_threads(),
                              .unit_bytes = off == NO_COARSE_UNITS ? 16384 : 0};
    struct request_query query;
    struct compiled c;
    struct scan_outcome out;
    struct error err = {0};
    struct matcher *oracle = NULL;
    _Atomic uint64_t found = 0;
    request_query_init(&query);
    query.q = span_of(word);
    query.mode = MODE_LITERAL;
    query.strategy = STRATEGY_WORKSHARING;
    pair_scan_force(off == NO_VECTORS ? 2 : 0);
    int rc = request_compile(&env, &query, 0, NULL, &c, &err);
    if (rc == 0) {
        struct scan_sink sink = {.take = take, .arg = &found};
        struct scan scan = compiled_scan(&c, &env, sink, NULL);
        if (off == NO_PREFILTER)
            scan.prefilter = NULL;
        if (off == NO_OWN_MATCHER &&
            (rc = matcher_new(c.query, MATCHER_ORACLE, &oracle, &err)) == 0)
            scan.matcher = oracle;
        uint64_t started = clock_monotonic_ns();
        double cpu = cpu_ms();
        if (rc == 0)
            rc = strategy_scan(STRATEGY_WORKSHARING, &scan, &out, &err);
        *cost = (struct cost){(double)(clock_monotonic_ns() - started) / 1e6, cpu_ms() - cpu};
    }
    matcher_free(oracle);
    compiled_clear(&c);
    *hits = found;
    if (rc != 0)
        (void)fprintf(stderr, "ablation_bench: %s\n", err.msg);
    return rc;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, RUNS, sizeof *values, by_value);
    return values[RUNS / 2];
}

static int bench(const struct source_list *list, const char *word)
{
    static double wall[REMEDIES][RUNS], cpu[REMEDIES][RUNS];
    uint64_t hits = 0, first = 0;
    for (int turn = -1; turn < RUNS; turn++) {
        for (int off = 0; off < REMEDIES; off++) {
            struct cost cost;
            if (run(list, word, (enum remedy)off, &cost, &hits) != 0)
                return -1;
            if (turn < 0 && off == 0)
                first = hits;
            if (hits != first) {
                (void)fprintf(stderr, "ablation_bench: the answers differ\n");
                return -1;
            }
            if (turn >= 0) {
                wall[off][turn] = cost.wall;
                cpu[off][turn] = cost.cpu;
            }
        }
    }
    printf("\n| `%s`, %llu hits | wall ms | processor ms | × |\n| --- | --- | --- | --- |\n", word,
           (unsigned long long)hits);
    double base = 0;
    for (int off = 0; off < REMEDIES; off++) {
        double c = median(cpu[off]);
        base = off == AS_IT_IS ? c : base;
        printf("| %s | %.1f | %.1f | %.2f |\n", names[off], median(wall[off]), c, c / base);
    }
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const usual[] = {"zebracorn", "error"};
    struct source_list *list;
    struct error err = {0};
    int rc = 0;
    if (argc < 2 || discover_sources((const char *const *)&argv[1], 1, &list, &err) != 0) {
        (void)fprintf(stderr, "usage: ablation_bench ROOT [WORD...]\n");
        return 2;
    }
    for (int i = 0; rc == 0 && i < (argc > 2 ? argc - 2 : 2); i++)
        rc = bench(list, argc > 2 ? argv[i + 2] : usual[i]);
    source_list_free(list);
    return rc == 0 ? 0 : 1;
}
