#include "filter.h"

#include "clock.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct query *parse(const char *text)
{
    struct query_input in = {.text = span_of(text), .now_ms = INT64_C(1767323045678)};
    struct query *q = NULL;
    struct error err = {0};
    if (query_parse(&in, &q, &err) != 0)
        fail_msg("%s: at %zu: %s", text, err.pos, err.msg);
    assert_int_equal(q->root->type, NODE_FILTER);
    return q;
}

static void test_text(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        const char *value; /* NULL: absent */
        bool fits;
    } rows[] = {
        {"tool:Bash", "Bash", true},
        {"tool:Bash", "bash", false},
        {"tool:Bash", "BashOutput", false},
        {"tool:Bash", NULL, false},
        {"tool:Bash,Edit", "Edit", true},
        {"tool:mcp__*", "mcp__git__log", true},
        {"tool:mcp__*", "mcp_", false},
        {"tool:*", "", true},
        {"tool:*", NULL, false},
        {"tool:B*h", "Bh", true},
        {"tool:B?sh*", "Bash", false}, /* '?' is an ordinary byte in a tool's name */
        {"tool:B?sh*", "B?sh!", true},
        {"project:/home/me", "/home/me", true},
        {"project:/home/me", "/home/me/api", true},
        {"project:/home/me/", "/home/me/api", true},
        {"project:/home/me/", "/home/me", true},
        {"project:/home/me", "/home/me/", true},
        {"project:/home/me", "/home/mel", false},
        {"project:/home/me", "/home", false},
        {"project:/home/me", "/x/home/me", false},
        {"project:/", "/home", true},
        {"project:/", "/", true},
        {"project://", "/home", true},
        {"project:/", "home", false},
        {"project:api", "/home/me/api", true},
        {"project:home", "/home/me/api", true},
        {"project:me", "/home/me/api", true},
        {"project:me/api", "/home/me/api", false},
        {"project:ap", "/home/me/api", false},
        {"project:API", "/home/me/api", false},
        {"project:-home-me", "-home-me", true},
        {"project:-home", "-home-me", false},
        {"project:x", "", false},
        {"project:x", NULL, false},
        {"session:00ff", "00ff-1", true},
        {"session:00ff", "00ff", true},
        {"session:00ff", "00f", false},
        {"session:00FF", "00ff-1", false},
        {"session:5b3c6f0e-1a2b-4c3d-8e9f-0123456789ab", "5b3c6f0e-1a2b-4c3d-8e9f-0123456789ab",
         true},
        {"session:5b3c6f0e-1a2b-4c3d-8e9f-0123456789ab", "5b3c6f0e-1a2b-4c3d-8e9f-0123456789ab2",
         false},
        {"branch:main", "main", true},
        {"branch:main", "Main", false},
        {"branch:main", "maintenance", false},
        {"branch:main", NULL, false},
        {"branch:m*", "main", false},
        {"model:opus", "claude-opus-4-6", true},
        {"model:OPUS", "claude-opus-4-6", true},
        {"model:opus", "Claude-OPUS", true},
        {"model:claude-opus-4-6", "claude-opus-4-6", true},
        {"model:opus-4-60", "claude-opus-4-6", false},
        {"model:opus", NULL, false},
        {"model:opus", "", false},
        {"file:/x/a.c", "/x/a.c", true},
        {"file:a.c", "/x/a.c", true},
        {"file:a.c", "a.c", true},
        {"file:x/a.c", "/x/a.c", true},
        {"file:.c", "/x/a.c", false},
        {"file:a.c", "/x/aa.c", false},
        {"file:/a.c", "/x/a.c", false},
        {"file:A.c", "/x/a.c", false},
        {"file:a.c", NULL, false},
        {"file:*.c", "/x/a.c", true},
        {"file:*.c", "/x/a.cc", false},
        {"file:?.c", "/x/a.c", false},
        {"file:/x/?.c", "/x/\xc3\xa4.c", true},
        {"file:/x/*", "/x/y/z", true},
        {"file:[id].ts", "/x/[id].ts", true},
        {"file:a*b", "a*b", true},
        {"agent:only", "a1", true},
        {"agent:only", "", true},
        {"agent:only", NULL, false},
        {"agent:none", NULL, true},
        {"agent:none", "a1", false},
        {"agent:none", "none", false},
        {"agent:a1", "a1", true},
        {"agent:a1", "a12", false},
        {"agent:a1", NULL, false},
        {"agent:none,a1", "a1", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct query *q = parse(rows[i].filter);
        if (filter_text(q->root->filter, span_of(rows[i].value)) != rows[i].fits)
            fail_msg("%s %s", rows[i].filter, rows[i].value == NULL ? "(absent)" : rows[i].value);
        query_free(q);
    }
}

