#include "index_place.h"

#include "index_query.h"
#include "span.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

/* Called by threads of several indexes, and of a test. */
static void take_log(void *arg, enum index_log_level level, const char *line)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct index_place *p = arg;
    pthread_mutex_lock(&lock);
    if (strstr(line, "ready after") != NULL)
        p->from_cache = strstr(line, "from the cache") != NULL;
    if (level <= INDEX_LOG_WARN) {
        p->warnings++;
        (void)snprintf(p->warning, sizeof p->warning, "%s", line);
    }
    pthread_mutex_unlock(&lock);
}

void index_place_append(const struct index_place *p, const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", p->root, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

void index_place_say(const struct index_place *p, const char *name, int number)
{
    char line[512];
    (void)snprintf(line, sizeof line,
                   "{\"type\":\"user\",\"uuid\":\"u%d\",\"sessionId\":\"s\",\"cwd\":\"/w\","
                   "\"timestamp\":\"2026-01-02T03:04:05.678Z\","
                   "\"message\":{\"role\":\"user\",\"content\":\"hello number%d\"}}\n",
                   number, number);
    index_place_append(p, name, line);
}

int index_place_setup(void **state)
{
    struct index_place *p = calloc(1, sizeof *p);
    (void)snprintf(p->top, sizeof p->top, "/tmp/index_test-XXXXXX");
    assert_non_null(mkdtemp(p->top));
    (void)snprintf(p->root, sizeof p->root, "%s/root", p->top);
    (void)snprintf(p->cache, sizeof p->cache, "%s/a/cache", p->top);
    assert_int_equal(mkdir(p->root, 0700), 0);
    for (int i = 0; i < 50; i++)
        index_place_say(p, i % 2 ? "one.jsonl" : "two.jsonl", i);
    *state = p;
    return 0;
}

int index_place_teardown(void **state)
{
    struct index_place *p = *state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", p->top);
    int rc = system(command);
    free(p);
    return rc;
}

struct index *index_place_open(struct index_place *p, const char *cache)
{
    const char *root = p->root;
    struct index_config c = {.roots = &root,
                             .root_count = 1,
                             .cache_dir = cache,
                             .data_dir = p->data,
                             .retain = p->data != NULL,
                             .threads = p->threads == 0 ? 2 : p->threads,
                             .segment_bytes = p->segment_bytes,
                             .log = take_log,
                             .log_arg = p};
    struct index *ix = NULL;
    struct error err = {0};
    assert_int_equal(index_open(&c, &ix, &err), 0);
    return ix;
}

struct index *index_place_start(struct index_place *p, const char *cache)
{
    struct index *ix = index_place_open(p, cache);
    assert_true(index_wait_ready(ix, 60000));
    return ix;
}

/* No step leaves more than it was given, nor is given more than the one before it left. */
static void check_steps(const struct snapshot *s, const struct index_outcome *out)
{
    struct snapshot_totals t;
    snapshot_totals(s, &t);
    uint64_t left = t.messages;
    assert_int_equal(out->steps, INDEX_QUERY_STEPS);
    for (uint32_t i = 0; i < out->steps; i++) {
        assert_true(out->step[i].before == left);
        left = out->step[i].after;
        assert_true(left <= out->step[i].before);
    }
}

/* How many messages hold ${word} now. */
uint64_t index_place_count(struct index *ix, const char *word)
{
    struct query_input in = {.text = span_of(word)};
    struct query *query;
    struct matcher *matcher;
    struct snapshot *s;
    struct error err = {0};
    struct match_set set, *sets = &set;
    struct match_names names, *name = &names;
    struct index_outcome out;
    assert_int_equal(query_parse(&in, &query, &err), 0);
    assert_int_equal(matcher_new(query, MATCHER_FAST, &matcher, &err), 0);
    assert_int_equal(index_refresh(ix, &s, &err), 0);
    match_set_init(&set);
    match_names_init(&names);
    struct index_query q = {.query = query, .matcher = matcher};
    assert_int_equal(index_query(s, &q, &sets, &name, &out, &err), 0);
    uint64_t n = set.count;
    check_steps(s, &out);
    assert_true(out.step[out.steps - 1].after == n);
    match_set_clear(&set);
    match_names_clear(&names);
    snapshot_release(s);
    matcher_free(matcher);
    query_free(query);
    return n;
}
