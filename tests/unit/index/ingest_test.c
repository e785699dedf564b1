/* What is ingested from a stream is what is ingested from the files, and never what a file no longer is. */
#include "ingest.h"

#include "discover.h"
#include "error.h"
#include "index_supply.h"
#include "ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define FILES 5

static char folder[] = "/tmp/scrollback-ingest-XXXXXX";
static const char *const root = folder;

static void path_of(unsigned i, char *out, size_t size)
{
    (void)snprintf(out, size, "%s/%u.jsonl", folder, i);
}

static void append(unsigned i, unsigned lines)
{
    char path[96];
    path_of(i, path, sizeof path);
    FILE *f = fopen(path, "a");
    assert_non_null(f);
    for (unsigned k = 0; k < lines; k++)
        (void)fprintf(f,
                      "{\"type\":\"user\",\"uuid\":\"%u-%u\",\"sessionId\":\"s\",\"cwd\":\"/w\","
                      "\"timestamp\":\"2026-01-02T03:04:05.678Z\",\"message\":{\"role\":\"user\","
                      "\"content\":\"%*s\"}}\n",
                      i, k, (int)(k * 37 % 2000), "word");
    assert_int_equal(fclose(f), 0);
}

/* The files as a new catalogue, and an ingester. */
struct world {
    struct source_list *list;
    struct catalog catalog;
    atomic_uint_fast64_t version;
    struct ingester *ingester;
    struct supply *supply;
    struct intake *intake;
};

static void begin(struct world *w, enum strategy strategy)
{
    struct ingest_config config = {NULL, &w->version, false, SEGMENT_MAX_TEXT};
    struct error err = {0};
    uint32_t gone;
    atomic_init(&w->version, 1);
    catalog_init(&w->catalog);
    assert_int_equal(discover_sources(&root, 1, &w->list, &err), 0);
    assert_int_equal(catalog_update(&w->catalog, w->list, &gone), 0);
    assert_int_equal(w->catalog.count, FILES);
    assert_int_equal(ingester_new(&config, &w->ingester), 0);
    assert_int_equal(supply_new(strategy, w->catalog.entries, FILES, &w->supply), 0);
    assert_int_equal(intake_new(w->supply, &w->intake), 0);
    ingest_from(w->ingester, intake_stream(w->intake));
}

/* Let the catalogue know what was read; its rows are not looked at. */
static void commit(struct world *w)
{
    struct segment **list;
    uint32_t count;
    int disk_error;
    assert_int_equal(ingest_finish(w->ingester, &w->catalog, &list, &count, &disk_error, NULL), 0);
    assert_int_equal(disk_error, 0);
    for (uint32_t i = 0; i < count; i++)
        segment_drop(list[i]);
    free(list);
    ingest_commit(w->ingester);
}

static void end(struct world *w)
{
    ingester_free(w->ingester);
    intake_free(w->intake);
    supply_free(w->supply);
    catalog_clear(&w->catalog);
    source_list_free(w->list);
}

static void expect_same(const struct catalog *a, const struct catalog *b)
{
    for (uint32_t i = 0; i < FILES; i++) {
        const struct catalog_entry *x = a->entries[i], *y = b->entries[i];
        assert_true(x->indexed && y->indexed && x->unreadable.ptr == NULL);
        assert_true(x->solid_hash == y->solid_hash && x->solid_end == y->solid_end);
        assert_true(x->lines == y->lines && x->solid.messages == y->solid.messages);
        assert_true(x->solid.text_bytes == y->solid.text_bytes);
        assert_true(x->lines > 0 && x->solid_end == x->source.size);
    }
}

