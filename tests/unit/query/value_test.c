#include "value.h"

#include "query_probe.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define UUID_A "5b3c6f0e-1a2b-4c3d-8e9f-0123456789ab"

static void test_qualifiers(void **state)
{
    (void)state;
    static const struct query_probe_row rows[] = {
        {"role:user", "role:\"user\""},
        {"role:user,assistant,system,summary",
         "role:\"user\",\"assistant\",\"system\",\"summary\""},
        {"role:\"user\"", "role:\"user\""},
        {"role:'user',\"system\"", "role:\"user\",\"system\""},
        {"role:user a", "and(role:\"user\" literal\"a\"i)"},
        {"role:user role:system", "and(role:\"user\" role:\"system\")"},
        {"role:user OR a", "or(role:\"user\" literal\"a\"i)"},
        {"(role:user)", "role:\"user\""},
        {"(role:user,system)a", "and(role:\"user\",\"system\" literal\"a\"i)"},
        {"kind:prompt,reply,thinking,tool_use,tool_result,meta,summary,system",
         "kind:\"prompt\",\"reply\",\"thinking\",\"tool_use\",\"tool_result\",\"meta\",\"summary\","
         "\"system\""},
        {"is:error,sidechain,meta,compact", "is:\"error\",\"sidechain\",\"meta\",\"compact\""},
        {"has:thinking,image,tool", "has:\"thinking\",\"image\",\"tool\""},
        {"tool:Bash,Edit", "tool:\"Bash\",\"Edit\""},
        {"tool:mcp__*", "tool:\"mcp__*\""},
        {"tool:f(x)", "tool:\"f(x)\""},
        {"(tool:f(x))", "tool:\"f(x)\""},
        {"tool:a\"b", "tool:\"a\\\"b\""},
        {"project:/home/me", "project:\"/home/me\""},
        {"project:\"/home/my files\"", "project:\"/home/my files\""},
        {"project:'/a,b',/c", "project:\"/a,b\",\"/c\""},
        {"project:\"a\\\"b\\n\"", "project:\"a\\\"b\\x0a\""},
        {"session:00ff", "session:\"00ff\"*"},
        {"session:" UUID_A, "session:\"" UUID_A "\""},
        {"branch:main", "branch:\"main\""},
        {"branch:feature/x-1", "branch:\"feature/x-1\""},
        {"model:OPUS", "model:\"opus\""},
        {"model::x", "model:\":x\""},
        {"file:*.c", "file:\"*.c\""},
        {"file:C:\\x", "file:\"C:\\\\x\""},
        {"agent:only", "agent:\"only\""},
        {"agent:none,a1b2", "agent:\"none\",\"a1b2\""},
        {"part:text", "part:\"text\""},
        {"part:text,thinking", "part:\"text\",\"thinking\""},
        {"part:text part:system", "and(part:\"text\" part:\"system\")"},
        {"part:text role:user", "and(role:\"user\" part:\"text\")"},
        {"part:text a", "literal\"a\"i in:1"},
        {"a part:text", "literal\"a\"i in:1"},
        {"part:text AND a", "literal\"a\"i in:1"},
        {"a AND part:thinking AND b", "and(literal\"a\"i literal\"b\"i) in:2"},
        {"part:text,tool_input a", "literal\"a\"i in:5"},
        {"part:text,system part:thinking,system a", "literal\"a\"i in:20"},
        {"part:text part:system a", "literal\"a\"i in:0"},
        {"part:text -a", "not(literal\"a\"i) in:1"},
        {"part:text (a OR b)", "or(literal\"a\"i literal\"b\"i) in:1"},
        {"part:text /x/", "regex\"x\" in:1"},
    };
    struct query_input like = query_probe_input("");
    QUERY_PROBE_ROWS(rows, &like);
}

static void test_parameter_faults(void **state)
{
    (void)state;
    static const struct {
        enum field field;
        struct span value;
        size_t pos;
        const char *expected;
    } rows[] = {
        {FIELD_ROLE, {"human", 5}, 0, "expected one of user"},
        {FIELD_ROLE, {"", 0}, 0, "expected a value"},
        {FIELD_ROLE, {"user,system", 11}, 0, "expected one of user"},
        {FIELD_PART, {"\"text\"", 6}, 0, "expected one of text"},
        {FIELD_SINCE, {"soon", 4}, 0, "expected a time"},
        {FIELD_TOOL, {"a\xff", 2}, 1, "expected valid UTF-8"},
        {FIELD_TOOL, {"a\0b", 3}, 1, "expected text without NUL"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct query_input in = query_probe_input("a");
        in.values[rows[i].field] = &rows[i].value;
        in.value_count[rows[i].field] = 1;
        query_probe_refused(&in, rows[i].pos, rows[i].expected);
        struct query *q = NULL;
        struct error err = {0};
        assert_int_equal(query_parse(&in, &q, &err), -1);
        assert_int_equal(err.code, ERROR_INVALID_PARAMETER);
        assert_string_equal(err.parameter, query_field_name(rows[i].field));
    }
}

static void test_limits(void **state)
{
    (void)state;
    struct span values[33];
    for (int i = 0; i < 33; i++)
        values[i] = SPAN("x");
    struct query_input in = query_probe_input("");
    in.values[FIELD_TOOL] = values;
    in.value_count[FIELD_TOOL] = 32;
    query_free(query_probe_parse(&in));
    in.value_count[FIELD_TOOL] = 33;
    query_probe_refused(&in, 0, "expected at most 32 values");

    struct buf b;
    buf_init(&b);
    query_probe_repeat(&b, "tool:x", 1);
    query_probe_repeat(&b, ",x", 31);
    in = query_probe_input("");
    in.text = buf_span(&b);
    query_free(query_probe_parse(&in));
    query_probe_repeat(&b, ",x", 1);
    in.text = buf_span(&b);
    query_probe_refused(&in, 69, "expected at most 32 values");

    buf_clear(&b);
    query_probe_repeat(&b, "x", 4096);
    in.text = buf_span(&b);
    query_free(query_probe_parse(&in));
    query_probe_repeat(&b, "x", 1);
    in.text = buf_span(&b);
    query_probe_refused(&in, 4096, "expected at most 4096 bytes");
    buf_clear(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_qualifiers),
        cmocka_unit_test(test_parameter_faults),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
