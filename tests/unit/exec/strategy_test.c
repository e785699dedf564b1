/* Every strategy gives the sink the same messages, counts what cannot be read once, accounts for its
 * time, and allocates nothing for lines once it is warm. */
#include "strategy.h"

#include "discover.h"
#include "error.h"
#include "hash.h"
#include "scarce.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SMALL_FILES 40
#define BIG_LINES 400

static char folder[] = "/tmp/scrollback-strategy-XXXXXX";

/* What a sink has seen, whatever the order. */
struct seen {
    _Atomic uint64_t messages;
    _Atomic uint64_t sum;
};

static int take(void *arg, unsigned worker, const struct message *m, bool matched)
{
    struct seen *s = arg;
    uint64_t facts[] = {m->source, m->offset, m->position, (uint64_t)m->time_ms};
    (void)worker;
    (void)matched;
    s->messages++;
    s->sum +=
        hash_64_seeded((struct span){(const char *)facts, sizeof facts}, m->part[PART_TEXT].len);
    return 0;
}

static void path_of(const char *name, char *out, size_t size)
{
    (void)snprintf(out, size, "%s/%s.jsonl", folder, name);
}

/* Lines of many lengths; every fifth without a time, every ninth longer than a unit of the tests. */
static void write_file(const char *name, unsigned lines, bool end)
{
    char path[128];
    path_of(name, path, sizeof path);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    for (unsigned i = 0; i < lines; i++) {
        (void)fprintf(f, "{\"type\":\"user\",\"uuid\":\"%s-%u\",\"sessionId\":\"s\"", name, i);
        if (i % 5 != 4)
            (void)fprintf(f, ",\"timestamp\":\"2026-01-02T03:%02u:%02u.000Z\"", i / 60 % 60,
                          i % 60);
        (void)fprintf(f, ",\"message\":{\"role\":\"user\",\"content\":\"%*s\"}}%s",
                      i % 9 == 8 ? 9000 : (int)(i * 7 % 300), "word",
                      end || i + 1 < lines ? "\n" : "");
    }
    assert_int_equal(fclose(f), 0);
}

static void remove_file(const char *name)
{
    char path[128];
    path_of(name, path, sizeof path);
    (void)unlink(path);
}

static struct source_list *list_files(void)
{
    const char *root = folder;
    struct source_list *list;
    struct error err = {0};
    assert_int_equal(discover_sources(&root, 1, &list, &err), 0);
    return list;
}

static struct scan_outcome run(enum strategy strategy, unsigned threads, uint64_t unit,
                               const struct source_list *list, struct seen *seen)
{
    struct scan scan = {.sources = list,
                        .sink = {.take = take, .arg = seen, .every = true, .tools = true},
                        .threads = threads,
                        .unit_bytes = unit};
    struct scan_outcome out;
    struct error err = {0};
    assert_int_equal(strategy_scan(strategy, &scan, &out, &err), 0);
    return out;
}

static const struct variant {
    enum strategy strategy;
    unsigned threads;
    uint64_t unit;
} variants[] = {
    {STRATEGY_WORKSHARING, 1, 0}, {STRATEGY_WORKSHARING, 3, 4096}, {STRATEGY_WORKSHARING, 64, 700},
    {STRATEGY_ASYNC, 1, 0},       {STRATEGY_ASYNC, 3, 4096},       {STRATEGY_ASYNC, 64, 700},
    {STRATEGY_HYBRID, 1, 0},      {STRATEGY_HYBRID, 3, 4096},      {STRATEGY_HYBRID, 64, 700},
};
#define VARIANTS (sizeof variants / sizeof variants[0])

