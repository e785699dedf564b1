#include "listen.h"

#include "text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKLOG 1024

static bool is_loopback(const struct sockaddr *a)
{
    if (a->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, a, sizeof(v4));
        return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    }
    if (a->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, a, sizeof(v6));
        return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
    }
    return a->sa_family == AF_UNIX;
}

static int parse_local(const char *path, struct listen_address *out)
{
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof(out->addr.local.sun_path))
        return -1;
    out->addr.local.sun_family = AF_UNIX;
    memcpy(out->addr.local.sun_path, path, n + 1);
    out->length = (socklen_t)sizeof(out->addr.local);
    out->loopback = true;
    return 0;
}

static int parse_inet(struct span host, uint16_t port, struct listen_address *out)
{
    char name[64];
    if (host.len >= 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']') {
        host.ptr++;
        host.len -= 2;
    }
    if (host.len == 0 || host.len >= sizeof(name))
        return -1;
    memcpy(name, host.ptr, host.len);
    name[host.len] = '\0';
    if (strcmp(name, "localhost") == 0)
        memcpy(name, "127.0.0.1", sizeof("127.0.0.1"));
    if (inet_pton(AF_INET, name, &out->addr.v4.sin_addr) == 1) {
        out->addr.v4.sin_family = AF_INET;
        out->addr.v4.sin_port = htons(port);
        out->length = sizeof(out->addr.v4);
    } else if (inet_pton(AF_INET6, name, &out->addr.v6.sin6_addr) == 1) {
        out->addr.v6.sin6_family = AF_INET6;
        out->addr.v6.sin6_port = htons(port);
        out->length = sizeof(out->addr.v6);
    } else {
        return -1;
    }
    out->loopback = is_loopback(&out->addr.any);
    return 0;
}

int listen_parse(const char *text, struct listen_address *out)
{
    uint64_t port;
    memset(out, 0, sizeof(*out));
    if (strncmp(text, "unix:", 5) == 0)
        return parse_local(text + 5, out);
    const char *colon = strrchr(text, ':');
    const char *digits = colon == NULL ? text : colon + 1;
    if (text_number(text_of(digits), 65535, &port) != 0)
        return -1;
    struct span host =
        colon == NULL ? TEXT("127.0.0.1") : (struct span){text, (size_t)(colon - text)};
    /* "::1:7717" could be read in two ways; an IPv6 address wants its brackets. */
    if (host.len > 0 && host.ptr[0] != '[' && memchr(host.ptr, ':', host.len) != NULL)
        return -1;
    return parse_inet(host, (uint16_t)port, out);
}

/* Remove a socket file that no process listens on any more. */
static void remove_stale(const struct listen_address *address)
{
    struct stat st;
    const char *path = address->addr.local.sun_path;
    if (lstat(path, &st) != 0 || !S_ISSOCK(st.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    if (connect(fd, &address->addr.any, address->length) != 0 && errno == ECONNREFUSED)
        unlink(path);
    close(fd);
}

static int bind_socket(int fd, const struct listen_address *address)
{
    int yes = 1;
    int family = address->addr.any.sa_family;
    if (family == AF_UNIX) {
        mode_t before = umask(0177);
        remove_stale(address);
        int rc = bind(fd, &address->addr.any, address->length);
        umask(before);
        return rc;
    }
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) != 0)
        return -1;
    if (family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes)) != 0)
        return -1;
    return bind(fd, &address->addr.any, address->length);
}

int listen_open(const struct listen_address *address, char *why, size_t size)
{
    int fd = socket(address->addr.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd >= 0 && bind_socket(fd, address) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    snprintf(why, size, "%s", strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool bound_address(int fd, struct listen_address *out)
{
    memset(out, 0, sizeof(*out));
    out->length = sizeof(out->addr);
    return getsockname(fd, &out->addr.any, &out->length) == 0;
}

bool listen_is_loopback(int fd)
{
    struct listen_address a;
    return bound_address(fd, &a) && is_loopback(&a.addr.any);
}

void listen_url(int fd, char *out, size_t size)
{
    struct listen_address a;
    char host[INET6_ADDRSTRLEN] = "";

    out[0] = '\0';
    if (!bound_address(fd, &a))
        return;
    if (a.addr.any.sa_family == AF_UNIX)
        snprintf(out, size, "unix:%s", a.addr.local.sun_path);
    else if (a.addr.any.sa_family == AF_INET6)
        snprintf(out, size, "http://[%s]:%u",
                 inet_ntop(AF_INET6, &a.addr.v6.sin6_addr, host, sizeof(host)),
                 ntohs(a.addr.v6.sin6_port));
    else
        snprintf(out, size, "http://%s:%u",
                 inet_ntop(AF_INET, &a.addr.v4.sin_addr, host, sizeof(host)),
                 ntohs(a.addr.v4.sin_port));
}
