/* Threads put together from records of several files, and places in them. */
#include "thread_cursor.h"

#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct source sources[] = {
    {.id = 0, .name = {"a/s.jsonl", 9}, .stem = {"s", 1}},
    {.id = 1, .name = {"b/s.jsonl", 9}, .stem = {"s", 1}},
    {.id = 2, .name = {"b/s/subagents/agent-x.jsonl", 27}, .agent = {"x", 1}, .is_agent = true},
    {.id = 3, .name = {"b/s/subagents/y.jsonl", 21}, .stem = {"y", 1}, .is_agent = true},
};
static const struct source_list list = {.items = (struct source *)sources, .count = 4};

static struct session_match record(uint64_t id, uint32_t source, uint64_t offset, int64_t time_ms)
{
    return (struct session_match){.match = {.identity = {id, id},
                                            .source = source,
                                            .offset = offset,
                                            .time_ms = time_ms,
                                            .rank = (uint8_t)(source < 2 ? 0 : 2)}};
}

static void check(const struct session_thread *t, const uint64_t *ids, size_t n)
{
    assert_int_equal(t->count, n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(t->items[i].match->identity.lo, ids[i]);
}

static void make(const struct session_match *of, size_t n, struct span agent,
                 struct session_thread *t)
{
    assert_int_equal(session_thread_make(&list, of, n, agent, t), 0);
}

/* Files are merged by time and keep their own order; copies are the first file's. */
static void test_order(void **state)
{
    (void)state;
    const struct session_match of[] = {
        record(1, 0, 0, 10), record(2, 0, 5, 20), record(5, 0, 9, 50), record(4, 0, 12, 15),
        record(1, 1, 0, 10), record(2, 1, 5, 20), record(3, 1, 9, 30), record(6, 1, 12, 60),
        record(1, 2, 0, 10), record(7, 2, 5, 11), record(8, 3, 0, 12)};
    const size_t n = sizeof of / sizeof of[0];
    struct session_thread t;
    make(of, n, (struct span){NULL, 0}, &t);
    check(&t, (const uint64_t[]){1, 2, 3, 5, 4, 6}, 6);
    assert_int_equal(t.items[1].match->source, 0);
    assert_int_equal(session_thread_find(&t, (struct hash128){4, 4}), 4);
    assert_int_equal(session_thread_find(&t, (struct hash128){7, 7}), 6);
    session_thread_clear(&t);
    make(of, n, SPAN("x"), &t);
    check(&t, (const uint64_t[]){1, 7}, 2);
    session_thread_clear(&t);
    make(of, n, SPAN("y"), &t);
    check(&t, (const uint64_t[]){8}, 1);
    session_thread_clear(&t);
    make(of, n, SPAN("z"), &t);
    assert_int_equal(t.count, 0);
    session_thread_clear(&t);
    make(of + 8, n - 8, (struct span){NULL, 0}, &t); /* no main transcript: they stand for it */
    check(&t, (const uint64_t[]){1, 7, 8}, 3);
    session_thread_clear(&t);
}

/* Where a cursor made in ${before} leads in ${after}. */
static size_t follow(const struct session_thread *before, size_t at, bool behind,
                     const struct session_thread *after)
{
    struct arena arena;
    struct span text;
    struct thread_cursor c;
    struct error err = {0};
    struct span main_thread = {NULL, 0};
    arena_init(&arena);
    assert_int_equal(thread_cursor_write(&list, SPAN("s"), main_thread, &before->items[at], behind,
                                         &arena, &text),
                     0);
    assert_int_equal(thread_cursor_read(text, SPAN("s"), &c, &err), 0);
    assert_int_equal(c.thread, thread_cursor_name(main_thread));
    assert_int_equal(thread_cursor_read(text, SPAN("other"), &c, &err), -1);
    assert_int_equal(err.code, ERROR_INVALID_CURSOR);
    err = (struct error){0};
    assert_int_equal(thread_cursor_read(text, SPAN("s"), &c, &err), 0);
    size_t place = thread_cursor_place(&c, &list, after);
    arena_clear(&arena);
    return place;
}

static void test_places_last(void **state)
{
    (void)state;
    const struct session_match old[] = {record(1, 0, 0, 10), record(2, 0, 5, 20),
                                        record(3, 1, 0, 15), record(4, 1, 5, -5)};
    const struct session_match new[] = {record(1, 0, 0, 10), record(2, 0, 5, 20),
                                        record(5, 0, 9, 14), record(3, 1, 0, 15),
                                        record(4, 1, 5, -5), record(6, 1, 9, 16)};
    const struct session_match cut[] = {record(1, 0, 0, 10), record(2, 0, 5, 20)};
    struct session_thread before, after, less;
    make(old, 4, (struct span){NULL, 0}, &before);
    make(new, 6, (struct span){NULL, 0}, &after);
    make(cut, 2, (struct span){NULL, 0}, &less);
    check(&before, (const uint64_t[]){1, 3, 4, 2}, 4);
    check(&after, (const uint64_t[]){1, 3, 4, 6, 2, 5}, 6);
    for (size_t i = 0; i < before.count; i++) {
        size_t at = session_thread_find(&after, before.items[i].match->identity);
        assert_int_equal(follow(&before, i, false, &after), at);
        assert_int_equal(follow(&before, i, true, &after), at + 1);
    }
    assert_int_equal(follow(&before, 2, true, &less), 1); /* its message is gone */
    session_thread_clear(&before);
    session_thread_clear(&after);
    session_thread_clear(&less);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_order),
                                       cmocka_unit_test(test_places_last)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
