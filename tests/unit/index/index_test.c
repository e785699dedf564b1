#include "index.h"

#include "index_query.h"
#include "span.h"

#include <dirent.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

/* A folder with transcripts and one for the cache. */
struct place {
    char top[64];
    char root[96];
    char cache[96];
    const char *data; /* folder of retained lines; NULL: none are */
    int warnings;
    char warning[512];
    bool from_cache; /* the last one that became ready */
};

static void take_log(void *arg, enum index_log_level level, const char *line)
{
    struct place *p = arg;
    if (strstr(line, "ready after") != NULL)
        p->from_cache = strstr(line, "from the cache") != NULL;
    if (level > INDEX_LOG_WARN)
        return;
    p->warnings++;
    (void)snprintf(p->warning, sizeof p->warning, "%s", line);
}

static void append(const struct place *p, const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", p->root, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

static void say(const struct place *p, const char *name, int number)
{
    char line[512];
    (void)snprintf(line, sizeof line,
                   "{\"type\":\"user\",\"uuid\":\"u%d\",\"sessionId\":\"s\",\"cwd\":\"/w\","
                   "\"timestamp\":\"2026-01-02T03:04:05.678Z\","
                   "\"message\":{\"role\":\"user\",\"content\":\"hello number%d\"}}\n",
                   number, number);
    append(p, name, line);
}

static int setup(void **state)
{
    struct place *p = calloc(1, sizeof *p);
    (void)snprintf(p->top, sizeof p->top, "/tmp/index_test-XXXXXX");
    assert_non_null(mkdtemp(p->top));
    (void)snprintf(p->root, sizeof p->root, "%s/root", p->top);
    (void)snprintf(p->cache, sizeof p->cache, "%s/a/cache", p->top);
    assert_int_equal(mkdir(p->root, 0700), 0);
    for (int i = 0; i < 50; i++)
        say(p, i % 2 ? "one.jsonl" : "two.jsonl", i);
    *state = p;
    return 0;
}

static int teardown(void **state)
{
    struct place *p = *state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf %s", p->top);
    int rc = system(command);
    free(p);
    return rc;
}

static struct index *start_at_once(struct place *p, const char *cache)
{
    const char *root = p->root;
    struct index_config c = {.roots = &root,
                             .root_count = 1,
                             .cache_dir = cache,
                             .data_dir = p->data,
                             .retain = p->data != NULL,
                             .threads = 2,
                             .log = take_log,
                             .log_arg = p};
    struct index *ix = NULL;
    struct error err = {0};
    assert_int_equal(index_open(&c, &ix, &err), 0);
    return ix;
}

static struct index *start(struct place *p, const char *cache)
{
    struct index *ix = start_at_once(p, cache);
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
static uint64_t count(struct index *ix, const char *word)
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

static void test_a_line_is_found_at_once(void **state)
{
    struct place *p = *state;
    struct index *ix = start(p, NULL);
    assert_int_equal(count(ix, "hello"), 50);
    for (int i = 50; i < 150; i++) {
        char word[32];
        (void)snprintf(word, sizeof word, "number%d", i);
        assert_int_equal(count(ix, word), 0);
        say(p, "one.jsonl", i);
        assert_int_equal(count(ix, word), 1);
    }
    assert_int_equal(count(ix, "hello"), 150);
    append(p, "new.jsonl", "{\"type\":\"user\",\"message\":{\"content\":\"hel");
    assert_int_equal(count(ix, "hello"), 150);
    append(p, "new.jsonl", "lo\"}}");
    assert_int_equal(count(ix, "hello"), 151);
    append(p, "new.jsonl", "\n");
    assert_int_equal(count(ix, "hello"), 151);
    index_close(ix);
    assert_int_equal(p->warnings, 0);
}

/* What was read of a file that was replaced is dead: it is neither found nor counted. */
static void test_what_was_rewritten(void **state)
{
    struct place *p = *state;
    struct index *ix = start(p, p->cache);
    char path[256];
    assert_int_equal(count(ix, "hello"), 50);
    (void)snprintf(path, sizeof path, "%s/one.jsonl", p->root);
    assert_int_equal(truncate(path, 0), 0);
    say(p, "one.jsonl", 3);
    assert_int_equal(count(ix, "hello"), 26);
    assert_int_equal(count(ix, "number33"), 0);
    assert_int_equal(count(ix, "nowhere"), 0);
    assert_int_equal(count(ix, "hello since:2027-01-01"), 0);
    index_close(ix);
}

static void test_what_was_saved_is_used(void **state)
{
    struct place *p = *state;
    struct index_state s;
    struct index *ix = start(p, p->cache);
    assert_int_equal(count(ix, "hello"), 50);
    assert_int_equal(index_save(ix), 0);
    index_state(ix, &s);
    assert_true(s.saved);
    say(p, "two.jsonl", 1000);
    assert_int_equal(count(ix, "hello"), 51);
    index_close(ix);
    say(p, "one.jsonl", 1001);
    ix = start(p, p->cache);
    assert_int_equal(count(ix, "hello"), 52);
    index_close(ix);
    assert_true(p->from_cache);
    assert_int_equal(p->warnings, 0);
}

/* The first answer after a restart comes from what was saved: nothing is left to scan. */
static void test_the_first_answer_waits_for_what_was_saved(void **state)
{
    struct place *p = *state;
    struct snapshot *s;
    index_close(start(p, p->cache));
    say(p, "one.jsonl", 1001);
    for (int i = 0; i < 20; i++) {
        struct index *ix = start_at_once(p, p->cache);
        assert_int_equal(index_refresh(ix, &s, NULL), 0);
        assert_int_equal(snapshot_uncovered(s)->count, 0);
        assert_int_equal(snapshot_sources(s)->count, 2);
        snapshot_release(s);
        assert_int_equal(count(ix, "hello"), 51);
        index_close(ix);
        assert_true(p->from_cache);
    }
    assert_int_equal(p->warnings, 0);
}

/* The cache's own folder below ${cache}. */
static void folder_of(const struct place *p, char out[256])
{
    DIR *dir = opendir(p->cache);
    assert_non_null(dir);
    out[0] = '\0';
    for (const struct dirent *d; (d = readdir(dir)) != NULL;)
        if (d->d_name[0] != '.')
            (void)snprintf(out, 256, "%s/%.100s", p->cache, d->d_name);
    closedir(dir);
    assert_true(out[0] != '\0');
}

static void test_two_do_no_harm(void **state)
{
    struct place *p = *state;
    struct index *first = start(p, p->cache);
    assert_int_equal(index_save(first), 0);
    struct index *second = start(p, p->cache);
    assert_int_equal(index_save(second), -1);
    assert_int_equal(count(second, "hello"), 50);
    say(p, "one.jsonl", 77);
    assert_int_equal(count(first, "hello"), 51);
    assert_int_equal(count(second, "hello"), 51);
    assert_int_equal(index_save(first), 0);
    index_close(first);
    assert_int_equal(count(second, "hello"), 51);
    index_close(second);
    first = start(p, p->cache);
    assert_int_equal(count(first, "hello"), 51);
    index_close(first);
    assert_int_equal(p->warnings, 0);
}

static void damage(const char *folder, const char *name, off_t at, const char *with)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, with, strlen(with), at), (ssize_t)strlen(with));
    close(fd);
}

