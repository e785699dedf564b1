/* Walking an answer page by page while the transcripts grow. */
#include "engine_over.h"
#include "span_text.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FROM INT64_C(1764000000000)
#define MOST 3000

struct walk {
    struct temp_tree tree;
    struct engine *engine;
    uint64_t state;
    enum request_sort sort;
    enum strategy strategy;
};

struct ids {
    char *items[MOST];
    uint32_t count;
};

static void ids_add(struct ids *l, struct span id)
{
    assert_true(l->count < MOST);
    l->items[l->count++] = span_text(id);
}

static void ids_clear(struct ids *l)
{
    while (l->count > 0)
        free(l->items[--l->count]);
}

static void begin(struct walk *w, enum strategy strategy)
{
    struct engine_config config;
    w->strategy = strategy;
    temp_tree_make(&w->tree);
    /* few distinct minutes: most times are shared by several messages */
    transcript_write_random(&w->tree, &w->state, FROM, 20 * 60000, 5, 40);
    engine_config_init(&config);
    config.threads = 2;
    config.index = strategy == STRATEGY_INDEX;
    config.strategy = strategy;
    w->engine = engine_over(&w->tree, &config);
}

static void end(struct walk *w)
{
    engine_close(w->engine);
    temp_tree_remove(&w->tree);
}

static struct search_reply *page(struct walk *w, const char *q, uint32_t limit, struct span cursor)
{
    struct search_request r;
    struct search_reply *reply;
    struct error err = {0};
    search_request_init(&r);
    r.query.q = span_of(q);
    r.query.strategy = w->strategy;
    r.sort = w->sort;
    r.limit = limit;
    r.cursor = cursor;
    if (engine_search(w->engine, &r, NULL, &reply, &err) != 0)
        fail_msg("search: %s", err.msg);
    return reply;
}

/* Copies of a message that was shown, in files that sort before and behind its own, and new
 * messages at times all over. */
static void grow(struct walk *w, const char *shown)
{
    static const char *const names[] = {"a/early.jsonl", "p1/file-1.jsonl", "z/late.jsonl"};
    struct buf b;
    buf_init(&b);
    for (int i = 0; i < 3; i++) {
        struct transcript_line l;
        transcript_random(&w->state, FROM, 20 * 60000, &l);
        transcript_add(&b, &l);
        if (shown != NULL && strlen(shown) == 36 && strncmp(shown + 8, "-0000-4", 7) == 0) {
            l.id = (unsigned)strtoul(shown, NULL, 16);
            l.text = "apple worktree stone";
            l.session = i == 0 ? "early" : i == 1 ? "other" : "late";
            transcript_add(&b, &l);
        }
        transcript_append(&w->tree, names[i], &b);
    }
    buf_clear(&b);
}

static void check_walk(struct walk *w, const char *q, uint32_t limit)
{
    struct ids wanted = {0}, got = {0};
    struct search_reply *all = page(w, q, SEARCH_UNLIMITED, SPAN(""));
    for (uint32_t i = 0; i < all->hit_count; i++)
        ids_add(&wanted, all->hits[i].id);
    uint64_t total = all->total;
    search_reply_free(all);
    char *cursor = strdup("");
    do {
        struct search_reply *reply = page(w, q, limit, span_of(cursor));
        assert_true(reply->hit_count <= limit);
        assert_int_equal(reply->total, total);
        for (uint32_t i = 0; i < reply->hit_count; i++)
            ids_add(&got, reply->hits[i].id);
        free(cursor);
        cursor = span_text(reply->next_cursor);
        search_reply_free(reply);
        if (transcript_roll(&w->state, 3) == 0)
            grow(w, got.count == 0 ? NULL : got.items[transcript_roll(&w->state, got.count)]);
    } while (cursor[0] != '\0');
    free(cursor);
    assert_int_equal(got.count, wanted.count);
    for (uint32_t i = 0; i < got.count; i++)
        assert_string_equal(got.items[i], wanted.items[i]);
    ids_clear(&wanted);
    ids_clear(&got);
}

