#include "http.h"

#include "connections.h"
#include "exchange.h"
#include "log.h"
#include "parking.h"

#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define POOL_THREADS 10u
#define CONNECTIONS_PER_THREAD 120u
#define CONNECTION_MEMORY (64u * 1024u)
#define IDLE_TIMEOUT_S 30u

struct http {
    struct service *service;
    struct MHD_Daemon *daemon;
    struct connections *connections;
    pthread_mutex_t lock; /* guards active */
    pthread_cond_t idle;
    unsigned active; /* requests between their head and the end of their reply */
};

/* ---- what the library calls ---- */

static void count_active(struct http *http, int change)
{
    pthread_mutex_lock(&http->lock);
    http->active += (unsigned)change;
    if (http->active == 0)
        pthread_cond_broadcast(&http->idle);
    pthread_mutex_unlock(&http->lock);
}

static void *on_target(void *cls, const char *uri, struct MHD_Connection *connection)
{
    struct http *http = cls;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return exchange_new(http->service, connection, info == NULL ? NULL : info->socket_context, uri);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **context)
{
    struct exchange *x = *context;
    (void)connection;
    (void)url;
    if (x == NULL)
        return MHD_NO;
    if (x->stage == STAGE_HEAD)
        count_active(cls, 1);
    return exchange_call(x, method, version, data, size);
}

static void log_request(const struct exchange *x, enum MHD_RequestTerminationCode why)
{
    const struct request *r = &x->request;
    enum log_level level = r->answer.status >= 500 ? LOG_WARN : LOG_DEBUG;
    if (x->stage == STAGE_HEAD || !log_wants(level))
        return;
    log_event(level, "request", LOG_C("route", r->route == NULL ? "-" : r->route->path),
              LOG_U("status", r->answer.status),
              LOG_U("took_us", (jobs_now_ns() - r->arrived_ns) / 1000),
              LOG_C("end", why == MHD_REQUEST_TERMINATED_COMPLETED_OK ? "ok" : "broken"));
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode why)
{
    struct http *http = cls;
    struct exchange *x = *context;
    (void)connection;
    if (x == NULL)
        return;
    *context = NULL;
    bool counted = x->stage != STAGE_HEAD;
    log_request(x, why);
    connections_enter(x->place, CONNECTION_IDLE);
    exchange_free(x);
    if (counted)
        count_active(http, -1);
}

static void on_connection(void *cls, struct MHD_Connection *connection, void **place,
                          enum MHD_ConnectionNotificationCode what)
{
    struct http *http = cls;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *place = connections_add(http->connections, exchange_socket(connection));
    } else {
        connections_remove(http->connections, *place);
        *place = NULL;
    }
}

/* The query string is decoded by params.c, strictly; the library shall leave it alone. */
static size_t keep_escapes(void *cls, struct MHD_Connection *connection, char *s)
{
    (void)cls;
    (void)connection;
    return strlen(s);
}

static void on_library_message(void *cls, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));
static void on_library_message(void *cls, const char *format, va_list args)
{
    char line[256];
    (void)cls;
    if (!log_wants(LOG_DEBUG))
        return;
    (void)vsnprintf(line, sizeof(line), format, args);
    line[strcspn(line, "\n")] = '\0';
    log_event(LOG_DEBUG, "libmicrohttpd", LOG_C("message", line));
}

/* The library calls this instead of libc's.  When it is told to take no more connections, both it and its threads
 * remove the listening socket from their sets, and whoever comes second finds nothing there and aborts (in 0.9.75,
 * which forgives that in one of three places).  What is not there has been removed. */
int epoll_ctl(int set, int operation, int fd, struct epoll_event *event)
{
    int rc = (int)syscall(SYS_epoll_ctl, (long)set, (long)operation, (long)fd, event);
    return rc != 0 && operation == EPOLL_CTL_DEL && (errno == ENOENT || errno == EBADF) ? 0 : rc;
}

/* ---- start and stop ---- */

static struct MHD_Daemon *start_daemon(struct http *http, int fd)
{
    const unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_ITC;
    return MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, http, MHD_OPTION_EXTERNAL_LOGGER, on_library_message,
        http, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE, POOL_THREADS,
        MHD_OPTION_THREAD_STACK_SIZE, (size_t)256 * 1024, MHD_OPTION_CONNECTION_LIMIT,
        POOL_THREADS * CONNECTIONS_PER_THREAD, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_TIMEOUT_S,
        MHD_OPTION_URI_LOG_CALLBACK, on_target, http, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes,
        NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, http, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, http, MHD_OPTION_END);
}

static void http_free(struct http *http)
{
    connections_free(http->connections);
    pthread_cond_destroy(&http->idle);
    pthread_mutex_destroy(&http->lock);
    free(http);
}

int http_start(struct service *service, int fd, struct http **out)
{
    pthread_condattr_t monotonic;
    struct http *http = calloc(1, sizeof(*http));
    if (http == NULL)
        return -1;
    http->service = service;
    pthread_mutex_init(&http->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&http->idle, &monotonic);
    pthread_condattr_destroy(&monotonic);
    http->connections = connections_new(POOL_THREADS * CONNECTIONS_PER_THREAD);
    if (http->connections != NULL)
        http->daemon = start_daemon(http, fd);
    if (http->daemon == NULL) {
        http_free(http);
        return -1;
    }
    *out = http;
    return 0;
}

/* Wait until no request is being answered, at most so long. */
static bool wait_idle(struct http *http, unsigned timeout_ms)
{
    uint64_t end = jobs_now_ns() + timeout_ms * UINT64_C(1000000);
    struct timespec until = {.tv_sec = (time_t)(end / 1000000000u),
                             .tv_nsec = (long)(end % 1000000000u)};
    int rc = 0;
    pthread_mutex_lock(&http->lock);
    while (http->active > 0 && rc == 0)
        rc = pthread_cond_timedwait(&http->idle, &http->lock, &until);
    bool idle = http->active == 0;
    pthread_mutex_unlock(&http->lock);
    return idle;
}

void http_stop(struct http *http, unsigned grace_ms)
{
    if (http == NULL)
        return;
    struct jobs *jobs = http->service->jobs;
    atomic_store(&http->service->stopping, true);
    MHD_socket fd = MHD_quiesce_daemon(http->daemon);
    if (fd != MHD_INVALID_SOCKET)
        close(fd);
    parking_close(http->service->parking);
    if (!wait_idle(http, grace_ms))
        jobs_cancel_all(jobs, CANCEL_SHUTDOWN);
    jobs_close(jobs);
    /* From here on no request can be suspended; the library aborts if one is when it stops. */
    while (!jobs_wait(jobs, 500))
        jobs_cancel_all(jobs, CANCEL_SHUTDOWN);
    wait_idle(http, 1000);
    MHD_stop_daemon(http->daemon);
    http_free(http);
}
