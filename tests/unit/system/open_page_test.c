/* Opening the page, with a script of the test's own in the place of a browser. */
#include "open_page.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/scrollback-open-XXXXXX";
static char script[PATH_MAX], result[PATH_MAX];

static int make_script(void **state)
{
    FILE *f;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(script, sizeof script, "%s/browser", folder);
    snprintf(result, sizeof result, "%s/result", folder);
    f = fopen(script, "w");
    assert_non_null(f);
    fprintf(f, "#!/bin/sh\nprintf '%%s %%s' $# \"$1\" >%s.part\nmv %s.part %s\n", result, result,
            result);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(script, 0700), 0);
    return 0;
}

static int remove_script(void **state)
{
    (void)state;
    unlink(script);
    unlink(result);
    return rmdir(folder);
}

/* What the script wrote within fifty seconds, or "". */
static const char *written(void)
{
    static char text[256];
    FILE *f = NULL;

    for (int tries = 0; tries < 5000 && (f = fopen(result, "r")) == NULL; tries++)
        usleep(10000);
    if (f == NULL)
        return "";
    text[fread(text, 1, sizeof text - 1, f)] = '\0';
    fclose(f);
    unlink(result);
    return text;
}

static void address_is_one_argument(void **state)
{
    struct error err = {0};
    int fd = open_page_prepare(script, &err);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(open_page_show(fd, "http://127.0.0.1:7717/?q=a b&x=$(true)"), 0);
    assert_string_equal(written(), "1 http://127.0.0.1:7717/?q=a b&x=$(true)");
}

static void nothing_is_opened_unasked(void **state)
{
    static char long_url[2048];
    struct error err = {0};

    (void)state;
    assert_int_equal(open_page_show(open_page_prepare(script, &err), NULL), 0);
    memset(long_url, 'x', sizeof long_url - 1);
    assert_int_equal(open_page_show(open_page_prepare(script, &err), long_url), -1);
    usleep(200000);
    assert_int_not_equal(access(result, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_is_one_argument),
        cmocka_unit_test(nothing_is_opened_unasked),
    };
    return cmocka_run_group_tests(tests, make_script, remove_script);
}
