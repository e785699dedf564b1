/* agree_churn: The index must know whatever happens to the files, at once.
 *
 *   agree_churn ROOT CACHE [--rounds N] [--seed N] [--appends N] [--kills N]
 *
 * Changes what lies below ROOT at random (it is written to!), and after every change compares the index's
 * answers with the serial scan's.  Now and then the index is saved, closed and opened again, also with damaged
 * files below CACHE.  Then appends lines while other threads append too, and asks for each at once.
 * Last, processes that read, change and save are killed at random moments, and what they leave is opened.
 */
#include "churn.h"
#include "clock.h"
#include "compare.h"
#include "discover.h"
#include "index.h"
#include "make_query.h"
#include "search.h"
#include "span.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ThreadSanitizer does not follow a fork of a process that has threads. */
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CAN_FORK 0
#endif
#endif
#ifndef CAN_FORK
#define CAN_FORK 1
#endif

struct options {
    const char *root;
    const char *cache;
    unsigned long rounds;
    unsigned long seed;
    unsigned long appends;
    unsigned long kills;
};

/* One run. */
struct test {
    struct options options;
    uint64_t state;
    struct sample *sample;
    struct index *index;
    unsigned long passed;
    unsigned long failed;
    unsigned long reopened;
    unsigned long damaged;
};

static int parse_options(int argc, char **argv, struct options *o)
{
    const char *paths[2] = {NULL, NULL};
    int n = 0;
    *o = (struct options){.rounds = 100, .seed = 1, .appends = 200, .kills = 10};
    for (int i = 1; i < argc; i++) {
        unsigned long *number = strcmp(argv[i], "--rounds") == 0    ? &o->rounds
                                : strcmp(argv[i], "--seed") == 0    ? &o->seed
                                : strcmp(argv[i], "--appends") == 0 ? &o->appends
                                : strcmp(argv[i], "--kills") == 0   ? &o->kills
                                                                    : NULL;
        char *end = NULL;
        if (number == NULL && n < 2)
            paths[n++] = argv[i];
        else if (number == NULL || ++i == argc)
            return -1;
        else if ((*number = strtoul(argv[i], &end, 10)), *end != '\0')
            return -1;
    }
    o->root = paths[0];
    o->cache = paths[1];
    return n == 2 ? 0 : -1;
}

static void say(void *arg, enum index_log_level level, const char *line)
{
    (void)arg;
    if (level <= INDEX_LOG_WARN)
        printf("# %s\n", line);
}

static int open_index(struct test *t)
{
    struct index_config config = {.roots = &t->options.root,
                                  .root_count = 1,
                                  .cache_dir = t->options.cache,
                                  .threads = 2,
                                  .log = say};
    struct error err = {0};
    if (index_open(&config, &t->index, &err) == 0)
        return 0;
    printf("cannot open the index: %s\n", err.msg);
    return -1;
}

/* --- comparing ----------------------------------------------------------------------------------- */

static int ask(struct test *t, const struct search_request *request, const struct source_list *list,
               const struct snapshot *snapshot, struct search_reply **out, struct error *err)
{
    struct environment env = {.sources = list,
                              .snapshot = snapshot,
                              .strategy = STRATEGY_SERIAL,
                              .threads = 1 + (unsigned)(sample_random(&t->state) % 3)};
    struct search_request copy = *request;
    copy.query.strategy = snapshot != NULL ? STRATEGY_INDEX : STRATEGY_SERIAL;
    return search_run(&env, &copy, NULL, out, err);
}

static void compare(struct test *t, const struct search_request *request,
                    const struct source_list *list, const struct snapshot *snapshot,
                    const char *what)
{
    struct search_reply *a = NULL, *b = NULL;
    struct error ea = {0}, eb = {0};
    char why[512] = "";
    int ra = ask(t, request, list, NULL, &a, &ea);
    int rb = ask(t, request, snapshot_sources(snapshot), snapshot, &b, &eb);
    if (ra != rb || ea.code != eb.code)
        (void)snprintf(why, sizeof why, "error \"%s\" against \"%s\"", ea.msg, eb.msg);
    else if (ra == 0 && (a->incomplete_reason == INCOMPLETE_REGEX_LIMIT ||
                         b->incomplete_reason == INCOMPLETE_REGEX_LIMIT))
        why[0] = '\0'; /* one gave up */
    else if (ra == 0 && compare_replies(a, b, why, sizeof why) != 0 && why[0] == '\0')
        (void)snprintf(why, sizeof why, "something differs");
    if (why[0] == '\0') {
        t->passed++;
    } else {
        t->failed++;
        printf("DISAGREE after %s\n  %s\n  q=%.*s\n", what, why, (int)request->query.q.len,
               request->query.q.ptr == NULL ? "" : request->query.q.ptr);
    }
    search_reply_free(a);
    search_reply_free(b);
}

