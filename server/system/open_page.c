#include "open_page.h"

#include "text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_URL 512

/* The helper: read an address until the other end is closed, and become ${program}. */
static void help(int from, const char *program)
{
    char url[MAX_URL];
    size_t have = 0;
    ssize_t got;

    while (have < sizeof url - 1 && (got = read(from, url + have, sizeof url - 1 - have)) != 0) {
        if (got < 0 && errno != EINTR)
            _exit(1);
        have += got < 0 ? 0 : (size_t)got;
    }
    url[have] = '\0';
    if (have > 0)
        execlp(program, program, url, (char *)NULL);
    _exit(1);
}

/* Whether execlp() will find ${program}; better known now than by a helper whom nobody waits for. */
static bool is_installed(const char *program)
{
    struct span rest = text_of(getenv("PATH")), folder;
    char path[PATH_MAX];

    if (strchr(program, '/') != NULL)
        return access(program, X_OK) == 0;
    while (text_split(&rest, ':', &folder)) {
        int n = snprintf(path, sizeof path, "%.*s/%s", (int)folder.len, folder.ptr, program);
        if (n > 0 && (size_t)n < sizeof path && access(path, X_OK) == 0)
            return true;
    }
    return false;
}

int open_page_prepare(const char *program, struct error *err)
{
    int ends[2];
    pid_t child;

    if (!is_installed(program)) {
        errno = ENOENT;
        goto failed;
    }
    if (pipe2(ends, O_CLOEXEC) != 0)
        goto failed;
    child = fork();
    if (child == 0) {
        /* A grandchild belongs to init, so that the service has nobody to wait for. */
        if (fork() != 0)
            _exit(0);
        setsid();
        close(ends[1]);
        help(ends[0], program);
    }
    close(ends[0]);
    if (child < 0) {
        close(ends[1]);
        goto failed;
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        continue;
    return ends[1];
failed:
    err->code = ERROR_IO;
    err->pos = ERROR_NO_POSITION;
    snprintf(err->msg, sizeof err->msg, "cannot start %.80s: %s", program, strerror(errno));
    return -1;
}

int open_page_show(int fd, const char *url)
{
    size_t length = url == NULL ? 0 : strlen(url);
    ssize_t sent = 0;

    /* Far below PIPE_BUF, so written whole or not at all. */
    if (length >= MAX_URL)
        sent = -1;
    else if (length > 0)
        sent = write(fd, url, length);
    close(fd);
    return sent == (ssize_t)length ? 0 : -1;
}
