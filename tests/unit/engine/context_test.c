/* What stands around hits: of messages with and without an id, and of copies. */
#include "engine_over.h"
#include "span.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define FROM INT64_C(1764000000000)
#define MESSAGES 9
#define AROUND 2

static struct temp_tree tree;
static struct engine *engine;

/* Every third message has no uuid; the copies in another project are of the same session. */
static int setup(void **state)
{
    static const char *const files[] = {"p/session-1.jsonl", "q/session-1.jsonl"};
    (void)state;
    temp_tree_make(&tree);
    for (size_t f = 0; f < 2; f++) {
        struct buf b;
        buf_init(&b);
        for (unsigned i = 0; i < MESSAGES; i++) {
            char text[32];
            if (i % 3 == 0 && f == 1)
                continue;
            snprintf(text, sizeof text, "number %u", i);
            struct transcript_line l = {.id = i % 3 == 0 ? 0 : i,
                                        .session = "session-1",
                                        .time_ms = FROM + i,
                                        .text = text};
            transcript_add(&b, &l);
        }
        transcript_append(&tree, files[f], &b);
        buf_clear(&b);
    }
    engine = engine_over_index(&tree);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    engine_close(engine);
    temp_tree_remove(&tree);
    return 0;
}

/* The messages [first, first + count) by their texts. */
static void check_run(const struct reply_hit *list, uint32_t n, unsigned first, unsigned count)
{
    assert_int_equal(n, count);
    for (unsigned i = 0; i < n; i++) {
        char text[32];
        snprintf(text, sizeof text, "number %u", first + i);
        assert_true(span_equal(list[i].text, span_of(text)));
    }
}

static void check(enum strategy strategy, bool dedupe, uint32_t hits)
{
    struct search_request r;
    struct search_reply *reply;
    struct error err = {0};
    search_request_init(&r);
    r.query.q = SPAN("number");
    r.query.strategy = strategy;
    r.query.dedupe = dedupe;
    r.sort = SORT_OLDEST;
    r.limit = 100;
    r.context = AROUND;
    assert_int_equal(engine_search(engine, &r, NULL, &reply, &err), 0);
    assert_int_equal(reply->hit_count, hits);
    for (uint32_t i = 0; i < hits; i++) {
        const struct reply_hit *hit = &reply->hits[i];
        unsigned at = (unsigned)(hit->time_ms - FROM);
        unsigned before = at < AROUND ? at : AROUND;
        unsigned after = MESSAGES - 1 - at < AROUND ? MESSAGES - 1 - at : AROUND;
        check_run(hit->before, hit->before_count, at - before, before);
        check_run(hit->after, hit->after_count, at + 1, after);
    }
    search_reply_free(reply);
}

static void test_around_each_hit(void **state)
{
    (void)state;
    static const enum strategy strategies[] = {STRATEGY_SERIAL, STRATEGY_INDEX};
    for (size_t i = 0; i < 2; i++) {
        check(strategies[i], true, MESSAGES);
        check(strategies[i], false, MESSAGES + 6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_around_each_hit),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
