#include "catalog.h"

#include "scarce.h"
#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

/* Sources "<name>" at "/r/<name>", for each byte of ${names}. */
static void list_of(const char *names, struct source items[8], char text[8][8],
                    struct source_list *list)
{
    *list = (struct source_list){.items = items};
    for (; names[list->count] != '\0'; list->count++) {
        char *t = text[list->count];
        (void)memcpy(t, "/r/?", 5);
        t[3] = names[list->count];
        items[list->count] = (struct source){.path = {t, 4}, .name = {t + 3, 1}};
    }
}

static void expect(const struct catalog *c, const char *names)
{
    assert_int_equal(c->count, strlen(names));
    for (char name = 'a'; name < 'i'; name++) {
        char path[] = {'/', 'r', '/', name, '\0'};
        const struct catalog_entry *e = catalog_find_path(c, span_of(path));
        const char *at = strchr(names, name);
        if (at == NULL)
            assert_null(e);
        else
            assert_true(e != NULL && e == c->entries[at - names] &&
                        span_equal(e->source.path, span_of(path)));
    }
}

/* Without memory for it an update changes nothing, and paths lead to what is there. */
static void test_update_is_whole_or_nothing(void **state)
{
    (void)state;
    static const char *const after[] = {"a", "", "abcdefgh", "aceg", "h"};
    struct source items[8];
    char text[8][8];
    struct source_list list;
    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        struct catalog c;
        uint32_t gone = 99;
        bool failed = true;
        catalog_init(&c);
        list_of("bcdefg", items, text, &list);
        assert_int_equal(catalog_update(&c, &list, &gone), 0);
        assert_int_equal(gone, 0);
        expect(&c, "bcdefg");
        list_of(after[i], items, text, &list);
        for (unsigned n = 1; failed; n++) {
            scarce_begin(n);
            int rc = catalog_update(&c, &list, &gone);
            failed = scarce_end();
            assert_int_equal(rc, failed ? -1 : 0);
            expect(&c, failed ? "bcdefg" : after[i]);
        }
        catalog_clear(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_update_is_whole_or_nothing)};
    return cmocka_run_group_tests_name("catalog", tests, NULL, NULL);
}
