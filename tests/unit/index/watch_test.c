#include "watch.h"

#include "child.h"
#include "discover.h"
#include "scarce.h"
#include "span.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* A tree of files with a watch on it. */
struct tree {
    char root[64];
    const char *roots[1];
    struct watch *watch;
    char told[8][128]; /* paths below the root */
    int count;
};

static void path_of(const struct tree *t, const char *name, char out[256])
{
    (void)snprintf(out, 256, "%s/%s", t->root, name);
}

static void add_to(const struct tree *t, const char *name)
{
    char path[256];
    path_of(t, name, path);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "x\n", 2), 2);
    close(fd);
}

static void make_folder(const struct tree *t, const char *name)
{
    char path[256];
    path_of(t, name, path);
    assert_int_equal(mkdir(path, 0700), 0);
}

static void told(void *arg, struct span path)
{
    struct tree *t = arg;
    size_t root = strlen(t->root) + 1;
    if (t->count < 8)
        (void)snprintf(t->told[t->count], sizeof t->told[0], "%.*s", (int)(path.len - root),
                       path.ptr + root);
    t->count++;
}

static bool drain(struct tree *t)
{
    t->count = 0;
    return watch_drain(t->watch, told, t);
}

static void walk(struct tree *t)
{
    struct source_list *list;
    assert_int_equal(watch_walk(t->watch), 0);
    assert_int_equal(discover_sources(t->roots, 1, &list, NULL), 0);
    assert_int_equal(watch_sources(t->watch, list), 0);
    source_list_free(list);
    (void)drain(t);
}

static int setup(void **state)
{
    struct tree *t = calloc(1, sizeof *t);
    (void)snprintf(t->root, sizeof t->root, "/tmp/watch_test-XXXXXX");
    assert_non_null(mkdtemp(t->root));
    t->roots[0] = t->root;
    make_folder(t, "a");
    make_folder(t, "a/b");
    add_to(t, "a/one.jsonl");
    add_to(t, "a/b/two.jsonl");
    add_to(t, "a/notes.txt");
    assert_int_equal(watch_new(t->roots, 1, &t->watch), 0);
    walk(t);
    *state = t;
    return 0;
}

static int teardown(void **state)
{
    struct tree *t = *state;
    char command[128];
    watch_free(t->watch);
    (void)snprintf(command, sizeof command, "rm -rf %s", t->root);
    int rc = system(command);
    free(t);
    return rc;
}

static void test_a_write_names_its_file(void **state)
{
    struct tree *t = *state;
    if (watch_blind(t->watch) != NULL)
        skip();
    assert_false(drain(t));
    assert_int_equal(t->count, 0);
    add_to(t, "a/b/two.jsonl");
    assert_false(drain(t));
    assert_true(t->count > 0);
    assert_string_equal(t->told[0], "a/b/two.jsonl");
    assert_false(drain(t));
    assert_int_equal(t->count, 0);
    add_to(t, "a/notes.txt");
    assert_false(drain(t));
    assert_int_equal(t->count, 0);
}

static void test_what_changes_the_list(void **state)
{
    struct tree *t = *state;
    char from[256], to[256];
    if (watch_blind(t->watch) != NULL)
        skip();
    add_to(t, "a/new.jsonl");
    assert_true(drain(t));
    make_folder(t, "a/b/c");
    assert_true(drain(t));
    walk(t);
    add_to(t, "a/b/c/three.jsonl");
    assert_true(drain(t));
    path_of(t, "a/b", from);
    path_of(t, "a/moved", to);
    assert_int_equal(rename(from, to), 0);
    assert_true(drain(t));
    walk(t);
    add_to(t, "a/moved/two.jsonl");
    assert_false(drain(t));
    assert_string_equal(t->told[0], "a/moved/two.jsonl");
    path_of(t, "a/one.jsonl", from);
    assert_int_equal(unlink(from), 0);
    assert_true(drain(t));
    add_to(t, "a/other.txt");
    assert_false(drain(t));
}

static void test_links(void **state)
{
    struct tree *t = *state;
    char link[256], outside[] = "/tmp/watch_test_out-XXXXXX", file[64];
    if (watch_blind(t->watch) != NULL)
        skip();
    assert_non_null(mkdtemp(outside));
    path_of(t, "linked", link);
    assert_int_equal(symlink(outside, link), 0);
    assert_true(drain(t));
    walk(t);
    add_to(t, "linked/far.jsonl");
    assert_true(drain(t));
    walk(t);
    (void)snprintf(file, sizeof file, "%s/far.jsonl", outside);
    int fd = open(file, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, "y", 1), 1);
    close(fd);
    assert_false(drain(t));
    assert_string_equal(t->told[0], "linked/far.jsonl");
    assert_int_equal(unlink(link), 0);
    assert_true(drain(t));
    unlink(file);
    rmdir(outside);
}

