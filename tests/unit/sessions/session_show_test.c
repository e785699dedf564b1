#include "session_show.h"

#include "span.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static struct arena arena;

/* What a shell makes of the command, with cd and claude replaced by words that print their
 * arguments; in a folder of its own would be no different, nothing may be run or written. */
static void run_in_shell(struct span command, char *out, size_t size)
{
    static const char prelude[] = "cd() { printf 'cd'; printf '[%s]' \"$@\"; }\n"
                                  "claude() { printf ' claude'; printf '[%s]' \"$@\"; }\n";
    int ends[2];
    size_t n = 0;
    ssize_t got;
    char *script = malloc(sizeof prelude + command.len);
    memcpy(script, prelude, sizeof prelude - 1);
    memcpy(script + sizeof prelude - 1, command.ptr, command.len);
    script[sizeof prelude - 1 + command.len] = '\0';
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(ends[1], STDOUT_FILENO);
        execl("/bin/sh", "sh", "-c", script, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    while ((got = read(ends[0], out + n, size - 1 - n)) > 0)
        n += (size_t)got;
    out[n] = '\0';
    close(ends[0]);
    waitpid(child, NULL, 0);
    free(script);
}

static void test_resume_is_safe_in_a_shell(void **state)
{
    (void)state;
    static const struct {
        const char *cwd; /* NULL: absent */
        const char *id;
        const char *printed;
    } rows[] = {
        {"/home/me/a b", "5b3c-1", "cd[/home/me/a b] claude[--resume][5b3c-1]"},
        {NULL, "x", " claude[--resume][x]"},
        {"/it's", "x", "cd[/it's] claude[--resume][x]"},
        {"/'; touch /tmp/owned; '", "x", "cd[/'; touch /tmp/owned; '] claude[--resume][x]"},
        {"/$(id)`id`${HOME}\\", "x", "cd[/$(id)`id`${HOME}\\] claude[--resume][x]"},
        {"/a\nb\n", "x", "cd[/a\nb\n] claude[--resume][x]"},
        {"/a\x03\x1b[201~\tb\x7f", "x", "cd[/a\x03\x1b[201~\tb\x7f] claude[--resume][x]"},
        {"-P", "x", "cd[./-P] claude[--resume][x]"},
        {"-", "x", "cd[./-] claude[--resume][x]"},
        {"", "x", "cd[] claude[--resume][x]"},
        {"/caf\xc3\xa9", "x", "cd[/caf\xc3\xa9] claude[--resume][x]"},
        {"/a", "x; rm -rf /", "cd[/a] claude[--resume][x; rm -rf /]"},
        {"/a", "", "cd[/a] claude[--resume][]"},
        {"/a", "--dangerously-skip-permissions",
         "cd[/a] claude[--resume=--dangerously-skip-permissions]"},
        {"/a", "!!", "cd[/a] claude[--resume][!!]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span cwd = {NULL, 0}, out;
        char printed[512];
        if (rows[i].cwd != NULL)
            cwd = span_of(rows[i].cwd);
        assert_int_equal(session_resume(cwd, span_of(rows[i].id), &arena, &out), 0);
        run_in_shell(out, printed, sizeof printed);
        assert_string_equal(printed, rows[i].printed);
        for (size_t k = 0; k < out.len; k++) /* what is pasted holds nothing but text */
            assert_true((unsigned char)out.ptr[k] >= 0x20 || out.ptr[k] == '\n');
    }
}

static void test_plain_case_reads_well(void **state)
{
    (void)state;
    struct span out;
    assert_int_equal(session_resume(SPAN("/home/me/api"), SPAN("9f1e-a"), &arena, &out), 0);
    assert_true(span_equal(out, SPAN("cd '/home/me/api' && claude --resume 9f1e-a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resume_is_safe_in_a_shell),
        cmocka_unit_test(test_plain_case_reads_well),
    };
    arena_init(&arena);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_clear(&arena);
    return failed;
}
