#include "churn.h"

#include "buf.h"
#include "discover.h"
#include "sample.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_SIZE 4096

/* One change on its way. */
struct churn {
    const char *root;
    uint64_t *state;
    const struct source_list *list;
    const char *path; /* of the file that was picked */
    struct buf bytes; /* what it holds */
};

static uint64_t below(struct churn *c, uint64_t n)
{
    return n == 0 ? 0 : sample_random(c->state) % n;
}

static const char *pick(struct churn *c)
{
    return c->list->items[below(c, c->list->count)].path.ptr;
}

static int read_file(const char *path, struct buf *out)
{
    FILE *f = fopen(path, "rb");
    char chunk[65536];
    size_t n;
    out->len = 0;
    while (f != NULL && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_append(out, chunk, n);
    if (f != NULL)
        fclose(f);
    return f == NULL || buf_failed(out) ? -1 : 0;
}

static int write_at(const char *path, int flags, off_t at, const char *p, size_t n)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | flags, 0600);
    if (fd < 0)
        return -1;
    ssize_t done = flags & O_APPEND ? write(fd, p, n) : pwrite(fd, p, n, at);
    close(fd);
    return done == (ssize_t)n ? 0 : -1;
}

/* Where a line of the picked file begins, at random. */
static size_t line_start(struct churn *c)
{
    size_t at = below(c, c->bytes.len + 1);
    while (at > 0 && c->bytes.ptr[at - 1] != '\n')
        at--;
    return at;
}

static size_t line_end(const struct churn *c, size_t at)
{
    const char *p = at < c->bytes.len ? memchr(c->bytes.ptr + at, '\n', c->bytes.len - at) : NULL;
    return p == NULL ? c->bytes.len : (size_t)(p + 1 - c->bytes.ptr);
}

static int append_lines(struct churn *c)
{
    const char *to = pick(c);
    int rc = 0;
    for (uint64_t n = 1 + below(c, 5); rc == 0 && n > 0; n--) {
        size_t begin = line_start(c), end = line_end(c, begin);
        rc = write_at(to, O_APPEND, 0, c->bytes.ptr + begin, end - begin);
    }
    return rc;
}

static int append_half_line(struct churn *c)
{
    const char *to = pick(c);
    size_t begin = line_start(c), end = line_end(c, begin), cut = begin + below(c, end - begin + 1);
    if (write_at(to, O_APPEND, 0, c->bytes.ptr + begin, cut - begin) != 0)
        return -1;
    return below(c, 2) ? 0 : write_at(to, O_APPEND, 0, c->bytes.ptr + cut, end - cut);
}

static int append_newline(struct churn *c)
{
    return write_at(c->path, O_APPEND, 0, "\n", 1);
}

static int cut_newline(struct churn *c)
{
    return c->bytes.len == 0 ? 0 : truncate(c->path, (off_t)c->bytes.len - 1);
}

static int cut_off(struct churn *c)
{
    size_t at = below(c, 2) ? line_start(c) : below(c, c->bytes.len + 1);
    return truncate(c->path, (off_t)at);
}

/* The same size, and sometimes the same time of change. */
static int rewrite_in_place(struct churn *c)
{
    struct stat st;
    if (c->bytes.len == 0 || stat(c->path, &st) != 0)
        return 0;
    for (uint64_t n = 1 + below(c, 3); n > 0; n--) {
        size_t at = below(c, c->bytes.len);
        char letter = (char)('a' + below(c, 26));
        if (c->bytes.ptr[at] != '\n' && write_at(c->path, 0, (off_t)at, &letter, 1) != 0)
            return -1;
    }
    struct timespec times[2] = {st.st_atim, st.st_mtim};
    return below(c, 2) ? utimensat(AT_FDCWD, c->path, times, 0) : 0;
}

