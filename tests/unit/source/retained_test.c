#include "retained.h"

#include "buf.h"
#include "discover.h"
#include "reader.h"
#include "scarce.h"
#include "span.h"
#include "temp_tree.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* Transcripts below root/, the store below kept/. */
struct fixture {
    struct temp_tree tree;
    char root[300];
    char store[300];
    const char *roots[1];
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    temp_tree_make(&f->tree);
    (void)snprintf(f->root, sizeof f->root, "%s/root", f->tree.path);
    (void)snprintf(f->store, sizeof f->store, "%s/kept/deep", f->tree.path);
    f->roots[0] = f->root;
    temp_tree_write(&f->tree, "root/p/a.jsonl", SPAN("{\"type\":\"user\"}\nsecond\0line\nlast"));
    temp_tree_write(&f->tree, "root/p/b.jsonl", SPAN("{}\n"));
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    temp_tree_remove(&f->tree);
    free(f);
    return 0;
}

static struct source_list *list(const struct fixture *f)
{
    struct source_list *out;
    assert_int_equal(discover_sources(f->roots, 1, &out, NULL), 0);
    assert_int_equal(retained_list(f->store, f->roots, 1, out), 0);
    return out;
}

/* Put ${name} away and delete it. */
static void keep(const struct fixture *f, const char *name)
{
    struct source_list *l = list(f);
    const struct source *s = source_find(l, span_of(name));
    struct error err = {0};
    assert_non_null(s);
    int fd = open(s->path.ptr, O_RDONLY);
    assert_int_equal(unlink(s->path.ptr), 0);
    assert_int_equal(retained_keep(f->store, s, fd, &err), 0);
    close(fd);
    source_list_free(l);
}

static void assert_bytes(const struct source *s, struct span expected)
{
    struct reader *r;
    struct block b;
    struct buf all;
    struct error err = {0};
    int rc;
    buf_init(&all);
    assert_int_equal(reader_new(&r), 0);
    assert_int_equal(reader_open(r, s, 0, s->size, &err), 0);
    while ((rc = reader_next(r, &b, &err)) == 1)
        buf_append(&all, b.ptr, b.len);
    assert_int_equal(rc, 0);
    assert_true(span_equal(buf_span(&all), expected));
    reader_free(r);
    buf_clear(&all);
}

static void test_kept_and_read_again(void **state)
{
    struct fixture *f = *state;
    struct source_list *l = list(f);
    int64_t mtime = source_find(l, SPAN("p/a.jsonl"))->mtime_ns;
    source_list_free(l);
    keep(f, "p/a.jsonl");
    l = list(f);
    assert_int_equal(l->count, 2);
    const struct source *s = source_find(l, SPAN("p/a.jsonl"));
    assert_non_null(s);
    assert_true(s->is_retained);
    assert_int_equal(s->id, 0);
    assert_int_equal(s->mtime_ns, mtime);
    assert_true(span_equal(s->stem, SPAN("a")));
    assert_true(span_equal(s->folder, SPAN("p")));
    assert_bytes(s, SPAN("{\"type\":\"user\"}\nsecond\0line\nlast"));
    assert_false(source_find(l, SPAN("p/b.jsonl"))->is_retained);
    source_list_free(l);
}

static void test_a_living_file_hides_the_kept_one(void **state)
{
    struct fixture *f = *state;
    keep(f, "p/a.jsonl");
    temp_tree_write(&f->tree, "root/p/a.jsonl", SPAN("new\n"));
    struct source_list *l = list(f);
    assert_int_equal(l->count, 2);
    assert_false(source_find(l, SPAN("p/a.jsonl"))->is_retained);
    source_list_free(l);
    keep(f, "p/a.jsonl"); /* deleted again: the later one is shown */
    l = list(f);
    assert_int_equal(l->count, 2);
    assert_bytes(source_find(l, SPAN("p/a.jsonl")), SPAN("new\n"));
    source_list_free(l);
}

static void test_damage_is_reported(void **state)
{
    struct fixture *f = *state;
    keep(f, "p/a.jsonl");
    struct source_list *l = list(f);
    char path[600];
    (void)snprintf(path, sizeof path, "%s", source_find(l, SPAN("p/a.jsonl"))->path.ptr);
    source_list_free(l);
    int fd = open(path, O_RDWR);
    off_t size = lseek(fd, 0, SEEK_END);
    for (off_t at = 0; at < size; at++) {
        char was, other;
        assert_int_equal(pread(fd, &was, 1, at), 1);
        other = (char)(was ^ 0x20);
        assert_int_equal(pwrite(fd, &other, 1, at), 1);
        l = list(f);
        assert_int_equal(l->count + l->unreadable_count, 2);
        const struct source *s = source_find(l, SPAN("p/a.jsonl"));
        int opened = s == NULL ? -1 : retained_open(s->path.ptr);
        if (opened >= 0)
            close(opened);
        source_list_free(l);
        assert_int_equal(pwrite(fd, &was, 1, at), 1);
    }
    assert_int_equal(ftruncate(fd, size / 2), 0);
    close(fd);
    assert_int_equal(retained_open(path), -1);
}

