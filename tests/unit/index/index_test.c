#include "index.h"

#include "child.h"
#include "index_place.h"
#include "snapshot_view.h"
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
#include <unistd.h>
#include <cmocka.h>

static void test_a_line_is_found_at_once(void **state)
{
    struct index_place *p = *state;
    struct index *ix = index_place_start(p, NULL);
    assert_int_equal(index_place_count(ix, "hello"), 50);
    for (int i = 50; i < 150; i++) {
        char word[32];
        (void)snprintf(word, sizeof word, "number%d", i);
        assert_int_equal(index_place_count(ix, word), 0);
        index_place_say(p, "one.jsonl", i);
        assert_int_equal(index_place_count(ix, word), 1);
    }
    assert_int_equal(index_place_count(ix, "hello"), 150);
    index_place_append(p, "new.jsonl", "{\"type\":\"user\",\"message\":{\"content\":\"hel");
    assert_int_equal(index_place_count(ix, "hello"), 150);
    index_place_append(p, "new.jsonl", "lo\"}}");
    assert_int_equal(index_place_count(ix, "hello"), 151);
    index_place_append(p, "new.jsonl", "\n");
    assert_int_equal(index_place_count(ix, "hello"), 151);
    index_close(ix);
    assert_int_equal(p->warnings, 0);
}

/* What was read of a file that was replaced is dead: it is neither found nor counted. */
static void test_what_was_rewritten(void **state)
{
    struct index_place *p = *state;
    struct index *ix = index_place_start(p, p->cache);
    char path[256];
    assert_int_equal(index_place_count(ix, "hello"), 50);
    (void)snprintf(path, sizeof path, "%s/one.jsonl", p->root);
    assert_int_equal(truncate(path, 0), 0);
    index_place_say(p, "one.jsonl", 3);
    assert_int_equal(index_place_count(ix, "hello"), 26);
    assert_int_equal(index_place_count(ix, "number33"), 0);
    assert_int_equal(index_place_count(ix, "nowhere"), 0);
    assert_int_equal(index_place_count(ix, "hello since:2027-01-01"), 0);
    index_close(ix);
}

static void test_what_was_saved_is_used(void **state)
{
    struct index_place *p = *state;
    struct index_state s;
    struct index *ix = index_place_start(p, p->cache);
    assert_int_equal(index_place_count(ix, "hello"), 50);
    assert_int_equal(index_save(ix), 0);
    index_state(ix, &s);
    assert_true(s.saved);
    index_place_say(p, "two.jsonl", 1000);
    assert_int_equal(index_place_count(ix, "hello"), 51);
    index_close(ix);
    index_place_say(p, "one.jsonl", 1001);
    ix = index_place_start(p, p->cache);
    assert_int_equal(index_place_count(ix, "hello"), 52);
    index_close(ix);
    assert_true(p->from_cache);
    assert_int_equal(p->warnings, 0);
}

/* The first answer after a restart comes from what was saved: nothing is left to scan. */
static void test_the_first_answer_waits_for_what_was_saved(void **state)
{
    struct index_place *p = *state;
    struct snapshot *s;
    index_close(index_place_start(p, p->cache));
    index_place_say(p, "one.jsonl", 1001);
    for (int i = 0; i < 20; i++) {
        struct index *ix = index_place_open(p, p->cache);
        assert_int_equal(index_refresh(ix, &s, NULL), 0);
        assert_int_equal(snapshot_uncovered(s)->count, 0);
        assert_int_equal(snapshot_sources(s)->count, 2);
        snapshot_release(s);
        assert_int_equal(index_place_count(ix, "hello"), 51);
        index_close(ix);
        assert_true(p->from_cache);
    }
    assert_int_equal(p->warnings, 0);
}

