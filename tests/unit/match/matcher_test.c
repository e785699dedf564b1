#include "matcher.h"

#include "buf.h"
#include "fold.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static uint64_t seed = 1442695040888963407u;

static uint32_t dice(uint32_t n)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)((seed >> 32) % n);
}

static const struct span tools[] = {{"Bash", 4}, {"mcp__git__log", 13}};
static const struct span files[] = {{"/home/me/api/main.c", 19}};

/* A message to try filters on: an assistant's call of a tool, with an error. */
static struct message sample(void)
{
    return (struct message){
        .time_ms = INT64_C(1767323045678), /* 2026-01-02T03:04:05.678Z */
        .role = ROLE_ASSISTANT,
        .kind = KIND_TOOL_USE,
        .flags = MESSAGE_ERROR | MESSAGE_HAS_TOOL,
        .parts = 1u << PART_TEXT | 1u << PART_TOOL_INPUT,
        .part = {[PART_TEXT] = SPAN("Fix the \u212Aubernetes worktree"),
                 [PART_TOOL_INPUT] = SPAN("git worktree add ../fix\nmain")},
        .uuid = SPAN("5b3c0000-1111-4222-8333-444455556666"),
        .session = SPAN("9f1e0000-1111-4222-8333-444455556666"),
        .project = SPAN("/home/me/api"),
        .branch = SPAN("main"),
        .model = SPAN("claude-opus-4-6"),
        .tools = {tools, 2},
        .files = {files, 1},
    };
}

static struct query *parse(struct span text, bool word)
{
    struct query_input in = {.text = text, .word = word, .now_ms = INT64_C(1767400000000)};
    struct error err = {.code = ERROR_NONE};
    struct query *q = NULL;
    if (query_parse(&in, &q, &err) != 0)
        fail_msg("'%.*s': %s", (int)text.len, text.ptr, err.msg);
    return q;
}

struct pair_of_matchers {
    struct query *query;
    struct matcher *fast, *oracle;
    struct match_scratch *fast_scratch, *oracle_scratch;
};

static void open_both(struct pair_of_matchers *p, struct span text, bool word)
{
    struct error err = {.code = ERROR_NONE};
    p->query = parse(text, word);
    if (matcher_new(p->query, MATCHER_FAST, &p->fast, &err) != 0 ||
        matcher_new(p->query, MATCHER_ORACLE, &p->oracle, &err) != 0)
        fail_msg("'%.*s': %s", (int)text.len, text.ptr, err.msg);
    assert_int_equal(match_scratch_new(p->fast, NULL, &p->fast_scratch), 0);
    assert_int_equal(match_scratch_new(p->oracle, NULL, &p->oracle_scratch), 0);
}

static void close_both(struct pair_of_matchers *p)
{
    match_scratch_free(p->fast_scratch);
    match_scratch_free(p->oracle_scratch);
    matcher_free(p->fast);
    matcher_free(p->oracle);
    query_free(p->query);
}

static void test_queries_on_one_message(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        bool want;
    } table[] = {
        {"", true},
        {"worktree", true},
        {"KUBERNETES", true},
        {"nothing", false},
        {"worktree nothing", false},
        {"worktree OR nothing", true},
        {"NOT nothing", true},
        {"-worktree", false},
        {"worktree -nothing (fix OR nothing)", true},
        {"\"fix the\"", true},
        {"\"worktree git\"", false}, /* two parts */
        {"/work\\w+ add/", true},
        {"/WORK\\w+ add/", false},
        {"/WORK\\w+ add/i", true},
        {"/^main$/m", true},
        {"/^main$/", false},
        {"/nothing|fix$/i", false},
        {"part:text git", false},
        {"part:tool_input git", true},
        {"part:thinking", false},
        {"part:text", true},
        {"role:assistant", true},
        {"role:user,assistant", true},
        {"-role:assistant", false},
        {"kind:reply", false},
        {"is:error", true},
        {"is:sidechain", false},
        {"has:tool has:thinking", false},
        {"has:tool,thinking", true},
        {"tool:Bash", true},
        {"tool:mcp__*", true},
        {"tool:Edit", false},
        {"file:main.c", true},
        {"file:ain.c", false},
        {"project:api", true},
        {"project:/home/me", true},
        {"session:9f1e", true},
        {"session:5b3c", false},
        {"branch:main model:OPUS agent:none", true},
        {"agent:only", false},
        {"since:2026-01-02 until:2026-01-03", true},
        {"since:2026-01-03", false},
        {"5b3c0000-1111-4222-8333-444455556666", true},
        {"9F1E0000-1111-4222-8333-444455556666", true},
        {"9f1e0000-1111-4222-8333-444455556667", false},
        {"worktree role:user", false},
    };
    struct message msg = sample();
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct pair_of_matchers p;
        open_both(&p, span_of(table[i].query), false);
        if (matcher_test(p.fast, p.fast_scratch, &msg) != table[i].want ||
            matcher_test(p.oracle, p.oracle_scratch, &msg) != table[i].want)
            fail_msg("'%s': want %d", table[i].query, table[i].want);
        close_both(&p);
    }
}

