#include "order.h"

#include "span.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SESSIONS 5

/* Random matches with many equal times and scores; identities that repeat. */
static void make_results(struct result_set *r, uint64_t *seed, uint32_t n, bool dedupe)
{
    result_set_init(r);
    r->all = calloc(n + 1, sizeof *r->all);
    r->scores = calloc(n + 1, sizeof *r->scores);
    r->count = n;
    for (uint32_t i = 0; i < n; i++) {
        struct match *m = &r->all[i];
        char session[] = "session-0";
        session[8] = (char)('0' + transcript_roll(seed, SESSIONS));
        m->identity = (struct hash128){transcript_roll(seed, 2), transcript_roll(seed, n)};
        m->time_ms = transcript_roll(seed, 9);
        m->source = transcript_roll(seed, 4);
        m->offset = i; /* places are distinct */
        m->rank = (uint8_t)transcript_roll(seed, 3);
        r->scores[i] = transcript_roll(seed, 3) * 0.25;
        assert_int_equal(match_place_put(&r->names, span_of(session), SPAN("/p"), &m->place), 0);
    }
    assert_int_equal(result_set_collapse(r, dedupe), 0);
    assert_int_equal(result_set_places(r), 0);
}

static bool is_same(const struct match *a, const struct match *b)
{
    return a->identity.hi == b->identity.hi && a->identity.lo == b->identity.lo;
}

/* Each identity once, and of its matches the preferred one. */
static void test_collapse(void **state)
{
    (void)state;
    uint64_t seed = 3;
    for (int turn = 0; turn < 100; turn++) {
        struct result_set r;
        make_results(&r, &seed, transcript_roll(&seed, 150), true);
        for (uint64_t i = 0; i < r.count; i++) {
            uint64_t shown = 0;
            for (uint64_t k = 0; k < r.shown_count; k++)
                if (is_same(&r.all[r.shown[k]], &r.all[i])) {
                    assert_false(match_is_preferred(&r.all[i], &r.all[r.shown[k]]));
                    shown++;
                }
            assert_int_equal(shown, 1);
        }
        result_set_clear(&r);
    }
}

struct sorted {
    const struct result_set *results;
    enum request_sort sort;
};

static int compare(const void *a, const void *b, void *arg)
{
    const struct sorted *s = arg;
    struct order_key x = order_key_of(s->results, *(const uint32_t *)a);
    struct order_key y = order_key_of(s->results, *(const uint32_t *)b);
    return order_compare(s->sort, &x, &y);
}

/* The naive way: sort everything, then leave out all but the first of each session. */
static uint32_t naive(const struct result_set *r, enum request_sort sort, bool group, uint32_t *out,
                      uint64_t *counts)
{
    struct sorted how = {r, sort};
    uint32_t n = 0, *all = calloc(r->shown_count + 1, sizeof *all);
    memcpy(all, r->shown, r->shown_count * sizeof *all);
    qsort_r(all, r->shown_count, sizeof *all, compare, &how);
    for (uint64_t i = 0; i < r->shown_count; i++) {
        uint32_t session = r->place_session[r->all[all[i]].place], k = 0;
        while (group && k < n && r->place_session[r->all[out[k]].place] != session)
            k++;
        if (!group || k == n) {
            counts[n] = 0;
            out[k = n++] = all[i];
        }
        counts[group ? k : n - 1]++;
    }
    free(all);
    return n;
}

static void check_pages(const struct result_set *r, enum request_sort sort, bool group,
                        uint32_t limit)
{
    uint32_t *wanted = calloc(r->shown_count + 1, sizeof *wanted), n, at = 0;
    uint64_t *counts = calloc(r->shown_count + 1, sizeof *counts);
    struct order_key after;
    bool more;
    n = naive(r, sort, group, wanted, counts);
    do {
        struct page p;
        assert_int_equal(page_select(r, sort, group, at == 0 ? NULL : &after, limit, &p), 0);
        assert_int_equal(p.count, n - at < limit ? n - at : limit);
        for (uint32_t i = 0; i < p.count; i++) {
            assert_int_equal(p.items[i], wanted[at + i]);
            if (group)
                assert_int_equal(p.group_counts[i], counts[at + i]);
        }
        at += p.count;
        assert_int_equal(p.more, at < n);
        more = p.more;
        if (p.count > 0)
            after = order_key_of(r, p.items[p.count - 1]);
        page_clear(&p);
    } while (more);
    assert_int_equal(at, n);
    free(wanted);
    free(counts);
}

static void test_pages_follow_the_order(void **state)
{
    (void)state;
    static const uint32_t limits[] = {1, 2, 3, 10, 64, SEARCH_UNLIMITED};
    uint64_t seed = 99;
    for (int turn = 0; turn < 60; turn++) {
        struct result_set r;
        make_results(&r, &seed, transcript_roll(&seed, 120), turn % 3 != 0);
        for (enum request_sort sort = SORT_NEWEST; sort <= SORT_RELEVANCE; sort++)
            for (size_t k = 0; k < sizeof limits / sizeof limits[0]; k++)
                check_pages(&r, sort, (turn + (int)k) % 2 == 0, limits[k]);
        result_set_clear(&r);
    }
}

static void test_counting_only(void **state)
{
    (void)state;
    struct result_set r;
    struct page p;
    uint64_t seed = 1;
    make_results(&r, &seed, 5, false);
    assert_int_equal(page_select(&r, SORT_NEWEST, false, NULL, 0, &p), 0);
    assert_int_equal(p.count, 0);
    assert_true(p.more);
    page_clear(&p);
    result_set_clear(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_collapse),
        cmocka_unit_test(test_pages_follow_the_order),
        cmocka_unit_test(test_counting_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
