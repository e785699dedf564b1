#include "segment.h"

#include "segment_builder.h"
#include "span.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

/* A message with everything in it, which ${n} varies. */
struct sample {
    struct message m;
    char text[200];
    char uuid[64];
    struct span tools[2];
    struct span files[1];
    struct span ids[1];
};

static void make(struct sample *s, unsigned n)
{
    memset(s, 0, sizeof *s);
    (void)snprintf(s->text, sizeof s->text, "text number %u with some words", n);
    (void)snprintf(s->uuid, sizeof s->uuid, "%08x-1111-2222-3333-%012x", n, n * 7);
    if (n % 5 == 0)
        (void)snprintf(s->uuid, sizeof s->uuid, "ODD-%u", n);
    s->tools[0] = SPAN("Bash");
    s->tools[1] = SPAN("");
    s->files[0] = SPAN("/a/b\0c");
    s->ids[0] = SPAN("toolu_1");
    struct message *m = &s->m;
    m->position = n % 3;
    m->offset = n * 1000ull;
    m->line = n + 1;
    m->time_ms = 1700000000000 - (int64_t)n * 10;
    m->time_certain = n % 2 == 0;
    m->role = ROLE_ASSISTANT;
    m->kind = KIND_TOOL_USE;
    m->flags = n % 256;
    m->parts = n % 4 == 0 ? 0 : 1u << PART_TEXT | (n % 4 == 2 ? 1u << PART_TOOL_INPUT : 0);
    if (m->parts != 0)
        m->part[PART_TEXT] = span_of(s->text);
    if (m->parts & 1u << PART_TOOL_INPUT)
        m->part[PART_TOOL_INPUT] = SPAN("in\0put");
    m->uuid = n % 7 == 3 ? (struct span){NULL, 0} : span_of(s->uuid);
    m->parent_uuid = n % 2 ? span_of(s->uuid) : (struct span){NULL, 0};
    m->session = n % 2 ? SPAN("one") : SPAN("two");
    m->model = n % 3 ? SPAN("opus") : (struct span){NULL, 0};
    m->version = SPAN("2.1");
    m->cwd = SPAN("/w");
    m->slot_tool = SPAN("Bash");
    m->tools = (struct span_list){s->tools, n % 3};
    m->files = (struct span_list){s->files, n % 2};
    m->tool_ids = (struct span_list){s->ids, n % 2};
    m->tool_calls = n;
    m->has_usage = n % 2;
    if (m->has_usage)
        m->usage = (struct usage){n, UINT64_MAX, 3, 4, 5};
    m->message_id = n % 10 < 5 ? SPAN("msg_1") : SPAN("msg_2");
    m->request_id = n % 2 ? SPAN("req") : (struct span){NULL, 0};
}

static void assert_span(struct span a, struct span b)
{
    assert_int_equal(a.ptr == NULL, b.ptr == NULL);
    assert_true(span_equal(a, b));
}

static void assert_list(struct span_list a, struct span_list b)
{
    assert_int_equal(a.count, b.count);
    for (uint32_t i = 0; i < a.count; i++)
        assert_span(a.items[i], b.items[i]);
}

static void assert_message(const struct message *a, const struct message *b)
{
    assert_int_equal(a->position, b->position);
    assert_int_equal(a->offset, b->offset);
    assert_int_equal(a->line, b->line);
    assert_int_equal(a->time_ms, b->time_ms);
    assert_int_equal(a->time_certain, b->time_certain);
    assert_int_equal(a->role, b->role);
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->flags, b->flags);
    assert_int_equal(a->parts, b->parts);
    for (int p = 0; p < PART_COUNT; p++)
        assert_span(a->part[p], b->part[p]);
    assert_span(a->uuid, b->uuid);
    assert_span(a->parent_uuid, b->parent_uuid);
    assert_span(a->session, b->session);
    assert_span(a->cwd, b->cwd);
    assert_span(a->branch, b->branch);
    assert_span(a->model, b->model);
    assert_span(a->version, b->version);
    assert_span(a->agent, b->agent);
    assert_span(a->slot_tool, b->slot_tool);
    assert_span(a->result_tool, b->result_tool);
    assert_list(a->tools, b->tools);
    assert_list(a->files, b->files);
    assert_list(a->tool_ids, b->tool_ids);
    assert_list(a->result_ids, b->result_ids);
    assert_int_equal(a->tool_calls, b->tool_calls);
    assert_int_equal(a->has_usage, b->has_usage);
    assert_memory_equal(&a->usage, &b->usage, sizeof a->usage);
    assert_span(a->message_id, b->message_id);
    assert_span(a->request_id, b->request_id);
}

