#include "discover.h"

#include "arena.h"
#include "error.h"
#include "span.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A place still to be looked at, or a file that was found. */
struct place {
    struct span path; /* NUL-terminated */
    size_t below;     /* where its name below the root begins in path */
    uint32_t root;
    bool linked; /* reached through a link */
    struct stat st;
};

struct places {
    struct place *items;
    size_t count;
    size_t capacity;
};

struct identity {
    uint64_t device;
    uint64_t inode;
};

/* Folders and links wait in lists, not on the stack: depth costs nothing.  All that is reached
 * without links is visited first, so that a real path wins. */
struct discovery {
    struct arena arena;
    size_t root_count;
    struct places folders; /* real ones, or below the link that is being followed */
    struct places links;
    struct places files;
    struct unreadable *unreadable;
    size_t unreadable_count;
    size_t unreadable_capacity;
    struct identity *visited; /* folders; open addressing, inode 0 with device 0 is empty */
    size_t visited_count;
    size_t visited_size;
};

static bool grow(void **items, size_t *capacity, size_t count, size_t size)
{
    if (count < *capacity)
        return true;
    size_t more = *capacity == 0 ? 64 : *capacity * 2;
    void *p = realloc(*items, more * size);
    if (p == NULL)
        return false;
    *items = p;
    *capacity = more;
    return true;
}

static int places_add(struct places *list, struct place place)
{
    void *items = list->items;
    bool room = grow(&items, &list->capacity, list->count, sizeof place);
    list->items = items;
    if (!room)
        return -1;
    list->items[list->count++] = place;
    return 0;
}

/* The name under which a place is known: below its root, prefixed where there are several. */
static int place_name(struct discovery *d, const struct place *p, struct span *name)
{
    struct span below = {p->path.ptr + p->below, p->path.len - p->below};
    if (d->root_count == 1)
        return arena_copy(&d->arena, below, name);
    char *text = arena_alloc(&d->arena, below.len + 16);
    if (text == NULL)
        return -1;
    int n = snprintf(text, below.len + 16, "%u:%.*s", p->root + 1, (int)below.len, below.ptr);
    *name = (struct span){text, (size_t)n};
    return 0;
}

/* Tell of a place that cannot be read: ${error} is its errno, unless it says nothing of the place.  Return 0, or -1
 * without memory or descriptors, for then all would look empty. */
static int report(struct discovery *d, const struct place *p, int error)
{
    if (source_is_shortage(error))
        return -1;
    void *items = d->unreadable;
    bool room = grow(&items, &d->unreadable_capacity, d->unreadable_count, sizeof *d->unreadable);
    d->unreadable = items;
    struct unreadable u = {.is_root = p->path.len == p->below && error != ENOENT};
    struct place named = *p;
    if (p->path.len == p->below) /* a root itself: its path says more than nothing */
        named.below = 0;
    if (!room || place_name(d, &named, &u.name) != 0 ||
        arena_copy(&d->arena, span_of(strerror(error)), &u.reason) != 0)
        return -1;
    d->unreadable[d->unreadable_count++] = u;
    return 0;
}

static size_t visited_slot(const struct identity *table, size_t size, struct identity id)
{
    uint64_t h = (id.inode ^ id.device << 32) * 0x9E3779B97F4A7C15u;
    size_t i = (size_t)(h >> 32) & (size - 1);
    while ((table[i].inode != 0 || table[i].device != 0) &&
           (table[i].inode != id.inode || table[i].device != id.device))
        i = (i + 1) & (size - 1);
    return i;
}

static int visited_grow(struct discovery *d)
{
    size_t size = d->visited_size == 0 ? 256 : d->visited_size * 2;
    struct identity *table = calloc(size, sizeof *table);
    if (table == NULL)
        return -1;
    for (size_t i = 0; i < d->visited_size; i++)
        if (d->visited[i].inode != 0 || d->visited[i].device != 0)
            table[visited_slot(table, size, d->visited[i])] = d->visited[i];
    free(d->visited);
    d->visited = table;
    d->visited_size = size;
    return 0;
}

/* Return 1 if the folder is new, 0 if it was visited, -1 without memory. */
static int visit_once(struct discovery *d, const struct stat *st)
{
    if (d->visited_count * 2 >= d->visited_size && visited_grow(d) != 0)
        return -1;
    struct identity id = {st->st_dev, st->st_ino};
    size_t i = visited_slot(d->visited, d->visited_size, id);
    if (d->visited[i].inode == id.inode && d->visited[i].device == id.device)
        return 0;
    d->visited[i] = id;
    d->visited_count++;
    return 1;
}

static bool is_transcript_name(struct span path)
{
    return span_ends_with(path, SPAN(".jsonl"));
}

