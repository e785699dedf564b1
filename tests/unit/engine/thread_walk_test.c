/* A long session read from beginning to end: each page costs what it shows, not all that stands before it. */
#include "bytes_read.h"
#include "engine_over.h"
#include "span.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FROM INT64_C(1764000000000)
#define MESSAGES 2000u
#define LIMIT 50u
#define TEXT 4000 /* bytes of a message: a page is longer than one read */

static struct temp_tree tree;

static void write_session(unsigned from, unsigned to)
{
    char text[TEXT + 1];
    struct buf b;
    memset(text, 'a', TEXT);
    text[TEXT] = '\0';
    buf_init(&b);
    for (unsigned i = from; i < to; i++) {
        struct transcript_line l = {
            .id = i + 1, .session = "session-1", .time_ms = FROM + i, .text = text};
        transcript_add(&b, &l);
    }
    transcript_append(&tree, "p/session-1.jsonl", &b);
    buf_clear(&b);
}

static int set_up(void **state)
{
    (void)state;
    temp_tree_make(&tree);
    write_session(0, MESSAGES);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_tree_remove(&tree);
    return 0;
}

static struct engine_thread *open_thread(struct engine *engine)
{
    struct messages_request r;
    struct engine_thread *t = NULL;
    struct error err = {0};
    messages_request_init(&r);
    r.session = SPAN("session-1");
    r.limit = LIMIT;
    assert_int_equal(engine_thread_open(engine, &r, NULL, &t, &err), 0);
    return t;
}

/* Read to the end; each message once, in order.  Return how many. */
static unsigned walk(struct engine_thread *t)
{
    unsigned seen = 0;
    while (!engine_thread_ended(t)) {
        struct messages_reply *page;
        struct error err = {0};
        char uuid[37];
        assert_int_equal(engine_thread_next(t, NULL, &page, &err), 0);
        for (uint32_t i = 0; i < page->count; i++) {
            transcript_uuid(++seen, uuid);
            assert_true(span_equal(page->messages[i].hit.id, span_of(uuid)));
            assert_int_equal(page->messages[i].hit.line, seen);
        }
        messages_reply_free(page);
    }
    return seen;
}

static void test_each_page_costs_what_it_shows(void **state)
{
    (void)state;
    struct engine *engine = engine_over_index(&tree);
    struct engine_thread *t = open_thread(engine);
    uint64_t before = bytes_read();
    assert_int_equal(walk(t), MESSAGES);
    uint64_t all = (uint64_t)MESSAGES * TEXT;
    assert_true(bytes_read() - before > all);
    assert_true(bytes_read() - before <
                3 * all); /* from the beginning each time: 20 times as much */
    engine_thread_close(t);
    engine_close(engine);
}

/* What is appended while it is read does not belong to it, by whatever it was opened. */
static void test_it_is_what_it_was(void **state)
{
    (void)state;
    struct engine *engines[] = {engine_over(&tree, NULL), engine_over_index(&tree)};
    for (unsigned i = 0; i < 2; i++) {
        struct engine_thread *t = open_thread(engines[i]);
        unsigned there = MESSAGES + i;
        write_session(there, there + 1);
        engine_refresh(engines[i]);
        assert_int_equal(walk(t), there);
        engine_thread_close(t);
        engine_close(engines[i]);
    }
}

static void test_none(void **state)
{
    (void)state;
    struct engine *engine = engine_over(&tree, NULL);
    struct messages_request r;
    struct engine_thread *t = NULL;
    struct error err = {0};
    messages_request_init(&r);
    r.session = SPAN("session-1");
    r.agent = SPAN("nobody");
    assert_int_equal(engine_thread_open(engine, &r, NULL, &t, &err), -1);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    r.session = SPAN("another");
    err = (struct error){0};
    assert_int_equal(engine_thread_open(engine, &r, NULL, &t, &err), -1);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    engine_close(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_page_costs_what_it_shows),
        cmocka_unit_test(test_it_is_what_it_was),
        cmocka_unit_test(test_none),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
