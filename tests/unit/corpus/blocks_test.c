/* What a message shows is what is searched: both come from one walk over its record. */
#include "blocks.h"

#include "body.h"
#include "buf.h"
#include "extract.h"
#include "extract_probe.h"
#include "reader.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

struct shown {
    struct arena arena;
    struct buf text; /* a line for each block */
    struct buf part; /* what is searched: the tool_result */
    size_t count;
};

static const char *const names[] = {"text", "thinking", "summary", "system",
                                    "call", "result",   "image"};

static void show_block(struct buf *out, const struct content_block *c)
{
    char number[32];
    buf_append_span(out, span_of(names[c->type]));
    const struct span fields[] = {c->id, c->name, c->input, c->text};
    for (size_t i = 0; i < 4; i++) {
        buf_append_byte(out, '|');
        buf_append_span(out, fields[i]);
    }
    if (c->is_error)
        buf_append_span(out, SPAN("|error"));
    if (c->images > 0 || c->image_size > 0) {
        snprintf(number, sizeof number, "|%u images, %u bytes", (unsigned)c->images,
                 (unsigned)c->image_size);
        buf_append_span(out, span_of(number));
    }
    buf_append_byte(out, '\n');
}

static int show(void *arg, const struct message *m)
{
    struct shown *s = arg;
    struct content_block *blocks;
    assert_int_equal(blocks_read(m, &s->arena, &blocks, &s->count), 0);
    for (size_t i = 0; i < s->count && i < 100; i++)
        show_block(&s->text, &blocks[i]);
    buf_append_span(&s->part, m->part[PART_TOOL_RESULT]);
    return 0;
}

static void read_line(struct span line, struct shown *s)
{
    struct extractor *x;
    char *room = calloc(1, line.len + READER_PADDING);
    assert_non_null(room);
    memcpy(room, line.ptr, line.len);
    arena_init(&s->arena);
    buf_init(&s->text);
    buf_init(&s->part);
    assert_int_equal(extractor_new(&x), 0);
    extractor_keep_raw(x, true);
    assert_int_equal(extract_begin(x, &extract_probe_source, &extract_probe_facts, NULL), 0);
    assert_int_equal(extract_line(x, (struct span){room, line.len}, 0, 1, false, show, s), 0);
    buf_append_byte(&s->text, '\0');
    buf_append_byte(&s->part, '\0');
    extractor_free(x);
    free(room);
}

static void shown_clear(struct shown *s)
{
    arena_clear(&s->arena);
    buf_clear(&s->text);
    buf_clear(&s->part);
}

#define USER(content) "{\"type\":\"user\",\"message\":{\"content\":" content "}}"
#define RESULT(members) USER("[{\"type\":\"tool_result\"" members "}]")

static const struct {
    const char *line;
    const char *blocks;
    const char *searched; /* NULL: not looked at */
} cases[] = {
    {USER("\"a\\u0041\""), "text||||aA\n", ""},
    {USER("[\"bare\",{\"type\":\"text\",\"text\":\"t\"},7,{\"type\":\"new\"}]"),
     "text||||bare\ntext||||t\n", ""},
    /* the texts of a result's array: empty ones count, as they do where it is searched */
    {RESULT(",\"tool_use_id\":\"i\",\"content\":[\"a\",\"\",{\"type\":\"text\",\"text\":\"b\"}]"),
     "result|i|||a\n\nb\n", "a\n\nb"},
    {RESULT(",\"content\":[\"\",\"a\",\"\"]"), "result||||\na\n\n", "\na\n"},
    {RESULT(",\"content\":[\"\"]"), "result||||\n", ""},
    {RESULT(",\"content\":\"x\\ny\""), "result||||x\ny\n", "x\ny"},
    {RESULT(",\"content\":[{\"type\":\"image\"},\"a\",{\"type\":\"image\"},{\"text\":\"no\"}]"),
     "result||||a|2 images, 0 bytes\n", "a"},
    /* the last of duplicate keys wins, whatever the order of the keys */
    {RESULT(",\"content\":\"old\",\"content\":[\"new\"]"), "result||||new\n", "new"},
    {USER("[{\"content\":[\"a\",\"\",\"b\"],\"type\":\"tool_result\"}]"), "result||||a\n\nb\n",
     "a\n\nb"},
    {"{\"message\":{\"content\":\"no\",\"content\":\"yes\"},\"type\":\"user\"}", "text||||yes\n",
     ""},
    /* true is true, and nothing else is */
    {RESULT(",\"is_error\":true"), "result|||||error\n", ""},
    {RESULT(",\"is_error\":tru"), "result||||\n", ""},
    {RESULT(",\"is_error\":true,\"is_error\":null"), "result||||\n", ""},
    /* several results keep their own texts */
    {USER("[{\"type\":\"tool_result\",\"content\":[\"a\",\"b\"]},"
          "{\"type\":\"tool_result\",\"content\":\"\"},{\"type\":\"text\",\"text\":\"t\"},"
          "{\"type\":\"tool_result\",\"content\":\"c\"}]"),
     "result||||a\nb\nresult||||\ntext||||t\nresult||||c\n", "a\nb\nc"},
    {"{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"thinking\",\"thinking\":\"h\"},"
     "{\"type\":\"tool_use\",\"id\":\"c1\",\"name\":\"Read\",\"input\":{ \"path\" : \"/x\" }},"
     "{\"type\":\"tool_use\",\"name\":\"None\"}]}}",
     "thinking||||h\ncall|c1|Read|{\"path\":\"/x\"}|\ncall||None|null|\n", ""},
    {USER("[{\"type\":\"image\",\"source\":{\"media_type\":\"image/png\",\"data\":\"QUJDREVG\"}},"
          "{\"type\":\"image\",\"source\":7}]"),
     "image||image/png|||0 images, 6 bytes\nimage||||\n", ""},
    {"{\"type\":\"summary\",\"summary\":\"s\"}", "summary||||s\n", ""},
    {"{\"type\":\"system\",\"content\":\"s\"}", "system||||s\n", ""},
    {"{\"type\":\"attachment\",\"attachment\":{\"type\":\"queued_command\",\"prompt\":\"p\"}}",
     "text||||p\n", ""},
    /* what is no text of the record is not shown as one */
    {"{\"type\":\"user\",\"attachment\":{\"type\":\"queued_command\",\"prompt\":\"p\"}}", "", ""},
};

static void blocks_are_those_that_are_searched(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct shown s;
        read_line(span_of(cases[i].line), &s);
        assert_string_equal(s.text.ptr, cases[i].blocks);
        assert_string_equal(s.part.ptr, cases[i].searched);
        shown_clear(&s);
    }
}

static void more_blocks_than_are_shown_are_searched_all_the_same(void **state)
{
    (void)state;
    struct buf line;
    struct shown s;
    buf_init(&line);
    buf_append_span(&line, SPAN("{\"type\":\"user\",\"message\":{\"content\":["));
    for (unsigned i = 0; i < BODY_BLOCKS_AT_MOST + 5; i++)
        buf_append_span(&line, SPAN("\"a\","));
    buf_append_span(&line, SPAN("{\"type\":\"tool_result\",\"content\":\"last\"}]}}"));
    read_line(buf_span(&line), &s);
    assert_int_equal(s.count, BODY_BLOCKS_AT_MOST);
    assert_string_equal(s.part.ptr, "last");
    shown_clear(&s);
    buf_clear(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_those_that_are_searched),
        cmocka_unit_test(more_blocks_than_are_shown_are_searched_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
