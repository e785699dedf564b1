#include "watch.h"

#include "buf.h"
#include "span.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FOLDER_EVENTS                                                              \
    (IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | \
     IN_DELETE_SELF | IN_MOVE_SELF)
#define FILE_EVENTS (IN_MODIFY | IN_ATTRIB)
#define EVENT_BUFFER (64u << 10)
#define MAX_DEPTH 128 /* of nested folders: each costs a descriptor while walking */

static const struct span suffix = {".jsonl", 6};

/* What a watch descriptor stands for; they are small numbers, given in order. */
struct watched {
    char *path; /* NULL: free */
    bool is_file;
    unsigned walk; /* the last one that came by */
};

struct identity {
    dev_t device;
    ino_t inode;
};

/* A root, or where a link leads, that may not be read: it cannot be watched, nor tells its folder of it. */
struct refused {
    char *path;
    struct stat seen; /* all zeros: not even that */
};

struct watch {
    const char *const *roots;
    size_t root_count;
    struct stat *root_seen; /* as they were at the last walk; st_ino 0: not there */
    int fd;
    struct watched *watched;
    size_t watched_count;
    const char *blind;
    char *events;
    unsigned walk; /* number of this walk */
    char **links;  /* not followed yet: real paths come first, so that they name the folder */
    size_t link_count;
    size_t link_capacity;
    struct identity *visited; /* folders of this walk that were reached through links */
    size_t visited_count;
    size_t visited_capacity;
    struct refused *refused; /* by this walk */
    size_t refused_count;
};

int watch_new(const char *const *roots, size_t count, struct watch **out)
{
    struct watch *w = calloc(1, sizeof *w);
    if (w == NULL)
        return -1;
    w->roots = roots;
    w->root_count = count;
    w->root_seen = calloc(count + 1, sizeof *w->root_seen);
    w->events = malloc(EVENT_BUFFER);
    w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (w->fd < 0)
        w->blind = "the kernel gives no inotify instance (fs.inotify.max_user_instances)";
    if (w->root_seen == NULL || w->events == NULL) {
        watch_free(w);
        return -1;
    }
    *out = w;
    return 0;
}

static void forget_refused(struct watch *w)
{
    for (size_t i = 0; i < w->refused_count; i++)
        free(w->refused[i].path);
    free(w->refused);
    w->refused = NULL;
    w->refused_count = 0;
}

void watch_free(struct watch *w)
{
    if (w == NULL)
        return;
    for (size_t i = 0; i < w->watched_count; i++)
        free(w->watched[i].path);
    free(w->watched);
    free(w->root_seen);
    free(w->events);
    free(w->visited);
    for (size_t i = 0; i < w->link_count; i++)
        free(w->links[i]);
    free(w->links);
    forget_refused(w);
    if (w->fd >= 0)
        close(w->fd);
    free(w);
}

const char *watch_blind(const struct watch *w)
{
    return w->blind;
}

/* --- walking ------------------------------------------------------------------------------------- */

/* The file systems of which inotify tells everything; from linux/magic.h and their sources. */
static bool tells_changes(const char *path)
{
    static const unsigned long local[] = {
        0xEF53,     /* ext2, ext3, ext4 */
        0x58465342, /* xfs */
        0x9123683E, /* btrfs */
        0x01021994, /* tmpfs */
        0x858458F6, /* ramfs */
        0xF2F52010, /* f2fs */
        0x2FC12FC1, /* zfs */
        0xCA451A4E, /* bcachefs */
        0x3153464A, /* jfs */
        0x52654973, /* reiserfs */
    };
    struct statfs fs;
    if (statfs(path, &fs) != 0)
        return true; /* gone or forbidden: nothing to be told of */
    for (size_t i = 0; i < sizeof local / sizeof *local; i++)
        if ((unsigned long)fs.f_type == local[i])
            return true;
    return false;
}

