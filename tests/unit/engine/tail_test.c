/* A tail reads what was appended, and little else, however large the files are. */
#include "bytes_read.h"
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
#define FILES 5
#define LINES 4000 /* about a megabyte */

static struct temp_tree tree;
static struct engine *engine;

static const char *name_of(unsigned file)
{
    static char name[32];
    (void)snprintf(name, sizeof name, "p/s-%u.jsonl", file);
    return name;
}

/* Many calls of a tool, each on a line of its own: number i is answered by its id "call-i". */
static void write_file(unsigned file, bool end)
{
    struct buf b;
    buf_init(&b);
    for (unsigned i = 0; i < LINES; i++)
        buf_printf(&b,
                   "{\"type\":\"assistant\",\"sessionId\":\"s-%u\",\"cwd\":\"/"
                   "w\",\"timestamp\":%lld,\"message\":{"
                   "\"content\":[{\"type\":\"tool_use\",\"id\":\"call-%u\",\"name\":\"Tool%u\","
                   "\"input\":{\"text\":\"%0*u\"}}]}}%s",
                   file, (long long)FROM, i, i, 100, i, end || i + 1 < LINES ? "\n" : "");
    transcript_append(&tree, name_of(file), &b);
    buf_clear(&b);
}

static void append_answer(unsigned file, unsigned call, const char *before)
{
    struct buf b;
    buf_init(&b);
    buf_printf(&b,
               "%s{\"type\":\"user\",\"sessionId\":\"s-%u\",\"message\":{\"content\":[{\"type\":"
               "\"tool_result\",\"tool_use_id\":\"call-%u\",\"content\":\"answered\"}]}}\n",
               before, file, call);
    transcript_append(&tree, name_of(file), &b);
    buf_clear(&b);
}

static struct tail_reply *tail(char **position)
{
    struct tail_request r = {.limit = 10};
    struct tail_reply *reply;
    struct error err = {0};
    request_query_init(&r.query);
    r.query.q = SPAN("answered");
    r.position = span_of(*position);
    assert_int_equal(engine_tail(engine, &r, NULL, &reply, &err), 0);
    free(*position);
    *position = span_text(reply->position);
    return reply;
}

/* Have the index look at the files: what that reads is not the tail's. */
static void expect_answer(char **position, unsigned line, const char *tool)
{
    struct tail_reply *reply = tail(position);
    assert_int_equal(reply->count, 1);
    assert_int_equal(reply->hits[0].line, line);
    assert_int_equal(reply->hits[0].tool_count, 1);
    assert_true(span_equal(reply->hits[0].tools[0], span_of(tool)));
    tail_reply_free(reply);
}

/* Where a line is and what it answers, whoever knows it: of a near call, one long ago, none at all, and
 * behind a line that was whole without its newline. */
static void follow(void)
{
    char *position = strdup("");
    tail_reply_free(tail(&position));
    append_answer(0, LINES - 3, "");
    append_answer(1, 7, "\n");
    struct tail_reply *reply = tail(&position);
    assert_int_equal(reply->count, 2);
    assert_int_equal(reply->hits[0].line, LINES + 1);
    assert_true(span_equal(reply->hits[0].tools[0], SPAN("Tool3997")));
    assert_int_equal(reply->hits[1].line, LINES + 1);
    assert_true(span_equal(reply->hits[1].tools[0], SPAN("Tool7")));
    tail_reply_free(reply);
    append_answer(0, LINES + 9, "");
    reply = tail(&position);
    assert_int_equal(reply->count, 1);
    assert_int_equal(reply->hits[0].line, LINES + 2);
    assert_int_equal(reply->hits[0].tool_count, 0);
    tail_reply_free(reply);
    append_answer(0, 5, "");
    expect_answer(&position, LINES + 3, "Tool5");
    free(position);
}

static void test_by_index(void **state)
{
    (void)state;
    engine = engine_over_index(&tree);
    follow();
}

static void test_by_files(void **state)
{
    (void)state;
    engine = engine_over(&tree, NULL);
    follow();
}

/* Every request looks at the files, and reads again those that changed a moment ago: what a request that
 * looks at nothing else reads is not the tail's. */
static int64_t bytes_of_looking(void)
{
    uint64_t before = bytes_read();
    engine_refresh(engine);
    return (int64_t)(bytes_read() - before);
}

static void test_reads_little(void **state)
{
    (void)state;
    char *position = strdup("");
    engine = engine_over_index(&tree);
    int64_t looking = bytes_of_looking();
    uint64_t before = bytes_read();
    tail_reply_free(tail(&position));
    assert_true((int64_t)(bytes_read() - before) - looking < 16384); /* not a block of each file */
    append_answer(3, LINES - 2, "");
    engine_refresh(engine);
    looking = bytes_of_looking();
    before = bytes_read();
    expect_answer(&position, LINES + 1, "Tool3998");
    assert_true((int64_t)(bytes_read() - before) - looking < 400000); /* not the whole file */
    free(position);
}

static int set_up(void **state)
{
    (void)state;
    temp_tree_make(&tree);
    for (unsigned i = 0; i < FILES; i++)
        write_file(i, i != 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    engine_close(engine);
    temp_tree_remove(&tree);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_by_index, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_by_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_reads_little, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
