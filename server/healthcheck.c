#include "healthcheck.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_S 3

/* Split ${address} at its last colon; "[::1]:7717" loses its brackets, a wildcard becomes loopback. */
static int split(const char *address, char *host, size_t host_size, const char **port)
{
    const char *colon = strrchr(address, ':');
    size_t length;

    if (colon == NULL || colon[1] == '\0')
        return -1;
    length = (size_t)(colon - address);
    if (length >= 2 && address[0] == '[' && colon[-1] == ']') {
        address++;
        length -= 2;
    }
    if (length >= host_size)
        return -1;
    memcpy(host, address, length);
    host[length] = '\0';
    /* localhost need not stand in /etc/hosts of a bare container. */
    if (strcmp(host, "") == 0 || strcmp(host, "localhost") == 0 || strcmp(host, "*") == 0 ||
        strcmp(host, "0.0.0.0") == 0)
        snprintf(host, host_size, "127.0.0.1");
    else if (strcmp(host, "::") == 0)
        snprintf(host, host_size, "::1");
    *port = colon + 1;
    return 0;
}

/* A connection to the first address that answers, or -1 with errno. */
static int dial(const struct addrinfo *candidates)
{
    const struct timeval patience = {.tv_sec = PATIENCE_S};

    errno = ECONNREFUSED;
    for (const struct addrinfo *a = candidates; a != NULL; a = a->ai_next) {
        int fd = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC, a->ai_protocol);
        int why;
        if (fd < 0)
            continue;
        if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
            setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
            connect(fd, a->ai_addr, a->ai_addrlen) == 0)
            return fd;
        why = errno;
        close(fd);
        errno = why;
    }
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
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *candidates = NULL;
    const char *path = ready ? "/readyz" : "/livez", *port;
    char host[256];
    int fd, status;

    if (split(address, host, sizeof host, &port) != 0 ||
        getaddrinfo(host, port, &hints, &candidates) != 0) {
        fprintf(stderr, "scrollback: '%s' is not an address (host:port)\n", address);
        return 1;
    }
    fd = dial(candidates);
    freeaddrinfo(candidates);
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
