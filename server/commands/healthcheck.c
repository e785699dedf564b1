#include "healthcheck.h"

#include "listen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_S 3

/* Who listens on every address of the machine is asked at its loopback. */
static void aim(struct listen_address *a)
{
    if (a->addr.any.sa_family == AF_INET && a->addr.v4.sin_addr.s_addr == htonl(INADDR_ANY))
        a->addr.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (a->addr.any.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&a->addr.v6.sin6_addr))
        a->addr.v6.sin6_addr = in6addr_loopback;
}

/* A connection, or -1 with errno. */
static int dial(const struct listen_address *a)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = socket(a->addr.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
        connect(fd, &a->addr.any, a->length) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

/* Send the request and read the first line of the reply; return its status code, or -1. */
static int ask(int fd, const char *path)
{
    char text[256];
    size_t have = 0;
    int length = snprintf(text, sizeof text,
                          "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);

    if (send(fd, text, (size_t)length, MSG_NOSIGNAL) != length)
        return -1;
    while (have < 12) { /* "HTTP/1.1 200" */
        ssize_t got = recv(fd, text + have, sizeof text - 1 - have, 0);
        if (got <= 0)
            return -1;
        have += (size_t)got;
    }
    text[have] = '\0';
    if (strncmp(text, "HTTP/1.", 7) != 0)
        return -1;
    return (int)strtol(text + 9, NULL, 10);
}

int healthcheck_run(const char *address, bool ready)
{
    const char *path = ready ? "/readyz" : "/livez";
    struct listen_address at;
    int fd, status;

    if (listen_parse(address, &at) != 0) {
        fprintf(
            stderr,
            "scrollback: \"%s\" is no address; give ADDR:PORT, [ADDR6]:PORT, PORT or unix:PATH\n",
            address);
        return 1;
    }
    aim(&at);
    fd = dial(&at);
    if (fd < 0) {
        fprintf(stderr, "scrollback: no service at %s: %s\n", address, strerror(errno));
        return 1;
    }
    status = ask(fd, path);
    close(fd);
    if (status == 200)
        return 0;
    if (status < 0)
        fprintf(stderr, "scrollback: no answer from %s to %s\n", address, path);
    else
        fprintf(stderr, "scrollback: %s answered %s with %d\n", address, path, status);
    return 1;
}
