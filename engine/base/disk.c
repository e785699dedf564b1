#include "disk.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int disk_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int rc = fsync(fd), why = errno;
    close(fd);
    errno = why;
    return rc;
}
