/* A stream gives the lines that a reader gives, of many files in a row, of what shrinks, and of nothing. */
#include "file_stream.h"

#include "error.h"
#include "faulty_ring.h"
#include "ring.h"
#include "span.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FILES 60

static char folder[] = "/tmp/scrollback-stream-XXXXXX";
static char paths[FILES][64];

/* What the owner has still to give. */
struct owner {
    unsigned next;
    unsigned count;
    unsigned gap; /* every so many-th file only keeps its place; 0: none */
};

static bool claim(void *arg, const char **path)
{
    struct owner *o = arg;
    if (o->next == o->count)
        return false;
    *path = o->gap != 0 && o->next % o->gap == 1 ? NULL : paths[o->next];
    o->next++;
    return true;
}

/* Lines of every length around what the buffers hold: chunks of 256 KiB, 64 KiB before each. */
static size_t line_length(unsigned file, unsigned line)
{
    static const size_t lengths[] = {0,     1,      70,     3000,   65535,  65536,
                                     65537, 200000, 262143, 262144, 262145, 900000};
    return file % 3 == 0 ? (file * 31 + line * 17) % 500
                         : lengths[(file + line * 7) % (sizeof lengths / sizeof lengths[0])];
}

static void write_file(unsigned i)
{
    (void)snprintf(paths[i], sizeof paths[i], "%s/%02u", folder, i);
    FILE *f = fopen(paths[i], "w");
    assert_non_null(f);
    unsigned lines = i % 7 == 0 ? 0 : i % 5 == 0 ? 1 : 20;
    for (unsigned k = 0; k < lines; k++) {
        for (size_t n = line_length(i, k); n > 0; n--)
            (void)fputc('a' + (int)((n + k) % 26), f);
        if (k + 1 < lines || i % 2 == 0)
            (void)fputc('\n', f);
    }
    assert_int_equal(fclose(f), 0);
}

static struct source source_of(unsigned i)
{
    struct source s = {.path = span_of(paths[i]), .name = span_of(paths[i])};
    FILE *f = fopen(paths[i], "r");
    assert_non_null(f);
    assert_int_equal(fseek(f, 0, SEEK_END), 0);
    s.size = (uint64_t)ftell(f);
    (void)fclose(f);
    return s;
}

/* All bytes of a file by the reader, and whether its last block was unterminated. */
static char *read_plainly(unsigned i, size_t *size, bool *unterminated)
{
    struct source s = source_of(i);
    struct reader *r;
    struct error err = {0};
    struct block b;
    char *all = malloc(s.size + 1);
    *size = 0;
    *unterminated = false;
    assert_int_equal(reader_new(&r), 0);
    assert_int_equal(reader_open(r, &s, 0, s.size, &err), 0);
    while (reader_next(r, &b, &err) == 1) {
        memcpy(all + *size, b.ptr, b.len);
        *size += b.len;
        *unterminated = b.unterminated;
    }
    reader_free(r);
    return all;
}

static void expect_file(struct file_stream *st, unsigned i)
{
    struct block b;
    struct error err = {0};
    size_t size, at = 0;
    bool unterminated, last = false;
    char *all = read_plainly(i, &size, &unterminated);
    assert_non_null(file_stream_stamp(st));
    assert_true(file_stream_stamp(st)->size == size);
    while (file_stream_next(st, &b, &err) == 1) {
        (void)faulty_ring_write_late(); /* where a test has broken the ring */
        assert_true(b.len > 0 && b.offset == at && at + b.len <= size);
        assert_memory_equal(b.ptr, all + at, b.len);
        assert_true(b.unterminated || b.ptr[b.len - 1] == '\n');
        assert_false(last); /* nothing follows an unterminated line */
        last = b.unterminated;
        at += b.len;
        memset(b.ptr, '?', b.len); /* the owner may write into it */
    }
    assert_true(at == size && last == unterminated);
    assert_int_equal(file_stream_next(st, &b, &err), 0);
    free(all);
}

static struct file_stream *open_stream(struct owner *o)
{
    struct file_stream *st = NULL;
    if (!ring_works())
        skip();
    assert_int_equal(file_stream_new(claim, o, &st), 0);
    return st;
}

static void test_reads_what_a_reader_reads(void **state)
{
    (void)state;
    struct owner o = {.count = FILES};
    struct file_stream *st = open_stream(&o);
    for (unsigned i = 0; i < FILES; i++) {
        assert_true(file_stream_advance(st));
        expect_file(st, i);
    }
    assert_false(file_stream_advance(st));
    assert_false(file_stream_advance(st));
    file_stream_free(st);
}