static int remember(struct watch *w, int wd, const char *path, bool is_file)
{
    size_t at = (size_t)wd;
    if (at >= w->watched_count) {
        size_t count = 2 * at + 64;
        struct watched *p = realloc(w->watched, count * sizeof *p);
        if (p == NULL)
            return -1;
        memset(p + w->watched_count, 0, (count - w->watched_count) * sizeof *p);
        w->watched = p;
        w->watched_count = count;
    }
    struct watched *x = &w->watched[at];
    bool known = x->path != NULL && (x->walk == w->walk || strcmp(x->path, path) == 0);
    x->walk = w->walk;
    if (known)
        return 0;
    free(x->path);
    x->is_file = is_file;
    x->path = strdup(path);
    return x->path == NULL ? -1 : 0;
}

static int add(struct watch *w, const char *path, bool is_file)
{
    if (w->fd < 0)
        return 0;
    int wd = inotify_add_watch(w->fd, path, is_file ? FILE_EVENTS : FOLDER_EVENTS | IN_ONLYDIR);
    if (wd >= 0)
        return remember(w, wd, path, is_file);
    if (errno == ENOSPC || errno == ENOMEM)
        w->blind = "there are more folders than fs.inotify.max_user_watches";
    return 0; /* else it is gone or forbidden: discovery finds the same */
}

/* Whether this folder is new to the walk; 1, 0, or -1 without memory. */
static int visit(struct watch *w, const struct stat *st)
{
    for (size_t i = 0; i < w->visited_count; i++)
        if (w->visited[i].inode == st->st_ino && w->visited[i].device == st->st_dev)
            return 0;
    if (w->visited_count == w->visited_capacity) {
        size_t capacity = w->visited_capacity == 0 ? 64 : 2 * w->visited_capacity;
        struct identity *p = realloc(w->visited, capacity * sizeof *p);
        if (p == NULL)
            return -1;
        w->visited = p;
        w->visited_capacity = capacity;
    }
    w->visited[w->visited_count++] = (struct identity){st->st_dev, st->st_ino};
    return 1;
}

static int walk_folder(struct watch *w, struct buf *path, dev_t device, unsigned depth,
                       bool linked);

static int put_aside(struct watch *w, const char *path)
{
    if (w->link_count == w->link_capacity) {
        size_t capacity = w->link_capacity == 0 ? 16 : 2 * w->link_capacity;
        char **p = realloc(w->links, capacity * sizeof *p);
        if (p == NULL)
            return -1;
        w->links = p;
        w->link_capacity = capacity;
    }
    w->links[w->link_count] = strdup(path);
    return w->links[w->link_count] == NULL ? -1 : (w->link_count++, 0);
}

/* One entry of the folder at ${path}, whose file system is ${device}. */
static int walk_entry(struct watch *w, struct buf *path, const struct dirent *d, dev_t device,
                      unsigned depth, bool linked)
{
    size_t len = path->len;
    struct stat st;
    int rc = 0;
    if (d->d_type != DT_DIR && d->d_type != DT_LNK && d->d_type != DT_UNKNOWN)
        return 0;
    if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
        return 0;
    if (buf_append_byte(path, '/') != 0 || buf_append(path, d->d_name, strlen(d->d_name) + 1) != 0)
        return -1;
    path->len--;
    bool folder = d->d_type == DT_DIR, link = d->d_type == DT_LNK;
    if (d->d_type == DT_UNKNOWN && lstat(path->ptr, &st) == 0) {
        folder = S_ISDIR(st.st_mode);
        link = S_ISLNK(st.st_mode);
    }
    if (folder)
        rc = walk_folder(w, path, device, depth + 1, linked);
    else if (link)
        rc = put_aside(w, path->ptr);
    path->len = len;
    path->ptr[len] = '\0';
    return rc;
}

static void go_blind(struct watch *w, const char *why)
{
    if (w->blind == NULL)
        w->blind = why;
}

/* Else the folder is gone or forbidden: discovery finds the same. */
static void blind_if_short(struct watch *w, int error)
{
    if (source_is_shortage(error))
        go_blind(w, "there are too few file descriptors, or too little memory");
}

