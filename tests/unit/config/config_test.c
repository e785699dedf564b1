/* Command line and environment. */
#include "config.h"
#include "config_help.h"
#include "text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_ARGS 20

static int read_line(const char *line, struct config *config, struct config_error *err)
{
    static char text[512];
    char *argv[MAX_ARGS + 1] = {(char *)(uintptr_t) "scrollback"};
    char *save = NULL;
    int argc = 1;
    snprintf(text, sizeof(text), "%s", line);
    for (char *w = strtok_r(text, " ", &save); w != NULL && argc < MAX_ARGS;
         w = strtok_r(NULL, " ", &save))
        argv[argc++] = w;
    memset(err, 0, sizeof(*err));
    return config_read(argc, argv, config, err);
}

static void errors_name_option_and_remedy(void **state)
{
    static const struct {
        const char *line;
        const char *says[2];
    } cases[] = {
        {"serve --nope", {"--nope", "scrollback help"}},
        {"serve -x", {"-x", "scrollback help"}},
        {"serve --lisen 1", {"--lisen", "did you mean --listen"}},
        {"serve --strat index", {"--strat", "did you mean --strategy"}},
        {"--verson", {"--verson", "did you mean --version"}},
        {"srve", {"srve", "did you mean serve"}},
        {"help docter", {"docter", "did you mean doctor"}},
        {"healthcheck now", {"healthcheck", "not expected"}},
        {"serve --listen --root /", {"--listen", "expected a value"}},
        {"serve --cors-origin https://board.example/", {"--cors-origin", "without a path"}},
        {"serve --cors-origin board.example", {"--cors-origin", "scheme"}},
        {"serve --allow-host http://board", {"--allow-host", "without scheme"}},
        {"serve --pricing /no/such", {"--pricing", "/no/such"}},
        {"serve --web-root /etc/passwd", {"--web-root", "no folder"}},
        {"serve --sample /no/such", {"--sample", "folder of transcripts"}},
        {"serve --l 1", {"--l", "scrollback help"}},
        {"serve --threads", {"--threads", "expected a value"}},
        {"serve --threads=x", {"--threads", "from 0 to 256"}},
        {"serve --threads=257", {"--threads", "from 0 to 256"}},
        {"serve --threads 1 --threads 2", {"--threads", "more than once"}},
        {"serve --strategy fast", {"--strategy", "worksharing"}},
        {"serve --log-level loud", {"--log-level", "debug"}},
        {"serve --rate-limit -1", {"--rate-limit", "number"}},
        {"serve --rate-limit nan", {"--rate-limit", "number"}},
        {"serve --root /no/such/folder", {"--root", "/no/such/folder"}},
        {"serve --root=", {"--root", "nothing"}},
        {"serve --cors-origin *", {"--cors-origin", "is no origin"}},
        {"serve --cors-origin null", {"--cors-origin", "is no origin"}},
        {"serve --cors-origin https://board.example/path", {"--cors-origin", "is no origin"}},
        {"serve --cors-origin https://", {"--cors-origin", "is no origin"}},
        {"serve extra", {"extra", "help"}},
        {"scan", {"scan", "query"}},
        {"scan --strategy index word", {"--strategy", "worksharing"}},
        {"scan --listen 1 word", {"--listen", "no such option"}},
        {"scan word /no/such/file", {"scan", "/no/such/file"}},
        {"help nothing", {"nothing", "help"}},
        {"--no-cache=maybe", {"--no-cache", "true or false"}},
    };
    static struct config config;
    struct config_error err;
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(read_line(cases[i].line, &config, &err), -1);
        for (int k = 0; k < 2; k++)
            if (strstr(err.msg, cases[i].says[k]) == NULL)
                fail_msg("%s: %s", cases[i].line, err.msg);
        config_clear(&config);
    }
}

