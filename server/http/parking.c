#include "parking.h"

#include "jobs.h"
#include "stream.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define LOOK_EVERY_MS 50

struct parking {
    pthread_mutex_t lock; /* guards everything below */
    struct parked *head;
    bool closed;
    bool ending;
    pthread_cond_t wake;
    pthread_t thread;
};

static bool has_left(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLRDHUP};
    return fd >= 0 && poll(&p, 1, 0) > 0 &&
           (p.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

/* Take those out whose time has come.  The lock is held. */
static struct parked *collect(struct parking *p)
{
    uint64_t now = jobs_now_ns();
    struct parked *woken = NULL;
    struct parked **link = &p->head;
    while (*link != NULL) {
        struct parked *item = *link;
        item->left = has_left(item->fd);
        if (!p->closed && !item->left && now < item->due_ns) {
            link = &item->next;
            continue;
        }
        *link = item->next;
        item->next = woken;
        woken = item;
    }
    return woken;
}

static void *parking_thread(void *arg)
{
    struct parking *p = arg;
    pthread_mutex_lock(&p->lock);
    while (!p->ending) {
        if (p->head == NULL) {
            pthread_cond_wait(&p->wake, &p->lock);
            continue;
        }
        struct parked *woken = collect(p);
        pthread_mutex_unlock(&p->lock);
        while (woken != NULL) {
            struct parked *item = woken;
            woken = item->next;
            item->wake(item);
        }
        const struct timespec pause = {.tv_nsec = LOOK_EVERY_MS * 1000000L};
        nanosleep(&pause, NULL);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

struct parking *parking_new(void)
{
    struct parking *p = calloc(1, sizeof(*p));
    if (p == NULL)
        return NULL;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->wake, NULL);
    if (pthread_create(&p->thread, NULL, parking_thread, p) == 0)
        return p;
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    free(p);
    return NULL;
}

void parking_free(struct parking *p)
{
    if (p == NULL)
        return;
    pthread_mutex_lock(&p->lock);
    p->ending = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
    pthread_join(p->thread, NULL);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

bool parking_add(struct parking *p, struct parked *item)
{
    item->due_ns = jobs_now_ns() + STREAM_POLL_MS * UINT64_C(1000000);
    item->left = false;
    pthread_mutex_lock(&p->lock);
    bool in = !p->closed;
    if (in) {
        item->next = p->head;
        p->head = item;
        pthread_cond_signal(&p->wake);
    }
    pthread_mutex_unlock(&p->lock);
    return in;
}

void parking_close(struct parking *p)
{
    pthread_mutex_lock(&p->lock);
    p->closed = true;
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->lock);
}
