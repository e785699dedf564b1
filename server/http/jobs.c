#include "jobs.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define MAX_THREADS 64
#define WATCH_BATCH 512 /* sockets looked at in one poll */

struct lane_queue {
    struct job *head;
    struct job **tail;
    unsigned reserved; /* places claimed, whether submitted or not, until the job starts */
    unsigned running;
    pthread_cond_t wake;
};

struct jobs {
    pthread_mutex_t lock; /* guards everything below */
    struct lane_queue lanes[LANE_COUNT];
    struct job *watched; /* submitted and not finished */
    unsigned capacity;
    unsigned busy; /* reserved or running */
    bool closed;
    bool ending;
    bool watcher_sleeps;
    pthread_cond_t idle;      /* busy became 0 */
    pthread_cond_t watch_new; /* a job for a sleeping watcher */
    pthread_t threads[MAX_THREADS];
    unsigned thread_count;
};

/* What a thread is started with. */
struct lane_start {
    struct jobs *jobs;
    enum lane lane;
};

uint64_t jobs_now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static void watch_add(struct jobs *j, struct job *job)
{
    job->watched_prev = NULL;
    job->watched_next = j->watched;
    if (j->watched != NULL)
        j->watched->watched_prev = job;
    j->watched = job;
    if (j->watcher_sleeps)
        pthread_cond_signal(&j->watch_new);
}

static void watch_remove(struct jobs *j, struct job *job)
{
    if (job->watched_prev != NULL)
        job->watched_prev->watched_next = job->watched_next;
    else
        j->watched = job->watched_next;
    if (job->watched_next != NULL)
        job->watched_next->watched_prev = job->watched_prev;
}

static struct job *lane_pop(struct jobs *j, struct lane_queue *lane)
{
    while (lane->head == NULL && !j->ending)
        pthread_cond_wait(&lane->wake, &j->lock);
    struct job *job = lane->head;
    if (job == NULL)
        return NULL;
    lane->head = job->next;
    if (lane->head == NULL)
        lane->tail = &lane->head;
    lane->reserved--;
    lane->running++;
    return job;
}