static void check_strategy(enum strategy strategy)
{
    static const uint32_t limits[] = {1, 2, 7, 33, 150, 1000};
    static const char *const queries[] = {"apple", "", "worktree OR pie"};
    struct walk w = {.state = 0x2545f4914f6cdd1du};
    begin(&w, strategy);
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
        for (w.sort = SORT_NEWEST; w.sort <= SORT_RELEVANCE; w.sort++)
            check_walk(&w, limits[i] == 1 ? "pie" : queries[(i + w.sort) % 3], limits[i]);
    end(&w);
}

static void test_walk_by_scan(void **state)
{
    (void)state;
    check_strategy(STRATEGY_SERIAL);
}

static void test_walk_by_index(void **state)
{
    (void)state;
    check_strategy(STRATEGY_INDEX);
}

/* Any other text than the one given out, and any other request, is refused. */
static void test_foreign_cursors(void **state)
{
    (void)state;
    struct walk w = {.state = 77};
    begin(&w, STRATEGY_SERIAL);
    struct search_request r;
    struct search_reply *first = page(&w, "apple", 5, SPAN("")), *reply;
    size_t len = first->next_cursor.len;
    char *cursor = malloc(len + 2);
    assert_true(len > 0);
    search_request_init(&r);
    r.query.strategy = STRATEGY_SERIAL;
    for (size_t i = 0; i <= len + 4; i++) {
        struct error err = {0};
        memcpy(cursor, first->next_cursor.ptr, len);
        r.query.q = i == len + 2 ? SPAN("stone") : SPAN("apple");
        r.sort = i == len + 3 ? SORT_OLDEST : SORT_NEWEST;
        r.group_by_session = i == len + 4;
        r.cursor = (struct span){cursor, len};
        if (i < len) {
            cursor[i] = cursor[i] == 'Q' ? 'R' : 'Q';
        } else if (i == len) {
            r.cursor.len--;
        } else if (i == len + 1) {
            cursor[len] = 'A'; /* six bits more that are zero */
            r.cursor.len++;
        }
        if (engine_search(w.engine, &r, NULL, &reply, &err) == 0)
            fail_msg("change %zu of %zu went unnoticed", i, len);
        assert_int_equal(err.code, ERROR_INVALID_CURSOR);
        assert_string_equal(err.parameter, "cursor");
    }
    free(cursor);
    search_reply_free(first);
    end(&w);
}

/* The index and the oracle give the same scores, to the last bit. */
static void test_scores_are_equal(void **state)
{
    (void)state;
    static const char *const queries[] = {"apple", "apple stone", "worktree OR pie -nothing",
                                          "\"a stone\"", "apple OR /st.ne/"};
    struct walk w = {.state = 4711, .sort = SORT_RELEVANCE};
    begin(&w, STRATEGY_INDEX);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        w.strategy = STRATEGY_SERIAL;
        struct search_reply *a = page(&w, queries[i], 1000, SPAN(""));
        w.strategy = STRATEGY_INDEX;
        struct search_reply *b = page(&w, queries[i], 1000, SPAN(""));
        assert_true(a->hit_count > 20);
        assert_int_equal(a->hit_count, b->hit_count);
        for (uint32_t k = 0; k < a->hit_count; k++) {
            assert_true(a->hits[k].has_score && b->hits[k].has_score);
            assert_memory_equal(&a->hits[k].score, &b->hits[k].score, sizeof(double));
            assert_true(span_equal(a->hits[k].id, b->hits[k].id));
            assert_true(k == 0 || a->hits[k].score <= a->hits[k - 1].score);
        }
        search_reply_free(a);
        search_reply_free(b);
    }
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walk_by_scan),
        cmocka_unit_test(test_walk_by_index),
        cmocka_unit_test(test_foreign_cursors),
        cmocka_unit_test(test_scores_are_equal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
