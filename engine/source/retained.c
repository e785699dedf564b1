#include "retained.h"

#include "arena.h"
#include "buf.h"
#include "disk.h"
#include "hash.h"
#include "span.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <zlib.h>

#define RETAINED_MAGIC "sbkret\r\n"
#define RETAINED_FORMAT 1u
#define RETAINED_SUFFIX SPAN(".kept")
#define NAME_MAX_BYTES 65536u
#define CHUNK (256u << 10)
#define LEFTOVER_S 3600 /* a temporary file of this age is nobody's: its writer was killed */

struct retained_header {
    char magic[8];
    uint32_t format;
    uint32_t name_size; /* of what follows the header */
    uint64_t size;      /* of the transcript */
    int64_t mtime_ns;
    uint32_t root;
    uint32_t unused;
    uint64_t checksum; /* of the header before this, and the name */
};

char *retained_folder(const char *data_dir, const char *const *roots, size_t count)
{
    struct buf all;
    char *path = NULL;
    buf_init(&all);
    for (size_t i = 0; i < count; i++)
        buf_append(&all, roots[i], strlen(roots[i]) + 1);
    if (buf_failed(&all) ||
        asprintf(&path, "%s/retained-%016" PRIx64, data_dir, hash_64(buf_span(&all))) < 0)
        path = NULL;
    buf_clear(&all);
    return path;
}

static uint64_t checksum(const struct retained_header *h, struct span name)
{
    struct span head = {(const char *)h, offsetof(struct retained_header, checksum)};
    return hash_64_seeded(name, hash_64(head));
}

/* --- keeping ------------------------------------------------------------------------------------- */

/* errno stays what it is. */
static int trouble(struct error *err)
{
    int error = errno;
    (void)error_set(err, ERROR_IO, ERROR_NO_POSITION, "%s", strerror(error));
    errno = error;
    return -1;
}

static int make_folders(const char *folder)
{
    char *path = strdup(folder);
    for (char *p = path == NULL ? NULL : path + 1; p != NULL && (p = strchr(p, '/')) != NULL; p++) {
        *p = '\0';
        (void)mkdir(path, 0700);
        *p = '/';
    }
    int rc = path != NULL && (mkdir(path, 0700) == 0 || errno == EEXIST) ? 0 : -1;
    int error = errno;
    free(path);
    errno = error;
    return rc;
}

/* The errno for what zlib returned, which has left that of a system call alone. */
static int errno_of(int code)
{
    return code == Z_MEM_ERROR ? ENOMEM : code == Z_ERRNO && errno != 0 ? errno : EIO;
}

/* Why the last call for ${z} failed, as an errno. */
static int errno_of_last(gzFile z)
{
    int code;
    (void)gzerror(z, &code);
    return errno_of(code);
}

/* Pack all of ${from} into ${to}; *${size} is how much there was.  Return 0, or -1 with errno. */
static int pack(int from, int to, uint64_t *size)
{
    int copy = dup(to), error = copy < 0 ? errno : 0;
    gzFile z = copy < 0 ? NULL : gzdopen(copy, "wb6");
    char *chunk = malloc(CHUNK);
    *size = 0;
    if (error == 0 && (z == NULL || chunk == NULL))
        error = ENOMEM;
    for (ssize_t n = 1; error == 0 && n > 0; *size += n < 0 ? 0 : (uint64_t)n) {
        n = pread(from, chunk, CHUNK, (off_t)*size);
        if (n < 0)
            error = errno;
        else if (n > 0 && gzwrite(z, chunk, (unsigned)n) != (int)n)
            error = errno_of_last(z);
    }
    free(chunk);
    int closed = z == NULL ? Z_OK : gzclose(z);
    if (error == 0 && closed != Z_OK)
        error = errno_of(closed);
    if (z == NULL && copy >= 0)
        close(copy);
    errno = error;
    return error == 0 ? 0 : -1;
}

/* pwrite() that writes all, or fails with errno. */
static int put_at(int to, const void *bytes, size_t n, off_t at)
{
    ssize_t put = pwrite(to, bytes, n, at);
    if (put >= 0 && (size_t)put != n)
        errno = ENOSPC;
    return put >= 0 && (size_t)put == n ? 0 : -1;
}