static int walk_open(struct watch *w, DIR *dir, struct buf *path, dev_t device, unsigned depth,
                     bool linked)
{
    struct stat st;
    if (fstat(dirfd(dir), &st) != 0)
        return 0;
    if (st.st_dev != device && !tells_changes(path->ptr))
        go_blind(w, "a file system does not tell what changes on it");
    /* Only a link can lead to a folder twice. */
    int fresh = linked ? visit(w, &st) : 1;
    int rc = fresh < 0 ? -1 : 0;
    while (fresh == 1 && rc == 0) {
        errno = 0;
        const struct dirent *d = readdir(dir);
        if (d == NULL) {
            blind_if_short(w, errno);
            break;
        }
        rc = walk_entry(w, path, d, st.st_dev, depth, linked);
    }
    return rc;
}

/* Watch the folder at ${path} (NUL-terminated), then go into it: what is created between the two is
 * told. */
static int walk_folder(struct watch *w, struct buf *path, dev_t device, unsigned depth, bool linked)
{
    if (depth > MAX_DEPTH) {
        go_blind(w, "folders are nested too deeply");
        return 0;
    }
    if (add(w, path->ptr, false) != 0)
        return -1;
    DIR *dir = opendir(path->ptr);
    if (dir == NULL) {
        blind_if_short(w, errno);
        return 0;
    }
    int rc = walk_open(w, dir, path, device, depth, linked);
    closedir(dir);
    return rc;
}

/* stat(), all zeros for what is not there or may not be seen (errno). */
static struct stat status_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st : (struct stat){0};
}

static bool may_read(const char *path, const struct stat *st)
{
    int how = S_ISDIR(st->st_mode) ? R_OK | X_OK : R_OK;
    return faccessat(AT_FDCWD, path, how, AT_EACCESS) == 0 || errno != EACCES;
}

/* Remember a place for refused_changed().  Return 0, or -1 without memory. */
static int refuse(struct watch *w, const char *path, const struct stat *st)
{
    struct refused *p = realloc(w->refused, (w->refused_count + 1) * sizeof *p);
    if (p == NULL)
        return -1;
    w->refused = p;
    p[w->refused_count] = (struct refused){strdup(path), *st};
    return p[w->refused_count].path == NULL ? -1 : (w->refused_count++, 0);
}

/* Walk from a root or a link, if it leads to a folder. */
static int walk_from(struct watch *w, const char *from, bool linked)
{
    struct buf path;
    struct stat st = status_of(from);
    if (st.st_mode == 0)
        blind_if_short(w, errno);
    if (!may_read(from, &st) && refuse(w, from, &st) != 0)
        return -1;
    if (st.st_mode == 0)
        return 0;
    if (!S_ISDIR(st.st_mode)) {
        if (!tells_changes(from))
            go_blind(w, "a file system does not tell what changes on it");
        return linked ? 0 : add(w, from, true);
    }
    buf_init(&path);
    int rc = buf_append(&path, from, strlen(from) + 1);
    if (rc == 0) {
        path.len--;
        while (path.len > 1 && path.ptr[path.len - 1] == '/')
            path.ptr[--path.len] = '\0';
        rc = walk_folder(w, &path, (dev_t)-1, 0, linked);
    }
    buf_clear(&path);
    return rc;
}

int watch_walk(struct watch *w)
{
    int rc = 0;
    w->walk++;
    w->visited_count = 0;
    forget_refused(w);
    if (w->fd >= 0)
        w->blind = NULL;
    for (size_t i = 0; rc == 0 && i < w->root_count; i++) {
        w->root_seen[i] = status_of(w->roots[i]);
        rc = walk_from(w, w->roots[i], false);
    }
    while (rc == 0 && w->link_count > 0) {
        char *link = w->links[--w->link_count];
        rc = walk_from(w, link, true);
        free(link);
    }
    return rc;
}

int watch_sources(struct watch *w, const struct source_list *list)
{
    struct stat st;
    for (uint32_t i = 0; w->fd >= 0 && i < list->count; i++) {
        const char *path = list->items[i].path.ptr;
        if (lstat(path, &st) == 0 && (S_ISLNK(st.st_mode) || st.st_nlink > 1) &&
            add(w, path, true) != 0)
            return -1;
    }
    return 0;
}

/* --- events -------------------------------------------------------------------------------------- */

