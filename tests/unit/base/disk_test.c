#include "disk.h"

#include "temp_tree.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void test_files_and_folders(void **state)
{
    (void)state;
    struct temp_tree tree;
    temp_tree_make(&tree);
    temp_tree_write(&tree, "file", (struct span){"x", 1});
    assert_int_equal(disk_sync(temp_tree_path(&tree, "file")), 0);
    assert_int_equal(disk_sync(tree.path), 0);
    assert_int_equal(disk_sync(temp_tree_path(&tree, "missing")), -1);
    assert_int_equal(errno, ENOENT);
    temp_tree_remove(&tree);
}

/* What cannot be synced says so, and the reason outlives the close. */
static void test_what_is_no_disk(void **state)
{
    (void)state;
    assert_int_equal(disk_sync("/dev/null"), -1);
    assert_int_equal(errno, EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files_and_folders),
        cmocka_unit_test(test_what_is_no_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