static void test_bits(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        enum role role;
        enum kind kind;
        unsigned flags;
        bool fits;
    } rows[] = {
        {"role:user", ROLE_USER, KIND_PROMPT, 0, true},
        {"role:user", ROLE_SUMMARY, KIND_SUMMARY, 0, false},
        {"role:user,summary", ROLE_SUMMARY, KIND_SUMMARY, 0, true},
        {"kind:prompt", ROLE_USER, KIND_PROMPT, 0, true},
        {"kind:prompt", ROLE_USER, KIND_META, 0, false},
        {"kind:meta,system", ROLE_SYSTEM, KIND_SYSTEM, 0, true},
        {"is:error", ROLE_USER, KIND_PROMPT, MESSAGE_ERROR, true},
        {"is:error", ROLE_USER, KIND_PROMPT, MESSAGE_META | MESSAGE_HAS_TOOL, false},
        {"is:error,meta", ROLE_USER, KIND_PROMPT, MESSAGE_META, true},
        {"is:compact", ROLE_USER, KIND_PROMPT, MESSAGE_COMPACT, true},
        {"is:sidechain", ROLE_USER, KIND_PROMPT, MESSAGE_SIDECHAIN, true},
        {"has:thinking", ROLE_USER, KIND_PROMPT, MESSAGE_HAS_THINKING, true},
        {"has:tool", ROLE_USER, KIND_PROMPT, MESSAGE_HAS_TOOL, true},
        {"has:image", ROLE_USER, KIND_PROMPT, MESSAGE_HAS_IMAGE, true},
        {"has:image", ROLE_USER, KIND_PROMPT, 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct query *q = parse(rows[i].filter);
        if (filter_bits(q->root->filter, rows[i].role, rows[i].kind, rows[i].flags) != rows[i].fits)
            fail_msg("%s, row %zu", rows[i].filter, i);
        query_free(q);
    }
}

static void test_time(void **state)
{
    (void)state;
    struct query *q = parse("since:1000");
    assert_true(filter_time(q->root->filter, 1000000));
    assert_false(filter_time(q->root->filter, 999999));
    query_free(q);
    q = parse("until:1000");
    assert_false(filter_time(q->root->filter, 1000000));
    assert_true(filter_time(q->root->filter, 999999));
    query_free(q);
    q = parse("since:1000,500"); /* alternatives */
    assert_true(filter_time(q->root->filter, 500000));
    query_free(q);
}

static void test_parts(void **state)
{
    (void)state;
    struct query *q = parse("part:text,system");
    assert_true(filter_parts(q->root->filter, 1u << PART_SYSTEM | 1u << PART_THINKING));
    assert_false(filter_parts(q->root->filter, 1u << PART_THINKING));
    assert_false(filter_parts(q->root->filter, 0));
    query_free(q);
}

