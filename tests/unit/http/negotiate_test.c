/* Content negotiation. */
#include "negotiate.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void types(void **state)
{
    static const char *const offered[] = {"application/json", "application/x-ndjson",
                                          "text/csv; header=present", NULL};
    static const struct {
        const char *accept;
        int chosen;
    } cases[] = {
        {NULL, 0},
        {"", 0},
        {"*/*", 0},
        {"application/*", 0},
        {"text/*", 2},
        {"text/csv", 2},
        {"TEXT/CSV;q=1", 2},
        {"text/html", -1},
        {"text/html, */*;q=0.1", 0},
        {"application/json;q=0.5, application/x-ndjson", 1},
        {"application/json;q=0, */*", 1},
        {"*/*;q=0", -1},
        {"text/csv;q=0.001", 2},
        {"nonsense", -1},
        {",,;,", -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (negotiate_type(text_of(cases[i].accept), offered) != cases[i].chosen)
            fail_msg("Accept: %s", cases[i].accept == NULL ? "(none)" : cases[i].accept);
}

/* A route whose files are of many types offers any. */
static void any_type(void **state)
{
    static const char *const any[] = {"*/*", NULL};
    (void)state;
    assert_int_equal(negotiate_type(text_of("text/html"), any), 0);
    assert_int_equal(negotiate_type(text_of("image/*;q=0.1"), any), 0);
}

static void codings(void **state)
{
    static const struct {
        const char *accept;
        bool gzip;
    } cases[] = {
        {NULL, false},  {"gzip", true},     {"br, gzip;q=0.5", true}, {"gzip;q=0", false},
        {"*", true},    {"*;q=0", false},   {"gzip;q=0, *", false},   {"identity", false},
        {"GZIP", true}, {"gzipped", false}, {"br, deflate", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(negotiate_gzip(text_of(cases[i].accept)), cases[i].gzip);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(types), cmocka_unit_test(any_type),
                                       cmocka_unit_test(codings)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