static int write_file(int to, const struct source *s, int from, int64_t mtime_ns)
{
    struct retained_header h = {.magic = RETAINED_MAGIC,
                                .format = RETAINED_FORMAT,
                                .name_size = (uint32_t)s->name.len,
                                .mtime_ns = mtime_ns,
                                .root = s->root};
    off_t packed = (off_t)(sizeof h + s->name.len);
    if (put_at(to, s->name.ptr, s->name.len, sizeof h) != 0 ||
        lseek(to, packed, SEEK_SET) != packed || pack(from, to, &h.size) != 0)
        return -1;
    h.checksum = checksum(&h, s->name);
    return put_at(to, &h, sizeof h, 0) == 0 ? fsync(to) : -1;
}

static void remove_leftovers(const char *folder)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return;
    for (const struct dirent *d; (d = readdir(dir)) != NULL;) {
        struct stat st;
        if (strncmp(d->d_name, "tmp-", 4) == 0 &&
            fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            time(NULL) - st.st_mtime > LEFTOVER_S)
            unlinkat(dirfd(dir), d->d_name, 0);
    }
    closedir(dir);
}

/* Write a file under a temporary name, then give it its own.  Return 0, or -1 with errno. */
static int store(const char *folder, const char *path, const struct source *s, int fd,
                 int64_t mtime_ns)
{
    char *temporary = NULL;
    if (asprintf(&temporary, "%s/tmp-XXXXXX", folder) < 0) {
        errno = ENOMEM;
        return -1;
    }
    int to = mkostemp(temporary, O_CLOEXEC);
    bool ok = to >= 0 && write_file(to, s, fd, mtime_ns) == 0 && rename(temporary, path) == 0;
    int error = errno;
    if (to >= 0 && !ok)
        unlink(temporary);
    if (to >= 0)
        close(to);
    free(temporary);
    errno = error;
    return ok ? 0 : -1;
}

int retained_keep(const char *folder, const struct source *s, int fd, struct error *err)
{
    char *path = NULL;
    struct stat st;
    if (fstat(fd, &st) != 0 || make_folders(folder) != 0)
        return trouble(err);
    if (st.st_size == 0)
        return 0;
    remove_leftovers(folder);
    int64_t mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
    if (asprintf(&path, "%s/%016" PRIx64 "-%016" PRIx64 ".kept", folder, hash_64(s->name),
                 (uint64_t)mtime_ns) < 0) {
        errno = ENOMEM;
        return trouble(err);
    }
    int rc = store(folder, path, s, fd, mtime_ns) == 0 && disk_sync(folder) == 0 ? 0 : trouble(err);
    int error = errno;
    free(path);
    errno = error;
    return rc;
}

/* --- listing ------------------------------------------------------------------------------------- */

/* What is to be said of a file that cannot be used. */
#define DAMAGED SPAN("a retained transcript is damaged")

/* Whether ${n} bytes stand at ${at}: 0, 1 if not, or -1 without memory. */
static int get_at(int fd, void *bytes, size_t n, off_t at)
{
    ssize_t got = pread(fd, bytes, n, at);
    if (got < 0 && source_is_shortage(errno))
        return -1;
    return got >= 0 && (size_t)got == n ? 0 : 1;
}

/* Read the header and the name, which goes into ${arena}; 0, 1 if the file is of no use, or -1 without
 * memory. */
static int read_header(int fd, struct arena *arena, struct retained_header *h, struct span *name)
{
    int rc = get_at(fd, h, sizeof *h, 0);
    if (rc != 0)
        return rc;
    if (memcmp(h->magic, RETAINED_MAGIC, sizeof h->magic) != 0 || h->format != RETAINED_FORMAT ||
        h->name_size == 0 || h->name_size > NAME_MAX_BYTES || h->size > INT64_MAX)
        return 1;
    char *text = arena_alloc(arena, h->name_size + 1u);
    if (text == NULL)
        return -1;
    rc = get_at(fd, text, h->name_size, sizeof *h);
    if (rc != 0)
        return rc;
    text[h->name_size] = '\0';
    *name = (struct span){text, h->name_size};
    return h->checksum == checksum(h, *name) ? 0 : 1;
}