/* The cache's own folder below ${cache}. */
static void folder_of(const struct index_place *p, char out[256])
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
    struct index_place *p = *state;
    struct index *first = index_place_start(p, p->cache);
    assert_int_equal(index_save(first), 0);
    struct index *second = index_place_start(p, p->cache);
    assert_int_equal(index_save(second), -1);
    assert_int_equal(index_place_count(second, "hello"), 50);
    index_place_say(p, "one.jsonl", 77);
    assert_int_equal(index_place_count(first, "hello"), 51);
    assert_int_equal(index_place_count(second, "hello"), 51);
    assert_int_equal(index_save(first), 0);
    index_close(first);
    assert_int_equal(index_place_count(second, "hello"), 51);
    index_close(second);
    first = index_place_start(p, p->cache);
    assert_int_equal(index_place_count(first, "hello"), 51);
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
    struct index_place *p = *state;
    char folder[256];
    index_close(index_place_start(p, p->cache));
    folder_of(p, folder);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        damage(folder, "catalog", cases[i].at, cases[i].with);
        p->warnings = 0;
        struct index *ix = index_place_start(p, p->cache);
        assert_int_equal(p->warnings, 1);
        assert_non_null(strstr(p->warning, cases[i].told));
        assert_int_equal(index_place_count(ix, "hello"), 50);
        index_close(ix);
        p->warnings = 0;
        index_close(index_place_start(p, p->cache));
        assert_int_equal(p->warnings, 0); /* mended */
    }
    assert_int_equal(chmod(folder, 0777), 0);
    struct index *ix = index_place_start(p, p->cache);
    assert_int_equal(p->warnings, 1);
    assert_non_null(strstr(p->warning, "others may write"));
    assert_int_equal(index_place_count(ix, "hello"), 50);
    index_close(ix);
}

static void test_no_place_for_a_cache(void **state)
{
    struct index_place *p = *state;
    struct index *ix = index_place_start(p, "/proc/nowhere");
    assert_int_equal(p->warnings, 1);
    assert_int_equal(index_place_count(ix, "hello"), 50);
    assert_int_equal(index_save(ix), -1);
    index_close(ix);
    assert_int_equal(p->warnings, 1);
}

/* A process that may not write more than a few bytes into a file. */
static int fill_the_disk(void *arg)
{
    struct index_place *p = arg;
    struct rlimit limit = {100, 100};
    (void)signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return 9;
    struct index *ix = index_place_start(p, p->cache);
    bool ok = index_place_count(ix, "hello") == 50 && index_save(ix) == -1 &&
              index_place_count(ix, "hello") == 50;
    index_close(ix);
    return ok && p->warnings == 1 ? 0 : 1;
}

static void test_a_full_disk(void **state)
{
    assert_int_equal(child_run(fill_the_disk, *state), 0);
}

static void remove_file(const struct index_place *p, const char *name)
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
    struct index_place *p = *state;
    char data[128];
    (void)snprintf(data, sizeof data, "%s/data/below", p->top);
    p->data = data;
    struct index *ix = index_place_start(p, p->cache);
    assert_int_equal(index_place_count(ix, "is:meta OR hello"), 50);
    index_place_say(p, "one.jsonl", 100);
    remove_file(p, "one.jsonl");
    assert_int_equal(index_place_count(ix, "hello"), 51);
    assert_int_equal(index_place_count(ix, "number1"), 12);
    assert_retained(ix, "one.jsonl", true);
    assert_retained(ix, "two.jsonl", false);
    index_close(ix);
    /* With the cache, and without it. */
    for (int i = 0; i < 2; i++) {
        ix = index_place_start(p, i == 0 ? p->cache : NULL);
        assert_int_equal(index_place_count(ix, "hello"), 51);
        assert_retained(ix, "one.jsonl", true);
        index_close(ix);
    }
    ix = index_place_start(p, p->cache);
    index_place_say(p, "one.jsonl", 1);
    assert_int_equal(index_place_count(ix, "hello"), 26);
    assert_retained(ix, "one.jsonl", false);
    char from[256], to[256];
    (void)snprintf(from, sizeof from, "%s/two.jsonl", p->root);
    (void)snprintf(to, sizeof to, "%s/three.jsonl", p->root);
    assert_int_equal(rename(from, to), 0); /* moved, not deleted */
    assert_int_equal(index_place_count(ix, "hello"), 26);
    index_close(ix);
    assert_int_equal(p->warnings, 0);
}