/* Ask for everything, and a random question. */
static void check(struct test *t, const char *what)
{
    struct snapshot *snapshot;
    struct source_list *list;
    struct error err = {0};
    struct search_request request;
    struct buf text;
    if (index_refresh(t->index, &snapshot, &err) != 0 ||
        discover_sources(&t->options.root, 1, &list, &err) != 0) {
        printf("FAILED after %s: %s\n", what, err.msg);
        t->failed++;
        return;
    }
    search_request_init(&request);
    request.limit = 1000;
    request.sort = sample_random(&t->state) % 2 ? SORT_OLDEST : SORT_NEWEST;
    request.facets = (1u << (FACET_DAY + 1)) - 1;
    request.facet_limit = 100;
    request.query.dedupe = sample_random(&t->state) % 2;
    compare(t, &request, list, snapshot, what);
    buf_init(&text);
    make_query(t->sample, &t->state, &text, &request);
    compare(t, &request, list, snapshot, what);
    buf_clear(&text);
    source_list_free(list);
    snapshot_release(snapshot);
}

/* --- closing and opening ------------------------------------------------------------------------- */

static void damage_file(struct test *t, int dir, const char *name)
{
    int fd = openat(dir, name, O_RDWR | O_CLOEXEC);
    off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    if (size > 0) {
        off_t at = (off_t)(sample_random(&t->state) % (uint64_t)size);
        char c;
        if (sample_random(&t->state) % 2) {
            if (pread(fd, &c, 1, at) == 1) {
                c = (char)(c ^ (1 << sample_random(&t->state) % 8));
                t->damaged += pwrite(fd, &c, 1, at) == 1;
            }
        } else {
            t->damaged += ftruncate(fd, at) == 0;
        }
    }
    if (fd >= 0)
        close(fd);
}

/* Flip a bit of a file of the closed cache, cut one off, or remove one. */
static void damage_cache(struct test *t)
{
    DIR *top = opendir(t->options.cache);
    for (const struct dirent *d; top != NULL && (d = readdir(top)) != NULL;) {
        int fd = d->d_name[0] == '.' ? -1 : openat(dirfd(top), d->d_name, O_RDONLY | O_DIRECTORY);
        DIR *dir = fd < 0 ? NULL : fdopendir(fd);
        for (const struct dirent *f; dir != NULL && (f = readdir(dir)) != NULL;) {
            if (f->d_name[0] == '.' || sample_random(&t->state) % 2)
                continue;
            if (sample_random(&t->state) % 4 == 0)
                t->damaged += unlinkat(dirfd(dir), f->d_name, 0) == 0;
            else
                damage_file(t, dirfd(dir), f->d_name);
        }
        if (dir != NULL)
            closedir(dir);
    }
    if (top != NULL)
        closedir(top);
}

static int reopen(struct test *t)
{
    char what[256];
    index_close(t->index);
    t->index = NULL;
    t->reopened++;
    if (sample_random(&t->state) % 3 == 0)
        damage_cache(t);
    for (uint64_t n = sample_random(&t->state) % 3; n > 0; n--)
        (void)churn_once(t->options.root, &t->state, what, sizeof what);
    if (open_index(t) != 0)
        return -1;
    check(t, "opening, perhaps before it is ready");
    index_wait_ready(t->index, 60000);
    check(t, "opening");
    return 0;
}

/* --- appending ----------------------------------------------------------------------------------- */

struct writer {
    pthread_t thread;
    const char *path;
    atomic_bool stop;
};

static int append_line(const char *path, const char *word, unsigned long n)
{
    char line[512];
    int len = snprintf(line, sizeof line,
                       "{\"type\":\"user\",\"uuid\":\"%s-%lu\",\"sessionId\":\"s\",\"cwd\":\"/w\","
                       "\"timestamp\":\"2026-01-02T03:04:05.678Z\",\"message\":{\"role\":\"user\","
                       "\"content\":\"%s%lux\"}}\n",
                       word, n, word, n);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    ssize_t done = write(fd, line, (size_t)len);
    close(fd);
    return done == len ? 0 : -1;
}

static void *writer_main(void *arg)
{
    struct writer *w = arg;
    for (unsigned long n = 0; !atomic_load(&w->stop); n++) {
        (void)append_line(w->path, "background", n);
        usleep(500);
    }
    return NULL;
}

