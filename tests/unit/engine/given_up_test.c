/* Requests whose time is over before they have read anything: what was not read is not absent. */
#include "engine_over.h"
#include "span.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define FROM INT64_C(1764000000000)
#define MADE_ID "0123456789abcdef0123456789abcdef" /* as of a message without a uuid */

static struct temp_tree tree;
static struct engine *engine;
static struct cancel over;

static int setup(void **state)
{
    struct buf b;
    (void)state;
    temp_tree_make(&tree);
    buf_init(&b);
    for (unsigned i = 1; i <= 3; i++) {
        struct transcript_line l = {
            .id = i, .session = "session-1", .time_ms = FROM + i, .text = "words"};
        transcript_add(&b, &l);
    }
    transcript_append(&tree, "p/session-1.jsonl", &b);
    buf_clear(&b);
    cancel_init(&over, 0);
    cancel_request(&over, CANCEL_TIMEOUT);
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

static void test_session(void **state)
{
    (void)state;
    const struct span ids[] = {SPAN("session-1"), SPAN("sess"), SPAN("none")};
    for (size_t i = 0; i < 3; i++) {
        struct sessions_reply *reply;
        struct error err = {0};
        assert_int_equal(engine_session(engine, ids[i], &over, &reply, &err), -1);
        assert_int_equal(err.code, ERROR_TIMEOUT);
        /* With time, two of them are there. */
        err = (struct error){0};
        int rc = engine_session(engine, ids[i], NULL, &reply, &err);
        assert_int_equal(err.code, i < 2 ? 0 : ERROR_NOT_FOUND);
        if (rc == 0)
            sessions_reply_free(reply);
    }
}

static void test_messages(void **state)
{
    (void)state;
    const struct span ids[] = {SPAN("session-1"), SPAN("sess"), SPAN("none")};
    for (size_t i = 0; i < 3; i++) {
        struct messages_request r;
        struct messages_reply *reply;
        struct error err = {0};
        messages_request_init(&r);
        r.session = ids[i];
        assert_int_equal(engine_messages(engine, &r, &over, &reply, &err), -1);
        assert_int_equal(err.code, ERROR_TIMEOUT);
    }
}

static void test_message(void **state)
{
    (void)state;
    char uuid[37];
    transcript_uuid(2, uuid);
    const struct span ids[] = {{uuid, strlen(uuid)}, SPAN("none"), SPAN(MADE_ID)};
    for (size_t i = 0; i < 3; i++) {
        struct messages_reply *reply;
        struct error err = {0};
        assert_int_equal(engine_message(engine, ids[i], false, false, &over, &reply, &err), -1);
        assert_int_equal(err.code, ERROR_TIMEOUT);
        err = (struct error){0};
        int rc = engine_message(engine, ids[i], false, false, NULL, &reply, &err);
        assert_int_equal(err.code, i == 0 ? 0 : ERROR_NOT_FOUND);
        if (rc == 0)
            messages_reply_free(reply);
    }
}

/* The numbers of lines are told when all were read, and from then on. */
static void test_counts(void **state)
{
    (void)state;
    static const struct {
        bool in_time, known;
    } steps[] = {{false, false}, {true, true}, {false, true}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct engine_status *status;
        struct error err = {0};
        struct cancel *cancel = steps[i].in_time ? NULL : &over;
        assert_int_equal(engine_status(engine, true, cancel, &status, &err), 0);
        assert_int_equal(status->state.counted, steps[i].known);
        assert_int_equal(status->state.messages, steps[i].known ? 3 : 0);
        engine_status_free(status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_session),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_message),
        cmocka_unit_test(test_counts),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