#define WIDE 10000 /* bytes of a message's text */

/* A message that also holds "hello", which alone nearly fills a small segment. */
static void say_much(const struct index_place *p, const char *name, int number)
{
    static char line[WIDE + 512];
    int n = snprintf(line, sizeof line,
                     "{\"type\":\"user\",\"uuid\":\"w%d\",\"sessionId\":\"s\",\"cwd\":\"/w\","
                     "\"message\":{\"role\":\"user\",\"content\":\"hello ",
                     number);
    for (int i = 0; i < WIDE; i++)
        line[n++] = (char)('a' + i * (number + 1) % 26);
    (void)snprintf(line + n, sizeof line - (size_t)n, "\"}}\n");
    index_place_append(p, name, line);
}

/* No segment holds more text than is allowed, but for what comes with one block or message. */
static uint32_t count_segments(struct index *ix, uint64_t most)
{
    struct snapshot *s;
    assert_int_equal(index_refresh(ix, &s, NULL), 0);
    uint32_t count = s->segment_count;
    for (uint32_t i = 0; i < count; i++) {
        const struct segment *g = s->segments[i].segment;
        assert_true(g->text_at[g->rows] <= most);
    }
    snapshot_release(s);
    return count;
}

/* Merging and saving begin another segment where one is full: what all segments hold does not fit into one. */
static void test_no_segment_outgrows_its_addresses(void **state)
{
    struct index_place *p = *state;
    p->segment_bytes = 15 * WIDE;
    struct index *ix = index_place_start(p, p->cache);
    for (int i = 0; i < 100; i++) {
        say_much(p, i % 2 ? "one.jsonl" : "two.jsonl", i);
        assert_int_equal(index_place_count(ix, "hello"), 50 + i + 1);
    }
    (void)count_segments(ix, p->segment_bytes + WIDE + 16);
    assert_int_equal(index_save(ix), 0);
    uint32_t after = count_segments(ix, p->segment_bytes + WIDE + 16);
    assert_true(after >= 100 / 16 &&
                after < 50); /* the background thread may have saved a part before */
    assert_int_equal(index_place_count(ix, "hello"), 150);
    index_close(ix);
    ix = index_place_start(p, p->cache);
    assert_int_equal(index_place_count(ix, "hello"), 150);
    assert_int_equal(index_place_count(ix, "number33"), 1);
    index_close(ix);
    assert_true(p->from_cache);
    assert_int_equal(p->warnings, 0);
}

#define MANY 100

/* In a process that may open few files: what --retain cannot hold is told, and files are read all the same. */
static int use_few_descriptors(void *arg)
{
    struct index_place *p = arg;
    struct rlimit limit = {MANY, MANY};
    char name[32];
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 9;
    struct index *ix = index_place_start(p, NULL);
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "many%d.jsonl", i);
        index_place_say(p, name, 1000 + i);
    }
    if (index_place_count(ix, "hello") != 50 + MANY)
        return 1;
    int spare = 0;
    for (int fd; spare < MANY && (fd = dup(0)) >= 0; spare++)
        if (fd == MANY)
            break;
    for (int fd = MANY - 1; fd > MANY - 1 - spare; fd--)
        close(fd);
    if (spare < MANY / 8)
        return 2;
    index_close(ix);
    return p->warnings == 1 && strstr(p->warning, "retain") != NULL ? 0 : 3;
}

static void test_retaining_leaves_descriptors_to_others(void **state)
{
    struct index_place *p = *state;
    char data[128];
    (void)snprintf(data, sizeof data, "%s/data", p->top);
    p->data = data;
    assert_int_equal(child_run(use_few_descriptors, p), 0);
}