static void test_a_root_that_appears_and_goes(void **state)
{
    struct tree *t = *state;
    char moved[96];
    if (watch_blind(t->watch) != NULL)
        skip();
    (void)snprintf(moved, sizeof moved, "%s-moved", t->root);
    assert_int_equal(rename(t->root, moved), 0);
    assert_true(drain(t));
    assert_int_equal(watch_walk(t->watch), 0);
    (void)drain(t);
    assert_false(drain(t));
    assert_int_equal(rename(moved, t->root), 0);
    assert_true(drain(t));
    walk(t);
    assert_false(drain(t));
    add_to(t, "a/one.jsonl");
    assert_false(drain(t));
    assert_string_equal(t->told[0], "a/one.jsonl");
}

static void test_a_flood_means_everything(void **state)
{
    struct tree *t = *state;
    FILE *f = fopen("/proc/sys/fs/inotify/max_queued_events", "r");
    long most = 0;
    if (watch_blind(t->watch) != NULL || f == NULL || fscanf(f, "%ld", &most) != 1 || most > 100000)
        skip();
    fclose(f);
    /* Equal events in a row are merged, so two files take turns. */
    for (long i = 0; i <= most; i++)
        add_to(t, i % 2 ? "a/one.jsonl" : "a/b/two.jsonl");
    assert_true(drain(t));
    walk(t);
    assert_false(drain(t));
}

/* Whether it is told that ${path}, which may not be read at first, may be later. */
static bool is_permission_told(struct tree *t, const char *path)
{
    if (chmod(path, 0) != 0 || watch_new(t->roots, 1, &t->watch) != 0)
        return false;
    bool ok = watch_walk(t->watch) == 0 && !drain(t) && chmod(path, 0700) == 0 && drain(t) &&
              watch_walk(t->watch) == 0;
    (void)drain(t);
    ok = ok && !drain(t);
    watch_free(t->watch);
    return ok;
}

/* As somebody whom permissions stop. */
static int be_refused(void *arg)
{
    struct tree *t = arg;
    char outside[] = "/tmp/watch_test_out-XXXXXX", file[64], link[256];
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
        return 9;
    if (!is_permission_told(t, t->root))
        return 1;
    if (mkdtemp(outside) == NULL)
        return 9;
    (void)snprintf(file, sizeof file, "%s/far.jsonl", outside);
    path_of(t, "linked", link);
    int fd = open(file, O_WRONLY | O_CREAT, 0600);
    int rc = fd < 0 || close(fd) != 0 || symlink(outside, link) != 0 ? 9 : 0;
    if (rc == 0 && !is_permission_told(t, outside))
        rc = 2;
    unlink(link);
    if (rc == 0 && (symlink(file, link) != 0 || !is_permission_told(t, file)))
        rc = 3;
    unlink(link);
    unlink(file);
    rmdir(outside);
    return rc;
}

static void test_a_permission_is_told(void **state)
{
    struct tree *t = *state;
    if (watch_blind(t->watch) != NULL)
        skip();
    if (geteuid() == 0)
        assert_int_equal(chown(t->root, 65534, 65534), 0);
    assert_int_equal(child_run(be_refused, t), 0);
}

/* A walk that could not look everywhere for want of memory fails, or knows that it is blind. */
static void test_want_of_memory_is_told(void **state)
{
    struct tree *t = *state;
    bool failed = true;
    if (watch_blind(t->watch) != NULL)
        skip();
    for (unsigned n = 1; failed; n++) {
        scarce_once(n);
        int rc = watch_walk(t->watch);
        failed = scarce_end();
        assert_true(!failed || rc != 0 || watch_blind(t->watch) != NULL);
    }
    assert_null(watch_blind(t->watch));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_write_names_its_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_changes_the_list, setup, teardown),
        cmocka_unit_test_setup_teardown(test_links, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_root_that_appears_and_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_flood_means_everything, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_permission_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_want_of_memory_is_told, setup, teardown),
    };
    return cmocka_run_group_tests_name("watch", tests, NULL, NULL);
}