/* Other content of its own lines, and more of them, in place. */
static int rewrite_longer(struct churn *c)
{
    size_t begin = line_start(c);
    int fd = open(c->path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    if (fd < 0)
        return -1;
    bool ok = write(fd, c->bytes.ptr + begin, c->bytes.len - begin) >= 0 &&
              write(fd, c->bytes.ptr, c->bytes.len) >= 0;
    close(fd);
    return ok ? 0 : -1;
}

static int replace_by_rename(struct churn *c)
{
    char other[PATH_SIZE];
    (void)snprintf(other, sizeof other, "%s.tmp", c->path);
    size_t begin = below(c, 2) ? 0 : line_start(c);
    int fd = open(other, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return -1;
    bool ok = write(fd, c->bytes.ptr + begin, c->bytes.len - begin) >= 0 &&
              (below(c, 2) || write(fd, c->bytes.ptr, begin) >= 0);
    close(fd);
    return ok ? rename(other, c->path) : -1;
}

static int delete (struct churn *c)
{
    return c->list->count > 4 ? unlink(c->path) : 0;
}

static int move(struct churn *c)
{
    char other[PATH_SIZE];
    (void)snprintf(other, sizeof other, "%s", pick(c));
    char *slash = strrchr(other, '/');
    (void)snprintf(slash, 64, "/moved-%llu.jsonl", (unsigned long long)below(c, 1000));
    return rename(c->path, other);
}

static int copy_to_new_folder(struct churn *c)
{
    char path[PATH_SIZE];
    int n = snprintf(path, sizeof path, "%s/new-%llu", c->root, (unsigned long long)below(c, 1000));
    for (int i = 0; i < 2; i++) {
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return -1;
        n += snprintf(path + n, sizeof path - (size_t)n, "/in-%llu",
                      (unsigned long long)below(c, 9));
    }
    (void)snprintf(path + n, sizeof path - (size_t)n, ".jsonl");
    return write_at(path, O_CREAT | O_TRUNC, 0, c->bytes.ptr, c->bytes.len);
}

static int touch(struct churn *c)
{
    struct timespec times[2] = {{.tv_sec = 1700000000 + (time_t)below(c, 1000000)},
                                {.tv_sec = 1700000000 + (time_t)below(c, 1000000)}};
    return utimensat(AT_FDCWD, c->path, times, 0);
}

static int move_folder(struct churn *c)
{
    char from[PATH_SIZE], to[PATH_SIZE];
    (void)snprintf(from, sizeof from, "%s", c->path);
    *strrchr(from, '/') = '\0';
    if (strlen(from) <= strlen(c->root))
        return 0;
    (void)snprintf(to, sizeof to, "%.4000s-%llu", from, (unsigned long long)below(c, 100));
    return rename(from, to) == 0 || errno == EEXIST || errno == ENOTEMPTY ? 0 : -1;
}

static int link_something(struct churn *c)
{
    char path[PATH_SIZE], target[PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/link-%llu%s", c->root, (unsigned long long)below(c, 1000),
                   below(c, 3) ? ".jsonl" : "");
    (void)snprintf(target, sizeof target, "%s", c->path);
    if (path[strlen(path) - 1] != 'l')
        *strrchr(target, '/') = '\0';
    int rc =
        below(c, 2) || path[strlen(path) - 1] != 'l' ? symlink(target, path) : link(target, path);
    return rc == 0 || errno == EEXIST ? 0 : -1;
}

static const struct {
    const char *name;
    int (*run)(struct churn *c);
    unsigned weight;
} changes[] = {
    {"append lines", append_lines, 12},
    {"append half a line", append_half_line, 8},
    {"append a newline", append_newline, 4},
    {"cut the last newline", cut_newline, 4},
    {"truncate", cut_off, 3},
    {"rewrite in place", rewrite_in_place, 6},
    {"rewrite longer", rewrite_longer, 2},
    {"replace by rename", replace_by_rename, 4},
    {"delete", delete, 2},
    {"move", move, 3},
    {"copy to a new folder", copy_to_new_folder, 4},
    {"touch", touch, 3},
    {"move a folder", move_folder, 2},
    {"link", link_something, 2},
};

int churn_once(const char *root, uint64_t *state, char *what, size_t size)
{
    struct churn c = {.root = root, .state = state};
    struct source_list *list;
    unsigned sum = 0;
    size_t i = 0;
    if (discover_sources(&root, 1, &list, NULL) != 0 || list->count == 0)
        return -1;
    c.list = list;
    c.path = pick(&c);
    buf_init(&c.bytes);
    for (size_t k = 0; k < sizeof changes / sizeof *changes; k++)
        sum += changes[k].weight;
    uint64_t at = below(&c, sum);
    for (; at >= changes[i].weight; i++)
        at -= changes[i].weight;
    (void)snprintf(what, size, "%s: %s", changes[i].name, c.path);
    int rc = read_file(c.path, &c.bytes) == 0 ? changes[i].run(&c) : -1;
    buf_clear(&c.bytes);
    source_list_free(list);
    return rc;
}
