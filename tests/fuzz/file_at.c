#include "file_at.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static pid_t owner;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

static void remove_folder(void)
{
    if (getpid() == owner)
        (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const char *file_at_folder(void)
{
    const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    if (folder[0] != '\0')
        return folder;
    (void)snprintf(folder, sizeof folder, "%s/scrollback-fuzz-XXXXXX", base);
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        abort();
    }
    owner = getpid();
    (void)atexit(remove_folder);
    return folder;
}

const char *file_at(const char *name, struct span content)
{
    static char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", file_at_folder(), name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, content.ptr, content.len) != (ssize_t)content.len || close(fd) != 0) {
        perror(path);
        abort();
    }
    return path;
}
