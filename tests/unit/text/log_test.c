/* Lines of the log, and the line that moves at its end on a terminal. */
#include "log.h"

#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <cmocka.h>

static int before = -1;

/* Standard error becomes ${fd}. */
static void redirect(int fd)
{
    before = dup(STDERR_FILENO);
    assert_true(before >= 0);
    assert_int_equal(dup2(fd, STDERR_FILENO), STDERR_FILENO);
}

static void restore(void)
{
    dup2(before, STDERR_FILENO);
    close(before);
}

static void a_terminal_has_a_line_that_moves(void **state)
{
    struct termios raw;
    int master, slave;
    char text[512] = "";
    ssize_t got;
    size_t have = 0;

    (void)state;
    if (openpty(&master, &slave, NULL, NULL, NULL) != 0)
        skip(); /* a bare chroot has no terminals */
    assert_int_equal(tcgetattr(slave, &raw), 0);
    cfmakeraw(&raw);
    assert_int_equal(tcsetattr(slave, TCSANOW, &raw), 0);
    log_init(LOG_INFO, LOG_TEXT);
    redirect(slave);
    bool shown = log_transient("") && log_transient("10 %") && log_transient("20 %");
    log_event(LOG_INFO, "found", LOG_U("files", 3));
    bool again = log_transient("30 %") && log_transient("");
    log_event(LOG_INFO, "done", LOG_U("files", 4));
    restore();
    assert_true(shown && again);
    /* A terminal hands its text over in parts. */
    while (strstr(text, "files=4\n") == NULL) {
        got = read(master, text + have, sizeof text - 1 - have);
        assert_true(got > 0);
        have += (size_t)got;
        text[have] = '\0';
    }
    assert_int_equal(strncmp(text, "\r\033[K10 %\r\033[K20 %\r\033[K", 20), 0);
    assert_non_null(strstr(text, " info found files=3\n\r\033[K30 %\r\033[K"));
    assert_non_null(strstr(text, " info done files=4\n"));
    close(master);
    close(slave);
}

static void elsewhere_there_is_none(void **state)
{
    int ends[2];
    char text[256];
    ssize_t got;

    (void)state;
    assert_int_equal(pipe(ends), 0);
    log_init(LOG_INFO, LOG_TEXT);
    redirect(ends[1]);
    bool shown = log_transient("10 %");
    log_event(LOG_WARN, "odd", LOG_C("why", "a = b"));
    restore();
    got = read(ends[0], text, sizeof text - 1);
    assert_false(shown);
    assert_true(got > 0);
    text[got] = '\0';
    assert_null(strchr(text, '\r'));
    assert_non_null(strstr(text, " warn odd why=\"a = b\"\n"));
    close(ends[0]);
    close(ends[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_terminal_has_a_line_that_moves),
        cmocka_unit_test(elsewhere_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
