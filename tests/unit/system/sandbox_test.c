/* The sandbox, tried from inside: each case forks a child that fences itself in and reports by its exit
 * status what it could still do. Where the kernel has no Landlock or no seccomp the case is skipped. */
#include "sandbox.h"

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define NOT_OFFERED 77

static char base[] = "/tmp/scrollback-sandbox-XXXXXX";

/* A path below the test's folder, in one of a few rotating buffers. */
static const char *at(const char *name)
{
    static char buffers[8][PATH_MAX];
    static int next;
    char *buffer = buffers[next++ % 8];
    snprintf(buffer, PATH_MAX, "%s/%s", base, name);
    return buffer;
}

static void put(const char *name)
{
    FILE *f = fopen(at(name), "w");
    assert_non_null(f);
    fputs("x\n", f);
    assert_int_equal(fclose(f), 0);
}

static int make_tree(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(base));
    assert_int_equal(mkdir(at("root"), 0700), 0);
    assert_int_equal(mkdir(at("root/project"), 0700), 0);
    assert_int_equal(mkdir(at("cache"), 0700), 0);
    assert_int_equal(mkdir(at("outside"), 0700), 0);
    assert_int_equal(mkdir(at("linked"), 0700), 0);
    put("root/project/a.jsonl");
    put("outside/secret");
    put("linked/b.jsonl");
    assert_int_equal(symlink(at("linked"), at("root/project/link")), 0);
    return 0;
}

static int remove_tree(void **state)
{
    static const char *const files[] = {"root/project/a.jsonl", "root/project/link",
                                        "linked/b.jsonl", "outside/secret", "cache/new"};
    static const char *const folders[] = {"root/project", "root", "linked", "outside", "cache", ""};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(at(files[i]));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        rmdir(at(folders[i]));
    return 0;
}

/* Whether ${name} can be opened with ${flags}. */
static bool can_open(const char *name, int flags)
{
    int fd = open(at(name), flags, 0600);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

static int enter(const char *root)
{
    const char *readable[] = {root};
    const char *writable[] = {at("cache")};
    struct sandbox_paths paths = {readable, 1, writable, 1};
    struct error err = {0};
    return sandbox_files(&paths, &err);
}

/* Each probe returns 0, or the number of the first thing that is not as it should be. */
static int probe_files(void *arg)
{
    (void)arg;
    int version = enter(at("root"));
    if (version == 0)
        return NOT_OFFERED;
    if (version < 0)
        return 1;
    if (!can_open("root/project/a.jsonl", O_RDONLY))
        return 2;
    if (can_open("root/project/a.jsonl", O_WRONLY) || can_open("root/new", O_WRONLY | O_CREAT))
        return 3;
    if (!can_open("root/project/link/b.jsonl", O_RDONLY))
        return 4;
    if (can_open("outside/secret", O_RDONLY) || can_open("outside", O_RDONLY | O_DIRECTORY))
        return 5;
    if (!can_open("cache/new", O_RDWR | O_CREAT | O_TRUNC))
        return 6;
    if (access("/usr/share/zoneinfo", R_OK) == 0 &&
        open("/usr/share/zoneinfo", O_RDONLY | O_CLOEXEC) < 0)
        return 7;
    execl("/bin/true", "true", (char *)NULL);
    return errno == EACCES ? 0 : 8;
}

static int probe_missing_root(void *arg)
{
    (void)arg;
    int version = enter(at("root/later/projects"));
    if (version <= 0)
        return version == 0 ? NOT_OFFERED : 1;
    return can_open("root/project/a.jsonl", O_RDONLY) && !can_open("outside/secret", O_RDONLY) ? 0
                                                                                               : 2;
}

static void *stand_by(void *gate)
{
    pthread_mutex_lock(gate);
    pthread_mutex_unlock(gate);
    return socket(AF_INET, SOCK_STREAM, 0) < 0 && errno == EPERM ? gate : NULL;
}

static int probe_calls(void *arg)
{
    (void)arg;
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    pthread_t thread;
    void *refused = NULL;
    struct error err = {0};
    int result;

    pthread_mutex_lock(&gate);
    if (pthread_create(&thread, NULL, stand_by, &gate) != 0)
        return 1;
    result = sandbox_calls(&err);
    pthread_mutex_unlock(&gate);
    pthread_join(thread, &refused);
    if (result == 0)
        return NOT_OFFERED;
    if (result < 0)
        return 2;
    if (refused == NULL)
        return 3;
    if (socket(AF_UNIX, SOCK_DGRAM, 0) < 0)
        return 4;
    if (socket(AF_INET6, SOCK_DGRAM, 0) >= 0 || errno != EPERM)
        return 5;
    execl("/bin/true", "true", (char *)NULL);
    return errno == EPERM ? 0 : 6;
}

static void check(int status)
{
    if (status == NOT_OFFERED)
        skip();
    assert_int_equal(status, 0);
}

static void only_named_files_can_be_opened(void **state)
{
    (void)state;
    check(child_run(probe_files, NULL));
}

static void missing_root_stands_for_its_parent(void **state)
{
    (void)state;
    check(child_run(probe_missing_root, NULL));
}

static void all_threads_lose_dangerous_calls(void **state)
{
    (void)state;
    check(child_run(probe_calls, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_named_files_can_be_opened),
        cmocka_unit_test(missing_root_stands_for_its_parent),
        cmocka_unit_test(all_threads_lose_dangerous_calls),
    };
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
