/* The embedded page: what the table promises about its entries, and how they are found. */
#include "page_assets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

static void entries_are_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < page_asset_count; i++) {
        const struct page_asset *a = &page_assets[i];
        assert_int_equal(a->path[0], '/');
        assert_int_equal(strlen(a->hash), 32);
        assert_int_equal(a->data[a->size], 0);
        if (a->gzip != NULL) {
            assert_true(a->gzip_size > 18);
            assert_memory_equal(a->gzip, "\x1f\x8b", 2);
        }
        if (i > 0)
            assert_true(strcmp(page_assets[i - 1].path, a->path) < 0);
        assert_ptr_equal(page_assets_find(a->path), a);
    }
}

static void unknown_paths_are_not_found(void **state)
{
    static const char *const paths[] = {"", "index.html", "/nothing", "/index.htm",
                                        "/../index.html"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_null(page_assets_find(paths[i]));
}

static void root_is_the_page(void **state)
{
    (void)state;
    assert_ptr_equal(page_assets_find("/"), page_assets_find("/index.html"));
    if (page_asset_count > 0) {
        assert_non_null(page_assets_find("/"));
        assert_string_equal(page_assets_find("/")->type, "text/html; charset=utf-8");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_whole),
        cmocka_unit_test(unknown_paths_are_not_found),
        cmocka_unit_test(root_is_the_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
