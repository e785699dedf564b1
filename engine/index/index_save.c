#include "index_inner.h"

#include "catalog_file.h"
#include "buf.h"
#include "clock.h"
#include "disk.h"
#include "hash.h"
#include "span.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* After a failure the disk is left alone for a while. */
#define FAILED_PAUSE_NS UINT64_C(300000000000)

/* --- the folder ---------------------------------------------------------------------------------- */

/* Make ${path} and the folders above it that are missing. */
static int make_folders(char *path)
{
    for (char *p = path + 1; *p != '\0'; p++) {
        if (*p != '/')
            continue;
        *p = '\0';
        int rc = mkdir(path, 0700);
        *p = '/';
        if (rc != 0 && errno != EEXIST && errno != EROFS && errno != EACCES)
            return -1;
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST ? 0 : -1;
}

/* One folder for each set of roots. */
static char *name_folder(const struct index *ix, const char *cache_dir)
{
    struct buf all;
    char *path = NULL;
    buf_init(&all);
    for (size_t i = 0; i < ix->root_count; i++)
        buf_append(&all, ix->roots[i], strlen(ix->roots[i]) + 1);
    if (buf_failed(&all) ||
        asprintf(&path, "%s/index-%016" PRIx64, cache_dir, hash_64(buf_span(&all))) < 0)
        path = NULL;
    buf_clear(&all);
    return path;
}

static const char *check_folder(const char *folder)
{
    struct stat st;
    if (lstat(folder, &st) != 0)
        return strerror(errno);
    if (!S_ISDIR(st.st_mode))
        return "it is not a folder";
    if (st.st_uid != geteuid())
        return "it belongs to somebody else";
    return st.st_mode & (S_IWGRP | S_IWOTH) ? "others may write to it" : NULL;
}

static void take_lock(struct index *ix)
{
    char *path;
    if (asprintf(&path, "%s/lock", ix->folder) < 0)
        return;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        index_disk_trouble(ix, errno);
    } else if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        index_say(ix, INDEX_LOG_INFO,
                  "index: another process writes %s; changes are kept in memory", ix->folder);
        close(fd);
    } else {
        ix->lock_fd = fd;
    }
    free(path);
}

void index_cache_open(struct index *ix, const char *cache_dir)
{
    ix->folder = name_folder(ix, cache_dir);
    if (ix->folder == NULL)
        return;
    const char *why = make_folders(ix->folder) != 0 ? strerror(errno) : check_folder(ix->folder);
    if (why != NULL) {
        index_say(ix, INDEX_LOG_WARN, "index: cannot use %s: %s; keeping it in memory", ix->folder,
                  why);
        ix->disk_told = true;
        free(ix->folder);
        ix->folder = NULL;
        return;
    }
    take_lock(ix);
}

void index_cache_close(struct index *ix)
{
    if (ix->lock_fd >= 0)
        close(ix->lock_fd);
    ix->lock_fd = -1;
    free(ix->folder);
    ix->folder = NULL;
}

/* Remove the segments that no catalogue names, and with ${temporary} those that never were; ${keep} are
 * the ids to keep. */
static void clean_folder(const struct index *ix, const struct catalog_file *keep, bool temporary)
{
    DIR *dir = opendir(ix->folder);
    if (dir == NULL)
        return;
    for (const struct dirent *d; (d = readdir(dir)) != NULL;) {
        uint64_t id;
        bool old = temporary && segment_is_temporary(d->d_name);
        if (catalog_file_segment_id(d->d_name, &id)) {
            old = true;
            for (uint32_t i = 0; i < keep->segment_count; i++)
                old = old && keep->segments[i].id != id;
        }
        if (old)
            unlinkat(dirfd(dir), d->d_name, 0);
    }
    closedir(dir);
}

/* --- loading ------------------------------------------------------------------------------------- */

struct loading {
    struct index *index;
    const struct catalog_file *file;
    struct segment **segments;
    struct error *errors;
    atomic_uint next;
};

static void load_one(struct loading *l, uint32_t i)
{
    const struct catalog_segment *want = &l->file->segments[i];
    char *path = catalog_file_segment(l->index->folder, want->id);
    struct segment *s;
    if (path != NULL && segment_open(path, &s, &l->errors[i]) == 0) {
        const struct segment_header *h = (const struct segment_header *)(const void *)s->base;
        if (h->checksum == want->checksum && s->size == want->size)
            l->segments[i] = s;
        else
            segment_drop(s);
    }
    free(path);
}

