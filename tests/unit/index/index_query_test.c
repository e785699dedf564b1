/* Queries by several threads each, several at once on one snapshot, give what a thread alone gives. */
#include "index_query.h"

#include "index.h"
#include "span.h"
#include "team.h"
#include "temp_tree.h"
#include "transcripts.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#define DAY_MS 86400000
#define FROM_MS INT64_C(1767322800000)
#define THREADS 4
#define ASKERS 3
#define ROUNDS 20

static struct temp_tree tree;
static struct index *ix;
static struct snapshot *snapshot;

/* What a query gave, whatever the order. */
struct answer {
    uint64_t matches;
    uint64_t rows; /* their numbers added up */
    unsigned threads;
};

static void prepare(const char *text, struct query **query, struct matcher **matcher)
{
    struct query_input in = {.text = span_of(text)};
    struct error err = {0};
    assert_int_equal(query_parse(&in, query, &err), 0);
    assert_int_equal(matcher_new(*query, MATCHER_FAST, matcher, &err), 0);
}

/* No assertions: it runs in threads.  ${unit} 0 is the default. */
static int ask(const struct index_query *q, struct answer *out)
{
    struct match_set sets[THREADS], *set[THREADS];
    struct match_names names[THREADS], *name[THREADS];
    struct index_outcome outcome;
    for (unsigned i = 0; i < THREADS; i++) {
        match_set_init(set[i] = &sets[i]);
        match_names_init(name[i] = &names[i]);
    }
    struct match *all = NULL;
    int rc = index_query(snapshot, q, set, name, &outcome, NULL);
    *out = (struct answer){.threads = outcome.threads};
    if (rc == 0)
        rc = match_set_gather(sets, THREADS, &all, &out->matches);
    for (uint64_t i = 0; rc == 0 && i < out->matches; i++)
        out->rows += all[i].row;
    free(all);
    for (unsigned i = 0; i < THREADS; i++) {
        match_set_clear(&sets[i]);
        match_names_clear(&names[i]);
    }
    return rc;
}

static void test_a_team_finds_the_same(void **state)
{
    static const char *const texts[] = {"", "e", "/[a-e]{2}/", "role:user", "\"never said\""};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct query *query;
        struct matcher *matcher;
        struct answer alone, team, little;
        prepare(texts[i], &query, &matcher);
        struct index_query q = {
            .query = query, .matcher = matcher, .tools = true, .threads = THREADS, .unit_bytes = 1};
        assert_int_equal(ask(&q, &team), 0);
        q.unit_bytes = 0;
        assert_int_equal(ask(&q, &little), 0);
        q.threads = 1;
        q.unit_bytes = 1;
        assert_int_equal(ask(&q, &alone), 0);
        assert_true(alone.threads == 1 && little.threads == 1);
        assert_int_equal(team.threads, i == 4 ? 1 : THREADS); /* no candidates */
        assert_true(team.matches == alone.matches && team.rows == alone.rows);
        assert_true(little.matches == alone.matches && little.rows == alone.rows);
        assert_true(i == 4 ? alone.matches == 0 : alone.matches > 0);
        matcher_free(matcher);
        query_free(query);
    }
}

struct asker {
    const struct index_query *q;
    struct answer expected;
    unsigned wrong;
};

static void *ask_in_thread(void *arg)
{
    struct asker *a = arg;
    for (int i = 0; i < ROUNDS; i++) {
        struct answer got;
        a->wrong += ask(a->q, &got) != 0 || got.matches != a->expected.matches ||
                    got.rows != a->expected.rows;
    }
    return NULL;
}

/* As the threads of a service do: with one team, and each with its own. */
static void several_at_once(struct team *team)
{
    struct query *query;
    struct matcher *matcher;
    struct asker askers[ASKERS];
    pthread_t threads[ASKERS];
    prepare("a OR e", &query, &matcher);
    struct index_query q = {.query = query,
                            .matcher = matcher,
                            .tools = true,
                            .threads = THREADS,
                            .team = team,
                            .unit_bytes = 1};
    struct answer expected;
    assert_int_equal(ask(&q, &expected), 0);
    for (int i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){.q = &q, .expected = expected};
        assert_int_equal(pthread_create(&threads[i], NULL, ask_in_thread, &askers[i]), 0);
    }
    for (int i = 0; i < ASKERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(askers[i].wrong, 0);
    }
    matcher_free(matcher);
    query_free(query);
}

static void test_several_at_once(void **state)
{
    struct team *team;
    (void)state;
    several_at_once(NULL);
    assert_int_equal(team_new(&team), 0);
    several_at_once(team);
    team_free(team);
}

static void test_a_team_that_is_taken(void **state)
{
    struct query *query;
    struct matcher *matcher;
    struct team *team;
    struct answer first, second, third;
    (void)state;
    assert_int_equal(team_new(&team), 0);
    prepare("e", &query, &matcher);
    struct index_query q = {
        .query = query, .matcher = matcher, .threads = THREADS, .team = team, .unit_bytes = 1};
    assert_int_equal(ask(&q, &first), 0);
    assert_int_equal(team_enter(team, 2), 2);
    assert_int_equal(ask(&q, &second), 0);
    team_leave(team, 2);
    assert_int_equal(ask(&q, &third), 0);
    assert_true(first.threads == THREADS && second.threads == 1 && third.threads == THREADS);
    assert_true(first.rows == second.rows && second.rows == third.rows);
    matcher_free(matcher);
    query_free(query);
    team_free(team);
}

/* Each worker counts in its own. */
static int count_matches(void *arg, unsigned worker, const struct message *m, uint32_t row,
                         bool matched)
{
    uint64_t *counts = arg;
    (void)m;
    (void)row;
    counts[worker] += matched;
    return 0;
}

static void test_each_message_by_a_team(void **state)
{
    struct query *query;
    struct matcher *matcher;
    struct index_outcome out;
    struct answer expected;
    uint64_t counts[THREADS] = {0}, sum = 0;
    (void)state;
    prepare("e", &query, &matcher);
    struct index_query q = {
        .query = query, .matcher = matcher, .threads = THREADS, .unit_bytes = 1};
    assert_int_equal(ask(&q, &expected), 0);
    assert_int_equal(index_each(snapshot, &q, true, count_matches, counts, &out, NULL), 0);
    assert_int_equal(out.threads, THREADS);
    for (int i = 0; i < THREADS; i++)
        sum += counts[i];
    assert_true(sum == expected.matches);
    matcher_free(matcher);
    query_free(query);
}

static int set_up(void **state)
{
    uint64_t seed = 5;
    const char *root = tree.path;
    struct index_config config = {.roots = &root, .root_count = 1, .threads = 2};
    (void)state;
    temp_tree_make(&tree);
    transcript_write_random(&tree, &seed, FROM_MS, DAY_MS, 20, 300);
    if (index_open(&config, &ix, NULL) != 0 || !index_wait_ready(ix, 60000))
        return -1;
    return index_refresh(ix, &snapshot, NULL);
}

static int tear_down(void **state)
{
    (void)state;
    snapshot_release(snapshot);
    index_close(ix);
    temp_tree_remove(&tree);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_team_finds_the_same),
        cmocka_unit_test(test_several_at_once),
        cmocka_unit_test(test_a_team_that_is_taken),
        cmocka_unit_test(test_each_message_by_a_team),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
