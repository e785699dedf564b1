/* What a regex may take: its time, whatever it is looked for in, and no more. */
#include "regex.h"

#include "regex_scan.h"
#include "span.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Patterns that take for ever end, and say that they did.  The text is so long that the first one,
 * which looks through all of it from each of its characters and so never backtracks, would take
 * minutes on any machine: else a fast one is done before its time is up. */
static void test_hostile_patterns_are_limited(void **state)
{
    (void)state;
    static const char *const table[] = {
        "(?=((a+)+))\\1[yz]",
        "(a|aa)+(?![a])[yz]",
        "(.*.*)*\\1[yz]",
        /* these cannot be cut into windows */
        "(*NO_START_OPT)a(?=.*[yz])[yz]",
        "(*NO_JIT)a(?=.*[yz])[yz]",
        "\\Gx|a(?=.*[yz])[yz]",
        "a(?=.*[yz])(*COMMIT)[yz]",
    };
    size_t len = 1000000;
    char *text = malloc(len);
    memset(text, 'a', len);
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        struct regex_scratch *s;
        struct regex *r;
        assert_int_equal(regex_scratch_new(NULL, &s), 0);
        assert_int_equal(regex_new(span_of(table[i]), 0, true, &r, NULL), 0);
        assert_false(regex_test(r, s, (struct span){text, len}));
        assert_true(regex_scratch_limits(s) > 0);
        regex_free(r);
        regex_scratch_free(s);
    }
    free(text);
}

/* A pattern whose matches come at once, but each only after a look through all of a long text: the walk
 * over all of them has an end too.  It would take hours. */
static void test_hostile_walks_are_limited(void **state)
{
    (void)state;
    size_t len = 1000000;
    char *text = malloc(len);
    memset(text, 'a', len);
    struct regex_scratch *s;
    struct regex *r;
    assert_int_equal(regex_scratch_new(NULL, &s), 0);
    assert_int_equal(regex_new(SPAN("a(?=.*b)|a"), 0, true, &r, NULL), 0);
    uint64_t n = regex_count(r, s, (struct span){text, len});
    assert_in_range(n, 1, len - 1);
    assert_int_equal(regex_scratch_limits(s), 1);
    regex_free(r);
    /* An honest one of as many matches finds them all. */
    assert_int_equal(regex_new(SPAN("[[:alpha:]]"), 0, true, &r, NULL), 0);
    assert_int_equal(regex_count(r, s, (struct span){text, len}), len);
    assert_int_equal(regex_scratch_limits(s), 1);
    regex_free(r);
    regex_scratch_free(s);
    free(text);
}

/* Who is told to stop finds nothing more: not in a long text, and soon not in short ones. */
static void test_cancelled_searches_end(void **state)
{
    (void)state;
    struct cancel cancel;
    struct regex_scratch *s;
    struct regex *r;
    size_t len = 100000;
    char *text = malloc(len);
    memset(text, 'a', len);
    text[len - 1] = 'b';
    cancel_init(&cancel, 0);
    assert_int_equal(regex_scratch_new(&cancel, &s), 0);
    assert_int_equal(regex_new(SPAN("\bb|(?<=a)b"), 0, false, &r, NULL), 0);
    assert_true(regex_test(r, s, (struct span){text, len}));
    cancel_request(&cancel, CANCEL_CLIENT);
    assert_false(regex_test(r, s, (struct span){text, len}));
    assert_int_equal(regex_scratch_limits(s), 1);
    unsigned found = 0;
    while (found < 1000 && regex_test(r, s, SPAN("ab")))
        found++;
    assert_in_range(found, 0, 100);
    assert_int_equal(regex_scratch_limits(s), 2);
    regex_free(r);
    regex_scratch_free(s);
    free(text);
}

/* A thread that has to wait for its processor uses up no limit: the process is stopped for longer
 * than a search may take while it searches.  One search takes a hundredth of what it may. */
static void test_waiting_is_no_work(void **state)
{
    (void)state;
    struct regex_scratch *s;
    struct regex *r;
    size_t begin, end, len = 200000;
    char *text = malloc(len);
    memset(text, 'a', len);
    assert_int_equal(regex_scratch_new(NULL, &s), 0);
    assert_int_equal(regex_new(SPAN("\\p{Lu}{3}"), 0, true, &r, NULL), 0);
    pid_t parent = getpid(), child = fork();
    if (child == 0) {
        for (int i = 0; i < 2; i++) {
            usleep(20000);
            kill(parent, SIGSTOP);
            usleep(400000);
            kill(parent, SIGCONT);
        }
        _exit(0);
    }
    assert_true(child > 0);
    while (waitpid(child, NULL, WNOHANG) == 0)
        assert_false(regex_find(r, s, (struct span){text, len}, 0, &begin, &end));
    assert_int_equal(regex_scratch_limits(s), 0);
    regex_free(r);
    regex_scratch_free(s);
    free(text);
}

static int teardown(void **state)
{
    (void)state;
    regex_scan_cache_clear();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hostile_patterns_are_limited),
        cmocka_unit_test(test_hostile_walks_are_limited),
        cmocka_unit_test(test_cancelled_searches_end),
        cmocka_unit_test(test_waiting_is_no_work),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
