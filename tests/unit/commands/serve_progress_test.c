/* How far the index is, in words. */
#include "serve_progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

static void words(void **state)
{
    static const struct {
        struct engine_state state;
        const char *text;
    } cases[] = {
        {{.bytes = 428000000, .bytes_done = 59300000, .progress = 0.1386, .eta_s = 1.2},
         "reading transcripts: 14 %, 59 of 428 MB, 2 s left"},
        {{.bytes = 428000000, .eta_s = -1}, "reading transcripts: 0 %, 0 of 428 MB"},
        {{.bytes = 90000000000, .bytes_done = 45000000000, .progress = 0.5, .eta_s = 91},
         "reading transcripts: 50 %, 45000 of 90000 MB, 2 min left"},
    };
    char line[80];
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        serve_progress_text(&cases[i].state, line, sizeof line);
        assert_string_equal(line, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