/* The name without the number of its root. */
static struct span below_root(struct span name, size_t root_count)
{
    const char *colon = root_count > 1 ? memchr(name.ptr, ':', name.len) : NULL;
    if (colon == NULL)
        return name;
    return (struct span){colon + 1, name.len - (size_t)(colon + 1 - name.ptr)};
}

/* 0, 1 if the file is of no use, which *${why} tells, or -1 without memory or descriptors. */
static int describe(const char *path, const char *const *roots, size_t count, struct arena *arena,
                    struct source *s, struct span *why)
{
    struct retained_header h;
    struct stat st;
    struct span copy;
    *s = (struct source){.is_retained = true};
    *why = DAMAGED;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        *why = span_of(strerrordesc_np(errno));
        return source_is_shortage(errno) ? -1 : 1;
    }
    int rc = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? read_header(fd, arena, &h, &s->name) : 1;
    close(fd);
    if (rc == 0 && h.root >= count)
        rc = 1;
    if (rc != 0)
        return rc;
    if (arena_copy(arena, span_of(roots[h.root]), &copy) != 0 ||
        arena_copy(arena, span_of(path), &s->path) != 0)
        return -1;
    source_describe(below_root(s->name, count), copy, s);
    s->root = h.root;
    s->size = h.size;
    s->mtime_ns = h.mtime_ns;
    s->device = st.st_dev;
    s->inode = st.st_ino;
    return 0;
}

/* A list of retained sources on its way. */
struct kept {
    struct source *items;
    uint32_t count;
    struct unreadable *bad;
    uint32_t bad_count;
};

static int kept_add(struct kept *k, const struct source *s)
{
    void *p = realloc(k->items, (k->count + 1u) * sizeof *k->items);
    if (p == NULL)
        return -1;
    k->items = p;
    k->items[k->count++] = *s;
    return 0;
}

/* ${why}: a static text. */
static int kept_bad(struct kept *k, struct arena *arena, const char *path, struct span why)
{
    void *p = realloc(k->bad, (k->bad_count + 1u) * sizeof *k->bad);
    if (p == NULL)
        return -1;
    k->bad = p;
    struct unreadable *u = &k->bad[k->bad_count];
    u->reason = why;
    if (arena_copy(arena, span_of(path), &u->name) != 0)
        return -1;
    k->bad_count++;
    return 0;
}

/* By name; of one name the latest first. */
static int compare_kept(const void *pa, const void *pb)
{
    const struct source *a = pa, *b = pb;
    int order = span_compare(a->name, b->name);
    if (order != 0)
        return order;
    return (a->mtime_ns < b->mtime_ns) - (a->mtime_ns > b->mtime_ns);
}

static int by_name(const void *pa, const void *pb)
{
    const struct source *a = pa, *b = pb;
    return span_compare(a->name, b->name);
}

static int read_entry(const char *path, const char *const *roots, size_t count, struct arena *arena,
                      struct kept *k)
{
    struct source s;
    struct span why;
    int rc = describe(path, roots, count, arena, &s, &why);
    if (rc < 0)
        return -1;
    return rc == 0 ? kept_add(k, &s) : kept_bad(k, arena, path, why);
}

/* The folder could not be opened or read to its end: errno. */
static int folder_failed(const char *folder, struct arena *arena, struct kept *k)
{
    return source_is_shortage(errno) ? -1
                                     : kept_bad(k, arena, folder, span_of(strerrordesc_np(errno)));
}

static int read_folder(const char *folder, DIR *dir, const char *const *roots, size_t count,
                       struct arena *arena, struct kept *k)
{
    for (;;) {
        char *path = NULL;
        errno = 0;
        const struct dirent *d = readdir(dir);
        if (d == NULL)
            return errno == 0 ? 0 : folder_failed(folder, arena, k);
        if (!span_ends_with(span_of(d->d_name), RETAINED_SUFFIX))
            continue;
        if (asprintf(&path, "%s/%s", folder, d->d_name) < 0)
            return -1;
        int rc = read_entry(path, roots, count, arena, k);
        free(path);
        if (rc != 0)
            return -1;
    }
}