static void test_leaves_out_what_nobody_wants(void **state)
{
    (void)state;
    struct owner o = {.count = FILES, .gap = 6};
    struct file_stream *st = open_stream(&o);
    struct block b;
    struct error err = {0};
    for (unsigned i = 0; i < FILES; i++) {
        assert_true(file_stream_advance(st));
        assert_true((file_stream_stamp(st) == NULL) == (i % 6 == 1));
        if (i % 6 == 2)
            (void)file_stream_next(st, &b, &err);
        else if (i % 6 > 2)
            expect_file(st, i);
    }
    assert_false(file_stream_advance(st));
    file_stream_free(st);
}

static void test_claims_no_more_than_it_can_use(void **state)
{
    (void)state;
    struct owner o = {.count = FILES, .gap = 6};
    struct file_stream *st = open_stream(&o);
    assert_true(file_stream_advance(st));
    assert_true(file_stream_advance(st)); /* a gap: what is behind it may be another's */
    assert_true(file_stream_stamp(st) == NULL && o.next == 2);
    file_stream_free(st);
}

static void test_a_file_that_shrinks_ends_early(void **state)
{
    (void)state;
    struct owner o = {.next = 4, .count = 6};
    struct file_stream *st = open_stream(&o);
    struct block b;
    struct error err = {0};
    size_t size = source_of(4).size, seen = 0;
    assert_true(file_stream_advance(st));
    assert_true(file_stream_stamp(st)->size == size && size > (1u << 20));
    assert_int_equal(truncate(paths[4], 700), 0);
    while (file_stream_next(st, &b, &err) == 1)
        seen += b.len;
    assert_int_equal(err.code, ERROR_NONE);
    assert_true(seen < size);
    write_file(4);
    assert_true(file_stream_advance(st));
    expect_file(st, 5);
    file_stream_free(st);
}

static void test_tells_what_cannot_be_opened(void **state)
{
    (void)state;
    struct owner o = {.count = 3};
    struct file_stream *st;
    assert_int_equal(unlink(paths[1]), 0);
    st = open_stream(&o);
    assert_true(file_stream_advance(st));
    expect_file(st, 0);
    assert_true(file_stream_advance(st));
    assert_null(file_stream_stamp(st));
    assert_true(file_stream_advance(st));
    expect_file(st, 2);
    file_stream_free(st);
    write_file(1);
}

/* Kernels that do not read from files opened with O_NONBLOCK, or not by io_uring: pread(2) does. */
static void test_reads_what_the_ring_refuses(void **state)
{
    static const int numbers[] = {EAGAIN, EOPNOTSUPP, EINTR, EIO};
    (void)state;
    for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) {
        struct owner o = {.count = FILES};
        struct file_stream *st = open_stream(&o);
        faulty_ring_refuse(numbers[k]);
        for (unsigned i = 0; i < FILES; i++) {
            assert_true(file_stream_advance(st));
            expect_file(st, i);
        }
        file_stream_free(st);
        faulty_ring_refuse(0);
    }
}

/* What the kernel still has under way when a ring breaks it may write at any time later. */
static void test_a_broken_ring_writes_late(void **state)
{
    static const unsigned after[] = {1, 2, 7, 30};
    unsigned late = 0;
    (void)state;
    for (size_t k = 0; k < sizeof after / sizeof after[0]; k++) {
        struct owner o = {.count = FILES};
        struct file_stream *st = open_stream(&o);
        faulty_ring_break(after[k]);
        for (unsigned i = 0; i < FILES; i++) {
            assert_true(file_stream_advance(st));
            expect_file(st, i);
        }
        late += faulty_ring_write_late();
        faulty_ring_break(0);
        file_stream_free(st);
    }
    assert_true(late > 0);
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    for (unsigned i = 0; i < FILES; i++)
        write_file(i);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FILES; i++)
        (void)unlink(paths[i]);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_what_a_reader_reads),
        cmocka_unit_test(test_leaves_out_what_nobody_wants),
        cmocka_unit_test(test_claims_no_more_than_it_can_use),
        cmocka_unit_test(test_a_file_that_shrinks_ends_early),
        cmocka_unit_test(test_tells_what_cannot_be_opened),
        cmocka_unit_test(test_reads_what_the_ring_refuses),
        cmocka_unit_test(test_a_broken_ring_writes_late),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
