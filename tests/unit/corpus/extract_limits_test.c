/* What extraction does at its limits: depth, length, memory, lines made to be costly. */
#include "extract_probe.h"
#include "reader.h"
#include "scarce.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

/* Depth 512 is read, 513 is not; brackets of both kinds count. */
static void depth_is_limited(void **state)
{
    (void)state;
    for (int depth = 500; depth < 530; depth++) {
        static const char *const frames[] = {"{\"type\":\"user\",\"x\":", NULL,
                                             "{\"type\":\"assistant\",\"message\":{\"content\":["
                                             "{ \"type\":\"tool_use\",\"input\":"};
        for (int shape = 0; shape < 3; shape += 2) {
            int inner = depth - (shape == 0 ? 1 : 4);
            struct buf in, out;
            buf_init(&in);
            buf_init(&out);
            buf_printf(&in, "%s", frames[shape]);
            for (int i = 0; i < inner; i++)
                buf_printf(&in, "%s", i % 2 == 0 ? "[" : "{\"k\":");
            buf_printf(&in, "\"s\"");
            for (int i = inner; i-- > 0;)
                buf_append_byte(&in, i % 2 == 0 ? ']' : '}');
            buf_printf(&in, "%s\n", shape == 0 ? "}" : "}]}}");
            extract_probe(buf_span(&in), &extract_probe_facts, &out);
            struct span expected = depth > 512  ? SPAN("malformed 1\n")
                                   : shape == 0 ? SPAN("prompt\n")
                                                : SPAN("tool_use +tool tool_input=<s> calls=1\n");
            if (!span_equal(buf_span(&out), expected))
                fail_msg("depth %d shape %d: %.*s", depth, shape, (int)out.len, out.ptr);
            buf_clear(&in);
            buf_clear(&out);
        }
    }
}

struct long_text {
    struct buf expected;
    struct buf file;
    bool has_raw;
};

static int compare_long(void *arg, const struct message *m)
{
    const struct long_text *t = arg;
    assert_true(span_equal(m->part[PART_TOOL_INPUT], buf_span(&t->expected)));
    assert_int_equal(m->files.count, 1);
    assert_true(span_equal(m->files.items[0], buf_span(&t->file)));
    assert_true(span_equal(m->tools.items[0], SPAN("Write")));
    assert_true(span_equal(m->slot_tool, SPAN("Write")));
    assert_int_equal(m->raw.ptr != NULL, t->has_raw);
    return 0;
}

/* A text above a megabyte, with names among its pieces, and damage that keeps it out of the line. */
static void long_texts(void **state)
{
    (void)state;
    for (int round = 0; round < 4; round++) {
        bool keep_raw = round == 1, invalid = round == 2, second_part = round == 3;
        struct buf in;
        struct long_text t = {.has_raw = keep_raw || invalid || second_part};
        buf_init(&in);
        buf_init(&t.expected);
        buf_init(&t.file);
        buf_printf(&in, "{\"type\":\"assistant\",\"message\":{\"content\":[{\"type\":\"tool_use\","
                        "\"input\":{\"a\":\"");
        for (int i = 0; i < 200000; i++) {
            buf_printf(&in, "l\\n%d\\\"", i);
            buf_printf(&t.expected, "l\n%d\"", i);
        }
        buf_printf(&in, "%s\",\"path\":\"/p\\u0061th\",\"z\":\"end\"},\"name\":\"Write\"}%s]}}",
                   invalid ? "\xFF" : "",
                   second_part ? ",\"text\",{\"type\":\"tool_use\",\"input\":\"x\"}" : "");
        buf_printf(&t.expected, "%s\n/path\nend%s", invalid ? "\xEF\xBF\xBD" : "",
                   second_part ? "\nx" : "");
        buf_printf(&t.file, "/path");
        size_t len = in.len;
        assert_int_equal(buf_reserve(&in, READER_PADDING), 0);
        struct extractor *x;
        assert_int_equal(extractor_new(&x), 0);
        extractor_keep_raw(x, keep_raw);
        assert_int_equal(extract_begin(x, &extract_probe_source, &extract_probe_facts, NULL), 0);
        assert_int_equal(
            extract_line(x, (struct span){in.ptr, len}, 0, 1, round == 0, compare_long, &t), 0);
        assert_int_equal(extract_counts(x)->messages, 1);
        extractor_free(x);
        buf_clear(&in);
        buf_clear(&t.expected);
        buf_clear(&t.file);
    }
}