static void test_all_see_the_same(void **state)
{
    (void)state;
    struct source_list *list = list_files();
    struct seen oracle = {0};
    struct scan_outcome first = run(STRATEGY_SERIAL, 1, 0, list, &oracle);
    assert_true(oracle.messages == SMALL_FILES * 3 + BIG_LINES * 2);
    for (size_t i = 0; i < VARIANTS; i++) {
        const struct variant *v = &variants[i];
        struct seen seen = {0};
        struct scan_outcome out = run(v->strategy, v->threads, v->unit, list, &seen);
        assert_true(seen.messages == oracle.messages && seen.sum == oracle.sum);
        assert_true(out.files == first.files && out.unreadable == 0);
        assert_true(out.counts.lines == first.counts.lines);
        assert_true(out.counts.text_bytes == first.counts.text_bytes);
    }
    source_list_free(list);
}

static void test_an_unreadable_file_counts_once(void **state)
{
    (void)state;
    struct source_list *list = list_files();
    remove_file("big");
    for (size_t i = 0; i < VARIANTS; i++) {
        const struct variant *v = &variants[i];
        struct seen seen = {0};
        struct scan_outcome out = run(v->strategy, v->threads, v->unit, list, &seen);
        assert_true(out.unreadable == 1);
        assert_true(seen.messages == SMALL_FILES * 3 + BIG_LINES);
    }
    write_file("big", BIG_LINES, true);
    source_list_free(list);
}

static void test_the_profile_accounts_for_the_run(void **state)
{
    (void)state;
    struct source_list *list = list_files();
    for (size_t i = 0; i < VARIANTS; i++) {
        const struct variant *v = &variants[i];
        struct seen seen = {0};
        struct scan_outcome out = run(v->strategy, v->threads, v->unit, list, &seen);
        const struct profile *p = &out.profile;
        double sum = 0;
        for (int k = 0; k < PHASE_COUNT; k++)
            sum += (double)p->ns[k] / (double)profile_total(p);
        assert_true(sum > 0.999 && sum < 1.001);
        assert_true(p->runs == 1 && p->strategy == v->strategy);
        assert_true(p->bytes[PHASE_READ] == out.bytes && out.bytes >= list->bytes);
        assert_true(p->records[PHASE_EXTRACT] == seen.messages);
        assert_true(p->ns[PHASE_READ] > 0 && p->ns[PHASE_LOCKED] == 0);
    }
    source_list_free(list);
}

/* Allocations of this thread during a scan of ${lines} lines. */
static unsigned long allocations(enum strategy strategy, unsigned lines)
{
    struct seen seen = {0};
    write_file("big", lines, true);
    struct source_list *list = list_files();
    unsigned long before = scarce_count();
    (void)run(strategy, 1, UINT64_C(16) << 20, list, &seen); /* more than the file has */
    unsigned long n = scarce_count() - before;
    source_list_free(list);
    write_file("big", BIG_LINES, true);
    return n;
}

static void test_nothing_is_allocated_once_warm(void **state)
{
    (void)state;
    static const enum strategy all[] = {STRATEGY_SERIAL, STRATEGY_WORKSHARING, STRATEGY_ASYNC,
                                        STRATEGY_HYBRID};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_int_equal(allocations(all[i], 2000), allocations(all[i], 8000));
}

static int set_up(void **state)
{
    char name[32];
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    for (unsigned i = 0; i < SMALL_FILES; i++) {
        (void)snprintf(name, sizeof name, "small-%u", i);
        write_file(name, 3, i % 2 == 0);
    }
    write_file("empty", 0, true);
    write_file("big", BIG_LINES, true);
    write_file("torn", BIG_LINES, false);
    return 0;
}

static int tear_down(void **state)
{
    char name[32];
    (void)state;
    for (unsigned i = 0; i < SMALL_FILES; i++) {
        (void)snprintf(name, sizeof name, "small-%u", i);
        remove_file(name);
    }
    remove_file("empty");
    remove_file("big");
    remove_file("torn");
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_see_the_same),
        cmocka_unit_test(test_an_unreadable_file_counts_once),
        cmocka_unit_test(test_the_profile_accounts_for_the_run),
        cmocka_unit_test(test_nothing_is_allocated_once_warm),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