static void *load_main(void *arg)
{
    struct loading *l = arg;
    for (uint32_t i; (i = atomic_fetch_add(&l->next, 1)) < l->file->segment_count;)
        load_one(l, i);
    return NULL;
}

/* Open all segments of ${f}; 0, or -1 if one is not as it should be. */
static int load_segments(struct index *ix, const struct catalog_file *f, struct error *err)
{
    struct loading l = {.index = ix, .file = f};
    pthread_t helper;
    int rc = 0;
    l.segments = calloc(f->segment_count + 1u, sizeof(struct segment *));
    l.errors = calloc(f->segment_count + 1u, sizeof *l.errors);
    if (l.segments == NULL || l.errors == NULL) {
        rc = error_no_memory(err);
        goto done;
    }
    bool helped = ix->threads > 1 && f->segment_count > 1 &&
                  pthread_create(&helper, NULL, load_main, &l) == 0;
    load_main(&l);
    if (helped)
        pthread_join(helper, NULL);
    for (uint32_t i = 0; i < f->segment_count; i++)
        if (l.segments[i] == NULL && rc == 0)
            rc = error_set(err, ERROR_IO, ERROR_NO_POSITION, "%s",
                           l.errors[i].code == ERROR_NONE ? "a segment is of another save"
                                                          : l.errors[i].msg);
    if (rc == 0 && index_add_segments(ix, l.segments, f->segment_count) != 0)
        rc = error_no_memory(err);
    else if (rc != 0)
        for (uint32_t i = 0; i < f->segment_count; i++)
            segment_drop(l.segments[i]);

done:
    free(l.segments);
    free(l.errors);
    return rc;
}

void index_cache_load(struct index *ix)
{
    struct catalog_file f = {(const char *const *)ix->roots, ix->root_count, 0, NULL, 0};
    struct error err = {.code = ERROR_NONE};
    if (ix->folder == NULL)
        return;
    int rc = catalog_file_read(ix->folder, &f, &ix->catalog, &err);
    if (rc == 1 && load_segments(ix, &f, &err) != 0)
        rc = -1;
    if (rc == 1) {
        atomic_store(&ix->version, f.next_version);
    } else {
        if (rc < 0)
            index_say(ix, INDEX_LOG_WARN, "index: not using what stands in %s: %s; building anew",
                      ix->folder, err.msg);
        catalog_clear(&ix->catalog);
        f.segment_count = 0;
    }
    if (ix->lock_fd >= 0)
        clean_folder(ix, &f, true);
    free(f.segments);
}

/* --- saving -------------------------------------------------------------------------------------- */

/* What is written: the catalogue and the segments as they were at one moment. */
struct saving {
    struct index *index;
    struct snapshot *snapshot;
    struct catalog_entry *entries;
    uint32_t count;
    uint64_t changes;
    struct segment **loose; /* segments that lie in memory, to be put into files */
    uint32_t loose_count;
    struct merged fresh;    /* those files; none if nothing lives in them */
    struct segment **files; /* all segments that will be named; borrowed */
    struct catalog_file file;
};

static int save_begin(struct index *ix, struct saving *s, struct error *err)
{
    const struct catalog *c = &ix->catalog;
    *s = (struct saving){.index = ix,
                         .file = {(const char *const *)ix->roots, ix->root_count, 0, NULL, 0}};
    s->snapshot = index_current(ix);
    s->entries = malloc((c->count + 1u) * sizeof *s->entries);
    s->loose = calloc(ix->segment_count + 1u, sizeof(struct segment *));
    if (s->snapshot != NULL)
        snapshot_hold(s->snapshot);
    if (s->snapshot == NULL || s->entries == NULL || s->loose == NULL)
        return error_no_memory(err);
    for (; s->count < c->count; s->count++)
        s->entries[s->count] = *c->entries[s->count];
    s->changes = ix->changes;
    s->file.next_version = atomic_load(&ix->version);
    return 0;
}

static void save_end(struct saving *s)
{
    snapshot_release(s->snapshot);
    merged_drop(&s->fresh);
    free(s->entries);
    free(s->files);
    free(s->loose);
    free(s->file.segments);
}

/* The places of the segments that lie in memory. */
static uint32_t list_loose(struct saving *s, uint32_t *places)
{
    const struct snapshot *p = s->snapshot;
    for (uint32_t i = 0; i < p->segment_count; i++) {
        if (p->segments[i].segment->path != NULL)
            continue;
        places[s->loose_count] = i;
        s->loose[s->loose_count++] = p->segments[i].segment;
    }
    return s->loose_count;
}

