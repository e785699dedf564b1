#include "segment_file.h"

#include "segment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define COPY_CHUNK (1u << 20)

void segment_file_init(struct segment_file *f)
{
    *f = (struct segment_file){.fd = -1};
}

void segment_file_close(struct segment_file *f)
{
    if (f->fd >= 0)
        close(f->fd);
    if (f->path != NULL)
        unlink(f->path);
    free(f->path);
    segment_file_init(f);
}

static int open_on_disk(struct segment_file *f, const char *folder)
{
    char *path = NULL;
    if (asprintf(&path, "%s/" SEGMENT_TEMPORARY "XXXXXX", folder) < 0)
        return -1;
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0) {
        f->disk_error = errno;
        free(path);
        return -1;
    }
    f->fd = fd;
    f->path = path;
    return 0;
}

static int open_in_memory(struct segment_file *f)
{
    f->fd = memfd_create("scrollback-segment", MFD_CLOEXEC);
    return f->fd < 0 ? -1 : 0;
}

int segment_file_open(struct segment_file *f, const char *folder)
{
    if (folder != NULL && open_on_disk(f, folder) == 0)
        return 0;
    return open_in_memory(f);
}

static int write_all(int fd, const void *p, size_t n, uint64_t at)
{
    const char *c = p;
    while (n > 0) {
        ssize_t done = pwrite(fd, c, n, (off_t)at);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return -1;
        c += done;
        n -= (size_t)done;
        at += (uint64_t)done;
    }
    return 0;
}

static int copy_all(int from, int to, uint64_t size)
{
    char *chunk = malloc(COPY_CHUNK);
    int rc = chunk == NULL ? -1 : 0;
    for (uint64_t at = 0; rc == 0 && at < size;) {
        uint64_t left = size - at;
        ssize_t n = pread(from, chunk, left < COPY_CHUNK ? (size_t)left : COPY_CHUNK, (off_t)at);
        if (n <= 0)
            rc = -1;
        else
            rc = write_all(to, chunk, (size_t)n, at);
        at += n > 0 ? (uint64_t)n : 0;
    }
    free(chunk);
    return rc;
}

/* The disk refused: take what it has into memory and go on there. */
static int move_to_memory(struct segment_file *f)
{
    struct segment_file old = *f;
    if (open_in_memory(f) != 0) {
        *f = old;
        return -1;
    }
    f->path = NULL;
    int rc = copy_all(old.fd, f->fd, old.size);
    segment_file_close(&old);
    return rc;
}

int segment_file_write(struct segment_file *f, const void *p, size_t n, uint64_t at)
{
    if (write_all(f->fd, p, n, at) != 0) {
        if (f->path == NULL)
            return -1;
        f->disk_error = errno;
        if (move_to_memory(f) != 0 || write_all(f->fd, p, n, at) != 0)
            return -1;
    }
    if (at + n > f->size)
        f->size = at + n;
    return 0;
}