static void test_a_doubtful_cache_is_built_anew(void **state)
{
    static const struct {
        off_t at;
        const char *with;
        const char *told;
    } cases[] = {
        {0, "XXXX", "not a catalogue"},
        {8, "\x09", "another version"},
        {16, "\x09", "another version"},
        {60, "\xFF\xFF", "damaged"},
    };
    struct place *p = *state;
    char folder[256];
    index_close(start(p, p->cache));
    folder_of(p, folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        damage(folder, "catalog", cases[i].at, cases[i].with);
        p->warnings = 0;
        struct index *ix = start(p, p->cache);
        assert_int_equal(p->warnings, 1);
        assert_non_null(strstr(p->warning, cases[i].told));
        assert_int_equal(count(ix, "hello"), 50);
        index_close(ix);
        p->warnings = 0;
        index_close(start(p, p->cache));
        assert_int_equal(p->warnings, 0); /* mended */
    }
    assert_int_equal(chmod(folder, 0777), 0);
    struct index *ix = start(p, p->cache);
    assert_int_equal(p->warnings, 1);
    assert_non_null(strstr(p->warning, "others may write"));
    assert_int_equal(count(ix, "hello"), 50);
    index_close(ix);
}

static void test_no_place_for_a_cache(void **state)
{
    struct place *p = *state;
    struct index *ix = start(p, "/proc/nowhere");
    assert_int_equal(p->warnings, 1);
    assert_int_equal(count(ix, "hello"), 50);
    assert_int_equal(index_save(ix), -1);
    index_close(ix);
    assert_int_equal(p->warnings, 1);
}

