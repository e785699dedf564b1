#include "discover.h"

#include "scarce.h"
#include "span.h"
#include "temp_tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct temp_tree tree;

static int set_up(void **state)
{
    (void)state;
    temp_tree_make(&tree);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_tree_remove(&tree);
    return 0;
}

/* Expect just these names, in this order. */
static void expect(const struct source_list *list, const char *const *names, uint32_t count)
{
    for (uint32_t i = 0; i < list->count && i < count; i++) {
        if (!span_equal(list->items[i].name, span_of(names[i])))
            fail_msg("%u: '%.*s' is not '%s'", i, (int)list->items[i].name.len,
                     list->items[i].name.ptr, names[i]);
        assert_int_equal(list->items[i].id, i);
        assert_int_equal(access(list->items[i].path.ptr, R_OK), 0);
    }
    assert_int_equal(list->count, count);
}

static struct source_list *discover(const char *const *roots, size_t count)
{
    struct source_list *list;
    struct error err = {0};
    assert_int_equal(discover_sources(roots, count, &list, &err), 0);
    return list;
}

static void lists_transcripts_only(void **state)
{
    (void)state;
    temp_tree_write(&tree, "p/s.jsonl", SPAN("12345"));
    temp_tree_write(&tree, "p/s/subagents/agent-1.jsonl", SPAN("1"));
    temp_tree_write(&tree, "p/notes.md", SPAN("1"));
    temp_tree_write(&tree, "p-2/s.jsonl", SPAN(""));
    temp_tree_folder(&tree, "p/folder.jsonl");
    const char *roots[] = {tree.path};
    struct source_list *list = discover(roots, 1);
    const char *names[] = {"p-2/s.jsonl", "p/s.jsonl", "p/s/subagents/agent-1.jsonl"};
    expect(list, names, 3);
    assert_int_equal(list->bytes, 6);
    assert_int_equal(list->items[1].size, 5);
    assert_true(list->items[1].mtime_ns > 0);
    assert_true(span_equal(list->items[2].session, SPAN("s")));
    assert_true(span_equal(list->items[2].folder, SPAN("p")));
    assert_int_equal(list->unreadable_count, 0);
    assert_ptr_equal(source_find(list, SPAN("p/s.jsonl")), &list->items[1]);
    source_list_free(list);
}

static void links_and_loops_count_once(void **state)
{
    (void)state;
    temp_tree_write(&tree, "z/real.jsonl", SPAN("1"));
    temp_tree_write(&tree, "outside/deep/other.jsonl", SPAN("22"));
    temp_tree_write(&tree, "outside/single.jsonl", SPAN("333"));
    temp_tree_link(&tree, "root/a-link.jsonl", "../z/real.jsonl");
    temp_tree_link(&tree, "root/zz", "../z");
    temp_tree_link(&tree, "root/loop", ".");
    temp_tree_link(&tree, "root/out2", "../outside");
    temp_tree_link(&tree, "root/out1", "../outside");
    temp_tree_link(&tree, "root/gone.jsonl", "nowhere");
    temp_tree_write(&tree, "root/same.jsonl", SPAN("4444"));
    temp_tree_link(&tree, "root/alias.jsonl", "same.jsonl");
    assert_int_equal(
        link(temp_tree_path(&tree, "root/same.jsonl"), temp_tree_path(&tree, "root/hard.jsonl")),
        0);
    const char *roots[] = {temp_tree_path(&tree, "root")};
    struct source_list *list = discover(roots, 1);
    const char *names[] = {"a-link.jsonl", "hard.jsonl", "out1/deep/other.jsonl",
                           "out1/single.jsonl"};
    expect(list, names, 4);
    assert_int_equal(list->unreadable_count, 1);
    assert_true(span_equal(list->unreadable[0].name, SPAN("gone.jsonl")));
    assert_true(span_equal(list->unreadable[0].reason, SPAN("No such file or directory")));
    source_list_free(list);
}

static void several_roots(void **state)
{
    (void)state;
    temp_tree_write(&tree, "r1/p/a.jsonl", SPAN("1"));
    temp_tree_write(&tree, "r2/p/b.jsonl", SPAN("1"));
    temp_tree_link(&tree, "r0", "r2");
    temp_tree_write(&tree, "alone/file.jsonl", SPAN("1"));
    char paths[5][300];
    snprintf(paths[0], sizeof paths[0], "%s/r0", tree.path);
    snprintf(paths[1], sizeof paths[1], "%s/r1//", tree.path);
    snprintf(paths[2], sizeof paths[2], "%s/r2", tree.path);
    snprintf(paths[3], sizeof paths[3], "%s/alone/file.jsonl", tree.path);
    snprintf(paths[4], sizeof paths[4], "%s/missing", tree.path);
    const char *roots[] = {paths[0], paths[1], paths[2], paths[3], paths[4]};
    struct source_list *list = discover(roots, 5);
    const char *names[] = {"2:p/a.jsonl", "3:p/b.jsonl", "4:file.jsonl"};
    expect(list, names, 3);
    assert_int_equal(list->items[1].root, 2);
    assert_true(span_equal(list->items[1].folder, SPAN("p")));
    assert_true(span_equal(list->items[2].folder, SPAN("alone")));
    assert_int_equal(list->unreadable_count, 1);
    assert_true(span_ends_with(list->unreadable[0].name, SPAN("/missing")));
    source_list_free(list);
    /* The link alone is followed. */
    list = discover(roots, 1);
    const char *alone[] = {"p/b.jsonl"};
    expect(list, alone, 1);
    source_list_free(list);
}

static void a_pipe_is_no_transcript(void **state)
{
    (void)state;
    temp_tree_folder(&tree, "p");
    assert_int_equal(mkfifo(temp_tree_path(&tree, "p/pipe.jsonl"), 0600), 0);
    const char *roots[] = {tree.path};
    struct source_list *list = discover(roots, 1);
    assert_int_equal(list->count, 0);
    source_list_free(list);
}

/* Wherever memory runs out: all is listed, or nothing; never is a folder called unreadable for it. */
static void want_of_memory_hides_nothing(void **state)
{
    (void)state;
    const char *roots[] = {tree.path};
    bool failed = true;
    temp_tree_write(&tree, "a/one.jsonl", SPAN("{}\n"));
    temp_tree_write(&tree, "a/b/two.jsonl", SPAN("{}\n"));
    for (unsigned n = 1; failed; n++) {
        struct source_list *list = NULL;
        scarce_once(n);
        int rc = discover_sources(roots, 1, &list, NULL);
        failed = scarce_end();
        if (rc != 0)
            continue;
        assert_int_equal(list->unreadable_count, 0);
        assert_int_equal(list->count, 2);
        source_list_free(list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(lists_transcripts_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(links_and_loops_count_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(several_roots, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_pipe_is_no_transcript, set_up, tear_down),
        cmocka_unit_test_setup_teardown(want_of_memory_hides_nothing, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
