#include "systemd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_DESCRIPTOR 3 /* SD_LISTEN_FDS_START */

static int fail(struct error *err, const char *why)
{
    err->code = ERROR_IO;
    err->pos = ERROR_NO_POSITION;
    snprintf(err->msg, sizeof err->msg, "socket activation: %s", why);
    return -1;
}

/* The whole of ${text} as a number of at most ${max}, or -1. */
static long number_of(const char *text, long max)
{
    char *end;
    long n;

    errno = 0;
    n = text == NULL || *text == '\0' ? -1 : strtol(text, &end, 10);
    return n < 0 || n > max || errno != 0 || *end != '\0' ? -1 : n;
}

static bool is_listening_stream(int fd)
{
    int type = 0, listening = 0;
    socklen_t size = sizeof type;

    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM)
        return false;
    size = sizeof listening;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening;
}

int systemd_socket(int *out, struct error *err)
{
    const char *for_whom = getenv("LISTEN_PID"), *how_many = getenv("LISTEN_FDS");
    bool ours = for_whom != NULL && number_of(for_whom, INT32_MAX) == (long)getpid();
    long count = number_of(how_many, 1024);

    if (!ours || how_many == NULL)
        return 0;
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (count == 0)
        return 0;
    if (count != 1)
        return fail(err, "expected one socket");
    if (!is_listening_stream(FIRST_DESCRIPTOR))
        return fail(err, "descriptor 3 is not a listening stream socket");
    if (fcntl(FIRST_DESCRIPTOR, F_SETFD, FD_CLOEXEC) != 0)
        return fail(err, strerror(errno));
    *out = FIRST_DESCRIPTOR;
    return 1;
}

int systemd_notify(const char *state)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    const char *path = getenv("NOTIFY_SOCKET");
    size_t length = path == NULL ? 0 : strlen(path);
    ssize_t sent;
    int fd;

    if (length == 0 || length >= sizeof to.sun_path || (path[0] != '/' && path[0] != '@'))
        return 0;
    memcpy(to.sun_path, path, length);
    if (path[0] == '@') /* an abstract name begins with a NUL */
        to.sun_path[0] = '\0';
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to,
                  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length));
    close(fd);
    return sent == (ssize_t)strlen(state) ? 1 : -1;
}
