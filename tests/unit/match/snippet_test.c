#include "snippet.h"

#include "code_point.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A query compiled, and the arena that its snippets are in. */
struct session {
    struct query *query;
    struct matcher *matcher;
    struct match_scratch *scratch;
    struct arena arena;
    struct snippet snippets[PART_COUNT];
    uint32_t count;
};

static void open_session(struct session *s, struct span text)
{
    struct query_input in = {.text = text};
    struct error err = {.code = ERROR_NONE};
    assert_int_equal(query_parse(&in, &s->query, &err), 0);
    assert_int_equal(matcher_new(s->query, MATCHER_FAST, &s->matcher, &err), 0);
    assert_int_equal(match_scratch_new(s->matcher, NULL, &s->scratch), 0);
    arena_init(&s->arena);
}

static void close_session(struct session *s)
{
    arena_clear(&s->arena);
    match_scratch_free(s->scratch);
    matcher_free(s->matcher);
    query_free(s->query);
}

static void make(struct session *s, const struct message *msg, size_t chars)
{
    assert_int_equal(
        snippet_make(s->matcher, s->scratch, msg, chars, &s->arena, s->snippets, &s->count), 0);
}

/* Segments as one line: matches in brackets, an asterisk at the end if something is cut off. */
static void render(const struct snippet *s, char *out, size_t room)
{
    size_t n = 0;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct segment *g = &s->segments[i];
        assert_true(g->text.len > 0);
        assert_true(i == 0 || g->match != s->segments[i - 1].match);
        n += (size_t)snprintf(out + n, room - n, g->match ? "[%.*s]" : "%.*s", (int)g->text.len,
                              g->text.ptr);
    }
    snprintf(out + n, room - n, s->truncated ? "*" : "");
}

static void test_windows_and_segments(void **state)
{
    (void)state;
    static const struct {
        const char *query, *text;
        size_t chars;
        uint64_t matches;
        const char *want;
    } table[] = {
        {"fox", "the quick brown fox", 100, 1, "the quick brown [fox]"},
        {"fox", "Fox, fox and FOX", 100, 3, "[Fox], [fox] and [FOX]"},
        {"quick OR \"ick br\"", "the quick brown fox", 100, 2, "the [quick br]own fox"},
        {"ab OR bc", "abc abd", 100, 3, "[abc] [ab]d"},
        {"aa", "aaaa aaa", 100, 3, "[aaaa] [aa]a"},
        {"fox -dog", "fox and cat", 100, 1, "[fox] and cat"},
        {"fox", "one two three four five fox six seven eight nine", 16, 1, "ive [fox] six seve*"},
        {"fox", "one two three four v fox six seven eight nine", 16, 1, "v [fox] six seven *"},
        {"fox", "one two three four five fox", 12, 1, "five [fox]*"},
        {"/x*/", "abc", 100, 4, "abc"},
        {"/b*/", "abc", 100, 4, "a[b]c"},
        {"\u4E2D", "\u6587\u5B57\u4E2D\u6587\u5B57\u4E2D", 4, 2, "\u5B57[\u4E2D]\u6587\u5B57*"},
        {"abcdefgh", "say abcdefgh now", 4, 1, " [abc]*"},
        {"", "the beginning of a text", 9, 0, "the begin*"},
        {"-nothing", "short", 9, 0, "short"},
        {"k", "\u212A k K", 100, 3, "[\u212A] [k] [K]"},
    };
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct session s;
        char got[256];
        struct message msg = {.parts = 1u << PART_TEXT};
        msg.part[PART_TEXT] = span_of(table[i].text);
        open_session(&s, span_of(table[i].query));
        make(&s, &msg, table[i].chars);
        assert_int_equal(s.count, 1);
        assert_int_equal(s.snippets[0].part, PART_TEXT);
        assert_null(s.snippets[0].tool.ptr);
        render(&s.snippets[0], got, sizeof(got));
        assert_string_equal(got, table[i].want);
        assert_int_equal(s.snippets[0].matches, table[i].matches);
        close_session(&s);
    }
}