static void values_and_defaults(void **state)
{
    static struct config c;
    struct config_error err;
    (void)state;
    assert_int_equal(read_line("serve --root / -r /tmp -t3 --strategy=serial --no-cache "
                               "--allow-host a --allow-host b --cors-origin http://[::1]:3000",
                               &c, &err),
                     0);
    assert_int_equal(c.command, COMMAND_SERVE);
    assert_int_equal(c.roots.count, 2);
    assert_string_equal(c.roots.items[1], "/tmp");
    assert_false(c.roots_are_default);
    assert_int_equal(c.threads, 3);
    assert_int_equal(c.strategy, STRATEGY_SERIAL);
    assert_null(c.cache_dir);
    assert_int_equal(c.allow_hosts.count, 2);
    assert_int_equal(c.cors_origins.count, 1);
    assert_string_equal(c.listen, "127.0.0.1:7717");
    assert_int_equal(c.log_level, LOG_INFO);
    config_clear(&c);
    assert_int_equal(read_line("scan -c --limit 0 -- --word /tmp", &c, &err), 0);
    assert_int_equal(c.command, COMMAND_SCAN);
    assert_string_equal(c.query, "--word");
    assert_int_equal(c.roots.count, 1);
    assert_true(c.count);
    assert_int_equal(c.strategy, STRATEGY_AUTO);
    config_clear(&c);
    assert_int_equal(read_line("", &c, &err), 0);
    assert_int_equal(c.command, COMMAND_SERVE);
    config_clear(&c);
    assert_int_equal(read_line("scan --help", &c, &err), 0);
    assert_int_equal(c.command, COMMAND_HELP);
    assert_string_equal(c.help_topic, "scan");
    config_clear(&c);
}

static void environment_stands_behind_the_command_line(void **state)
{
    static struct config c;
    struct config_error err;
    (void)state;
    setenv("SCROLLBACK_THREADS", "5", 1);
    setenv("SCROLLBACK_ROOT", "/tmp:/", 1);
    setenv("SCROLLBACK_NO_CACHE", "true", 1);
    assert_int_equal(read_line("serve", &c, &err), 0);
    assert_int_equal(c.threads, 5);
    assert_int_equal(c.roots.count, 2);
    assert_true(c.no_cache);
    config_clear(&c);
    assert_int_equal(read_line("serve --threads 6 --root /usr", &c, &err), 0);
    assert_int_equal(c.threads, 6);
    assert_int_equal(c.roots.count, 1);
    config_clear(&c);
    setenv("SCROLLBACK_THREADS", "many", 1);
    assert_int_equal(read_line("serve", &c, &err), -1);
    assert_non_null(strstr(err.msg, "SCROLLBACK_THREADS"));
    config_clear(&c);
    unsetenv("SCROLLBACK_THREADS");
    unsetenv("SCROLLBACK_ROOT");
    unsetenv("SCROLLBACK_NO_CACHE");
}

/* A token of the wrong shape would lock everybody out, or nobody. */
static void token_files(void **state)
{
    static const struct {
        const char *content;
        const char *token;
    } cases[] = {
        {"0123456789abcdef\n", "0123456789abcdef"},
        {"0123456789abcdef\r\nmore", "0123456789abcdef"},
        {"", NULL},
        {"\n", NULL},
        {"short\n", NULL},
        {"0123456789 abcdef\n", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char path[] = "/tmp/scrollback-token-XXXXXX";
        struct config c = {.token_file = path};
        struct config_error err = {0};
        int fd = mkstemp(path);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, cases[i].content, strlen(cases[i].content)),
                         strlen(cases[i].content));
        close(fd);
        int rc = config_load_token(&c, &err);
        assert_int_equal(rc, cases[i].token == NULL ? -1 : 0);
        if (cases[i].token != NULL)
            assert_string_equal(c.token, cases[i].token);
        else
            assert_non_null(strstr(err.msg, "--token-file"));
        unlink(path);
        config_clear(&c);
    }
}

static void public_needs_a_token(void **state)
{
    struct config c = {.listen = "0.0.0.0:80"};
    struct config_error err = {0};
    (void)state;
    assert_int_equal(config_check_public(&c, true, &err), 0);
    assert_int_equal(config_check_public(&c, false, &err), -1);
    assert_non_null(strstr(err.msg, "--token-file"));
    c.token = (char *)(uintptr_t) "0123456789abcdef";
    assert_int_equal(config_check_public(&c, false, &err), 0);
}

static void help_names_every_option(void **state)
{
    struct bytes text = {0};
    (void)state;
    config_help(COMMAND_SERVE, &text);
    bytes_add_byte(&text, '\0');
    assert_non_null(strstr(text.ptr, "--token-file FILE"));
    assert_non_null(strstr(text.ptr, "default 127.0.0.1:7717"));
    assert_null(strstr(text.ptr, "--count"));
    bytes_clear(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_name_option_and_remedy),
        cmocka_unit_test(values_and_defaults),
        cmocka_unit_test(environment_stands_behind_the_command_line),
        cmocka_unit_test(token_files),
        cmocka_unit_test(public_needs_a_token),
        cmocka_unit_test(help_names_every_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
