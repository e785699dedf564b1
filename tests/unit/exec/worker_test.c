/* Messages without a time of their own borrow it, also where their lines are read out of context; what
 * cannot be found out, for want of memory or of the file, is said and not guessed. */
#include "strategy.h"

#include "discover.h"
#include "error.h"
#include "hash.h"
#include "query_probe.h"
#include "scarce.h"
#include "span.h"
#include "temp_tree.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define UNIT 4096

static struct temp_tree tree;

/* What a sink has seen, whatever the order. */
struct seen {
    uint64_t messages;
    uint64_t sum;
    int64_t last_time;
};

struct question {
    struct query *query;
    struct matcher *matcher;
    struct prefilter *prefilter;
    struct source_list *list;
};

static int take(void *arg, unsigned worker, const struct message *m, bool matched)
{
    struct seen *s = arg;
    uint64_t facts[] = {m->source, m->offset, (uint64_t)m->time_ms};
    (void)worker;
    (void)matched;
    s->messages++;
    s->sum += hash_64((struct span){(const char *)facts, sizeof facts});
    s->last_time = m->time_ms;
    return 0;
}

static void ask_begin(struct question *q)
{
    struct error err = {0};
    const char *root = tree.path;
    struct query_input in = query_probe_input("wanted");
    assert_int_equal(discover_sources(&root, 1, &q->list, &err), 0);
    q->query = query_probe_parse(&in);
    assert_int_equal(matcher_new(q->query, MATCHER_FAST, &q->matcher, &err), 0);
    assert_int_equal(prefilter_new(q->matcher, &q->prefilter), 0);
    assert_non_null(q->prefilter);
}

static void ask_end(struct question *q)
{
    prefilter_free(q->prefilter);
    matcher_free(q->matcher);
    query_free(q->query);
    source_list_free(q->list);
}

/* ${every}: read every line, as those must who need the names of tools. */
static int ask(const struct question *q, enum strategy strategy, bool every, struct seen *seen,
               struct scan_outcome *out, struct error *err)
{
    struct scan scan = {.sources = q->list,
                        .query = q->query,
                        .matcher = q->matcher,
                        .prefilter = every ? NULL : q->prefilter,
                        .sink = {.take = take, .arg = seen},
                        .threads = 1,
                        .unit_bytes = UNIT};
    *seen = (struct seen){0};
    *err = (struct error){0};
    return strategy_scan(strategy, &scan, out, err);
}

/* Every 15th line has a time, and a text, so that looking back to it takes memory; every fourth of the
 * others is wanted. */
static void write_mostly_timeless(const char *name, unsigned lines)
{
    struct buf b;
    buf_init(&b);
    for (unsigned i = 0; i < lines; i++)
        if (i % 15 == 0)
            buf_printf(&b, "{\"type\":\"user\",\"timestamp\":%u,\"message\":\"timed\"}\n",
                       1000 + i);
        else
            buf_printf(&b, "{\"type\":\"user\",\"message\":\"%s %0*u\"}\n",
                       i % 4 == 3 ? "wanted" : "other", 1 + (int)(i * 37 % 900), i);
    assert_false(buf_failed(&b));
    temp_tree_write(&tree, name, buf_span(&b));
    buf_clear(&b);
}

static const enum strategy parallel[] = {STRATEGY_WORKSHARING, STRATEGY_ASYNC, STRATEGY_HYBRID};
#define PARALLEL (sizeof parallel / sizeof parallel[0])

/* Every allocation of the scan fails in turn: an error, or the whole answer. */
static void run_short(const struct question *q, enum strategy strategy, bool every,
                      const struct seen *whole)
{
    struct scan_outcome out;
    struct error err;
    struct seen seen;
    unsigned failures = 0;
    for (unsigned n = 1;; n++) {
        scarce_once(n);
        int rc = ask(q, strategy, every, &seen, &out, &err);
        bool failed = scarce_end();
        if (rc != 0 && err.code != ERROR_NO_MEMORY)
            fail_msg("strategy %d, allocation %u: \"%s\"", (int)strategy, n, err.msg);
        if (rc == 0 && (seen.sum != whole->sum || seen.messages != whole->messages))
            fail_msg("strategy %d, allocation %u: another answer", (int)strategy, n);
        failures += rc != 0;
        if (!failed)
            break;
    }
    assert_true(failures > 10);
}

static void test_want_of_memory_is_no_time(void **state)
{
    (void)state;
    struct question q;
    struct scan_outcome out;
    struct error err;
    struct seen whole;
    write_mostly_timeless("p/a.jsonl", 120);
    ask_begin(&q);
    assert_int_equal(ask(&q, STRATEGY_SERIAL, true, &whole, &out, &err), 0);
    assert_int_equal(whole.messages, 28);
    for (size_t i = 0; i < PARALLEL; i++)
        for (int every = 0; every <= 1; every++)
            run_short(&q, parallel[i], every, &whole);
    ask_end(&q);
}

static void test_the_time_of_the_file_is_rounded_down(void **state)
{
    (void)state;
    struct question q;
    struct scan_outcome out;
    struct error err;
    struct seen seen;
    const struct timespec before_1970[2] = {{-1, 999500000}, {-1, 999500000}};
    temp_tree_write(&tree, "p/a.jsonl", SPAN("{\"type\":\"user\",\"message\":\"wanted\"}\n"));
    assert_int_equal(utimensat(AT_FDCWD, temp_tree_path(&tree, "p/a.jsonl"), before_1970, 0), 0);
    ask_begin(&q);
    assert_int_equal(ask(&q, STRATEGY_SERIAL, true, &seen, &out, &err), 0);
    assert_int_equal(seen.last_time, -1);
    for (size_t i = 0; i < PARALLEL; i++) {
        assert_int_equal(ask(&q, parallel[i], false, &seen, &out, &err), 0);
        assert_int_equal(seen.messages, 1);
        assert_int_equal(seen.last_time, -1);
    }
    ask_end(&q);
}

static int set_up(void **state)
{
    (void)state;
    temp_tree_make(&tree);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_tree_remove(&tree);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_want_of_memory_is_no_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_the_time_of_the_file_is_rounded_down, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
