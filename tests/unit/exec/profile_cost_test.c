/* What the profile costs: readings of the clock, each of which has a price, are under 1 % of a scan's
 * processor time, whatever the query leaves to do.  Counting them is exact where comparing two scans
 * with and without is not. */
#include "clock.h"
#include "compile_request.h"
#include "discover.h"
#include "error.h"
#include "span.h"
#include "ticks.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define LINES 6000
#define RUNS 7
#define LARGEST_SHARE 0.01
#define DEAREST_NS 60 /* of a clock that is read without the kernel */

static char folder[] = "/tmp/scrollback-profile-XXXXXX";
static char path[sizeof folder + 16];

static int take(void *arg, unsigned worker, const struct message *m, bool matched)
{
    (void)worker;
    (void)m;
    *(uint64_t *)arg += matched;
    return 0;
}

/* Nanoseconds for one reading of the clock, as in the quietest of some rounds. */
static double price(void)
{
    enum { READINGS = 10000 };
    double least = 1e9;
    for (int round = 0; round < 20; round++) {
        uint64_t began = clock_thread_ns();
        for (int i = 0; i < READINGS; i++)
            (void)clock_monotonic_ns();
        double each = (double)(clock_thread_ns() - began) / READINGS;
        if (each < least)
            least = each;
    }
    return least;
}

struct cost {
    unsigned long readings;
    uint64_t ns; /* of processor time */
    uint64_t hits;
};

static struct cost scan_once(const struct environment *env, const struct compiled *c)
{
    struct cost cost = {0};
    struct scan scan =
        compiled_scan(c, env, (struct scan_sink){.take = take, .arg = &cost.hits}, NULL);
    struct scan_outcome out;
    struct error err = {0};
    unsigned long readings = ticks_count();
    uint64_t began = clock_thread_ns();
    assert_int_equal(strategy_scan(c->strategy, &scan, &out, &err), 0);
    cost.ns = clock_thread_ns() - began;
    cost.readings = ticks_count() - readings;
    return cost;
}

/* The quietest run of a query. */
static struct cost scan(const struct source_list *list, enum strategy strategy, const char *text)
{
    struct environment env = {.sources = list, .strategy = strategy, .threads = 1};
    struct request_query query;
    struct compiled c;
    struct error err = {0};
    struct cost best = {0, UINT64_MAX, 0};
    request_query_init(&query);
    query.q = span_of(text);
    query.strategy = strategy;
    assert_int_equal(request_compile(&env, &query, 0, NULL, &c, &err), 0);
    for (int run = 0; run < RUNS; run++) {
        struct cost cost = scan_once(&env, &c);
        if (cost.ns < best.ns)
            best = cost;
    }
    compiled_clear(&c);
    return best;
}

static void test_it_is_under_a_hundredth(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t hits;
    } queries[] = {{"absent", 0}, {"seldom", LINES / 100}, {"everywhere", LINES}, {"", LINES}};
    static const enum strategy all[] = {STRATEGY_WORKSHARING, STRATEGY_ASYNC, STRATEGY_HYBRID};
    const char *root = folder;
    struct source_list *list;
    struct error err = {0};
    double each = price();
    if (each > DEAREST_NS) /* this machine's clock costs a system call, or is in somebody's hands */
        skip();
    assert_int_equal(discover_sources(&root, 1, &list, &err), 0);
    for (size_t s = 0; s < sizeof all / sizeof all[0]; s++) {
        for (size_t q = 0; q < sizeof queries / sizeof queries[0]; q++) {
            struct cost cost = scan(list, all[s], queries[q].text);
            double share = each * (double)cost.readings / (double)cost.ns;
            assert_true(cost.hits == queries[q].hits);
            assert_true(cost.readings > 2);
            if (share > LARGEST_SHARE)
                fail_msg("strategy %d, '%s': %lu readings of %.0f ns are %.2f %% of %.2f ms",
                         all[s], queries[q].text, cost.readings, each, share * 100,
                         (double)cost.ns / 1e6);
        }
    }
    source_list_free(list);
}

/* Messages of the length that real ones have, with what is not searched beside them. */
static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/big.jsonl", folder);
    FILE *f = fopen(path, "w");
    if (f == NULL)
        return -1;
    for (int i = 0; i < LINES; i++)
        (void)fprintf(
            f,
            "{\"type\":\"user\",\"uuid\":\"u-%d\",\"sessionId\":\"s\",\"cwd\":\"/w\",\"timestamp\":"
            "\"2026-01-02T03:04:05.000Z\",\"message\":{\"role\":\"user\",\"content\":"
            "\"%s%*s\"},\"toolUseResult\":\"%*s\"}\n",
            i, i % 100 == 0 ? "seldom " : "", i * 7 % 1500, "everywhere", i * 31 % 6000, ".");
    return fclose(f);
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_it_is_under_a_hundredth)};
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