/* When the process has no descriptor left nothing can be read, but nothing is forgotten either. */
static int use_no_descriptors(void *arg)
{
    struct index_place *p = arg;
    struct rlimit old, none;
    struct snapshot *s;
    char path[256];
    struct span text =
        SPAN("{\"type\":\"user\",\"uuid\":\"u100\",\"sessionId\":\"s\",\"message\":{\"content\":"
             "\"hello\"}}\n");
    struct index *ix = index_place_start(p, NULL);
    if (index_place_count(ix, "hello") != 50 || getrlimit(RLIMIT_NOFILE, &old) != 0)
        return 9;
    /* Written when none is left: before, the index's own thread might have read it. */
    (void)snprintf(path, sizeof path, "%s/one.jsonl", p->root);
    int file = open(path, O_WRONLY | O_APPEND);
    none = old;
    none.rlim_cur = 0;
    if (file < 0 || setrlimit(RLIMIT_NOFILE, &none) != 0 || write(file, text.ptr, text.len) < 0)
        return 9;
    close(file);
    struct error err = {0};
    if (index_refresh(ix, &s, &err) == 0)
        return 1;
    if (setrlimit(RLIMIT_NOFILE, &old) != 0)
        return 9;
    if (index_place_count(ix, "hello") != 51)
        return 2;
    index_close(ix);
    return p->warnings == 1 && strstr(p->warning, "Too many open files") != NULL ? 0 : 3;
}

/* Who waits for an index that cannot be built is told at once; it is built when it can be. */
static int build_without_descriptors(void *arg)
{
    struct index_place *p = arg;
    struct rlimit old, none;
    struct index_state state = {.ready = false};
    if (getrlimit(RLIMIT_NOFILE, &old) != 0)
        return 9;
    none = old;
    none.rlim_cur = 0;
    if (setrlimit(RLIMIT_NOFILE, &none) != 0)
        return 9;
    (void)alarm(60);
    struct index *ix = index_place_open(p, NULL);
    if (index_wait_ready(ix, UINT32_MAX) || index_save(ix) != -1)
        return 1;
    if (setrlimit(RLIMIT_NOFILE, &old) != 0)
        return 9;
    for (; !state.ready; usleep(10000))
        index_state(ix, &state);
    uint64_t found = index_place_count(ix, "hello");
    index_close(ix);
    return found == 50 ? 0 : 2;
}

static void test_nobody_waits_for_what_failed(void **state)
{
    assert_int_equal(child_run(build_without_descriptors, *state), 0);
}

static void test_without_descriptors_nothing_is_forgotten(void **state)
{
    assert_int_equal(child_run(use_no_descriptors, *state), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_line_is_found_at_once, index_place_setup,
                                        index_place_teardown),
        cmocka_unit_test_setup_teardown(test_what_was_rewritten, index_place_setup,
                                        index_place_teardown),
        cmocka_unit_test_setup_teardown(test_what_was_saved_is_used, index_place_setup,
                                        index_place_teardown),
        cmocka_unit_test_setup_teardown(test_the_first_answer_waits_for_what_was_saved,
                                        index_place_setup, index_place_teardown),
        cmocka_unit_test_setup_teardown(test_two_do_no_harm, index_place_setup,
                                        index_place_teardown),
        cmocka_unit_test_setup_teardown(test_a_doubtful_cache_is_built_anew, index_place_setup,
                                        index_place_teardown),
        cmocka_unit_test_setup_teardown(test_no_place_for_a_cache, index_place_setup,
                                        index_place_teardown),
        cmocka_unit_test_setup_teardown(test_a_full_disk, index_place_setup, index_place_teardown),
        cmocka_unit_test_setup_teardown(test_no_segment_outgrows_its_addresses, index_place_setup,
                                        index_place_teardown),
        cmocka_unit_test_setup_teardown(test_retaining_leaves_descriptors_to_others,
                                        index_place_setup, index_place_teardown),
        cmocka_unit_test_setup_teardown(test_without_descriptors_nothing_is_forgotten,
                                        index_place_setup, index_place_teardown),
        cmocka_unit_test_setup_teardown(test_nobody_waits_for_what_failed, index_place_setup,
                                        index_place_teardown),
        cmocka_unit_test_setup_teardown(test_what_is_deleted_is_retained, index_place_setup,
                                        index_place_teardown),
    };
    return cmocka_run_group_tests_name("index", tests, NULL, NULL);
}