/* Put all that lies in memory into files, leaving out what is dead. */
static int save_loose(struct saving *s, struct error *err)
{
    const struct snapshot *p = s->snapshot;
    uint32_t *places = malloc((p->segment_count + 1) * sizeof *places);
    if (places == NULL)
        return error_no_memory(err);
    uint32_t n = list_loose(s, places);
    int rc = n == 0 ? 0
                    : merge_segments(p, places, n, s->index->folder, s->index->segment_bytes,
                                     &s->fresh, err);
    free(places);
    for (uint32_t i = 0; i < s->fresh.count; i++)
        if (s->fresh.segments[i]->path == NULL)
            rc = error_set(err, ERROR_IO, ERROR_NO_POSITION, "%s", strerror(s->fresh.disk_error));
    return rc;
}

/* All segments that the catalogue will name. */
static int name_segments(struct saving *s, struct error *err)
{
    const struct snapshot *p = s->snapshot;
    size_t most = (size_t)p->segment_count + s->fresh.count + 1;
    s->files = calloc(most, sizeof(struct segment *));
    s->file.segments = calloc(most, sizeof *s->file.segments);
    if (s->files == NULL || s->file.segments == NULL)
        return error_no_memory(err);
    for (uint32_t i = 0; i < p->segment_count; i++)
        if (p->segments[i].segment->path != NULL && p->segments[i].live_rows > 0)
            s->files[s->file.segment_count++] = p->segments[i].segment;
    for (uint32_t i = 0; i < s->fresh.count; i++)
        s->files[s->file.segment_count++] = s->fresh.segments[i];
    return 0;
}

/* Give a temporary file its name for good, once it is on disk. */
static int settle_file(struct saving *s, struct segment *g, uint64_t *id)
{
    struct index *ix = s->index;
    if (!segment_is_temporary(g->path))
        return catalog_file_segment_id(strrchr(g->path, '/') + 1, id) ? 0 : -1;
    *id = atomic_fetch_add(&ix->version, 1);
    char *path = catalog_file_segment(ix->folder, *id);
    if (path == NULL)
        return -1;
    if (disk_sync(g->path) != 0 || rename(g->path, path) != 0) {
        free(path);
        return -1;
    }
    pthread_mutex_lock(&ix->lock);
    char *old = g->path;
    g->path = path;
    pthread_mutex_unlock(&ix->lock);
    free(old);
    return 0;
}

static int save_files(struct saving *s, struct error *err)
{
    if (name_segments(s, err) != 0)
        return -1;
    for (uint32_t i = 0; i < s->file.segment_count; i++) {
        struct segment *g = s->files[i];
        const struct segment_header *h = (const struct segment_header *)(const void *)g->base;
        uint64_t id = 0;
        if (settle_file(s, g, &id) != 0)
            return error_set(err, ERROR_IO, ERROR_NO_POSITION, "%s", strerror(errno));
        s->file.segments[i] = (struct catalog_segment){id, g->size, h->checksum};
    }
    s->file.next_version = atomic_load(&s->index->version);
    return catalog_file_write(s->index->folder, &s->file, s->entries, s->count, err);
}

/* From now on use the file for what lay in memory. */
static void save_done(struct saving *s)
{
    struct index *ix = s->index;
    pthread_mutex_lock(&ix->lock);
    bool newest = ix->changes == s->changes;
    if (s->loose_count > 0)
        (void)index_replace(ix, s->loose, s->loose_count, &s->fresh);
    ix->saved_changes = newest ? ix->changes : s->changes;
    atomic_store(&ix->is_saved, newest);
    pthread_mutex_unlock(&ix->lock);
    clean_folder(ix, &s->file, false);
}

int index_cache_save(struct index *ix)
{
    struct saving s;
    struct error err = {.code = ERROR_NONE};
    pthread_mutex_lock(&ix->work);
    pthread_mutex_lock(&ix->lock);
    int rc = save_begin(ix, &s, &err);
    pthread_mutex_unlock(&ix->lock);
    if (rc == 0 && (rc = save_loose(&s, &err)) == 0 && (rc = save_files(&s, &err)) == 0)
        save_done(&s);
    if (rc != 0) {
        pthread_mutex_lock(&ix->lock);
        if (!ix->disk_told)
            index_say(ix, INDEX_LOG_WARN, "index: cannot save it in %s: %s", ix->folder, err.msg);
        ix->disk_told = true;
        ix->save_after_ns = clock_monotonic_ns() + FAILED_PAUSE_NS;
        pthread_mutex_unlock(&ix->lock);
    }
    save_end(&s);
    pthread_mutex_unlock(&ix->work);
    return rc;
}
