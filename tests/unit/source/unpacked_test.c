/* However often a retained file is opened, it is unpacked once for all who hold it. */
#include "unpacked.h"

#include "buf.h"
#include "discover.h"
#include "error.h"
#include "reader.h"
#include "retained.h"
#include "span.h"
#include "temp_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define LINES 1000

static struct temp_tree tree;
static struct source_list *list;
static const struct source *kept;
static char store[300];

static int set_up(void **state)
{
    struct buf b;
    struct error err = {0};
    const char *root;
    (void)state;
    temp_tree_make(&tree);
    buf_init(&b);
    for (unsigned i = 0; i < LINES; i++)
        buf_printf(&b, "{\"line\":%u}\n", i);
    temp_tree_write(&tree, "root/p/a.jsonl", buf_span(&b));
    buf_clear(&b);
    (void)snprintf(store, sizeof store, "%s", temp_tree_path(&tree, "store"));
    root = temp_tree_path(&tree, "root");
    assert_int_equal(discover_sources(&root, 1, &list, &err), 0);
    int fd = open(list->items[0].path.ptr, O_RDONLY | O_CLOEXEC);
    assert_int_equal(retained_keep(store, &list->items[0], fd, &err), 0);
    close(fd);
    assert_int_equal(unlink(list->items[0].path.ptr), 0);
    source_list_free(list);
    assert_int_equal(discover_sources(&root, 1, &list, &err), 0);
    assert_int_equal(retained_list(store, &root, 1, list), 0);
    assert_int_equal(list->count, 1);
    kept = &list->items[0];
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    source_list_free(list);
    temp_tree_remove(&tree);
    return 0;
}

/* The file behind a descriptor: two unpacked for themselves have two. */
static ino_t inode_of(const struct unpacked *u)
{
    struct stat st;
    assert_int_equal(fstat(unpacked_fd(u), &st), 0);
    assert_int_equal(st.st_size, kept->size);
    return st.st_ino;
}

static void test_readers_share_a_copy(void **state)
{
    (void)state;
    struct unpacked *a, *b, *c;
    assert_int_equal(unpacked_get(kept, &a), 0);
    assert_int_equal(unpacked_get(kept, &b), 0);
    assert_true(inode_of(a) == inode_of(b));
    assert_true(unpacked_is(a, kept));
    unpacked_put(a);
    assert_int_equal(unpacked_get(kept, &c), 0);
    assert_true(inode_of(b) == inode_of(c));
    unpacked_put(b);
    unpacked_put(c);
    struct source other = *kept;
    other.mtime_ns++;
    assert_int_equal(unpacked_get(kept, &a), 0);
    assert_false(unpacked_is(a, &other));
    assert_int_equal(unpacked_get(&other, &b), 0);
    assert_false(inode_of(a) == inode_of(b));
    unpacked_put(a);
    unpacked_put(b);
}

/* Range by range with one reader: the packed file is looked at once, so that it may even be gone. */
static void test_ranges_are_read_from_one_copy(void **state)
{
    (void)state;
    struct reader *r;
    struct block b;
    struct error err = {0};
    char aside[320];
    uint64_t lines = 0;
    (void)snprintf(aside, sizeof aside, "%s.aside", store);
    assert_int_equal(reader_new(&r), 0);
    assert_int_equal(reader_open(r, kept, 0, 1, &err), 0);
    assert_int_equal(rename(store, aside), 0);
    for (uint64_t at = 0; at < kept->size; at += 100) {
        assert_int_equal(reader_open(r, kept, at, at + 100, &err), 0);
        while (reader_next(r, &b, &err) == 1)
            for (size_t i = 0; i < b.len; i++)
                lines += b.ptr[i] == '\n';
    }
    assert_int_equal(lines, LINES);
    reader_free(r);
    struct unpacked *u;
    assert_int_equal(unpacked_get(kept, &u), -1); /* it went with its reader */
    assert_int_equal(errno, ENOENT);
    assert_int_equal(rename(aside, store), 0);
    assert_int_equal(unpacked_get(kept, &u), 0); /* and a failure is not remembered */
    unpacked_put(u);
}

static void *get_and_put(void *arg)
{
    bool *ok = arg;
    *ok = true;
    for (int i = 0; i < 200; i++) {
        struct unpacked *u;
        char first = '\0';
        if (unpacked_get(kept, &u) != 0) {
            *ok = false;
            break;
        }
        *ok &= pread(unpacked_fd(u), &first, 1, 0) == 1 && first == '{';
        unpacked_put(u);
    }
    return NULL;
}

static void test_many_threads(void **state)
{
    enum { THREADS = 4 };
    pthread_t thread[THREADS];
    bool ok[THREADS];
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&thread[i], NULL, get_and_put, &ok[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_true(ok[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_readers_share_a_copy),
        cmocka_unit_test(test_ranges_are_read_from_one_copy),
        cmocka_unit_test(test_many_threads),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