static void test_every_strategy_ingests_the_same(void **state)
{
    (void)state;
    static const enum strategy all[] = {STRATEGY_ASYNC, STRATEGY_HYBRID, STRATEGY_AUTO};
    struct world plain, other;
    struct catalog_entry *e;
    bool changed;
    begin(&plain, STRATEGY_WORKSHARING);
    assert_true(supply_io(plain.supply) == PROFILE_IO_READ && intake_stream(plain.intake) == NULL);
    while ((e = intake_next(plain.intake)) != NULL)
        assert_int_equal(ingest_source(plain.ingester, e, &changed, NULL), 0);
    commit(&plain);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        begin(&other, all[i]);
        unsigned entries = 0;
        for (; (e = intake_next(other.intake)) != NULL; entries++)
            assert_int_equal(ingest_source(other.ingester, e, &changed, NULL), 0);
        assert_int_equal(entries, FILES);
        assert_false(other.catalog.entries[0]->indexed); /* the catalogue knows nothing before */
        commit(&other);
        expect_same(&plain.catalog, &other.catalog);
        struct profile p = {0};
        ingest_profile(other.ingester, &p);
        assert_true(p.bytes[PHASE_READ] == other.list->bytes && p.records[PHASE_READ] == FILES);
        assert_true(p.ns[PHASE_EXTRACT] > 0 && p.ns[PHASE_MATCH] > 0 && p.ns[PHASE_READ] > 0);
        end(&other);
    }
    end(&plain);
}

/* Stamps must have settled for what was read ahead to be trusted. */
static void test_what_was_read_ahead_is_used(void **state)
{
    (void)state;
    struct world w;
    struct block b;
    struct error err = {0};
    struct catalog_entry *e;
    bool changed;
    if (!ring_works())
        skip();
    usleep(CATALOG_SETTLED_NS / 1000 + 100000);
    begin(&w, STRATEGY_ASYNC);
    assert_true(supply_io(w.supply) == PROFILE_IO_URING);
    while ((e = intake_next(w.intake)) != NULL) {
        assert_int_equal(ingest_source(w.ingester, e, &changed, NULL), 0);
        /* All of the stream's file is gone: it was the stream that gave it. */
        assert_int_equal(file_stream_next(intake_stream(w.intake), &b, &err), 0);
    }
    end(&w);
}

static void test_what_changed_meanwhile_is_read_anew(void **state)
{
    (void)state;
    struct world w;
    struct block b;
    struct error err = {0};
    bool changed;
    if (!ring_works())
        skip();
    begin(&w, STRATEGY_ASYNC);
    struct catalog_entry *e = intake_next(w.intake); /* its first bytes have been read */
    assert_non_null(e);
    uint64_t before = e->source.size;
    append(e->source.id, 3);
    assert_int_equal(ingest_source(w.ingester, e, &changed, NULL), 0);
    commit(&w);
    assert_true(changed && e->solid_end > before && e->solid_end == e->source.size);
    assert_int_equal(file_stream_next(intake_stream(w.intake), &b, &err), 1); /* nobody asked it */
    end(&w);
}

/* An empty file whose name a pipe took since it was listed: nobody will ever write into that. */
static void test_a_pipe_in_place_of_a_file_holds_nobody(void **state)
{
    (void)state;
    char path[96];
    struct world w;
    bool changed;
    path_of(0, path, sizeof path);
    assert_int_equal(truncate(path, 0), 0);
    begin(&w, STRATEGY_WORKSHARING);
    struct catalog_entry *e = w.catalog.entries[0];
    assert_int_equal(ingest_source(w.ingester, e, &changed, NULL), 0);
    commit(&w);
    assert_true(e->indexed && e->solid_end == 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    (void)alarm(60);
    assert_int_equal(ingest_source(w.ingester, e, &changed, NULL), 0);
    (void)alarm(0);
    commit(&w);
    assert_true(changed && e->unreadable.ptr != NULL);
    end(&w);
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    for (unsigned i = 0; i < FILES; i++)
        append(i, i == 2 ? 2000 : 10 + i); /* one of several chunks */
    return 0;
}

static int tear_down(void **state)
{
    char path[96];
    (void)state;
    for (unsigned i = 0; i < FILES; i++) {
        path_of(i, path, sizeof path);
        (void)unlink(path);
    }
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_strategy_ingests_the_same),
        cmocka_unit_test(test_what_was_read_ahead_is_used),
        cmocka_unit_test(test_what_changed_meanwhile_is_read_anew),
        /* The last: the file is gone. */
        cmocka_unit_test(test_a_pipe_in_place_of_a_file_holds_nobody),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