static struct segment *build(const char *folder, unsigned count, bool to_file)
{
    struct segment_builder *b;
    struct segment *s;
    struct sample sample;
    struct error err = {0};
    int disk_error;
    assert_int_equal(segment_builder_new(folder, &b), 0);
    for (unsigned n = 0; n < count; n++) {
        make(&sample, n);
        assert_int_equal(segment_builder_run(b, 1 + n / 100), 0);
        assert_int_equal(segment_builder_add(b, &sample.m, n % 3), 0);
    }
    assert_int_equal(segment_builder_finish(b, to_file, &s, &disk_error, &err), 0);
    segment_builder_free(b);
    return s;
}

static void check(const struct segment *s, unsigned count)
{
    struct sample sample;
    struct message m;
    struct arena arena;
    arena_init(&arena);
    assert_int_equal(s->rows, count);
    assert_int_equal(s->runs, (count + 99) / 100);
    for (unsigned n = 0; n < count; n++) {
        make(&sample, n);
        assert_int_equal(segment_message(s, n, &arena, &m), 0);
        assert_message(&m, &sample.m);
        assert_int_equal(s->bits[n].rank & SEGMENT_RANK, n % 3);
        assert_int_equal(s->run[segment_run_of(s, n)].version, 1 + n / 100);
        arena_reset(&arena);
    }
    arena_clear(&arena);
}

static void test_what_goes_in_comes_out(void **state)
{
    static const unsigned counts[] = {1, 99, 100, 101, 5000};
    (void)state;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct segment *s = build(NULL, counts[i], false);
        check(s, counts[i]);
        assert_int_equal(segment_find_string(s, SPAN("nowhere")), 0);
        assert_span(segment_string(s, segment_find_string(s, SPAN("two"))), SPAN("two"));
        segment_drop(s);
    }
}

static void test_nothing_makes_no_segment(void **state)
{
    (void)state;
    assert_null(build(NULL, 0, true));
}

/* A folder of its own for a test. */
static void setup_folder(char folder[64])
{
    (void)snprintf(folder, 64, "/tmp/segment_test-XXXXXX");
    assert_non_null(mkdtemp(folder));
}

static void test_a_file_is_the_same(void **state)
{
    char folder[64], path[128];
    (void)state;
    setup_folder(folder);
    struct segment *s = build(folder, 700, true), *again;
    struct error err = {0};
    assert_non_null(s->path);
    assert_true(segment_is_temporary(s->path));
    check(s, 700);
    (void)snprintf(path, sizeof path, "%s/kept", folder);
    assert_int_equal(rename(s->path, path), 0);
    assert_int_equal(segment_open(path, &again, &err), 0);
    check(again, 700);
    segment_drop(again);
    segment_drop(s);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void test_a_folder_that_cannot_be_written(void **state)
{
    struct segment *s = build("/proc/nowhere", 700, true);
    (void)state;
    assert_null(s->path);
    check(s, 700);
    segment_drop(s);
}

/* Whatever happens to the file: it is refused, or (padding) reads as before. */
static void test_damage_is_noticed(void **state)
{
    char folder[64], path[128];
    (void)state;
    setup_folder(folder);
    struct segment *s = build(folder, 300, true);
    (void)snprintf(path, sizeof path, "%s", s->path);
    unsigned refused = 0;
    for (size_t at = 0; at < s->size; at += 97) {
        struct segment *again;
        struct error err = {0};
        char was = s->base[at], other = (char)(was ^ 0x10);
        int fd = open(path, O_RDWR);
        assert_int_equal(pwrite(fd, &other, 1, (off_t)at), 1);
        if (segment_open(path, &again, &err) == 0) {
            free(again->path);
            again->path = NULL; /* the file is still needed */
            check(again, 300);
            segment_drop(again);
        } else {
            refused++;
            assert_int_equal(err.code, ERROR_IO);
        }
        assert_int_equal(pwrite(fd, &was, 1, (off_t)at), 1);
        close(fd);
    }
    assert_true(refused > 100);
    struct error err = {0};
    struct segment *again;
    assert_int_equal(truncate(path, (off_t)s->size - 1), 0);
    assert_int_equal(segment_open(path, &again, &err), -1);
    assert_int_equal(truncate(path, 10), 0);
    assert_int_equal(segment_open(path, &again, &err), -1);
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
    free(s->path);
    s->path = NULL;
    /* Its pages are gone with the file: only the mapping is given back. */
    segment_drop(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_goes_in_comes_out),
        cmocka_unit_test(test_nothing_makes_no_segment),
        cmocka_unit_test(test_a_file_is_the_same),
        cmocka_unit_test(test_a_folder_that_cannot_be_written),
        cmocka_unit_test(test_damage_is_noticed),
    };
    return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}