static void test_id(void **state)
{
    (void)state;
    struct query_input in = {.text = SPAN("5b3c6f0e-1a2b-4c3d-8e9f-0123456789ab")};
    struct query *q = NULL;
    struct error err = {0};
    assert_int_equal(query_parse(&in, &q, &err), 0);
    const struct filter *f = q->filters[0];
    struct span upper = SPAN("5B3C6F0E-1A2B-4C3D-8E9F-0123456789AB"), none = {NULL, 0};
    assert_true(filter_id(f, in.text, none));
    assert_true(filter_id(f, none, in.text));
    assert_true(filter_id(f, upper, SPAN("x")));
    assert_false(filter_id(f, SPAN("5b3c6f0e-1a2b-4c3d-8e9f-0123456789ac"), none));
    assert_false(filter_id(f, none, none));
    query_free(q);
}

/* The obvious way, in exponential time. */
static bool naive_glob(const char *p, const char *v)
{
    if (*p == '\0')
        return *v == '\0';
    if (*p == '*')
        return naive_glob(p + 1, v) || (*v != '\0' && naive_glob(p, v + 1));
    if (*v == '\0')
        return false;
    if (*p == '?') {
        for (v++; (*v & 0xc0) == 0x80; v++)
            ;
        return naive_glob(p + 1, v);
    }
    return *p == *v && naive_glob(p + 1, v + 1);
}

/* All patterns and values of up to so many characters of a small alphabet. */
static void test_glob_exhaustively(void **state)
{
    (void)state;
    static const char *const pattern_alphabet[] = {"a", "b", "*", "?", "\xc3\xa4"};
    static const char *const value_alphabet[] = {"a", "b", "\xc3\xa4"};
    for (unsigned p = 0; p < 5 * 5 * 5 * 5 * 5; p++) {
        char pattern[16] = "";
        size_t n = 0;
        for (unsigned k = p; k > 0; k /= 5) {
            const char *c = pattern_alphabet[k % 5];
            memcpy(pattern + n, c, strlen(c));
            n += strlen(c);
        }
        for (unsigned v = 0; v < 4 * 4 * 4 * 4 * 4; v++) {
            char value[16] = "";
            size_t m = 0;
            for (unsigned k = v; k > 0; k /= 4)
                if (k % 4 > 0) {
                    const char *c = value_alphabet[k % 4 - 1];
                    memcpy(value + m, c, strlen(c));
                    m += strlen(c);
                }
            bool got = filter_glob((struct span){pattern, n}, (struct span){value, m});
            if (got != naive_glob(pattern, value))
                fail_msg("%s on %s: %d", pattern, value, got);
        }
    }
}

/* Long names and values, hostile to naive search. */
static void test_long(void **state)
{
    (void)state;
    enum { NAME = 1 << 20 };
    char *name = malloc(NAME);
    char *text = malloc(4097);
    assert_true(name != NULL && text != NULL);
    memset(name, 'a', NAME);
    memset(text, 'A', 4096);
    memcpy(text, "model:", 6);
    text[4096] = '\0';
    struct query *q = parse(text);
    uint64_t begin = clock_thread_ns();
    assert_true(filter_text(q->root->filter, (struct span){name, NAME}));
    for (size_t at = 0; at < NAME; at += 4000)
        name[at] = 'b';
    assert_false(filter_text(q->root->filter, (struct span){name, NAME}));
    memset(name + NAME - 4090, 'a', 4090); /* in the last window */
    assert_true(filter_text(q->root->filter, (struct span){name, NAME}));
    query_free(q);
    for (size_t i = 5; i < 4095; i++)
        text[i] = i % 2 == 0 ? 'a' : '*';
    memcpy(text, "file:", 5);
    text[4095] = 'c';
    q = parse(text);
    assert_false(filter_text(q->root->filter, (struct span){name, NAME}));
    query_free(q);
    assert_true(clock_thread_ns() - begin < UINT64_C(1000000000));
    free(name);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text), cmocka_unit_test(test_bits),
        cmocka_unit_test(test_time), cmocka_unit_test(test_parts),
        cmocka_unit_test(test_id),   cmocka_unit_test(test_glob_exhaustively),
        cmocka_unit_test(test_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