static void test_word(void **state)
{
    (void)state;
    struct message msg = sample();
    struct pair_of_matchers p;
    open_both(&p, SPAN("work"), true);
    assert_false(matcher_test(p.fast, p.fast_scratch, &msg));
    assert_false(matcher_test(p.oracle, p.oracle_scratch, &msg));
    close_both(&p);
    open_both(&p, SPAN("WORKTREE"), true);
    assert_true(matcher_test(p.fast, p.fast_scratch, &msg));
    assert_true(matcher_test(p.oracle, p.oracle_scratch, &msg));
    close_both(&p);
}

static void test_a_wrong_regex_says_where_in_the_query(void **state)
{
    (void)state;
    struct query *q = parse(SPAN("worktree /a(b/"), false);
    struct matcher *m = NULL;
    struct error err = {.code = ERROR_NONE};
    assert_int_equal(matcher_new(q, MATCHER_FAST, &m, &err), -1);
    assert_int_equal(err.code, ERROR_INVALID_REGEX);
    assert_string_equal(err.parameter, "q");
    assert_int_equal(err.pos, 13); /* the closing slash: where ')' is missing */
    query_free(q);
}

/* What the tree of requirements says of a text. */
static bool holds(const struct require *r, struct span text, struct span folded)
{
    if (r->type == REQUIRE_LITERAL) {
        struct span in = r->case_sensitive ? text : folded;
        return in.len > 0 && memmem(in.ptr, in.len, r->literal.ptr, r->literal.len) != NULL;
    }
    for (uint32_t i = 0; i < r->count; i++)
        if (holds(r->children[i], text, folded) != (r->type == REQUIRE_AND))
            return r->type == REQUIRE_OR;
    return r->type == REQUIRE_AND;
}

static void check_requires(const struct pair_of_matchers *p, struct span text)
{
    const struct require *r = matcher_requires(p->fast);
    struct buf folded;
    if (r == NULL)
        return;
    buf_init(&folded);
    assert_int_equal(fold_text(text, &folded), 0);
    if (!holds(r, text, buf_span(&folded)))
        fail_msg("'%.*s' matches without what is required", (int)text.len, text.ptr);
    buf_clear(&folded);
}

/* Each term's occurrences, one after the other, from both. */
static void check_terms(const struct pair_of_matchers *p, struct span text)
{
    for (uint32_t i = 0; i < p->query->term_count; i++) {
        size_t b1 = 0, e1 = 0, b2 = 0, e2 = 0;
        for (size_t from = 0; from <= text.len; from = e1 > from ? e1 : text.len + 1) {
            int one = matcher_find(p->fast, p->fast_scratch, i, text, from, &b1, &e1);
            int two = matcher_find(p->oracle, p->oracle_scratch, i, text, from, &b2, &e2);
            assert_int_equal(one, two);
            if (!one)
                break;
            assert_int_equal(b1, b2);
            assert_int_equal(e1, e2);
        }
        assert_int_equal(matcher_count(p->fast, p->fast_scratch, i, text),
                         matcher_count(p->oracle, p->oracle_scratch, i, text));
    }
}

static const char *const words[] = {
    "a",       "ab",     "k",      "s",        "\u212A",         "\u00C9",   "\u4E2D",
    "\"a b\"", "'b\\n'", "/a+b/",  "/[^a]k/i", "/b$/m",          "/s|k/i",   "/a.b/s",
    "/ab/",    "/AB/i",  "\u03C3", "/\\bab/",  "role:assistant", "/(a)\\1/", "bk",
    "/\\w+k/", "sk",     "/a\\sb/"};
#define WORDS (sizeof(words) / sizeof(words[0]))