static bool is_found(struct test *t, unsigned long n)
{
    char word[64];
    struct snapshot *snapshot;
    struct search_request request;
    struct search_reply *reply = NULL;
    struct error err = {0};
    (void)snprintf(word, sizeof word, "needle%lux", n);
    if (index_refresh(t->index, &snapshot, &err) != 0)
        return false;
    search_request_init(&request);
    request.query.q = span_of(word);
    bool found = ask(t, &request, snapshot_sources(snapshot), snapshot, &reply, &err) == 0 &&
                 reply->total == 1;
    search_reply_free(reply);
    snapshot_release(snapshot);
    return found;
}

static void append_and_ask(struct test *t)
{
    char path[4096], busy[4096];
    struct writer w = {.path = busy};
    (void)snprintf(path, sizeof path, "%s/appended.jsonl", t->options.root);
    (void)snprintf(busy, sizeof busy, "%s/busy.jsonl", t->options.root);
    bool started = pthread_create(&w.thread, NULL, writer_main, &w) == 0;
    for (unsigned long n = 0; n < t->options.appends; n++) {
        /* Two processes may write one file. */
        if (append_line(n % 3 == 0 ? busy : path, "needle", n) != 0 || !is_found(t, n)) {
            printf("DISAGREE: line %lu was appended and is not found\n", n);
            t->failed++;
        } else {
            t->passed++;
        }
    }
    atomic_store(&w.stop, true);
    if (started)
        pthread_join(w.thread, NULL);
    check(t, "appending");
}

/* --- killing ------------------------------------------------------------------------------------- */

/* Never returns. */
static void be_killed(struct test *t)
{
    struct snapshot *snapshot;
    char what[512];
    if (open_index(t) != 0)
        _exit(1);
    for (;;) {
        if (index_refresh(t->index, &snapshot, NULL) == 0)
            snapshot_release(snapshot);
        (void)index_save(t->index);
        (void)churn_once(t->options.root, &t->state, what, sizeof what);
    }
}

/* The index is closed before and after. */
static int kill_and_open(struct test *t)
{
    (void)fflush(stdout);
    pid_t pid = fork();
    if (pid == 0)
        be_killed(t);
    if (pid < 0)
        return -1;
    usleep((useconds_t)(sample_random(&t->state) % 100000));
    kill(pid, SIGKILL);
    if (waitpid(pid, NULL, 0) != pid || open_index(t) != 0)
        return -1;
    check(t, "a kill, perhaps before it is ready");
    index_wait_ready(t->index, 60000);
    check(t, "a kill");
    index_close(t->index);
    t->index = NULL;
    return 0;
}

int main(int argc, char **argv)
{
    struct test t = {.sample = calloc(1, sizeof *t.sample)};
    struct source_list *list;
    struct error err = {0};
    if (parse_options(argc, argv, &t.options) != 0 || t.sample == NULL) {
        (void)fprintf(stderr, "usage: agree_churn ROOT CACHE [--rounds N] [--seed N] [--appends N] "
                              "[--kills N]\n");
        return 2;
    }
    t.state = t.options.seed;
    if (discover_sources(&t.options.root, 1, &list, &err) != 0 || list->count == 0 ||
        sample_read(list, t.state, t.sample) != 0 || open_index(&t) != 0) {
        (void)fprintf(stderr, "agree_churn: cannot read %s\n", t.options.root);
        return 2;
    }
    check(&t, "beginning");
    index_wait_ready(t.index, 60000);
    check(&t, "beginning, ready");
    for (unsigned long i = 0; i < t.options.rounds; i++) {
        char what[512];
        for (uint64_t n = 1 + sample_random(&t.state) % 3; n > 0; n--)
            if (churn_once(t.options.root, &t.state, what, sizeof what) != 0)
                printf("# %s: %s\n", what, strerror(errno));
        check(&t, what);
        if (sample_random(&t.state) % 20 == 0)
            (void)index_save(t.index);
        if (sample_random(&t.state) % 20 == 0 && reopen(&t) != 0)
            return 2;
    }
    append_and_ask(&t);
    index_close(t.index);
    t.index = NULL;
    for (unsigned long i = 0; CAN_FORK && i < t.options.kills; i++)
        if (kill_and_open(&t) != 0)
            return 2;
    source_list_free(list);
    sample_clear(t.sample);
    free(t.sample);
    printf("%lu times opened again, %lu files damaged\n%lu passed, %lu failed\n", t.reopened,
           t.damaged, t.passed, t.failed);
    return t.failed == 0 ? 0 : 1;
}
