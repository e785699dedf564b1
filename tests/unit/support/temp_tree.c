#include "temp_tree.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void temp_tree_fail(const char *what)
{
    perror(what);
    abort();
}

void temp_tree_make(struct temp_tree *t)
{
    const char *base = getenv("TMPDIR");
    if (base == NULL || base[0] == '\0')
        base = "/tmp";
    int n = snprintf(t->path, sizeof t->path, "%s/scrollback-test-XXXXXX", base);
    if (n < 0 || (size_t)n >= sizeof t->path || mkdtemp(t->path) == NULL)
        temp_tree_fail("mkdtemp");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

void temp_tree_remove(struct temp_tree *t)
{
    if (nftw(t->path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
        temp_tree_fail(t->path);
}

const char *temp_tree_path(const struct temp_tree *t, const char *name)
{
    static char paths[4][4096];
    static unsigned next;
    char *path = paths[next++ % 4];
    int n = snprintf(path, sizeof paths[0], "%s/%s", t->path, name);
    if (n < 0 || (size_t)n >= sizeof paths[0])
        temp_tree_fail("temp_tree_path");
    return path;
}

void temp_tree_folder(const struct temp_tree *t, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s/", t->path, name);
    for (char *p = path + strlen(t->path) + 1; (p = strchr(p, '/')) != NULL; p++) {
        *p = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            temp_tree_fail(path);
        *p = '/';
    }
}

static void make_parent(const struct temp_tree *t, const char *name)
{
    char parent[4096];
    snprintf(parent, sizeof parent, "%s", name);
    char *slash = strrchr(parent, '/');
    if (slash == NULL)
        return;
    *slash = '\0';
    temp_tree_folder(t, parent);
}

void temp_tree_write(const struct temp_tree *t, const char *name, struct span s)
{
    make_parent(t, name);
    FILE *f = fopen(temp_tree_path(t, name), "wb");
    if (f == NULL || fwrite(s.ptr, 1, s.len, f) != s.len || fclose(f) != 0)
        temp_tree_fail(name);
}

void temp_tree_link(const struct temp_tree *t, const char *name, const char *target)
{
    make_parent(t, name);
    if (symlink(target, temp_tree_path(t, name)) != 0)
        temp_tree_fail(name);
}