/* Lines made to be costly take time in proportion to their length: they end at all. */
static void hostile_lines_end(void **state)
{
    (void)state;
    static const struct {
        const char *begin, *again;
        const char *out;
    } lines[] = {
        {"", "{\"type\":", "malformed 1\n"},
        {"", "{\"uuid\":\"", "malformed 1\n"},
        {"", "{\"type\":[{\"uuid\":1},", "other 25628\n"}, /* then given up: RECORD_ATTEMPTS */
        {"", "{}", "other 1048576\n"},
        {"{\"type\":{\"type\":{\"type\":{\"type\":", "1,", "malformed 1\n"},
        {"{\"type\":\"user\",\"message\":{\"content\":[", "{\"type\":\"tool_result\"},",
         "other 91179\n"},
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct buf in, out;
        buf_init(&in);
        buf_init(&out);
        buf_printf(&in, "%s", lines[i].begin);
        while (in.len < 2u << 20)
            buf_printf(&in, "%s", lines[i].again);
        buf_append_byte(&in, '\n');
        extract_probe(buf_span(&in), &extract_probe_facts, &out);
        if (!span_equal(buf_span(&out), span_of(lines[i].out)))
            fail_msg("line %zu: %.*s", i, (int)out.len, out.ptr);
        buf_clear(&in);
        buf_clear(&out);
    }
}

static int ignore(void *arg, const struct message *m)
{
    (void)arg;
    (void)m;
    return 0;
}

/* The nth allocation fails, for every n: -1, and nothing is lost or written where it may not. */
static void memory_may_run_out(void **state)
{
    (void)state;
    static const char text[] =
        "{\"type\":\"assistant\",\"message\":{\"model\":\"\\u0061\",\"content\":[{\"type\":"
        "\"tool_use\",\"id\":\"1\",\"name\":\"N\",\"input\":{\"path\":\"\\n\",\"a\":[\"\xFF\\n\"]}}"
        ","
        "\"x\",\"y\\n\"]}}{\"type\":\"user\",\"message\":{\"content\":[{\"type\":\"tool_result\","
        "\"tool_use_id\":\"1\"}]}}";
    bool failed = true;
    unsigned n = 1;
    for (; failed; n++) {
        char line[sizeof text + READER_PADDING];
        memcpy(line, text, sizeof text);
        struct extractor *x = NULL;
        scarce_begin(n);
        int r = extractor_new(&x);
        if (r == 0)
            r = extract_begin(x, &extract_probe_source, &extract_probe_facts, NULL);
        if (r == 0)
            r = extract_line(x, (struct span){line, sizeof text - 1}, 0, 1, true, ignore, NULL);
        failed = scarce_end();
        assert_int_equal(r, failed ? -1 : 0);
        extractor_free(x);
    }
    assert_true(n > 8);
}

static int stop(void *arg, const struct message *m)
{
    (void)m;
    return ++*(int *)arg == 2 ? 7 : 0;
}

static void the_callback_can_stop(void **state)
{
    (void)state;
    struct extractor *x;
    char line[256] = "{\"type\":\"user\"}{\"type\":\"user\"}{\"type\":\"user\"}";
    int seen = 0;
    assert_int_equal(extractor_new(&x), 0);
    assert_int_equal(extract_begin(x, &extract_probe_source, &extract_probe_facts, NULL), 0);
    assert_int_equal(extract_line(x, span_of(line), 0, 1, false, stop, &seen), 7);
    assert_int_equal(seen, 2);
    extractor_free(x);
    extractor_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(depth_is_limited),      cmocka_unit_test(long_texts),
        cmocka_unit_test(hostile_lines_end),     cmocka_unit_test(memory_may_run_out),
        cmocka_unit_test(the_callback_can_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
