#include "units.h"

#include "source.h"
#include "transcripts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* Every byte of every source belongs to exactly one unit, in order. */
static void check_cover(const struct source_list *list, const struct units *u)
{
    uint64_t at = 0; /* in the source that is being covered */
    uint32_t source = 0;
    for (size_t i = 0; i < u->count; i++) {
        const struct unit *unit = &u->items[i];
        assert_int_equal(unit->first, source);
        if (unit->split == NULL) {
            assert_int_equal(at, 0);
            assert_true(unit->count > 0);
            source += unit->count;
            continue;
        }
        assert_ptr_equal(unit->split->source, &list->items[source]);
        assert_int_equal(unit->begin, at);
        assert_true(unit->end > unit->begin);
        at = unit->end;
        if (at == list->items[source].size) {
            source++;
            at = 0;
        }
    }
    assert_int_equal(at, 0);
    assert_int_equal(source, list->count);
}

static void test_units_cover_the_sources(void **state)
{
    (void)state;
    uint64_t seed = 5;
    for (int turn = 0; turn < 300; turn++) {
        struct source_list list = {.count = transcript_roll(&seed, 40)};
        struct units u;
        struct error err = {0};
        list.items = calloc((size_t)list.count + 1, sizeof *list.items);
        for (uint32_t i = 0; i < list.count; i++) {
            unsigned kind = transcript_roll(&seed, 4);
            list.items[i].id = i;
            list.items[i].size = kind == 0 ? 0 : transcript_roll(&seed, kind == 1 ? 100000 : 900);
            list.bytes += list.items[i].size;
        }
        struct scan scan = {.sources = &list,
                            .threads = 1 + transcript_roll(&seed, 8),
                            .unit_bytes = 1 + transcript_roll(&seed, 2000)};
        assert_int_equal(units_plan(&scan, &u, &err), 0);
        check_cover(&list, &u);
        for (size_t i = 0; i < u.count; i++)
            if (u.items[i].split != NULL)
                assert_true(u.items[i].end - u.items[i].begin < 2 * scan.unit_bytes);
        units_free(&u);
        free(list.items);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_units_cover_the_sources)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
