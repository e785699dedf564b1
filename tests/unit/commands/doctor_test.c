/* The doctor, on patients made for it. */
#include "doctor.h"

#include "child.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

static char base[] = "/tmp/scrollback-doctor-XXXXXX";
static const char *const entries[] = {"root/p/new.jsonl",
                                      "root/p/old.jsonl",
                                      "root/p/notes.txt",
                                      "settings.json",
                                      "token",
                                      "root/p",
                                      "root",
                                      "cache",
                                      ""};

static const char *at(const char *name)
{
    static char buffers[8][PATH_MAX];
    static int next;
    char *buffer = buffers[next++ % 8];
    snprintf(buffer, PATH_MAX, "%s/%s", base, name);
    return buffer;
}

static void put(const char *name, const char *text)
{
    FILE *f = fopen(at(name), "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
}

static int make_patient(void **state)
{
    struct timeval long_ago[2] = {{.tv_sec = time(NULL) - 25L * 24 * 3600}};

    (void)state;
    long_ago[1] = long_ago[0];
    assert_non_null(mkdtemp(base));
    assert_int_equal(mkdir(at("root"), 0700), 0);
    assert_int_equal(mkdir(at("root/p"), 0700), 0);
    put("root/p/new.jsonl", "12345\n");
    put("root/p/old.jsonl", "12345\n");
    put("root/p/notes.txt", "12345\n");
    put("token", "secret\n");
    assert_int_equal(utimes(at("root/p/old.jsonl"), long_ago), 0);
    return 0;
}

static int remove_patient(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof entries / sizeof *entries; i++)
        remove(at(entries[i]));
    return 0;
}

/* As if started with --retain, unless NULL. */
static const char *data_dir;

/* Run the doctor; the exit status, with what it wrote in ${text}. */
static int visit(const char *root, const char *cache, const char *token, char *text, size_t size)
{
    const char *roots[] = {root};
    struct doctor_setup setup = {roots, 1, at("settings.json"), cache, token, data_dir};
    FILE *out = fmemopen(text, size, "w");
    int status = doctor_run(&setup, out);

    fclose(out);
    return status;
}

static void settings_are_understood(void **state)
{
    static const struct {
        const char *text; /* NULL: no file */
        long expected;
    } table[] = {
        {NULL, 30},
        {"{}", 30},
        {"{\"cleanupPeriodDays\": 365, \"model\": \"opus\"}", 365},
        {"{\"cleanupPeriodDays\": 0}", 0},
        {"{\"cleanupPeriodDays\": -1}", -1},
        {"{\"cleanupPeriodDays\": \"30\"}", -1},
        {"{\"cleanupPeriodDays\": 99999999999}", -1},
        {"[]", -1},
        {"{", -1},
        {"", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (table[i].text != NULL)
            put("settings.json", table[i].text);
        assert_int_equal(doctor_retention_days(at("settings.json")), table[i].expected);
    }
    unlink(at("settings.json"));
}

static void transcripts_are_counted(void **state)
{
    char text[4096];

    (void)state;
    assert_int_equal(visit(at("root"), at("cache"), NULL, text, sizeof text), 0);
    assert_non_null(strstr(text, "root: 2 transcripts in 2 folders, 0.0 MB\n"));
    assert_non_null(strstr(text, "cache: writable"));
}

static void coming_deletion_is_warned_of(void **state)
{
    char text[4096];

    (void)state;
    visit(at("root"), NULL, NULL, text, sizeof text);
    assert_non_null(strstr(text, "WARN  Claude Code deletes transcripts after 30 days "
                                 "(cleanupPeriodDays): 1 of 2 go within 7 days\n"));
    assert_non_null(strstr(text, "--retain"));
    data_dir = at("root");
    visit(at("root"), NULL, NULL, text, sizeof text);
    data_dir = NULL;
    assert_non_null(strstr(text, "note  Claude Code deletes transcripts after 30 days"));
    assert_non_null(strstr(text, "ok    retained transcripts "));
    put("settings.json", "{\"cleanupPeriodDays\": 0}");
    visit(at("root"), NULL, NULL, text, sizeof text);
    assert_non_null(strstr(text, "WARN  cleanupPeriodDays is 0"));
    put("settings.json", "{\"cleanupPeriodDays\": \"soon\"}");
    visit(at("root"), NULL, NULL, text, sizeof text);
    assert_non_null(strstr(text, "settings.json is not understood"));
    put("settings.json", "{\"cleanupPeriodDays\": 365}");
    visit(at("root"), NULL, NULL, text, sizeof text);
    assert_non_null(strstr(text, "ok    Claude Code keeps transcripts for 365 days"));
    unlink(at("settings.json"));
}

#define FILES 60

static int visit_with_few_descriptors(void *arg)
{
    char text[4096];
    struct rlimit limit = {FILES, FILES};
    (void)arg;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 9;
    visit(at("root"), NULL, NULL, text, sizeof text);
    return strstr(text, "WARN  open files: --retain can hold 45 of 62 transcripts\n") == NULL;
}

static void too_few_descriptors_are_warned_of(void **state)
{
    char text[4096], name[64];

    (void)state;
    data_dir = at("root");
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "root/p/%d.jsonl", i);
        put(name, "12345\n");
    }
    visit(at("root"), NULL, NULL, text, sizeof text);
    assert_non_null(strstr(text, "ok    open files: --retain can hold "));
    assert_int_equal(child_run(visit_with_few_descriptors, NULL), 0);
    data_dir = NULL;
    for (int i = 0; i < FILES; i++) {
        snprintf(name, sizeof name, "root/p/%d.jsonl", i);
        unlink(at(name));
    }
}

static void missing_things_are_named(void **state)
{
    char text[4096];

    (void)state;
    assert_int_equal(visit(at("nowhere"), at("cache"), NULL, text, sizeof text), 0);
    assert_non_null(strstr(text, "WARN  no transcripts found: none of the roots exists\n"));
    assert_int_equal(visit(at("root"), NULL, at("no-token"), text, sizeof text), 1);
    assert_non_null(strstr(text, "FAIL  token file "));
}

static void open_token_is_warned_of(void **state)
{
    char text[4096];

    (void)state;
    assert_int_equal(chmod(at("token"), 0644), 0);
    assert_int_equal(visit(at("root"), NULL, at("token"), text, sizeof text), 0);
    assert_non_null(strstr(text, "token: others may read it\n"));
    assert_int_equal(chmod(at("token"), 0600), 0);
    visit(at("root"), NULL, at("token"), text, sizeof text);
    assert_non_null(strstr(text, "token: yours alone\n"));
}

static void unreadable_files_are_named(void **state)
{
    char text[4096];

    (void)state;
    if (geteuid() == 0)
        skip(); /* root reads everything */
    assert_int_equal(chmod(at("root/p/new.jsonl"), 0), 0);
    visit(at("root"), NULL, NULL, text, sizeof text);
    assert_int_equal(chmod(at("root/p/new.jsonl"), 0600), 0);
    assert_non_null(strstr(text, "WARN  cannot read "));
    assert_non_null(strstr(text, "new.jsonl\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_understood),
        cmocka_unit_test(transcripts_are_counted),
        cmocka_unit_test(coming_deletion_is_warned_of),
        cmocka_unit_test(too_few_descriptors_are_warned_of),
        cmocka_unit_test(missing_things_are_named),
        cmocka_unit_test(open_token_is_warned_of),
        cmocka_unit_test(unreadable_files_are_named),
    };
    return cmocka_run_group_tests(tests, make_patient, remove_patient);
}
