/* Regexes that take for ever: what they leave open is no hit, and nobody waits for them. */
#include "engine_over.h"
#include "span.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define FROM INT64_C(1764000000000)
#define LONG_TEXT 300000
#define SHORT_TEXT 2000
#define SHORT_ONES 4
/* Tries 64,000 ways from each character of a text, and finds nothing. */
#define NEVER "/a{1,40}a{1,40}a{1,40}(?=[yz])[yz]/"
/* A match at each character, found after the same. */
#define EVERYWHERE "/a(?=.*b)|a/"

static struct temp_tree tree;
static struct engine *engine;
/* Those that test messages each in a way of its own; the last reads files as the others do. */
static const enum strategy strategies[] = {STRATEGY_SERIAL, STRATEGY_INDEX, STRATEGY_WORKSHARING};
#define WAYS 2
#define STRATEGIES 3

static void add(struct buf *b, unsigned id, const char *session, const char *text)
{
    struct transcript_line l = {.id = id, .session = session, .time_ms = FROM + id, .text = text};
    transcript_add(b, &l);
}

static int setup(void **state)
{
    static char text[LONG_TEXT + 1];
    struct buf b;
    (void)state;
    temp_tree_make(&tree);
    buf_init(&b);
    memset(text, 'a', LONG_TEXT);
    add(&b, 1, "long", text);
    transcript_append(&tree, "p/long.jsonl", &b);
    text[SHORT_TEXT] = '\0';
    add(&b, 2, "mixed", text);
    add(&b, 3, "mixed", "words");
    transcript_append(&tree, "p/mixed.jsonl", &b);
    for (unsigned i = 0; i < SHORT_ONES; i++)
        add(&b, 10 + i, "short", text);
    transcript_append(&tree, "p/short.jsonl", &b);
    buf_clear(&b);
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

static struct search_reply *search(const char *q, const char *session, enum strategy strategy,
                                   struct cancel *cancel)
{
    struct search_request r;
    struct search_reply *reply;
    struct error err = {0};
    struct span value = span_of(session);
    search_request_init(&r);
    r.query.q = span_of(q);
    r.query.values[FILTER_SESSION] = &value;
    r.query.value_count[FILTER_SESSION] = 1;
    r.query.strategy = strategy;
    assert_int_equal(engine_search(engine, &r, cancel, &reply, &err), 0);
    return reply;
}

/* Whether the first text holds the pattern is open, so neither it nor its opposite is a hit. */
static void test_what_is_open_is_no_hit(void **state)
{
    (void)state;
    static const struct {
        const char *q;
        uint64_t total;
    } table[] = {
        {NEVER, 0},
        {"-" NEVER, 1},
        {"-(words OR " NEVER ")", 0},
        {"-(words " NEVER ")", 2},
        {"-(aaa " NEVER ")", 1},
        {"-(-" NEVER " words)", 1},
        {"aaa OR " NEVER, 1},
        {"aaa -(" NEVER " bbb)", 1},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        for (size_t k = 0; k < WAYS; k++) {
            struct search_reply *reply = search(table[i].q, "mixed", strategies[k], NULL);
            if (reply->total != table[i].total)
                fail_msg("%s, strategy %d: %llu", table[i].q, (int)strategies[k],
                         (unsigned long long)reply->total);
            search_reply_free(reply);
        }
}

/* What is shown of a hit costs no more than finding it, and the reply says if it is not all. */
static void test_hits_are_shown_in_time(void **state)
{
    (void)state;
    for (size_t k = 0; k < WAYS; k++) {
        struct search_reply *reply = search(EVERYWHERE, "long", strategies[k], NULL);
        assert_int_equal(reply->total, 1);
        assert_int_equal(reply->hit_count, 1);
        assert_int_equal(reply->incomplete_reason, INCOMPLETE_REGEX_LIMIT);
        assert_int_equal(reply->hits[0].snippet_count, 1);
        assert_in_range(reply->hits[0].snippets[0].matches, 1, LONG_TEXT - 1);
        search_reply_free(reply);
    }
}

static double processor_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A request ends when its time is over, not when a run of lines or a block of texts does.  Each text may
 * take 80 ms by itself. */
static void test_time_ends_a_search(void **state)
{
    (void)state;
    for (size_t k = 0; k < STRATEGIES; k++) {
        struct cancel cancel;
        double began = processor_time();
        struct search_reply *reply = search(NEVER, "short", strategies[k], NULL);
        double whole = processor_time() - began;
        assert_int_equal(reply->incomplete_reason, INCOMPLETE_REGEX_LIMIT);
        search_reply_free(reply);
        cancel_init(&cancel, 1);
        began = processor_time();
        reply = search("-" NEVER, "short", strategies[k], &cancel);
        double cut = processor_time() - began;
        assert_int_equal(reply->incomplete_reason, INCOMPLETE_TIMEOUT);
        assert_int_equal(reply->total, 0);
        search_reply_free(reply);
        if (cut > whole / 2)
            fail_msg("strategy %d: %.3f s where all took %.3f s", (int)strategies[k], cut, whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_open_is_no_hit),
        cmocka_unit_test(test_hits_are_shown_in_time),
        cmocka_unit_test(test_time_ends_a_search),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