/* Only a folder that is not there holds nothing. */
static int read_store(const char *folder, const char *const *roots, size_t count,
                      struct arena *arena, struct kept *k)
{
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return errno == ENOENT ? 0 : folder_failed(folder, arena, k);
    int rc = read_folder(folder, dir, roots, count, arena, k);
    closedir(dir);
    return rc;
}

/* Move into ${list} what has no other source of its name. */
static int join(struct source_list *list, const struct kept *k)
{
    struct source *items =
        realloc(list->items, ((size_t)list->count + k->count + 1) * sizeof *items);
    if (items == NULL)
        return -1;
    list->items = items;
    uint32_t live = list->count;
    for (uint32_t i = 0; i < k->count; i++) {
        struct source_list there = {.items = items, .count = live};
        bool later = i > 0 && span_equal(k->items[i].name, k->items[i - 1].name);
        if (later || source_find(&there, k->items[i].name) != NULL)
            continue;
        items[list->count++] = k->items[i];
        list->bytes += k->items[i].size;
    }
    qsort(items, list->count, sizeof *items, by_name);
    for (uint32_t i = 0; i < list->count; i++)
        items[i].id = i;
    return 0;
}

static int join_bad(struct source_list *list, const struct kept *k)
{
    if (k->bad_count == 0)
        return 0;
    void *p = realloc(list->unreadable,
                      ((size_t)list->unreadable_count + k->bad_count) * sizeof *list->unreadable);
    if (p == NULL)
        return -1;
    list->unreadable = p;
    memcpy(list->unreadable + list->unreadable_count, k->bad, k->bad_count * sizeof *k->bad);
    list->unreadable_count += k->bad_count;
    return 0;
}

int retained_list(const char *folder, const char *const *roots, size_t count,
                  struct source_list *list)
{
    struct kept k = {0};
    int rc = read_store(folder, roots, count, list->storage, &k);
    if (k.count > 0)
        qsort(k.items, k.count, sizeof *k.items, compare_kept);
    if (rc == 0 && k.count > 0)
        rc = join(list, &k);
    if (rc == 0)
        rc = join_bad(list, &k);
    free(k.items);
    free(k.bad);
    return rc;
}

/* --- reading ------------------------------------------------------------------------------------- */

/* Put what comes next from ${z} at ${done} of ${to}.  Return how much, or 0 with *${error}. */
static uint64_t unpack_some(gzFile z, int to, char *chunk, uint64_t done, uint64_t size, int *error)
{
    int n = gzread(z, chunk, CHUNK);
    if (n < 0)
        *error = errno_of_last(z);
    else if (n == 0 || (uint64_t)n > size - done)
        *error = EIO;
    else if (put_at(to, chunk, (size_t)n, (off_t)done) != 0)
        *error = errno;
    return *error == 0 ? (uint64_t)n : 0;
}

/* Unpack what stands at the place of ${from} into ${to}.  Return 0, or -1 with errno: EIO if these are not
 * ${size} good bytes. */
static int unpack(int from, int to, uint64_t size)
{
    int copy = dup(from), error = copy < 0 ? errno : 0;
    gzFile z = copy < 0 ? NULL : gzdopen(copy, "rb");
    char *chunk = malloc(CHUNK);
    if (error == 0 && (z == NULL || chunk == NULL))
        error = ENOMEM;
    for (uint64_t done = 0; error == 0 && done < size;)
        done += unpack_some(z, to, chunk, done, size, &error);
    free(chunk);
    if (z != NULL)
        (void)gzclose(z);
    else if (copy >= 0)
        close(copy);
    errno = error;
    return error == 0 ? 0 : -1;
}

int retained_open(const char *path)
{
    struct retained_header h;
    struct arena arena;
    struct span name;
    int memory = -1, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return -1;
    arena_init(&arena);
    int rc = read_header(fd, &arena, &h, &name);
    if (rc != 0) {
        errno = rc < 0 ? ENOMEM : EIO;
    } else if ((memory = memfd_create("scrollback-retained", MFD_CLOEXEC)) >= 0 &&
               (lseek(fd, (off_t)(sizeof h + h.name_size), SEEK_SET) < 0 ||
                unpack(fd, memory, h.size) != 0)) {
        int error = errno;
        close(memory);
        memory = -1;
        errno = error;
    }
    int why = errno;
    arena_clear(&arena);
    close(fd);
    errno = why;
    return memory;
}
