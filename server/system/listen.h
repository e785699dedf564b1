/* listen.h: The socket the service listens on. */
#ifndef SCROLLBACK_LISTEN_H
#define SCROLLBACK_LISTEN_H

#include "vocabulary.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

struct listen_address {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
    } addr;
    socklen_t length;
    bool loopback; /* only this machine can reach it */
};

/* listen_parse(text, out): "127.0.0.1:7717", "[::1]:7717", "localhost:7717", "7717" (loopback) or
 * "unix:/path".  Return 0, or -1 if it is none of these. */
int listen_parse(const char *text, struct listen_address *out);

/* listen_open(address, why, size): Return a listening socket, or -1 with the reason in ${why}.  Port
 * 0 takes a free one.  A Unix socket is made readable and writable by its owner only; a stale one that
 * nobody answers on is replaced. */
int listen_open(const struct listen_address *address, char *why, size_t size);

/* listen_url(fd, out, size): "http://127.0.0.1:7717", as the socket is really bound. */
void listen_url(int fd, char *out, size_t size);

/* listen_is_loopback(fd): Can only this machine reach the socket? */
bool listen_is_loopback(int fd);

#endif
