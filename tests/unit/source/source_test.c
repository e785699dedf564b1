#include "source.h"

#include "span.h"
#include "temp_tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static const struct {
    const char *name, *root;
    const char *folder, *session, *stem, *agent;
    bool is_agent;
} cases[] = {
    {"-home-me/9f1e.jsonl", "/r/projects", "-home-me", "9f1e", "9f1e", NULL, false},
    {"-home-me/agent-a1b2.jsonl", "/r", "-home-me", "agent-a1b2", "agent-a1b2", "a1b2", true},
    {"p/s1/subagents/agent-x.jsonl", "/r", "p", "s1", "agent-x", "x", true},
    {"p/s1/subagents/workflows/wf_1/journal.jsonl", "/r", "p", "s1", "journal", NULL, true},
    {"subagents/agent-x.jsonl", "/r", "subagents", "agent-x", "agent-x", "x", true},
    {"one.jsonl", "/r/projects", "projects", "one", "one", NULL, false},
    {"one.jsonl", "/r/projects/", "projects", "one", "one", NULL, false},
    {"one.jsonl", "/r/proj/one.jsonl", "proj", "one", "one", NULL, false},
    {"agent-.jsonl", "/r/p", "p", "agent-", "agent-", NULL, true},
    {"p/odd.name", "/r", "p", "odd.name", "odd.name", NULL, false},
};

static void assert_span(struct span s, const char *expected)
{
    if (expected == NULL) {
        assert_null(s.ptr);
        return;
    }
    if (!span_equal(s, span_of(expected)))
        fail_msg("'%.*s' is not '%s'", (int)s.len, s.ptr, expected);
}

static void describes_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct source s = {0};
        source_describe(span_of(cases[i].name), span_of(cases[i].root), &s);
        assert_span(s.folder, cases[i].folder);
        assert_span(s.session, cases[i].session);
        assert_span(s.stem, cases[i].stem);
        assert_span(s.agent, cases[i].agent);
        assert_int_equal(s.is_agent, cases[i].is_agent);
    }
}

/* What is no regular file is refused at once; a pipe without a writer would hold open() for ever. */
static void opens_regular_files_alone(void **state)
{
    (void)state;
    struct temp_tree tree;
    struct stat st;
    char byte;
    temp_tree_make(&tree);
    temp_tree_write(&tree, "file", SPAN("x"));
    assert_int_equal(mkfifo(temp_tree_path(&tree, "pipe"), 0600), 0);
    int fd = source_open(temp_tree_path(&tree, "file"), &st);
    assert_true(fd >= 0 && st.st_size == 1);
    assert_int_equal(read(fd, &byte, 1), 1);
    close(fd);
    assert_int_equal(source_open(temp_tree_path(&tree, "pipe"), NULL), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(source_open(tree.path, NULL), -1);
    assert_int_equal(errno, EINVAL);
    assert_int_equal(source_open(temp_tree_path(&tree, "none"), &st), -1);
    assert_int_equal(errno, ENOENT);
    temp_tree_remove(&tree);
}

static void finds_by_name(void **state)
{
    (void)state;
    struct source items[] = {{.name = SPAN("a")}, {.name = SPAN("a/b")}, {.name = SPAN("c")}};
    struct source_list list = {.items = items, .count = 3};
    for (size_t i = 0; i < 3; i++)
        assert_ptr_equal(source_find(&list, items[i].name), &items[i]);
    assert_null(source_find(&list, SPAN("")));
    assert_null(source_find(&list, SPAN("b")));
    assert_null(source_find(&list, SPAN("d")));
    list.count = 0;
    assert_null(source_find(&list, SPAN("a")));
    source_list_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_files),
        cmocka_unit_test(opens_regular_files_alone),
        cmocka_unit_test(finds_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
