/* A reply in lines: in pieces of bounded size, whole, and with a last line whatever happens. */
#include "scarce.h"
#include "search_stream.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define HITS 500
#define TEXT_BYTES 1000

static struct reply_hit hits[HITS];
static struct search_reply reply;
static unsigned freed;

/* Takes the place of the engine's. */
void search_reply_free(struct search_reply *r)
{
    assert_ptr_equal(r, &reply);
    freed++;
}

static void make_reply(void)
{
    static char text[TEXT_BYTES];
    static struct reply_segment segment = {{text, TEXT_BYTES}, true};
    static struct reply_snippet snippet = {.part = PART_TEXT, .segments = &segment, .count = 1};
    memset(text, 'x', sizeof(text));
    for (uint32_t i = 0; i < HITS; i++)
        hits[i] = (struct reply_hit){.id = TEXT("id,\"1\"\r\n"),
                                     .session = TEXT("s"),
                                     .cwd = {text, TEXT_BYTES},
                                     .line = i,
                                     .snippets = &snippet,
                                     .snippet_count = 1};
    reply = (struct search_reply){
        .hits = hits, .hit_count = HITS, .total = HITS, .complete = true, .next_cursor = TEXT("")};
}

static unsigned count(const struct bytes *b, const char *word)
{
    unsigned n = 0;
    const char *at = b->ptr, *end = b->ptr + b->len;
    while (at < end && (at = memmem(at, (size_t)(end - at), word, strlen(word))) != NULL) {
        at += strlen(word);
        n++;
    }
    return n;
}

static bool ends_with(const struct bytes *b, const char *begin_of_line)
{
    const char *last = memrchr(b->ptr, '\n', b->len - 1);
    return last != NULL && strncmp(last + 1, begin_of_line, strlen(begin_of_line)) == 0;
}

/* Read a stream as http.c does, the pieces one after another into ${all}; return its last state.
 * From the second piece on memory for ${plenty} allocations only; 0: no end of it. */
static enum stream_state drain(enum search_lines lines, unsigned plenty, struct bytes *all)
{
    static const struct render_context context = {0};
    struct bytes piece = {0};
    struct stream *s = search_stream_new(&reply, &context, lines, &piece);
    assert_non_null(s);
    enum stream_state state = s->state;
    bytes_add_span(all, bytes_span(&piece));
    while (state == STREAM_MORE) {
        assert_true(piece.len >= SEARCH_STREAM_PIECE);
        assert_true(piece.len < SEARCH_STREAM_PIECE + 3 * TEXT_BYTES || plenty > 0);
        piece.len = 0;
        if (plenty > 0)
            scarce_begin(plenty);
        state = s->produce(s, NULL, false, &piece);
        scarce_end();
        assert_false(state != STREAM_FAIL && piece.failed);
        if (state != STREAM_FAIL)
            bytes_add_span(all, bytes_span(&piece));
    }
    unsigned before = freed;
    s->free(s);
    assert_int_equal(freed, before + 1);
    bytes_clear(&piece);
    return state;
}

static void lines_come_in_pieces(void **state)
{
    struct bytes all = {0};
    (void)state;
    assert_int_equal(drain(SEARCH_LINES_NDJSON, 0, &all), STREAM_END);
    assert_int_equal(count(&all, "{\"type\":\"hit\","), HITS);
    assert_int_equal(count(&all, "\n"), HITS + 1);
    assert_true(ends_with(&all, "{\"type\":\"end\","));
    bytes_clear(&all);
    assert_int_equal(drain(SEARCH_LINES_CSV, 0, &all), STREAM_END);
    assert_int_equal(count(&all, "\"id,\"\"1\"\"\r\n\",s,,xxx"), HITS);
    assert_int_equal(count(&all, "id,session,"), 1);
    bytes_clear(&all);
}

/* A hit that is larger than the others asks for memory in the middle of the stream. */
static void without_memory_the_last_line_is_an_error(void **state)
{
    static char big[4 * SEARCH_STREAM_PIECE];
    struct bytes all = {0};
    (void)state;
    memset(big, 'y', sizeof(big));
    hits[HITS / 2].cwd = (struct span){big, sizeof(big)};
    assert_int_equal(drain(SEARCH_LINES_NDJSON, 1, &all), STREAM_END);
    assert_true(ends_with(&all, "{\"type\":\"error\",\"problem\":{"));
    assert_int_equal(count(&all, "\"type\":\"end\""), 0);
    assert_true(count(&all, "{\"type\":\"hit\",") <= HITS / 2);
    bytes_clear(&all);
    assert_int_equal(drain(SEARCH_LINES_CSV, 1, &all), STREAM_FAIL);
    bytes_clear(&all);
}

static int setup(void **state)
{
    (void)state;
    make_reply();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lines_come_in_pieces, setup),
        cmocka_unit_test_setup(without_memory_the_last_line_is_an_error, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