/* A process that may not write more than a few bytes into a file. */
static void test_a_full_disk(void **state)
{
    struct place *p = *state;
    pid_t pid = fork();
    if (pid == 0) {
        struct rlimit limit = {100, 100};
        (void)signal(SIGXFSZ, SIG_IGN);
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
            _exit(9);
        struct index *ix = start(p, p->cache);
        bool ok = count(ix, "hello") == 50 && index_save(ix) == -1 && count(ix, "hello") == 50;
        index_close(ix);
        _exit(ok && p->warnings == 1 ? 0 : 1);
    }
    int status;
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    struct index *ix = start(p, p->cache);
    assert_int_equal(count(ix, "hello"), 50);
    assert_int_equal(index_save(ix), 0);
    index_close(ix);
}

static void remove_file(const struct place *p, const char *name)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", p->root, name);
    assert_int_equal(unlink(path), 0);
}

/* Retained or not, as the snapshot tells of the source of that name. */
static void assert_retained(struct index *ix, const char *name, bool retained)
{
    struct snapshot *s;
    assert_int_equal(index_refresh(ix, &s, NULL), 0);
    const struct source *source = source_find(snapshot_sources(s), span_of(name));
    assert_non_null(source);
    assert_int_equal(source->is_retained, retained);
    snapshot_release(s);
}

static void test_what_is_deleted_is_retained(void **state)
{
    struct place *p = *state;
    char data[128];
    (void)snprintf(data, sizeof data, "%s/data/below", p->top);
    p->data = data;
    struct index *ix = start(p, p->cache);
    assert_int_equal(count(ix, "is:meta OR hello"), 50);
    say(p, "one.jsonl", 100);
    remove_file(p, "one.jsonl");
    assert_int_equal(count(ix, "hello"), 51);
    assert_int_equal(count(ix, "number1"), 12);
    assert_retained(ix, "one.jsonl", true);
    assert_retained(ix, "two.jsonl", false);
    index_close(ix);
    /* With the cache, and without it. */
    for (int i = 0; i < 2; i++) {
        ix = start(p, i == 0 ? p->cache : NULL);
        assert_int_equal(count(ix, "hello"), 51);
        assert_retained(ix, "one.jsonl", true);
        index_close(ix);
    }
    ix = start(p, p->cache);
    say(p, "one.jsonl", 1);
    assert_int_equal(count(ix, "hello"), 26);
    assert_retained(ix, "one.jsonl", false);
    char from[256], to[256];
    (void)snprintf(from, sizeof from, "%s/two.jsonl", p->root);
    (void)snprintf(to, sizeof to, "%s/three.jsonl", p->root);
    assert_int_equal(rename(from, to), 0); /* moved, not deleted */
    assert_int_equal(count(ix, "hello"), 26);
    index_close(ix);
    assert_int_equal(p->warnings, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_line_is_found_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_was_rewritten, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_was_saved_is_used, setup, teardown),
        cmocka_unit_test_setup_teardown(test_the_first_answer_waits_for_what_was_saved, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(test_two_do_no_harm, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_doubtful_cache_is_built_anew, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_place_for_a_cache, setup, teardown),
        cmocka_unit_test_setup_teardown(test_a_full_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(test_what_is_deleted_is_retained, setup, teardown),
    };
    return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
