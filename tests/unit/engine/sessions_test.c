/* Lists of sessions, threads and tails over files that grow. */
#include "engine_over.h"
#include "span.h"
#include "span_text.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FROM INT64_C(1764000000000)
#define SESSIONS 40

static struct temp_tree tree;
static struct engine *engine;
static unsigned next_id = 1;

static void add(unsigned session, int64_t time_ms, const char *text)
{
    char name[64], id[32];
    struct buf b;
    buf_init(&b);
    (void)snprintf(id, sizeof id, "session-%02u", session);
    (void)snprintf(name, sizeof name, "p/%s.jsonl", id);
    struct transcript_line l = {
        .id = next_id++, .session = id, .time_ms = time_ms, .text = text, .cwd = "/home/me"};
    transcript_add(&b, &l);
    transcript_append(&tree, name, &b);
    buf_clear(&b);
}

static int setup(void **state)
{
    (void)state;
    temp_tree_make(&tree);
    for (unsigned s = 0; s < SESSIONS; s++)
        for (unsigned i = 0; i <= s % 4; i++)
            add(s, FROM + (s / 3) * 60000 + i,
                i == 0 ? "first words" : "more words"); /* equal times */
    engine = engine_over(&tree, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    engine_close(engine);
    temp_tree_remove(&tree);
    return 0;
}

/* Each session once, whatever grows between two pages: what moved to the front was either shown
 * before it moved or is at the front of the next list. */
static void test_list_goes_on_behind_a_place(void **state)
{
    (void)state;
    static const uint32_t limits[] = {1, 3, 7, 100};
    for (size_t k = 0; k < sizeof limits / sizeof limits[0]; k++)
        for (enum sessions_sort sort = SESSIONS_NEWEST; sort <= SESSIONS_LONGEST; sort++) {
            struct sessions_request r;
            unsigned seen[SESSIONS] = {0}, grown[SESSIONS] = {0}, turn = 0;
            char *cursor = strdup("");
            sessions_request_init(&r);
            r.sort = sort;
            r.limit = limits[k];
            do {
                struct sessions_reply *reply;
                struct error err = {0};
                r.cursor = span_of(cursor);
                assert_int_equal(engine_sessions(engine, &r, NULL, &reply, &err), 0);
                assert_int_equal(reply->total, SESSIONS);
                for (uint32_t i = 0; i < reply->count; i++)
                    seen[strtoul(reply->sessions[i].id.ptr + 8, NULL, 10)]++;
                free(cursor);
                cursor = span_text(reply->next_cursor);
                if (turn++ % 3 == 0 && reply->count > 0) { /* the last one shown grows */
                    unsigned s =
                        (unsigned)strtoul(reply->sessions[reply->count - 1].id.ptr + 8, NULL, 10);
                    add(s, FROM + 3600000 + next_id, "later words");
                    grown[s]++;
                }
                sessions_reply_free(reply);
            } while (cursor[0] != '\0');
            free(cursor);
            for (unsigned s = 0; s < SESSIONS; s++)
                /* by oldest, what grows moves to the end and is shown once more there */
                if (seen[s] < 1 || seen[s] > 1 + (sort == SESSIONS_OLDEST ? grown[s] : 0))
                    fail_msg("sort %d, limit %u: session %u was shown %u times", (int)sort,
                             limits[k], s, seen[s]);
        }
}

/* By name, not by which thread met which first. */
static void test_models_are_sorted(void **state)
{
    static const char *const models[] = {"m-6", "m-2", "m-9", "m-1", "m-7", "m-5"};
    enum { MODELS = sizeof models / sizeof models[0] };
    (void)state;
    struct buf b;
    struct sessions_reply *reply;
    struct error err = {0};
    buf_init(&b);
    for (unsigned i = 0; i < MODELS; i++) {
        struct transcript_line l = {.assistant = true,
                                    .id = next_id++,
                                    .session = "several-models",
                                    .time_ms = FROM,
                                    .text = "words",
                                    .model = models[i],
                                    .message_id = 9000 + i,
                                    .output = 1};
        transcript_add(&b, &l);
    }
    transcript_append(&tree, "q/several-models.jsonl", &b);
    buf_clear(&b);
    assert_int_equal(engine_session(engine, SPAN("several-models"), NULL, &reply, &err), 0);
    const struct reply_session *one = &reply->sessions[0];
    assert_int_equal(one->model_count, MODELS);
    assert_int_equal(one->unpriced_count, MODELS);
    for (unsigned i = 1; i < MODELS; i++) {
        assert_true(span_compare(one->models[i - 1], one->models[i]) < 0);
        assert_true(span_compare(one->unpriced_models[i - 1], one->unpriced_models[i]) < 0);
    }
    sessions_reply_free(reply);
    assert_int_equal(unlink(temp_tree_path(&tree, "q/several-models.jsonl")), 0);
}

/* The page behind ${cursor} ("": the first) of the sessions since a relative or local time.  Return
 * the total, or -1 if the cursor was refused. */
static int64_t list_since(const char *q, const char *tz, int64_t now_ms, char **cursor)
{
    struct sessions_request r;
    struct sessions_reply *reply;
    struct error err = {0};
    sessions_request_init(&r);
    r.query.q = span_of(q);
    r.query.tz = span_of(tz);
    r.query.now_ms = now_ms;
    r.limit = 2;
    r.cursor = span_of(*cursor);
    if (engine_sessions(engine, &r, NULL, &reply, &err) != 0) {
        assert_int_equal(err.code, ERROR_INVALID_CURSOR);
        return -1;
    }
    int64_t total = (int64_t)reply->total;
    free(*cursor);
    *cursor = span_text(reply->next_cursor);
    sessions_reply_free(reply);
    return total;
}

/* All pages answer the question of the first: its "1h" and its days. */
static void test_a_cursor_keeps_the_time_and_the_zone(void **state)
{
    (void)state;
    char *cursor = strdup("");
    int64_t now_ms = FROM + 3600000 + 5 * 60000; /* the sessions of the first 5 minutes are older */
    int64_t total = list_since("since:1h", "UTC", now_ms, &cursor);
    assert_in_range(total, 4, SESSIONS - 10);
    assert_int_equal(list_since("since:1h", "UTC", now_ms + 5 * 60000, &cursor), total);
    assert_int_equal(list_since("since:1h", "UTC", now_ms + 3600000, &cursor), total);
    assert_int_equal(list_since("since:1h", "Asia/Tokyo", now_ms, &cursor), -1);
    free(cursor);
    cursor = strdup("");
    assert_int_equal(list_since("since:2025-11-24", "UTC", now_ms, &cursor), SESSIONS);
    assert_int_equal(list_since("since:2025-11-24", "America/Lima", now_ms, &cursor), -1);
    assert_int_equal(list_since("since:2025-11-24", "UTC", now_ms, &cursor), SESSIONS);
    free(cursor);
}

static void test_threads_page_both_ways(void **state)
{
    (void)state;
    struct messages_request r;
    struct messages_reply *reply;
    struct error err = {0};
    char uuid[37];
    unsigned first = next_id;
    for (unsigned i = 0; i < 25; i++)
        add(99, FROM + (i * 7 % 5), "thread words");
    messages_request_init(&r);
    r.session = SPAN("session-99");
    r.limit = 4;
    transcript_uuid(first + 11, uuid);
    r.around = span_of(uuid);
    assert_int_equal(engine_messages(engine, &r, NULL, &reply, &err), 0);
    assert_int_equal(reply->total, 25);
    assert_int_equal(reply->first, 9);
    char *next = span_text(reply->next_cursor);
    char *prev = span_text(reply->prev_cursor);
    messages_reply_free(reply);
    r.around = (struct span){NULL, 0};
    r.cursor = span_of(next);
    assert_int_equal(engine_messages(engine, &r, NULL, &reply, &err), 0);
    assert_int_equal(reply->first, 13); /* lines keep their order, whatever their times */
    transcript_uuid(first + 13, uuid);
    assert_true(span_equal(reply->messages[0].hit.id, span_of(uuid)));
    messages_reply_free(reply);
    r.cursor = span_of(prev);
    assert_int_equal(engine_messages(engine, &r, NULL, &reply, &err), 0);
    assert_int_equal(reply->first, 5);
    messages_reply_free(reply);
    /* another session's cursor, a changed one, one with bytes behind */
    struct span bad[3] = {span_of(next), span_of(next), {NULL, strlen(next) + 2}};
    char *changed = strdup(next), *longer = calloc(1, strlen(next) + 3);
    changed[0] ^= 1;
    memcpy(longer, next, strlen(next));
    memcpy(longer + strlen(next) + 1, "x", 1);
    bad[1] = span_of(changed);
    bad[2].ptr = longer;
    for (int i = 0; i < 3; i++) {
        err = (struct error){0};
        r.session = i == 0 ? SPAN("session-01") : SPAN("session-99");
        r.cursor = bad[i];
        assert_int_equal(engine_messages(engine, &r, NULL, &reply, &err), -1);
        assert_int_equal(err.code, ERROR_INVALID_CURSOR);
    }
    free(changed);
    free(longer);
    free(next);
    free(prev);
}

static void tail(char **position, uint32_t limit, const char *q, const char *const *texts,
                 uint32_t n)
{
    struct tail_request r = {.limit = limit, .snippet_chars = 100};
    struct tail_reply *reply;
    struct error err = {0};
    request_query_init(&r.query);
    r.query.q = span_of(q);
    r.position = span_of(*position);
    assert_int_equal(engine_tail(engine, &r, NULL, &reply, &err), 0);
    assert_int_equal(reply->count, n);
    for (uint32_t i = 0; i < n; i++)
        assert_true(span_equal(reply->hits[i].id, span_of(texts[i])));
    free(*position);
    *position = span_text(reply->position);
    tail_reply_free(reply);
}

/* Everything that is appended comes once, a half line when it is whole. */
static void test_tail(void **state)
{
    (void)state;
    char a[37], b[37], c[37], *position = strdup("");
    tail(&position, 10, "tailed", NULL, 0);
    tail(&position, 10, "tailed", NULL, 0);
    transcript_uuid(next_id, a);
    add(1, FROM + 1, "tailed one");
    add(1, FROM + 2, "not this");
    transcript_uuid(next_id, b);
    add(50, FROM, "tailed in a new file");
    tail(&position, 10, "tailed", (const char *const[]){b, a}, 2);
    tail(&position, 10, "tailed", NULL, 0);
    transcript_uuid(9001, c);
    struct buf half;
    struct transcript_line l = {
        .id = 9001, .session = "session-01", .time_ms = FROM, .text = "tailed late"};
    buf_init(&half);
    transcript_add(&half, &l);
    char *whole = span_text(buf_span(&half));
    half.len = 70;
    transcript_append(&tree, "p/session-01.jsonl", &half);
    tail(&position, 10, "tailed", NULL, 0);
    buf_append_span(&half, span_of(whole + 70));
    transcript_append(&tree, "p/session-01.jsonl", &half);
    tail(&position, 10, "tailed", (const char *const[]){c}, 1);
    tail(&position, 10, "tailed", NULL, 0);
    /* a line with more messages than a reply holds does not stop the tail */
    for (int i = 0; i < 4; i++) {
        l.id = 9100 + (unsigned)i;
        transcript_add(&half, &l);
        half.len--;
    }
    buf_append_byte(&half, '\n');
    transcript_append(&tree, "p/session-01.jsonl", &half);
    transcript_uuid(9100, a);
    transcript_uuid(9101, b);
    tail(&position, 2, "tailed", (const char *const[]){a, b}, 2);
    l.id = 9200;
    transcript_add(&half, &l);
    transcript_append(&tree, "p/session-01.jsonl", &half);
    transcript_uuid(9200, c);
    tail(&position, 2, "tailed", (const char *const[]){c}, 1);
    free(whole);
    free(position);
    buf_clear(&half);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_models_are_sorted),
        cmocka_unit_test(test_a_cursor_keeps_the_time_and_the_zone),
        cmocka_unit_test(test_list_goes_on_behind_a_place),
        cmocka_unit_test(test_threads_page_both_ways),
        cmocka_unit_test(test_tail),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
