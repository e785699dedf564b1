#include "serve_command.h"

#include "folders.h"
#include "http.h"
#include "listen.h"
#include "open_page.h"
#include "routes.h"
#include "serve_fence.h"
#include "serve_progress.h"
#include "service.h"
#include "systemd.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define WANTED_FILES 4096 /* connections, sources, the index */
#define GRACE_MS 4000     /* for running requests when asked to stop */
#define STOP_WITHIN_S 10  /* promised to whoever sends SIGTERM */

static void on_engine_line(void *arg, enum engine_log_level level, const char *line)
{
    static const enum log_level levels[] = {LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG};
    (void)arg;
    log_event(levels[level], "engine", LOG_C("message", line));
}

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "scrollback: %s: %s\n", what, why);
    return -1;
}

static void raise_file_limit(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= WANTED_FILES)
        return;
    limit.rlim_cur = limit.rlim_max < WANTED_FILES ? limit.rlim_max : WANTED_FILES;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

/* All threads inherit the mask, so that only wait_for_stop() takes these signals. */
static void block_signals(sigset_t *stop)
{
    sigemptyset(stop);
    sigaddset(stop, SIGTERM);
    sigaddset(stop, SIGINT);
    pthread_sigmask(SIG_BLOCK, stop, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static int open_engine(const struct config *config, struct engine **out)
{
    struct engine_config e;
    struct error err = {0};

    engine_config_init(&e);
    e.roots = config->roots.items;
    e.root_count = config->roots.count;
    e.sample = config->sample;
    e.threads = config->threads;
    e.index = true;
    e.strategy = (enum strategy)config->strategy;
    e.cache_dir = config->cache_dir;
    e.data_dir = config->data_dir;
    e.retain = config->retain;
    e.pricing = config->pricing;
    e.log = on_engine_line;
    return engine_open(&e, out, &err) == 0 ? 0 : complain("cannot start", err.msg);
}

static int open_socket(const struct config *config)
{
    struct listen_address address;
    struct error err = {0};
    char why[128];
    int fd = -1;
    int given = systemd_socket(&fd, &err);

    if (given < 0)
        return complain("cannot start", err.msg);
    if (given == 1)
        return fd;
    if (listen_parse(config->listen, &address) != 0) {
        fprintf(stderr,
                "scrollback: --listen: \"%s\" is no address; give ADDR:PORT, [ADDR6]:PORT, PORT or "
                "unix:PATH\n",
                config->listen);
        return -1;
    }
    fd = listen_open(&address, why, sizeof(why));
    if (fd < 0)
        fprintf(stderr,
                "scrollback: --listen: cannot listen on %s: %s; choose another address with "
                "--listen\n",
                config->listen, why);
    return fd;
}

static int open_guard(const struct config *config, struct request_guard **out)
{
    const struct guard_config g = {.allowed_hosts = config->allow_hosts.items,
                                   .allowed_host_count = config->allow_hosts.count,
                                   .cors_origins = config->cors_origins.items,
                                   .cors_origin_count = config->cors_origins.count,
                                   .token = config->token,
                                   .rate_per_second = config->rate_limit};
    return request_guard_new(&g, out) == 0 ? 0 : complain("cannot start", "there is no memory");
}

static int open_jobs(const struct config *config, struct service *service)
{
    unsigned cores = engine_processors();
    unsigned threads[LANE_COUNT];
    threads[LANE_INDEX] = cores < 2 ? 2 : cores > 16 ? 16 : cores;
    threads[LANE_FILES] = 1;
    service->parking = parking_new();
    service->metrics = metrics_new(service->routes);
    if (service->parking == NULL || service->metrics == NULL ||
        jobs_new(threads, config->queue, &service->jobs) != 0)
        return complain("cannot start", strerror(errno));
    return 0;
}

static void announce(const struct config *config, int fd, int opener)
{
    char url[160];
    listen_url(fd, url, sizeof(url));
    printf("listening on %s\n", url);
    (void)fflush(stdout);
    systemd_notify("READY=1");
    if (config->token != NULL)
        log_event(LOG_INFO, "token_needed", LOG_C("file", config->token_file),
                  LOG_C("hint", "the page asks for its first line; others send it as "
                                "Authorization: Bearer"));
    if (opener >= 0 && open_page_show(opener, url) != 0)
        log_event(LOG_WARN, "page_not_opened", LOG_C("url", url));
}

/* The helper that --open needs, or -1. */
static int prepare_opener(const struct config *config)
{
    struct error err = {0};
    int fd = config->open ? open_page_prepare("xdg-open", &err) : -1;
    if (config->open && fd < 0)
        log_event(LOG_WARN, "page_not_opened", LOG_C("why", err.msg));
    return fd;
}

/* A stop that hangs must not keep a supervisor waiting: leave, and say so. */
static void *stop_watchdog(void *arg)
{
    (void)arg;
    sleep(STOP_WITHIN_S - 1);
    log_event(LOG_ERROR, "stop_timed_out", LOG_U("seconds", STOP_WITHIN_S - 1));
    _exit(1);
}

static void wait_for_stop(struct engine *engine, const struct config *config, const sigset_t *stop)
{
    pthread_t watchdog;
    int got = serve_progress_wait(engine, config, stop);
    log_event(LOG_INFO, "stopping", LOG_C("signal", got == SIGTERM ? "SIGTERM" : "SIGINT"));
    systemd_notify("STOPPING=1");
    /* A second signal ends the process at once. */
    pthread_sigmask(SIG_UNBLOCK, stop, NULL);
    if (pthread_create(&watchdog, NULL, stop_watchdog, NULL) == 0)
        pthread_detach(watchdog);
}

static int serve(struct service *service, const struct config *config, int fd)
{
    struct http *http = NULL;
    sigset_t stop;
    int opener = prepare_opener(config);

    block_signals(&stop);
    serve_fence_files(config);
    if (open_engine(config, &service->engine) != 0 || open_jobs(config, service) != 0 ||
        open_guard(config, &service->guard) != 0)
        return -1;
    if (http_start(service, fd, &http) != 0)
        return complain("cannot start", "the HTTP library does not start");
    serve_fence_calls(config);
    announce(config, fd, opener);
    wait_for_stop(service->engine, config, &stop);
    http_stop(http, GRACE_MS);
    return 0;
}

int serve_command_run(struct config *config)
{
    struct service service = {.config = config, .routes = &routes_table};
    struct config_error err = {0};

    log_init((enum log_level)config->log_level, (enum log_format)config->log_format);
    raise_file_limit();
    if (config_load_token(config, &err) != 0)
        return complain("cannot start", err.msg), 2;
    /* A cache is worth a warning; what is to be kept for good is not lost without a word. */
    if (config->retain && folders_make(config->data_dir) != 0) {
        fprintf(
            stderr,
            "scrollback: --retain: cannot write to %s: %s; name another folder with --data-dir\n",
            config->data_dir, strerror(errno));
        return 2;
    }
    int fd = open_socket(config);
    if (fd < 0)
        return 2;
    if (config_check_public(config, listen_is_loopback(fd), &err) != 0) {
        close(fd);
        return complain("cannot start", err.msg), 2;
    }
    int rc = serve(&service, config, fd);
    parking_free(service.parking);
    jobs_free(service.jobs);
    request_guard_free(service.guard);
    metrics_free(service.metrics);
    engine_close(service.engine);
    if (rc == 0)
        log_event(LOG_INFO, "stopped", LOG_U("failures", atomic_load(&service.failures)));
    return rc == 0 ? 0 : 2;
}
