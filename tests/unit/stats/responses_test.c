#include "responses.h"

#include "message.h"
#include "span.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct row {
    const char *id;
    const char *request;
    const char *uuid;
    uint64_t output;
    uint32_t source;
    uint64_t offset;
    uint32_t position;
    const char *model;
};

static struct message message_of(const struct row *r)
{
    struct message m = {.has_usage = true,
                        .usage.output = r->output,
                        .source = r->source,
                        .offset = r->offset,
                        .position = r->position};
    m.message_id = r->id == NULL ? (struct span){NULL, 0} : span_of(r->id);
    m.request_id = r->request == NULL ? (struct span){NULL, 0} : span_of(r->request);
    m.uuid = r->uuid == NULL ? (struct span){NULL, 0} : span_of(r->uuid);
    m.model = span_of(r->model);
    return m;
}

/* Of equal keys the record with most output, then the first, in whatever order they come. */
static void test_keeps_the_largest_then_first(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {"m1", "r1", "u1", 5, 3, 10, 0, "a"}, {"m1", "r1", "u2", 9, 2, 70, 0, "b"},
        {"m1", "r1", "u3", 9, 2, 50, 1, "c"}, {"m1", "r1", "u4", 9, 2, 50, 0, "d"},
        {"m1", "r2", "u5", 1, 9, 10, 0, "e"}, {"m1", NULL, "u6", 2, 0, 10, 0, "f"},
        {NULL, "r1", "u7", 3, 0, 20, 0, "g"}, {NULL, NULL, "u7", 4, 1, 20, 0, "h"},
        {NULL, NULL, "u8", 4, 1, 30, 0, "i"},
    };
    enum { N = sizeof rows / sizeof rows[0] };
    static const struct {
        size_t key; /* a row with the key */
        const char *model;
    } wanted[] = {{0, "d"}, {4, "e"}, {5, "f"}, {6, "h"}, {8, "i"}};
    uint64_t seed = 31;
    for (int turn = 0; turn < 200; turn++) {
        struct responses parts[2];
        bool used[N] = {false};
        responses_init(&parts[0]);
        responses_init(&parts[1]);
        for (int i = 0; i < N; i++) {
            size_t at = transcript_roll(&seed, N);
            while (used[at])
                at = (at + 1) % N;
            used[at] = true;
            struct message m = message_of(&rows[at]);
            assert_int_equal(responses_add(&parts[transcript_roll(&seed, 2)], &m), 0);
        }
        assert_int_equal(responses_join(&parts[0], &parts[1]), 0);
        assert_int_equal(parts[0].count, 5);
        for (size_t i = 0; i < 5; i++) {
            struct message m = message_of(&rows[wanted[i].key]);
            uint32_t n = responses_find(&parts[0], response_key(&m));
            assert_true(n < parts[0].count);
            struct span model = intern_get(&parts[0].models, parts[0].items[n].model);
            assert_true(span_equal(model, span_of(wanted[i].model)));
        }
        responses_clear(&parts[0]);
        responses_clear(&parts[1]);
    }
}

static void test_grows(void **state)
{
    (void)state;
    struct responses r;
    char id[16];
    responses_init(&r);
    assert_int_equal(responses_find(&r, (struct hash128){1, 2}), UINT32_MAX);
    for (unsigned i = 0; i < 3000; i++) {
        (void)snprintf(id, sizeof id, "m%u", i % 2000);
        struct row row = {.id = id, .model = "x", .output = i};
        struct message m = message_of(&row);
        assert_int_equal(responses_add(&r, &m), 0);
    }
    assert_int_equal(r.count, 2000);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < r.count; i++)
        sum += r.items[i].usage.output;
    assert_int_equal(sum, 2999ull * 3000 / 2 - 999ull * 1000 / 2);
    responses_clear(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_the_largest_then_first),
        cmocka_unit_test(test_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