static void random_query(struct buf *b, unsigned depth)
{
    unsigned n = 1 + dice(3);
    for (unsigned i = 0; i < n; i++) {
        if (i > 0)
            buf_append_span(b, dice(2) ? SPAN(" ") : SPAN(" OR "));
        if (dice(5) == 0)
            buf_append_byte(b, '-');
        if (depth < 2 && dice(4) == 0) {
            buf_append_byte(b, '(');
            random_query(b, depth + 1);
            buf_append_byte(b, ')');
        } else {
            buf_append_span(b, span_of(words[dice(WORDS)]));
        }
    }
}

static const char *const letters[] = {"a",  "b", "k", "K", "s",      "\u017F", "\u212A", "\u00E9",
                                      "\n", " ", "A", "B", "\u4E2D", "\u03C2", "0",      "_"};

static size_t random_text(char *out)
{
    size_t n = 0;
    for (uint32_t i = dice(16); i > 0; i--) {
        struct span s = span_of(letters[dice(sizeof(letters) / sizeof(letters[0]))]);
        memcpy(out + n, s.ptr, s.len);
        n += s.len;
    }
    return n;
}

static void random_round(unsigned *hits)
{
    struct buf b;
    struct pair_of_matchers p;
    buf_init(&b);
    random_query(&b, 0);
    open_both(&p, buf_span(&b), dice(4) == 0);
    for (unsigned i = 0; i < 10; i++) {
        char text[128], thinking[128];
        struct message msg = {.role = ROLE_ASSISTANT, .kind = KIND_REPLY, .session = SPAN("s")};
        msg.part[PART_TEXT] = (struct span){text, random_text(text)};
        msg.part[PART_THINKING] = (struct span){thinking, dice(3) ? 0 : random_text(thinking)};
        for (unsigned k = 0; k < PART_COUNT; k++)
            msg.parts |= (msg.part[k].len > 0 ? 1u : 0u) << k;
        bool fast = matcher_test(p.fast, p.fast_scratch, &msg);
        if (fast != matcher_test(p.oracle, p.oracle_scratch, &msg))
            fail_msg("%.*s on '%.*s': fast says %d", (int)b.len, b.ptr,
                     (int)msg.part[PART_TEXT].len, text, fast);
        if (fast && msg.part[PART_THINKING].len == 0)
            check_requires(&p, msg.part[PART_TEXT]);
        check_terms(&p, msg.part[PART_TEXT]);
        *hits += fast;
    }
    assert_false(match_scratch_limited(p.fast_scratch));
    close_both(&p);
    buf_clear(&b);
}

static void test_random_queries_agree_with_the_oracle(void **state)
{
    (void)state;
    unsigned hits = 0;
    for (unsigned i = 0; i < 1500; i++)
        random_round(&hits);
    assert_true(hits > 3000 && hits < 12000);
}

static void test_requirements(void **state)
{
    (void)state;
    static const struct {
        const char *query;
        int text, raw; /* literals required of text and record, -1: nothing */
        bool names;
    } table[] = {
        {"", -1, -1, false},
        {"a", 1, 1, false},
        {"a b", 2, 2, false},
        {"a OR b", 2, 2, false},
        {"a OR role:user", -1, -1, false},
        {"a role:user", 1, 1, false},
        {"-a", -1, -1, false},
        {"a -b", 1, 1, false},
        {"/ab+c/", 2, 2, false},
        {"/[ab]/", -1, -1, false},
        {"5b3c0000-1111-4222-8333-444455556666", -1, 2, true},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct query *q = parse(span_of(table[i].query), false);
        struct matcher *m;
        bool names;
        assert_int_equal(matcher_new(q, MATCHER_FAST, &m, NULL), 0);
        const struct require *text = matcher_requires(m), *raw = matcher_requires_raw(m, &names);
        assert_int_equal(text == NULL                    ? -1
                         : text->type == REQUIRE_LITERAL ? 1
                                                         : (int)text->count,
                         table[i].text);
        assert_int_equal(raw == NULL                    ? -1
                         : raw->type == REQUIRE_LITERAL ? 1
                                                        : (int)raw->count,
                         table[i].raw);
        assert_int_equal(names, table[i].names);
        matcher_free(m);
        query_free(q);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queries_on_one_message),
        cmocka_unit_test(test_word),
        cmocka_unit_test(test_a_wrong_regex_says_where_in_the_query),
        cmocka_unit_test(test_requirements),
        cmocka_unit_test(test_random_queries_agree_with_the_oracle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
