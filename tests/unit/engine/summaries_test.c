/* What finding the titles among summaries costs: as much for each, however many messages there are. */
#include "engine_over.h"
#include "span.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define FROM INT64_C(1764000000000)
#define MESSAGES 40000
#define SUMMARIES 5000
#define ROUNDS 3

enum leaves { LEAF_NONE, LEAF_GONE, LEAF_COPIED, LEAF_KINDS };

struct place {
    struct temp_tree tree;
    struct engine *engine;
    double best; /* the shortest time of several */
};

static void add_summary(struct buf *b, enum leaves leaves, unsigned number)
{
    char uuid[37];
    transcript_uuid(leaves == LEAF_GONE ? 2 * MESSAGES + number : 1, uuid);
    buf_printf(b, "{\"type\":\"summary\",\"summary\":\"title %u\"", number);
    if (leaves != LEAF_NONE)
        buf_printf(b, ",\"leafUuid\":\"%s\"", uuid);
    buf_append_span(b, SPAN("}\n"));
}

/* Many messages, LEAF_COPIED all copies of one; and behind them a session with many summaries. */
static void write_transcripts(const struct temp_tree *tree, enum leaves leaves)
{
    struct buf b;
    struct transcript_line l = {.session = "a", .time_ms = FROM, .text = "first words"};
    buf_init(&b);
    for (unsigned i = 1; i <= MESSAGES; i++) {
        l.id = leaves == LEAF_COPIED ? 1 : i;
        transcript_add(&b, &l);
    }
    transcript_append(tree, "p/a.jsonl", &b);
    l.id = MESSAGES + 1;
    l.session = "z";
    transcript_add(&b, &l);
    for (unsigned i = 1; i <= SUMMARIES; i++)
        add_summary(&b, leaves, i);
    transcript_append(tree, "p/z.jsonl", &b);
    buf_clear(&b);
}

static void begin(struct place *p, enum leaves leaves)
{
    temp_tree_make(&p->tree);
    write_transcripts(&p->tree, leaves);
    p->engine = engine_over_index(&p->tree); /* one thread, the caller: its time is all there is */
}

/* Processor time of a list of the two sessions, whose titles are checked. */
static double list_sessions(const struct place *p, const char *first, const char *second)
{
    struct sessions_request r;
    struct sessions_reply *reply;
    struct error err = {0};
    struct timespec before, after;
    sessions_request_init(&r);
    r.sort = SESSIONS_LONGEST;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    assert_int_equal(engine_sessions(p->engine, &r, NULL, &reply, &err), 0);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    assert_int_equal(reply->count, 2);
    for (uint32_t i = 0; i < 2; i++)
        assert_true(span_equal(reply->sessions[i].title,
                               span_of(reply->sessions[i].id.ptr[0] == 'a' ? first : second)));
    sessions_reply_free(reply);
    return (double)(after.tv_sec - before.tv_sec) + (double)(after.tv_nsec - before.tv_nsec) / 1e9;
}

static void test_summaries_cost_the_same_whatever_they_name(void **state)
{
    static const char *const titles[LEAF_KINDS][2] = {
        [LEAF_NONE] = {"first words", "title 5000"},
        [LEAF_GONE] = {"first words", "title 5000"},
        [LEAF_COPIED] = {"title 5000", "first words"}};
    struct place places[LEAF_KINDS];
    (void)state;
    for (enum leaves k = 0; k < LEAF_KINDS; k++)
        begin(&places[k], k);
    for (int round = 0; round < ROUNDS; round++)
        for (enum leaves k = 0; k < LEAF_KINDS; k++) {
            double s = list_sessions(&places[k], titles[k][0], titles[k][1]);
            places[k].best = round == 0 || s < places[k].best ? s : places[k].best;
        }
    for (enum leaves k = 0; k < LEAF_KINDS; k++) {
        if (places[k].best > 3 * places[LEAF_NONE].best)
            fail_msg("kind %d: %.3f s, and %.3f s where none is named", (int)k, places[k].best,
                     places[LEAF_NONE].best);
        engine_close(places[k].engine);
        temp_tree_remove(&places[k].tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summaries_cost_the_same_whatever_they_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