static bool roots_moved(const struct watch *w)
{
    for (size_t i = 0; i < w->root_count; i++) {
        struct stat st = status_of(w->roots[i]);
        if (st.st_ino != w->root_seen[i].st_ino || st.st_dev != w->root_seen[i].st_dev)
            return true;
    }
    return false;
}

/* Whether what may not be read may be by now: permissions also change by lists, which leave the mode. */
static bool refused_changed(const struct watch *w)
{
    for (size_t i = 0; i < w->refused_count; i++) {
        struct stat st = status_of(w->refused[i].path), *seen = &w->refused[i].seen;
        if (st.st_ino != seen->st_ino || st.st_dev != seen->st_dev || st.st_mode != seen->st_mode ||
            st.st_uid != seen->st_uid || st.st_gid != seen->st_gid ||
            st.st_ctim.tv_sec != seen->st_ctim.tv_sec ||
            st.st_ctim.tv_nsec != seen->st_ctim.tv_nsec)
            return true;
    }
    return false;
}

/* Whether the path is or was a link to a folder: it is one, or a folder is watched under it. */
static bool leads_to_folder(const struct watch *w, struct span path)
{
    struct stat st;
    if (lstat(path.ptr, &st) == 0 && S_ISLNK(st.st_mode))
        return true;
    for (size_t i = 0; i < w->watched_count; i++)
        if (w->watched[i].path != NULL && !w->watched[i].is_file &&
            span_starts_with(span_of(w->watched[i].path), path))
            return true;
    return false;
}

static bool may_be_folder(const struct watch *w, const struct watched *folder, struct span name)
{
    struct buf path;
    buf_init(&path);
    bool ok = buf_append(&path, folder->path, strlen(folder->path)) == 0 &&
              buf_append_byte(&path, '/') == 0 && buf_append_span(&path, name) == 0 &&
              buf_append_byte(&path, '\0') == 0;
    bool may = !ok || leads_to_folder(w, (struct span){path.ptr, path.len - 1});
    buf_clear(&path);
    return may;
}

/* A transcript's content or stamps changed. */
static void tell_file(const struct watched *folder, struct span name, watch_file_fn *file,
                      void *arg, bool *all)
{
    struct buf path;
    buf_init(&path);
    if (buf_append(&path, folder->path, strlen(folder->path)) != 0 ||
        buf_append_byte(&path, '/') != 0 || buf_append_span(&path, name) != 0)
        *all = true;
    else
        file(arg, buf_span(&path));
    buf_clear(&path);
}

static bool take_event(struct watch *w, const struct inotify_event *e, watch_file_fn *file,
                       void *arg)
{
    bool all = false;
    if (e->mask & IN_Q_OVERFLOW)
        return true;
    if (e->wd < 0 || (size_t)e->wd >= w->watched_count)
        return false;
    struct watched *x = &w->watched[e->wd];
    if (e->mask & IN_IGNORED) {
        free(x->path);
        x->path = NULL;
        return true;
    }
    if (x->path == NULL)
        return true;
    if (x->is_file) {
        file(arg, span_of(x->path));
        return false;
    }
    if (e->len == 0 || (e->mask & IN_ISDIR))
        return true; /* the folder itself, or one in it */
    struct span name = span_of(e->name);
    bool transcript = span_ends_with(name, suffix);
    if (e->mask & (IN_MODIFY | IN_ATTRIB)) {
        if (transcript)
            tell_file(x, name, file, arg, &all);
        return all;
    }
    return transcript || may_be_folder(w, x, name);
}

bool watch_drain(struct watch *w, watch_file_fn *file, void *arg)
{
    bool all = w->blind != NULL || roots_moved(w) || refused_changed(w);
    while (w->fd >= 0) {
        ssize_t n = read(w->fd, w->events, EVENT_BUFFER);
        if (n <= 0)
            break;
        for (ssize_t at = 0; at < n;) {
            struct inotify_event e;
            memcpy(&e, w->events + at, sizeof e);
            all = take_event(w, (const struct inotify_event *)(const void *)(w->events + at), file,
                             arg) ||
                  all;
            at += (ssize_t)(sizeof e + e.len);
        }
    }
    return all;
}