/* Where there is no memory for it, what is kept is as good as it was. */
static void test_want_of_memory_is_no_damage(void **state)
{
    struct fixture *f = *state;
    keep(f, "p/a.jsonl");
    struct source_list *l = list(f);
    const struct source *s = source_find(l, SPAN("p/a.jsonl"));
    struct reader *r;
    assert_int_equal(reader_new(&r), 0);
    for (unsigned n = 1;; n++) {
        struct error err = {0};
        scarce_once(n);
        int rc = reader_open(r, s, 0, s->size, &err);
        if (!scarce_end())
            break;
        assert_int_equal(rc, -1);
        assert_int_equal(err.code, ERROR_NO_MEMORY);
    }
    reader_free(r);
    for (unsigned n = 1;; n++) {
        struct source_list *again;
        assert_int_equal(discover_sources(f->roots, 1, &again, NULL), 0);
        scarce_once(n);
        int rc = retained_list(f->store, f->roots, 1, again);
        bool failed = scarce_end();
        if (rc == 0) {
            assert_int_equal(again->unreadable_count, 0);
            assert_int_equal(again->count, 2);
        }
        source_list_free(again);
        if (!failed)
            break;
    }
    source_list_free(l);
}

/* What the place for the unpacked bytes refuses is no damage either. */
static void test_the_reason_is_told(void **state)
{
    struct fixture *f = *state;
    struct rlimit old, few;
    keep(f, "p/a.jsonl");
    struct source_list *l = list(f);
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    few = (struct rlimit){0, old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
    int fd = retained_open(source_find(l, SPAN("p/a.jsonl"))->path.ptr), error = errno;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_int_equal(fd, -1);
    assert_int_equal(error, EFBIG);
    source_list_free(l);
}

/* Nor where there are no descriptors, be it for the folder or for what is in it. */
static void test_want_of_descriptors_is_no_damage(void **state)
{
    struct fixture *f = *state;
    struct rlimit all, few;
    keep(f, "p/a.jsonl");
    int lowest = dup(0); /* all below are taken */
    assert_true(lowest >= 0);
    close(lowest);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &all), 0);
    few = all;
    for (unsigned left = 0; left < 4; left++) {
        struct source_list *l;
        assert_int_equal(discover_sources(f->roots, 1, &l, NULL), 0);
        few.rlim_cur = (rlim_t)lowest + left;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
        int rc = retained_list(f->store, f->roots, 1, l);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &all), 0);
        assert_int_equal(rc, left < 2 ? -1 : 0);
        assert_int_equal(l->count + l->unreadable_count, left < 2 ? 1 : 2);
        source_list_free(l);
    }
}

/* A store that is none is told of; only one that is not there holds nothing. */
static void test_a_store_that_cannot_be_listed(void **state)
{
    struct fixture *f = *state;
    struct source_list *l;
    temp_tree_write(&f->tree, "kept/deep", SPAN("no folder"));
    assert_int_equal(discover_sources(f->roots, 1, &l, NULL), 0);
    assert_int_equal(retained_list(f->store, f->roots, 1, l), 0);
    assert_int_equal(l->count, 2);
    assert_int_equal(l->unreadable_count, 1);
    assert_true(span_equal(l->unreadable[0].name, span_of(f->store)));
    assert_true(span_equal(l->unreadable[0].reason, SPAN("Not a directory")));
    source_list_free(l);
}

/* What killed writers left goes with the next one, what others write at this moment stays. */
static void test_leftovers_are_removed(void **state)
{
    struct fixture *f = *state;
    struct timespec old[2] = {{.tv_sec = 1700000000}, {.tv_sec = 1700000000}};
    char left[400];
    keep(f, "p/a.jsonl");
    temp_tree_write(&f->tree, "kept/deep/tmp-left", SPAN("half"));
    temp_tree_write(&f->tree, "kept/deep/tmp-now", SPAN("half"));
    (void)snprintf(left, sizeof left, "%s/tmp-left", f->store);
    assert_int_equal(utimensat(AT_FDCWD, left, old, 0), 0);
    keep(f, "p/b.jsonl");
    assert_int_equal(access(left, F_OK), -1);
    (void)snprintf(left, sizeof left, "%s/tmp-now", f->store);
    assert_int_equal(access(left, F_OK), 0);
    struct source_list *l = list(f);
    assert_int_equal(l->count, 2);
    assert_int_equal(l->unreadable_count, 0);
    source_list_free(l);
}

static void test_no_store_is_no_trouble(void **state)
{
    struct fixture *f = *state;
    struct source_list *l = list(f);
    assert_int_equal(l->count, 2);
    assert_int_equal(l->unreadable_count, 0);
    source_list_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_kept_and_read_again, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_living_file_hides_the_kept_one, setup, teardown),
        cmocka_unit_test_setup_teardown(test_damage_is_reported, setup, teardown),
        cmocka_unit_test_setup_teardown(test_want_of_memory_is_no_damage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_reason_is_told, setup, teardown),
        cmocka_unit_test_setup_teardown(test_want_of_descriptors_is_no_damage, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_store_that_cannot_be_listed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_leftovers_are_removed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_store_is_no_trouble, setup, teardown),
    };
    return cmocka_run_group_tests_name("retained", tests, NULL, NULL);
}
