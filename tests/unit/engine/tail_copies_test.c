/* A tail tells a message once, however many copies are appended, and what it costs to know. */
#include "engine_over.h"
#include "scarce.h"
#include "span.h"
#include "span_text.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define FROM INT64_C(1764000000000)
#define OLD 40000 /* half of them without an id */
#define AT_ONCE 200
#define ROUNDS 3

static struct temp_tree tree;
static struct engine *engine;
static unsigned next_id;

static void add(struct buf *b, const char *session, unsigned id)
{
    struct transcript_line l = {
        .id = id, .session = session, .time_ms = FROM + id, .text = "words"};
    transcript_add(b, &l);
}

static int set_up(void **state)
{
    struct buf b;
    (void)state;
    temp_tree_make(&tree);
    buf_init(&b);
    for (next_id = 1; next_id <= OLD; next_id++)
        add(&b, "old", next_id % 2 == 0 ? 0 : next_id);
    transcript_append(&tree, "p/old.jsonl", &b);
    buf_clear(&b);
    engine = engine_over_index(&tree);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    engine_close(engine);
    temp_tree_remove(&tree);
    return 0;
}

static struct tail_reply *tail(const char *position, bool dedupe, uint32_t limit,
                               struct cancel *cancel)
{
    struct tail_request r = {.limit = limit};
    struct tail_reply *reply;
    struct error err = {0};
    request_query_init(&r.query);
    r.query.dedupe = dedupe;
    r.position = span_of(position);
    assert_int_equal(engine_tail(engine, &r, cancel, &reply, &err), 0);
    return reply;
}

static char *position_now(void)
{
    struct tail_reply *reply = tail("", true, AT_ONCE, NULL);
    char *position = span_text(reply->position);
    tail_reply_free(reply);
    return position;
}

/* Processor time of a tail that tells ${n} messages. */
static double time_tail(const char *position, bool dedupe, uint32_t n)
{
    struct timespec before, after;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    struct tail_reply *reply = tail(position, dedupe, AT_ONCE, NULL);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    assert_int_equal(reply->count, n);
    tail_reply_free(reply);
    return (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

/* The index is looked through once for a reply, not once for each of its messages. */
static void test_knowing_the_copies_costs_little(void **state)
{
    double each = 0, once = 0;
    struct buf b;
    (void)state;
    buf_init(&b);
    for (int round = 0; round < ROUNDS; round++) {
        char *position = position_now();
        for (unsigned i = 0; i < AT_ONCE - 1; i++)
            add(&b, "new", next_id++);
        transcript_append(&tree, "p/new.jsonl", &b);
        engine_refresh(engine);
        double a = time_tail(position, false, AT_ONCE - 1);
        double c = time_tail(position, true, AT_ONCE - 1);
        each = round == 0 || a < each ? a : each;
        once = round == 0 || c < once ? c : once;
        free(position);
    }
    buf_clear(&b);
    if (once > 3 * each)
        fail_msg("%.4f s, and %.4f s with copies", once, each);
}

/* A fork copies more than a reply holds: its own message comes all the same, as soon as one asks again. */
static void test_behind_many_copies(void **state)
{
    struct buf b;
    char *position = position_now(), uuid[37];
    unsigned asked = 1;
    (void)state;
    buf_init(&b);
    for (unsigned id = 1; id < 60; id += 2)
        add(&b, "fork", id);
    transcript_uuid(next_id, uuid);
    add(&b, "fork", next_id++);
    transcript_append(&tree, "p/fork.jsonl", &b);
    buf_clear(&b);
    struct tail_reply *reply = tail(position, true, 7, NULL);
    for (; reply->more; asked++) {
        assert_int_equal(reply->count, 0);
        free(position);
        position = span_text(reply->position);
        tail_reply_free(reply);
        reply = tail(position, true, 7, NULL);
    }
    assert_int_equal(asked, 5);
    assert_int_equal(reply->count, 1);
    assert_true(span_equal(reply->hits[0].id, span_of(uuid)));
    tail_reply_free(reply);
    free(position);
}

/* Who is cut short is told nothing, and the same when it asks again. */
static void test_cancelled(void **state)
{
    struct buf b;
    struct cancel cancel;
    char *position = position_now();
    (void)state;
    buf_init(&b);
    for (unsigned i = 0; i < 3; i++)
        add(&b, "news", next_id++);
    transcript_append(&tree, "p/news.jsonl", &b);
    buf_clear(&b);
    cancel_init(&cancel, 0);
    cancel_request(&cancel, CANCEL_SHUTDOWN);
    struct tail_reply *reply = tail(position, true, 10, &cancel);
    assert_int_equal(reply->count, 0);
    assert_false(reply->more);
    assert_true(span_equal(reply->position, span_of(position)));
    tail_reply_free(reply);
    reply = tail(position, true, 2, NULL);
    assert_int_equal(reply->count, 2);
    assert_true(reply->more);
    /* From between the two: what follows in that reply, and then there is more behind it. */
    free(position);
    position = span_text(reply->positions[0]);
    tail_reply_free(reply);
    reply = tail(position, true, 2, &cancel);
    assert_true(span_equal(reply->position, span_of(position)));
    tail_reply_free(reply);
    reply = tail(position, true, 2, NULL);
    assert_int_equal(reply->count, 1);
    assert_true(reply->more);
    tail_reply_free(reply);
    free(position);
}

/* An error or the whole answer, at whichever allocation memory runs out. */
static void test_scarce_memory(void **state)
{
    struct buf b;
    char *position = position_now();
    unsigned failures = 0;
    bool failed = true;
    (void)state;
    buf_init(&b);
    add(&b, "fork", 1);
    add(&b, "fork", next_id++);
    transcript_append(&tree, "p/fork.jsonl", &b);
    buf_clear(&b);
    engine_refresh(engine);
    for (unsigned n = 1; failed; n++) {
        struct tail_request r = {.limit = 9};
        struct tail_reply *reply;
        struct error err = {0};
        request_query_init(&r.query);
        r.position = span_of(position);
        scarce_begin(n);
        int rc = engine_tail(engine, &r, NULL, &reply, &err);
        failed = scarce_end();
        failures += rc != 0;
        assert_int_equal(err.code, rc == 0 ? 0 : ERROR_NO_MEMORY);
        if (rc == 0) {
            assert_int_equal(reply->count, 1);
            tail_reply_free(reply);
        }
    }
    assert_true(failures > 10);
    free(position);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_knowing_the_copies_costs_little, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_behind_many_copies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_cancelled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_scarce_memory, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
