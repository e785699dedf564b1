#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the kernel headers of Debian 12; from the kernel's documentation of Landlock. */
#define ACCESS_FS_TRUNCATE (1ULL << 14)    /* since version 3 */
#define ACCESS_NET_CONNECT_TCP (1ULL << 1) /* since version 4 */

#define ACCESS_READ (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define ACCESS_WRITE                                                 \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG)
#define ACCESS_ALL ((1ULL << 13) - 1) /* all rights of version 1 */

/* Folders below a root that are looked into for links; deeper ones hold no transcripts. */
#define LINK_DEPTH 8

/* The kernel's struct landlock_ruleset_attr as of version 4; older kernels want the end zero. */
struct ruleset_attr {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
};

/* Files that hold nothing of anybody, and that libraries may open at any time. */
static const char *const system_paths[] = {
    "/usr",
    "/lib",
    "/lib64",
    "/etc/localtime",
    "/etc/ld.so.cache",
    "/etc/timezone",
    "/sys/devices/system/cpu",
    "/dev/null",
    "/dev/urandom",
    "/proc/self",
};

static int fail(struct error *err, const char *what, const char *path)
{
    err->code = ERROR_IO;
    err->pos = ERROR_NO_POSITION;
    snprintf(err->msg, sizeof err->msg, "%s %.100s: %s", what, path, strerror(errno));
    return -1;
}

/* Allow ${rights} below the open ${fd}. A file takes only rights that make sense for one. */
static int allow_fd(int ruleset, int fd, uint64_t rights)
{
    struct landlock_path_beneath_attr rule = {.parent_fd = fd};
    struct stat st;

    if (fstat(fd, &st) != 0)
        return -1;
    if (!S_ISDIR(st.st_mode))
        rights &= LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | ACCESS_FS_TRUNCATE;
    rule.allowed_access = rights;
    return (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

/* Allow ${rights} below ${path}; one that is missing is left out, and errno says so. */
static int allow_path(int ruleset, const char *path, uint64_t rights)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    int result;

    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR || errno == EACCES ? 0 : -1;
    result = allow_fd(ruleset, fd, rights);
    close(fd);
    return result;
}

/* Allow reading what the links below the folder ${dirfd} (consumed) lead to. Folders that cannot be
 * read are skipped: nobody will read transcripts there either. */
static int allow_links(int ruleset, int dirfd, int depth)
{
    DIR *dir = fdopendir(dirfd);
    struct dirent *entry;
    int result = 0;

    if (dir == NULL) {
        close(dirfd);
        return 0;
    }
    while (result == 0 && (entry = readdir(dir)) != NULL) {
        struct stat st;
        mode_t type = (mode_t)DTTOIF(entry->d_type);
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (entry->d_type == DT_UNKNOWN) {
            if (fstatat(dirfd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
                continue;
            type = st.st_mode & S_IFMT;
        }
        if (type == S_IFLNK) {
            int target = openat(dirfd, entry->d_name, O_PATH | O_CLOEXEC);
            if (target >= 0) {
                result = allow_fd(ruleset, target, ACCESS_READ);
                close(target);
            }
        } else if (type == S_IFDIR && depth > 0) {
            int below =
                openat(dirfd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (below >= 0)
                result = allow_links(ruleset, below, depth - 1);
        }
    }
    closedir(dir);
    return result;
}

/* Allow reading ${path} and what links below it lead to, or its nearest parent that exists. */
static int allow_root(int ruleset, const char *path)
{
    char nearest[PATH_MAX];
    int fd;

    if (strlen(path) >= sizeof nearest) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(nearest, path, strlen(path) + 1);
    while (access(nearest, F_OK) != 0 && errno == ENOENT && strcmp(nearest, "/") != 0 &&
           strcmp(nearest, ".") != 0) {
        const char *parent = dirname(nearest);
        memmove(nearest, parent, strlen(parent) + 1);
    }
    if (allow_path(ruleset, nearest, ACCESS_READ) != 0)
        return -1;
    if (strcmp(nearest, path) != 0)
        return 0;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? 0 : allow_links(ruleset, fd, LINK_DEPTH);
}

static int allow_all(int ruleset, const struct sandbox_paths *paths, uint64_t writing,
                     struct error *err)
{
    for (size_t i = 0; i < sizeof system_paths / sizeof *system_paths; i++)
        if (allow_path(ruleset, system_paths[i], ACCESS_READ) != 0)
            return fail(err, "cannot allow reading", system_paths[i]);
    for (size_t i = 0; i < paths->readable_count; i++)
        if (allow_root(ruleset, paths->readable[i]) != 0)
            return fail(err, "cannot allow reading", paths->readable[i]);
    for (size_t i = 0; i < paths->writable_count; i++)
        if (allow_path(ruleset, paths->writable[i], ACCESS_READ | writing) != 0)
            return fail(err, "cannot allow writing", paths->writable[i]);
    return 0;
}

int sandbox_files(const struct sandbox_paths *paths, struct error *err)
{
    struct ruleset_attr attr = {.handled_access_fs = ACCESS_ALL};
    uint64_t writing = ACCESS_WRITE;
    int version, ruleset, result = -1;

    version = (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (version < 1)
        return 0;
    if (version >= 3) {
        attr.handled_access_fs |= ACCESS_FS_TRUNCATE;
        writing |= ACCESS_FS_TRUNCATE;
    }
    if (version >= 4)
        attr.handled_access_net = ACCESS_NET_CONNECT_TCP;
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (ruleset < 0)
        return fail(err, "cannot make a", "Landlock ruleset");
    if (allow_all(ruleset, paths, writing, err) != 0)
        goto done;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        syscall(SYS_landlock_restrict_self, ruleset, 0) != 0) {
        fail(err, "cannot enter the", "Landlock sandbox");
        goto done;
    }
    result = version;
done:
    close(ruleset);
    return result;
}
