/* The health check against small servers that answer one request with a fixed text. */
#include "healthcheck.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

struct peer {
    int listener;
    const char *reply; /* NULL: hang up */
    char request[256];
};

static void *answer(void *arg)
{
    struct peer *p = arg;
    int fd = accept(p->listener, NULL, NULL);
    if (fd < 0) /* nobody came within the listener's patience */
        return NULL;
    ssize_t got = recv(fd, p->request, sizeof p->request - 1, 0);

    p->request[got > 0 ? got : 0] = '\0';
    /* In two pieces, as a network may. */
    if (p->reply != NULL && send(fd, p->reply, 5, MSG_NOSIGNAL) == 5) {
        usleep(20000);
        if (send(fd, p->reply + 5, strlen(p->reply) - 5, MSG_NOSIGNAL) < 0)
            p->request[0] = '\0';
    }
    close(fd);
    return NULL;
}

/* Where the peer listens: below ${host} (then ${address} is completed), or at a socket in the file system. */
static int open_listener(const char *host, char *address, size_t size)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    socklen_t length = sizeof at;
    bool is_local = strncmp(host, "unix:", 5) == 0;
    int fd = socket(is_local ? AF_UNIX : AF_INET, SOCK_STREAM, 0);

    snprintf(address, size, "%s", host);
    if (is_local) {
        snprintf(local.sun_path, sizeof local.sun_path, "%s", host + 5);
        assert_int_equal(bind(fd, (struct sockaddr *)&local, sizeof local), 0);
    } else {
        assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
        assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &length), 0);
        snprintf(address, size, "%s%s%u", host, host[0] == '\0' ? "" : ":", ntohs(at.sin_port));
    }
    assert_int_equal(listen(fd, 1), 0);
    return fd;
}

/* Check a service that gives ${reply}; return the exit status, with the request in ${request}. */
static int check(const char *host, bool ready, const char *reply, char *request, size_t size)
{
    struct peer p = {.reply = reply};
    const struct timeval patience = {.tv_sec = 50};
    char address[128];
    pthread_t thread;
    int status;

    p.listener = open_listener(host, address, sizeof address);
    assert_int_equal(setsockopt(p.listener, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience),
                     0);
    assert_int_equal(pthread_create(&thread, NULL, answer, &p), 0);
    status = healthcheck_run(address, ready);
    pthread_join(thread, NULL);
    close(p.listener);
    snprintf(request, size, "%s", p.request);
    return status;
}

static void answers_decide(void **state)
{
    char folder[] = "/tmp/healthcheck-XXXXXX", local[64];
    assert_non_null(mkdtemp(folder));
    snprintf(local, sizeof local, "unix:%s/socket", folder);
    const struct {
        const char *host;
        bool ready;
        const char *reply;
        int expected;
        const char *request;
    } table[] = {
        {"127.0.0.1", false, "HTTP/1.1 200 OK\r\n\r\n", 0, "GET /livez HTTP/1.1\r\n"},
        {"0.0.0.0", true, "HTTP/1.1 200 OK\r\n\r\n", 0, "GET /readyz HTTP/1.1\r\n"},
        {"", true, "HTTP/1.1 503 Service Unavailable\r\n\r\n", 1, "GET /readyz HTTP/1.1\r\n"},
        {"localhost", false, "HTTP/1.0 204 No Content\r\n\r\n", 1, "GET /livez HTTP/1.1\r\n"},
        {"127.0.0.1", false, "SSH-2.0-OpenSSH\r\n", 1, "GET /livez HTTP/1.1\r\n"},
        {"127.0.0.1", false, NULL, 1, "GET /livez HTTP/1.1\r\n"},
        {local, true, "HTTP/1.1 200 OK\r\n\r\n", 0, "GET /readyz HTTP/1.1\r\n"},
    };
    char request[256];

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int status = check(table[i].host, table[i].ready, table[i].reply, request, sizeof request);
        assert_int_equal(status, table[i].expected);
        assert_memory_equal(request, table[i].request, strlen(table[i].request));
        assert_non_null(strstr(request, "\r\nHost: localhost\r\n"));
    }
    assert_int_equal(unlink(local + 5), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void bad_addresses_fail(void **state)
{
    static const char *const addresses[] = {
        "", "localhost", "localhost:", "*:1", "127.0.0.1:1", "[::1]:1"};

    (void)state;
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        assert_int_equal(healthcheck_run(addresses[i], false), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_decide),
        cmocka_unit_test(bad_addresses_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
