/* The two protocols of the service manager, with this test as the manager. */
#include "systemd.h"

#include "child.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <unistd.h>
#include <cmocka.h>

static void nobody_listens(void **state)
{
    static const char *const addresses[] = {"", "relative/path", "vsock:2:1234"};
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    assert_int_equal(systemd_notify("READY=1"), 0);
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++) {
        setenv("NOTIFY_SOCKET", addresses[i], 1);
        assert_int_equal(systemd_notify("READY=1"), 0);
    }
    setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1);
    assert_int_equal(systemd_notify("READY=1"), -1);
}

static void notification_arrives(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char name[64], got[64] = "";
    int fd = socket(AF_UNIX, SOCK_DGRAM, 0);

    (void)state;
    assert_true(fd >= 0);
    snprintf(name, sizeof name, "@scrollback-test-%ld", (long)getpid());
    memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
    assert_int_equal(bind(fd, (struct sockaddr *)&address,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
                     0);
    setenv("NOTIFY_SOCKET", name, 1);
    assert_int_equal(systemd_notify("READY=1\nSTATUS=here"), 1);
    assert_int_equal(recv(fd, got, sizeof got - 1, MSG_DONTWAIT), 19);
    assert_string_equal(got, "READY=1\nSTATUS=here");
    close(fd);
    unsetenv("NOTIFY_SOCKET");
}

/* What is put on descriptor 3 of a child, what its environment says, and what it must make of it. */
struct handing {
    int type; /* of the socket, 0 for none */
    bool listening;
    const char *count;
    bool for_child; /* LISTEN_PID is the child's, else its parent's */
    int expected;
};

static int take_socket(void *arg)
{
    const struct handing *h = arg;
    char pid[32];
    int fd = -1;
    struct error err = {0};

    if (h->type != 0) {
        int made = socket(AF_INET, h->type, 0);
        if (made < 0 || (h->listening && listen(made, 1) != 0) || dup2(made, 3) != 3)
            return 10;
    }
    snprintf(pid, sizeof pid, "%ld", (long)(h->for_child ? getpid() : getppid()));
    setenv("LISTEN_PID", pid, 1);
    setenv("LISTEN_FDS", h->count, 1);
    if (systemd_socket(&fd, &err) != h->expected)
        return 11;
    if (h->expected == -1 && err.msg[0] == '\0')
        return 12;
    if (h->expected == 1 && (fd != 3 || fcntl(3, F_GETFD) != FD_CLOEXEC))
        return 13;
    return h->for_child && getenv("LISTEN_FDS") != NULL ? 14 : 0;
}

static void sockets_are_taken_as_handed(void **state)
{
    static const struct handing table[] = {
        {SOCK_STREAM, true, "1", true, 1},     {SOCK_STREAM, true, "1", false, 0},
        {SOCK_STREAM, true, "0", true, 0},     {SOCK_STREAM, true, "2", true, -1},
        {SOCK_STREAM, true, "many", true, -1}, {SOCK_STREAM, false, "1", true, -1},
        {SOCK_DGRAM, false, "1", true, -1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct handing row = table[i];
        int status = child_run(take_socket, &row);
        if (status != 0)
            print_error("row %zu\n", i);
        assert_int_equal(status, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_listens),
        cmocka_unit_test(notification_arrives),
        cmocka_unit_test(sockets_are_taken_as_handed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
