/* What is written from the table of options: all of it, and nothing else. */
#include "config_table.h"
#include "config_complete.h"
#include "config_help.h"
#include "config_manual.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void end(struct bytes *text)
{
    bytes_add_byte(text, '\0');
    assert_false(text->failed);
}

static void options_are_told_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < config_table_option_count; i++)
        for (size_t k = i + 1; k < config_table_option_count; k++) {
            const struct config_option *a = &config_table_options[i], *b = &config_table_options[k];
            if ((a->commands & b->commands) == 0)
                continue;
            assert_string_not_equal(a->name, b->name);
            assert_true(a->letter == 0 || a->letter != b->letter);
        }
}

static void variables_are_named_after_options(void **state)
{
    char name[64];

    (void)state;
    for (size_t i = 0; i < config_table_option_count; i++)
        if (strcmp(config_table_options[i].name, "cache-dir") == 0) {
            config_table_variable(&config_table_options[i], name);
            assert_string_equal(name, "SCROLLBACK_CACHE_DIR");
            return;
        }
    fail();
}

static void manual_has_every_option(void **state)
{
    struct bytes manual = {0};
    char variable[64];

    (void)state;
    config_manual("1.2.3", &manual);
    end(&manual);
    assert_non_null(strstr(manual.ptr, "\"scrollback 1.2.3\""));
    for (size_t i = 0; i < config_table_option_count; i++) {
        config_table_variable(&config_table_options[i], variable);
        assert_non_null(strstr(manual.ptr, variable));
    }
    /* A line that begins with an apostrophe would be a request. */
    assert_null(strstr(manual.ptr, "\n'"));
    bytes_clear(&manual);
}

static void completions_have_every_option(void **state)
{
    static const struct {
        const char *shell;
        const char *dashes; /* before an option */
    } table[] = {{"bash", "--"}, {"zsh", "--"}, {"fish", "-l "}};
    char text[80];

    (void)state;
    for (size_t s = 0; s < sizeof table / sizeof *table; s++) {
        struct bytes out = {0};
        assert_int_equal(config_complete(table[s].shell, &out), 0);
        end(&out);
        for (size_t i = 0; i < config_table_option_count; i++) {
            snprintf(text, sizeof text, "%s%s", table[s].dashes, config_table_options[i].name);
            assert_non_null(strstr(out.ptr, text));
        }
        for (size_t i = 0; i < config_table_command_count; i++)
            assert_non_null(strstr(out.ptr, config_table_commands[i].name));
        bytes_clear(&out);
    }
}

static void other_shells_are_refused(void **state)
{
    struct bytes out = {0};

    (void)state;
    assert_int_equal(config_complete("tcsh", &out), -1);
    assert_int_equal(config_complete("", &out), -1);
    assert_int_equal(out.len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_are_told_apart),
        cmocka_unit_test(variables_are_named_after_options),
        cmocka_unit_test(manual_has_every_option),
        cmocka_unit_test(completions_have_every_option),
        cmocka_unit_test(other_shells_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
