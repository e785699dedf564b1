#include "connections.h"

#include "jobs.h"

#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#define REAP_EVERY_MS 250
#define LEFT_AFTER_MS 100 /* time for the library to see by itself that a client has left */
#define POLL_BATCH 256

/* How long a phase may last, in ms: normally, and when three quarters of the places are taken. */
static const unsigned phase_ms[CONNECTION_PHASES][2] = {
    [CONNECTION_FIRST] = {5000, 1000},
    [CONNECTION_BODY] = {10000, 5000},
    [CONNECTION_WORK] = {0, 0},
    [CONNECTION_IDLE] = {60000, 3000},
};

struct connection {
    int fd;
    _Atomic int phase;
    _Atomic uint64_t since_ns;
    struct connection *next; /* guarded by connections.lock */
    struct connection *prev;
};

struct connections {
    pthread_mutex_t lock; /* guards the list; a connection on it has its socket open */
    struct connection *head;
    unsigned count;
    unsigned limit;
    bool ending;
    pthread_cond_t wake;
    pthread_t reaper;
};

/* Has it been in its phase for longer than ${ms}? */
static bool is_over(const struct connection *n, uint64_t now, uint64_t ms)
{
    uint64_t since = atomic_load(&n->since_ns);
    return now > since && now - since > ms * UINT64_C(1000000);
}

/* The library may miss the end of a client's side when it comes together with data (in 0.9.75, with
 * epoll).  Look at up to a batch of sockets from ${n} on and return where to go on. */
static struct connection *reap_left(struct connection *n, uint64_t now)
{
    struct pollfd fds[POLL_BATCH];
    nfds_t count = 0;

    for (; n != NULL && count < POLL_BATCH; n = n->next)
        if (atomic_load(&n->phase) != CONNECTION_WORK && is_over(n, now, LEFT_AFTER_MS))
            fds[count++] = (struct pollfd){.fd = n->fd, .events = POLLRDHUP};
    if (count > 0 && poll(fds, count, 0) > 0)
        for (nfds_t i = 0; i < count; i++)
            if ((fds[i].revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0)
                shutdown(fds[i].fd, SHUT_RDWR);
    return n;
}

static void reap(struct connections *c)
{
    uint64_t now = jobs_now_ns();
    bool scarce = c->count > c->limit / 4 * 3;

    for (struct connection *n = c->head; n != NULL; n = n->next) {
        unsigned allowed = phase_ms[atomic_load(&n->phase)][scarce];
        if (allowed > 0 && is_over(n, now, allowed))
            shutdown(n->fd, SHUT_RDWR);
    }
    for (struct connection *n = c->head; n != NULL;)
        n = reap_left(n, now);
}

static void *reaper_thread(void *arg)
{
    struct connections *c = arg;
    pthread_mutex_lock(&c->lock);
    while (!c->ending) {
        uint64_t at = jobs_now_ns() + REAP_EVERY_MS * UINT64_C(1000000);
        struct timespec until = {.tv_sec = (time_t)(at / 1000000000u),
                                 .tv_nsec = (long)(at % 1000000000u)};
        pthread_cond_timedwait(&c->wake, &c->lock, &until);
        reap(c);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

struct connections *connections_new(unsigned limit)
{
    pthread_condattr_t monotonic;
    struct connections *c = calloc(1, sizeof(*c));
    if (c == NULL)
        return NULL;
    c->limit = limit;
    pthread_mutex_init(&c->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&c->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    if (pthread_create(&c->reaper, NULL, reaper_thread, c) == 0)
        return c;
    pthread_cond_destroy(&c->wake);
    pthread_mutex_destroy(&c->lock);
    free(c);
    return NULL;
}

void connections_free(struct connections *c)
{
    if (c == NULL)
        return;
    pthread_mutex_lock(&c->lock);
    c->ending = true;
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->lock);
    pthread_join(c->reaper, NULL);
    pthread_cond_destroy(&c->wake);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

struct connection *connections_add(struct connections *c, int fd)
{
    struct connection *n = calloc(1, sizeof(*n));
    if (n == NULL)
        return NULL;
    n->fd = fd;
    connections_enter(n, CONNECTION_FIRST);
    pthread_mutex_lock(&c->lock);
    n->next = c->head;
    if (c->head != NULL)
        c->head->prev = n;
    c->head = n;
    c->count++;
    pthread_mutex_unlock(&c->lock);
    return n;
}

void connections_remove(struct connections *c, struct connection *n)
{
    if (n == NULL)
        return;
    pthread_mutex_lock(&c->lock);
    if (n->prev != NULL)
        n->prev->next = n->next;
    else
        c->head = n->next;
    if (n->next != NULL)
        n->next->prev = n->prev;
    c->count--;
    pthread_mutex_unlock(&c->lock);
    free(n);
}

void connections_enter(struct connection *n, enum connection_phase phase)
{
    if (n == NULL)
        return;
    atomic_store(&n->since_ns, jobs_now_ns());
    atomic_store(&n->phase, (int)phase);
}