static void test_parts(void **state)
{
    (void)state;
    struct session s;
    struct message msg = {.parts = PART_MASK_ALL & ~(1u << PART_THINKING),
                          .slot_tool = SPAN("Bash"),
                          .result_tool = SPAN("Read")};
    msg.part[PART_TEXT] = SPAN("nothing here");
    msg.part[PART_TOOL_INPUT] = SPAN("git worktree");
    msg.part[PART_TOOL_RESULT] = SPAN("worktree worktree");
    open_session(&s, SPAN("worktree"));
    make(&s, &msg, 50);
    assert_int_equal(s.count, 2);
    assert_int_equal(s.snippets[0].part, PART_TOOL_INPUT);
    assert_true(span_equal(s.snippets[0].tool, SPAN("Bash")));
    assert_int_equal(s.snippets[1].part, PART_TOOL_RESULT);
    assert_true(span_equal(s.snippets[1].tool, SPAN("Read")));
    assert_int_equal(s.snippets[1].matches, 2);
    close_session(&s);

    open_session(&s, SPAN("part:tool_result worktree"));
    make(&s, &msg, 50);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.snippets[0].part, PART_TOOL_RESULT);
    close_session(&s);

    open_session(&s, SPAN("role:user"));
    make(&s, &msg, 0);
    assert_int_equal(s.count, 1);
    assert_int_equal(s.snippets[0].part, PART_TEXT);
    assert_int_equal(s.snippets[0].count, 0);
    assert_true(s.snippets[0].truncated);
    struct message empty = {.parts = 0};
    make(&s, &empty, 50);
    assert_int_equal(s.count, 0);
    close_session(&s);
}

/* The snippet outlives the message: its bytes are its own. */
static void test_texts_are_copied(void **state)
{
    (void)state;
    struct session s;
    char text[] = "say fox";
    struct message msg = {.parts = 1u << PART_TEXT};
    msg.part[PART_TEXT] = span_of(text);
    open_session(&s, SPAN("fox"));
    make(&s, &msg, 50);
    memset(text, 'x', sizeof(text) - 1);
    assert_true(span_equal(s.snippets[0].segments[1].text, SPAN("fox")));
    close_session(&s);
}

/* Whatever the window, segments are valid UTF-8 of at most as many code points as asked for. */
static void test_no_cut_splits_a_code_point(void **state)
{
    (void)state;
    static const char text[] = "\u4E2D\U0001F600a\u00E9 b\u212Afox\U0001F600\u4E2D\u00E9fox\u4E2D";
    struct session s;
    struct message msg = {.parts = 1u << PART_TEXT};
    msg.part[PART_TEXT] = SPAN(text);
    open_session(&s, SPAN("fox OR \u00E9 OR nothing"));
    for (size_t chars = 1; chars < 20; chars++) {
        size_t shown = 0;
        make(&s, &msg, chars);
        assert_int_equal(s.snippets[0].matches, 4);
        for (uint32_t i = 0; i < s.snippets[0].count; i++) {
            struct span t = s.snippets[0].segments[i].text;
            assert_false(code_point_is_inner(t.ptr[0]));
            size_t at = 0;
            while (at < t.len) {
                at += code_point_length(t.ptr[at]);
                shown++;
            }
            assert_int_equal(at, t.len);
        }
        assert_int_equal(shown, chars < 17 ? chars : 17);
        assert_int_equal(s.snippets[0].truncated, chars < 17);
    }
    close_session(&s);
}

static void test_very_long_parts(void **state)
{
    (void)state;
    size_t len = (size_t)8 << 20;
    char *text = malloc(len);
    struct session s;
    struct message msg = {.parts = 1u << PART_TEXT};
    memset(text, 'x', len);
    for (size_t i = 100; i + 3 < len; i += 100)
        memcpy(text + i, "fox", 3);
    msg.part[PART_TEXT] = (struct span){text, len};
    open_session(&s, SPAN("fox OR /f[o]x/"));
    make(&s, &msg, 4096);
    assert_int_equal(s.snippets[0].matches, 2 * ((len - 4) / 100));
    assert_true(s.snippets[0].truncated);
    assert_false(match_scratch_limited(s.scratch));
    close_session(&s);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows_and_segments),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_texts_are_copied),
        cmocka_unit_test(test_no_cut_splits_a_code_point),
        cmocka_unit_test(test_very_long_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