static void *lane_thread(void *arg)
{
    struct lane_start start = *(struct lane_start *)arg;
    struct jobs *j = start.jobs;
    struct job *job;

    free(arg);
    pthread_mutex_lock(&j->lock);
    while ((job = lane_pop(j, &j->lanes[start.lane])) != NULL) {
        pthread_mutex_unlock(&j->lock);
        job->started_ns = jobs_now_ns();
        job->run(job);
        pthread_mutex_lock(&j->lock);
        /* Off the list first: finish() may let the connection, and so its socket, go. */
        watch_remove(j, job);
        j->lanes[start.lane].running--;
        pthread_mutex_unlock(&j->lock);
        job->finish(job);
        pthread_mutex_lock(&j->lock);
        if (--j->busy == 0)
            pthread_cond_broadcast(&j->idle);
    }
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

/* Look at up to WATCH_BATCH sockets from ${at} on; return where to go on.  The lock is held: a job
 * on the list has not finished, so its socket is open; poll() with no timeout does not block. */
static struct job *watch_some(struct job *at)
{
    struct pollfd fds[WATCH_BATCH];
    struct job *owner[WATCH_BATCH];
    nfds_t n = 0;

    for (; at != NULL && n < WATCH_BATCH; at = at->watched_next) {
        if (at->fd < 0)
            continue;
        fds[n] = (struct pollfd){.fd = at->fd, .events = POLLRDHUP};
        owner[n++] = at;
    }
    if (n > 0 && poll(fds, n, 0) > 0)
        for (nfds_t i = 0; i < n; i++)
            if ((fds[i].revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0)
                cancel_request(&owner[i]->cancel, CANCEL_CLIENT);
    return at;
}

static void *watch_thread(void *arg)
{
    struct jobs *j = arg;
    const struct timespec pause = {.tv_nsec = JOBS_WATCH_MS * 1000000L};

    pthread_mutex_lock(&j->lock);
    while (!j->ending) {
        if (j->watched == NULL) {
            j->watcher_sleeps = true;
            pthread_cond_wait(&j->watch_new, &j->lock);
            j->watcher_sleeps = false;
        }
        pthread_mutex_unlock(&j->lock);
        nanosleep(&pause, NULL);
        pthread_mutex_lock(&j->lock);
        for (struct job *at = j->watched; at != NULL;)
            at = watch_some(at);
    }
    pthread_mutex_unlock(&j->lock);
    return NULL;
}

static int start_thread(struct jobs *j, void *(*body)(void *), void *arg)
{
    int rc = pthread_create(&j->threads[j->thread_count], NULL, body, arg);
    if (rc != 0) {
        errno = rc;
        return -1;
    }
    j->thread_count++;
    return 0;
}

static int start_lane(struct jobs *j, enum lane lane, unsigned threads)
{
    for (unsigned i = 0; i < threads; i++) {
        struct lane_start *start = malloc(sizeof(*start));
        if (start == NULL)
            return -1;
        *start = (struct lane_start){j, lane};
        if (start_thread(j, lane_thread, start) != 0) {
            free(start);
            return -1;
        }
    }
    return 0;
}

int jobs_new(const unsigned threads[LANE_COUNT], unsigned capacity, struct jobs **out)
{
    pthread_condattr_t monotonic;
    struct jobs *j = calloc(1, sizeof(*j));
    if (j == NULL)
        return -1;
    j->capacity = capacity;
    pthread_mutex_init(&j->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&j->idle, &monotonic);
    pthread_condattr_destroy(&monotonic);
    pthread_cond_init(&j->watch_new, NULL);
    for (int i = 0; i < LANE_COUNT; i++) {
        j->lanes[i].tail = &j->lanes[i].head;
        pthread_cond_init(&j->lanes[i].wake, NULL);
    }
    int rc = start_thread(j, watch_thread, j);
    for (int i = 0; i < LANE_COUNT && rc == 0; i++) {
        assert(threads[i] > 0 && j->thread_count + threads[i] <= MAX_THREADS);
        rc = start_lane(j, (enum lane)i, threads[i]);
    }
    if (rc != 0) {
        jobs_free(j);
        return -1;
    }
    *out = j;
    return 0;
}

static bool reserve(struct jobs *j, enum lane lane, unsigned capacity)
{
    pthread_mutex_lock(&j->lock);
    bool yes = !j->closed && j->lanes[lane].reserved < capacity;
    if (yes) {
        j->lanes[lane].reserved++;
        j->busy++;
    }
    pthread_mutex_unlock(&j->lock);
    return yes;
}

bool jobs_reserve(struct jobs *j, enum lane lane)
{
    return reserve(j, lane, j->capacity);
}

bool jobs_reserve_next(struct jobs *j, enum lane lane)
{
    return reserve(j, lane, UINT_MAX);
}

void jobs_submit(struct jobs *j, enum lane lane, struct job *job)
{
    struct lane_queue *q = &j->lanes[lane];
    job->submitted_ns = jobs_now_ns();
    job->next = NULL;
    job->lane = lane;
    pthread_mutex_lock(&j->lock);
    *q->tail = job;
    q->tail = &job->next;
    watch_add(j, job);
    pthread_cond_signal(&q->wake);
    pthread_mutex_unlock(&j->lock);
}

void jobs_cancel_all(struct jobs *j, enum cancel_reason why)
{
    pthread_mutex_lock(&j->lock);
    for (struct job *job = j->watched; job != NULL; job = job->watched_next)
        cancel_request(&job->cancel, why);
    pthread_mutex_unlock(&j->lock);
}

void jobs_close(struct jobs *j)
{
    pthread_mutex_lock(&j->lock);
    j->closed = true;
    pthread_mutex_unlock(&j->lock);
}

bool jobs_wait(struct jobs *j, unsigned timeout_ms)
{
    uint64_t end = jobs_now_ns() + timeout_ms * UINT64_C(1000000);
    struct timespec until = {.tv_sec = (time_t)(end / 1000000000u),
                             .tv_nsec = (long)(end % 1000000000u)};
    int rc = 0;

    pthread_mutex_lock(&j->lock);
    while (j->busy > 0 && rc == 0)
        rc = pthread_cond_timedwait(&j->idle, &j->lock, &until);
    bool done = j->busy == 0;
    pthread_mutex_unlock(&j->lock);
    return done;
}

unsigned jobs_depth(struct jobs *j, enum lane lane)
{
    pthread_mutex_lock(&j->lock);
    unsigned n = j->lanes[lane].reserved;
    pthread_mutex_unlock(&j->lock);
    return n;
}

unsigned jobs_running(struct jobs *j, enum lane lane)
{
    pthread_mutex_lock(&j->lock);
    unsigned n = j->lanes[lane].running;
    pthread_mutex_unlock(&j->lock);
    return n;
}

void jobs_free(struct jobs *j)
{
    if (j == NULL)
        return;
    jobs_close(j);
    while (!jobs_wait(j, 1000))
        ;
    pthread_mutex_lock(&j->lock);
    j->ending = true;
    pthread_cond_broadcast(&j->watch_new);
    for (int i = 0; i < LANE_COUNT; i++)
        pthread_cond_broadcast(&j->lanes[i].wake);
    pthread_mutex_unlock(&j->lock);
    for (unsigned i = 0; i < j->thread_count; i++)
        pthread_join(j->threads[i], NULL);
    for (int i = 0; i < LANE_COUNT; i++)
        pthread_cond_destroy(&j->lanes[i].wake);
    pthread_cond_destroy(&j->watch_new);
    pthread_cond_destroy(&j->idle);
    pthread_mutex_destroy(&j->lock);
    free(j);
}
