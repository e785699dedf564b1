#include "unpacked.h"

#include "retained.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* All but the descriptor is constant once it is in the list; users and next are the lock's. */
struct unpacked {
    struct unpacked *next;
    unsigned users;
    bool done;
    int fd;    /* once done; -1: it failed */
    int error; /* why */
    /* which file: one that took its place is another */
    uint64_t device;
    uint64_t inode;
    uint64_t size;
    int64_t mtime_ns;
    char path[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t finished = PTHREAD_COND_INITIALIZER;
static struct unpacked *all; /* those that somebody holds and that have not failed */

bool unpacked_is(const struct unpacked *u, const struct source *s)
{
    return u != NULL && s->is_retained && u->device == s->device && u->inode == s->inode &&
           u->size == s->size && u->mtime_ns == s->mtime_ns && strcmp(u->path, s->path.ptr) == 0;
}

int unpacked_fd(const struct unpacked *u)
{
    return u->fd;
}

static struct unpacked *add(const struct source *s)
{
    size_t path = strlen(s->path.ptr) + 1;
    struct unpacked *u = malloc(sizeof *u + path);
    if (u == NULL)
        return NULL;
    *u = (struct unpacked){.next = all,
                           .fd = -1,
                           .device = s->device,
                           .inode = s->inode,
                           .size = s->size,
                           .mtime_ns = s->mtime_ns};
    memcpy(u->path, s->path.ptr, path);
    all = u;
    return u;
}

static void take_out(const struct unpacked *u)
{
    for (struct unpacked **p = &all; *p != NULL; p = &(*p)->next)
        if (*p == u) {
            *p = u->next;
            return;
        }
}

/* Unpack for all who wait; the lock is not held meanwhile.  One that failed is asked for anew by the next
 * who comes. */
static void unpack(struct unpacked *u)
{
    pthread_mutex_unlock(&lock);
    int fd = retained_open(u->path);
    int error = errno;
    pthread_mutex_lock(&lock);
    u->fd = fd;
    u->error = error;
    u->done = true;
    if (fd < 0)
        take_out(u);
    pthread_cond_broadcast(&finished);
}

/* The last one frees it. */
static void leave(struct unpacked *u)
{
    if (--u->users > 0)
        return;
    take_out(u);
    if (u->fd >= 0)
        close(u->fd);
    free(u);
}

int unpacked_get(const struct source *s, struct unpacked **out)
{
    int error = 0;
    pthread_mutex_lock(&lock);
    struct unpacked *u = all;
    while (u != NULL && !unpacked_is(u, s))
        u = u->next;
    if (u != NULL) {
        u->users++;
        while (!u->done)
            pthread_cond_wait(&finished, &lock);
    } else if ((u = add(s)) != NULL) {
        u->users++;
        unpack(u);
    }
    if (u == NULL || u->fd < 0) {
        error = u == NULL ? ENOMEM : u->error;
        if (u != NULL)
            leave(u);
        u = NULL;
    }
    pthread_mutex_unlock(&lock);
    *out = u;
    errno = error;
    return u == NULL ? -1 : 0;
}

void unpacked_put(struct unpacked *u)
{
    if (u == NULL)
        return;
    pthread_mutex_lock(&lock);
    leave(u);
    pthread_mutex_unlock(&lock);
}
