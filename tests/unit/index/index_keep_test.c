/* With --retain: a transcript that was deleted is not lost, whatever is lacking when it is to be put away. */
#include "index.h"

#include "child.h"
#include "index_place.h"
#include "span.h"

#include <fcntl.h>
#include <glob.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cmocka.h>

static void remove_file(const struct index_place *p, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", p->root, name);
    assert_int_equal(unlink(path), 0);
}

/* Leave so many descriptors to the process; returns the limit that held before. */
static rlim_t leave_descriptors(unsigned n)
{
    struct rlimit limit;
    int lowest = dup(0); /* all below are taken */
    if (lowest < 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0)
        _exit(9);
    close(lowest);
    rlim_t old = limit.rlim_cur;
    limit.rlim_cur = (rlim_t)lowest + n;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        _exit(9);
    return old;
}

static void give_descriptors(rlim_t n)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        _exit(9);
    limit.rlim_cur = n;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        _exit(9);
}

/* One descriptor is enough to see that a transcript is gone, but not to keep it. */
static int keep_with_one_descriptor(void *arg)
{
    struct index_place *p = arg;
    struct snapshot *s;
    struct index *ix = index_place_start(p, NULL);
    if (index_place_count(ix, "hello") != 50)
        return 9;
    rlim_t old = leave_descriptors(1);
    remove_file(p, "one.jsonl");
    if (index_refresh(ix, &s, NULL) == 0)
        return 1;
    give_descriptors(old);
    if (index_place_count(ix, "hello") != 50)
        return 2;
    index_close(ix);
    return p->warnings == 0 ? 0 : 3;
}

/* Nor is it enough to see what was kept, which is no less kept for that. */
static int look_with_one_descriptor(void *arg)
{
    struct index_place *p = arg;
    struct snapshot *s;
    struct index *ix = index_place_start(p, NULL);
    remove_file(p, "one.jsonl");
    if (index_place_count(ix, "hello") != 50)
        return 9;
    rlim_t old = leave_descriptors(1);
    index_place_say(p, "three.jsonl", 100);
    if (index_refresh(ix, &s, NULL) == 0)
        return 1;
    give_descriptors(old);
    if (index_place_count(ix, "hello") != 51)
        return 2;
    index_close(ix);
    return p->warnings == 0 ? 0 : 3;
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    (void)signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0)
        _exit(9);
    limit.rlim_cur = bytes;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        _exit(9);
}

/* What there is no room for is kept as soon as there is; two files, one warning. */
static int keep_on_a_full_disk(void *arg)
{
    struct index_place *p = arg;
    struct index *ix = index_place_start(p, NULL);
    index_place_say(p, "three.jsonl", 100);
    if (index_place_count(ix, "hello") != 51)
        return 9;
    (void)alarm(60);
    limit_files(100);
    remove_file(p, "one.jsonl");
    remove_file(p, "two.jsonl");
    if (index_place_count(ix, "hello") != 1)
        return 1;
    limit_files(RLIM_INFINITY);
    while (index_place_count(ix, "hello") != 51)
        usleep(10000);
    limit_files(100);
    remove_file(p, "three.jsonl");
    if (index_place_count(ix, "hello") != 50 || p->warnings != 2)
        return 2;
    limit_files(RLIM_INFINITY);
    index_close(ix);
    ix = index_place_start(p, NULL);
    if (index_place_count(ix, "hello") != 51) /* it was kept at the end */
        return 3;
    index_close(ix);
    return p->warnings == 2 ? 0 : 4;
}

static void retain_in_a_child(struct index_place *p, int (*run)(void *))
{
    char data[128];
    (void)snprintf(data, sizeof data, "%s/data", p->top);
    p->data = data;
    assert_int_equal(child_run(run, p), 0);
}

static void test_nothing_is_lost_for_want_of_descriptors(void **state)
{
    retain_in_a_child(*state, keep_with_one_descriptor);
}

static void test_nothing_vanishes_for_want_of_descriptors(void **state)
{
    retain_in_a_child(*state, look_with_one_descriptor);
}

static void test_nothing_is_lost_on_a_full_disk(void **state)
{
    retain_in_a_child(*state, keep_on_a_full_disk);
}

/* Turn over the last byte of the one file that is kept: what was packed does not come out of it, or does again. */
static void spoil(const struct index_place *p)
{
    char pattern[300], byte;
    glob_t found;
    (void)snprintf(pattern, sizeof pattern, "%s/retained-*/*.kept", p->data);
    assert_int_equal(glob(pattern, 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, 1);
    int fd = open(found.gl_pathv[0], O_RDWR);
    off_t last = lseek(fd, 0, SEEK_END) - 30;
    assert_int_equal(pread(fd, &byte, 1, last), 1);
    byte = (char)~byte;
    assert_int_equal(pwrite(fd, &byte, 1, last), 1);
    close(fd);
    globfree(&found);
}

/* While the index runs, and from one run to the next. */
static void test_what_could_not_be_read_is_read_later(void **state)
{
    struct index_place *p = *state;
    char data[128];
    (void)snprintf(data, sizeof data, "%s/data", p->top);
    p->data = data;
    struct index *ix = index_place_start(p, NULL);
    remove_file(p, "one.jsonl");
    assert_int_equal(index_place_count(ix, "hello"), 50);
    index_close(ix);
    spoil(p);
    ix = index_place_start(p, NULL);
    assert_int_equal(index_place_count(ix, "hello"), 25);
    spoil(p);
    index_place_say(p, "three.jsonl", 100); /* has everything looked at */
    assert_int_equal(index_place_count(ix, "hello"), 51);
    index_close(ix);
    spoil(p);
    ix = index_place_start(p, p->cache);
    assert_int_equal(index_place_count(ix, "hello"), 26);
    assert_int_equal(index_save(ix), 0);
    index_close(ix);
    spoil(p);
    ix = index_place_start(p, p->cache);
    assert_int_equal(index_place_count(ix, "hello"), 51);
    index_close(ix);
    assert_true(p->from_cache);
}

/* The saved index knows what was kept first, the store what was kept of that name later: as after a crash. */
static void test_what_was_kept_later_is_read(void **state)
{
    struct index_place *p = *state;
    char data[128];
    (void)snprintf(data, sizeof data, "%s/data", p->top);
    p->data = data;
    struct index *ix = index_place_start(p, p->cache);
    remove_file(p, "one.jsonl");
    assert_int_equal(index_place_count(ix, "hello"), 50);
    assert_int_equal(index_save(ix), 0);
    index_close(ix);
    ix = index_place_start(p, NULL);
    index_place_say(p, "one.jsonl", 100);
    assert_int_equal(index_place_count(ix, "hello"), 26);
    remove_file(p, "one.jsonl");
    assert_int_equal(index_place_count(ix, "hello"), 26);
    index_close(ix);
    ix = index_place_start(p, p->cache);
    assert_int_equal(index_place_count(ix, "hello"), 26);
    assert_int_equal(index_place_count(ix, "number100"), 1);
    index_close(ix);
    assert_true(p->from_cache);
    assert_int_equal(p->warnings, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, index_place_setup, index_place_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_nothing_is_lost_for_want_of_descriptors),
        TEST(test_nothing_vanishes_for_want_of_descriptors),
        TEST(test_nothing_is_lost_on_a_full_disk),
        TEST(test_what_was_kept_later_is_read),
        TEST(test_what_could_not_be_read_is_read_later),
    };
    return cmocka_run_group_tests_name("index_keep", tests, NULL, NULL);
}