/* The mode bits answer for nearly every file; access lists and the like need a question. */
static bool is_readable(const struct place *p)
{
    mode_t all = S_IRUSR | S_IRGRP | S_IROTH;
    if ((p->st.st_mode & all) == all)
        return true;
    if (p->st.st_uid == geteuid() && (p->st.st_mode & S_IRUSR) != 0)
        return true;
    return faccessat(AT_FDCWD, p->path.ptr, R_OK, AT_EACCESS) == 0;
}

/* Put a place whose status is known where it belongs; ${any_name}: a root may have any. */
static int file_place(struct discovery *d, const struct place *p, bool any_name)
{
    if (S_ISDIR(p->st.st_mode))
        return places_add(&d->folders, *p);
    if (!S_ISREG(p->st.st_mode) || (!any_name && !is_transcript_name(p->path)))
        return 0;
    if (!is_readable(p))
        return report(d, p, EACCES);
    return places_add(&d->files, *p);
}

static int look_at_entry(struct discovery *d, const struct place *folder, int fd,
                         const struct dirent *e)
{
    struct span name = span_of(e->d_name);
    if (span_equal(name, SPAN(".")) || span_equal(name, SPAN("..")))
        return 0;
    if (e->d_type == DT_REG && !is_transcript_name(name))
        return 0; /* spares a stat and a copy */
    bool slash = folder->path.len > 0 && folder->path.ptr[folder->path.len - 1] != '/';
    char *path = arena_alloc(&d->arena, folder->path.len + name.len + 2);
    if (path == NULL)
        return -1;
    size_t n = folder->path.len;
    memcpy(path, folder->path.ptr, n);
    if (slash)
        path[n++] = '/';
    memcpy(path + n, name.ptr, name.len + 1);
    struct place p = {.path = {path, n + name.len}, .root = folder->root, .linked = folder->linked};
    p.below = folder->path.len == folder->below ? n : folder->below;
    if (fstatat(fd, name.ptr, &p.st, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? 0 : report(d, &p, errno); /* gone since it was listed */
    return S_ISLNK(p.st.st_mode) ? places_add(&d->links, p) : file_place(d, &p, false);
}

static int visit_folder(struct discovery *d, const struct place *p)
{
    int result = -1;
    DIR *dir = NULL;
    int fd = open(p->path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return report(d, p, errno);
    struct stat st;
    dir = fstat(fd, &st) == 0 ? fdopendir(fd) : NULL;
    if (dir == NULL) {
        result = report(d, p, errno);
        close(fd);
        return result;
    }
    int fresh = visit_once(d, &st);
    if (fresh <= 0) {
        closedir(dir);
        return fresh;
    }
    for (;;) {
        errno = 0;
        const struct dirent *e = readdir(dir);
        if (e == NULL)
            break;
        if (look_at_entry(d, p, fd, e) != 0)
            goto out;
    }
    result = errno == 0 ? 0 : report(d, p, errno);
out:
    closedir(dir);
    return result;
}

static int visit_folders(struct discovery *d)
{
    while (d->folders.count > 0) {
        struct place p = d->folders.items[--d->folders.count];
        if (visit_folder(d, &p) != 0)
            return -1;
    }
    return 0;
}

/* Order of places by root and then by name below it. */
static int place_compare(const struct place *a, const struct place *b)
{
    if (a->root != b->root)
        return a->root < b->root ? -1 : 1;
    struct span x = {a->path.ptr + a->below, a->path.len - a->below};
    struct span y = {b->path.ptr + b->below, b->path.len - b->below};
    return span_compare(x, y);
}

static int link_compare(const void *a, const void *b)
{
    return place_compare(a, b);
}

static int follow_link(struct discovery *d, struct place *p)
{
    bool is_root = p->path.len == p->below;
    if (stat(p->path.ptr, &p->st) != 0)
        return is_root || is_transcript_name(p->path) || errno == EACCES ? report(d, p, errno) : 0;
    p->linked = true;
    if (file_place(d, p, is_root) != 0)
        return -1;
    return visit_folders(d);
}

/* Follow the links of one round in order of name; those found behind them are the next round. */
static int follow_links(struct discovery *d)
{
    while (d->links.count > 0) {
        struct places round = d->links;
        d->links = (struct places){0};
        qsort(round.items, round.count, sizeof *round.items, link_compare);
        int result = 0;
        for (size_t i = 0; i < round.count && result == 0; i++)
            result = follow_link(d, &round.items[i]);
        free(round.items);
        if (result != 0)
            return -1;
    }
    return 0;
}

/* Whether a link stands on the way to an absolute path. */
static bool is_linked_path(const char *path)
{
    char *real = path[0] == '/' ? realpath(path, NULL) : NULL;
    bool linked = real != NULL && strcmp(real, path) != 0;
    free(real);
    return linked;
}

static int look_at_root(struct discovery *d, const char *root, uint32_t number)
{
    struct place p = {.path = span_of(root), .root = number};
    while (p.path.len > 1 && p.path.ptr[p.path.len - 1] == '/')
        p.path.len--;
    if (arena_copy(&d->arena, p.path, &p.path) != 0)
        return -1;
    p.below = p.path.len;
    if (lstat(p.path.ptr, &p.st) != 0)
        return report(d, &p, errno);
    if (S_ISLNK(p.st.st_mode) || (d->root_count > 1 && is_linked_path(p.path.ptr)))
        return places_add(&d->links, p);
    if (S_ISREG(p.st.st_mode)) { /* its name is its last component */
        const char *slash = memrchr(p.path.ptr, '/', p.path.len);
        p.below = slash == NULL ? 0 : (size_t)(slash + 1 - p.path.ptr);
    }
    return file_place(d, &p, true);
}

/* Files of one identity side by side, the one to keep first. */
static int copy_compare(const void *va, const void *vb)
{
    const struct place *a = va, *b = vb;
    if (a->st.st_dev != b->st.st_dev)
        return a->st.st_dev < b->st.st_dev ? -1 : 1;
    if (a->st.st_ino != b->st.st_ino)
        return a->st.st_ino < b->st.st_ino ? -1 : 1;
    if (a->linked != b->linked)
        return a->linked ? 1 : -1;
    return place_compare(a, b);
}

static int source_compare(const void *va, const void *vb)
{
    const struct source *a = va, *b = vb;
    return span_compare(a->name, b->name);
}

static int make_source(struct discovery *d, const struct place *p, struct source *s)
{
    struct place named = *p;
    if (p->path.len == p->below) { /* a root that is a link to a file */
        const char *slash = memrchr(p->path.ptr, '/', p->path.len);
        named.below = slash == NULL ? 0 : (size_t)(slash + 1 - p->path.ptr);
    }
    struct span root = {p->path.ptr, named.below};
    if (named.below != p->below || p->below == 0)
        root = p->path;
    *s = (struct source){.root = p->root, .path = p->path};
    if (place_name(d, &named, &s->name) != 0)
        return -1;
    source_describe((struct span){p->path.ptr + named.below, p->path.len - named.below}, root, s);
    s->size = (uint64_t)p->st.st_size;
    s->mtime_ns = (int64_t)p->st.st_mtim.tv_sec * 1000000000 + p->st.st_mtim.tv_nsec;
    s->device = p->st.st_dev;
    s->inode = p->st.st_ino;
    return 0;
}

static int make_sources(struct discovery *d, struct source_list *list)
{
    struct places *files = &d->files;
    if (files->count == 0)
        return 0;
    qsort(files->items, files->count, sizeof *files->items, copy_compare);
    list->items = malloc(files->count * sizeof *list->items);
    if (list->items == NULL)
        return -1;
    const struct place *last = NULL;
    for (size_t i = 0; i < files->count; i++) {
        const struct place *p = &files->items[i];
        if (last != NULL && last->st.st_dev == p->st.st_dev && last->st.st_ino == p->st.st_ino)
            continue;
        last = p;
        struct source *s = &list->items[list->count];
        if (make_source(d, p, s) != 0)
            return -1;
        list->count++;
        list->bytes += s->size;
    }
    qsort(list->items, list->count, sizeof *list->items, source_compare);
    for (uint32_t i = 0; i < list->count; i++)
        list->items[i].id = i;
    return 0;
}

static int make_list(struct discovery *d, struct source_list **out)
{
    struct source_list *list = calloc(1, sizeof *list);
    struct arena *arena = malloc(sizeof *arena);
    if (list == NULL || arena == NULL || make_sources(d, list) != 0) {
        if (list != NULL)
            free(list->items);
        free(list);
        free(arena);
        return -1;
    }
    list->unreadable = d->unreadable;
    list->unreadable_count = (uint32_t)d->unreadable_count;
    d->unreadable = NULL;
    *arena = d->arena;
    arena_init(&d->arena);
    list->storage = arena;
    *out = list;
    return 0;
}

static int walk_roots(struct discovery *d, const char *const *roots)
{
    for (size_t i = 0; i < d->root_count; i++)
        if (look_at_root(d, roots[i], (uint32_t)i) != 0 || visit_folders(d) != 0)
            return -1;
    return follow_links(d);
}

int discover_sources(const char *const *roots, size_t count, struct source_list **out,
                     struct error *err)
{
    struct discovery d = {.root_count = count};
    arena_init(&d.arena);
    int result = walk_roots(&d, roots);
    if (result == 0)
        result = make_list(&d, out);
    arena_clear(&d.arena);
    free(d.folders.items);
    free(d.links.items);
    free(d.files.items);
    free(d.unreadable);
    free(d.visited);
    return result == 0 ? 0 : error_no_memory(err);
}
