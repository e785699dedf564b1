#include "index.h"

#include "clock.h"
#include "discover.h"
#include "index_inner.h"
#include "retained.h"
#include "team.h"
#include "slice.h"

#include <errno.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 1000
#define RETRY_MOST_MS 60000
#define LOADING_MS 2000
#define SAVE_PAUSE_NS UINT64_C(30000000000)
#define NS_PER_MS 1000000
#define NS_PER_SECOND 1000000000

/* --- small things -------------------------------------------------------------------------------- */

void index_say(const struct index *ix, enum index_log_level level, const char *fmt, ...)
{
    char line[512];
    va_list ap;
    if (ix->log == NULL)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    ix->log(ix->log_arg, level, line);
}

void index_disk_trouble(struct index *ix, int error)
{
    if (!ix->disk_told)
        index_say(ix, INDEX_LOG_WARN, "index: cannot write to %s: %s; keeping it in memory",
                  ix->folder == NULL ? "the cache" : ix->folder, strerror(error));
    ix->disk_told = true;
}

int index_reserve_segments(struct index *ix, uint32_t more)
{
    uint32_t need = ix->segment_count + more;
    if (need <= ix->segment_capacity)
        return 0;
    uint32_t capacity = 2 * need + 8;
    void *p = realloc(ix->segments, capacity * sizeof(struct segment *));
    if (p == NULL)
        return -1;
    ix->segments = p;
    ix->segment_capacity = capacity;
    return 0;
}

int index_add_segments(struct index *ix, struct segment **list, uint32_t count)
{
    int rc = index_reserve_segments(ix, count);
    for (uint32_t i = 0; i < count; i++)
        if (rc == 0)
            ix->segments[ix->segment_count++] = list[i];
        else
            segment_drop(list[i]);
    return rc;
}

void index_changed(struct index *ix)
{
    snapshot_release(ix->snapshot);
    ix->snapshot = NULL;
    ix->changes++;
    atomic_store(&ix->is_saved, false);
}

struct snapshot *index_current(struct index *ix)
{
    struct index_told told;
    if (ix->snapshot != NULL)
        return ix->snapshot;
    if (snapshot_new(&ix->catalog, ix->segments, ix->segment_count, ix->found, &ix->snapshot) != 0)
        return ix->snapshot = NULL;
    told.files = snapshot_sources(ix->snapshot)->count;
    told.bytes = snapshot_sources(ix->snapshot)->bytes;
    snapshot_totals(ix->snapshot, &told.totals);
    pthread_mutex_lock(&ix->told_lock);
    ix->told = told;
    pthread_mutex_unlock(&ix->told_lock);
    return ix->snapshot;
}

/* --- refreshing ---------------------------------------------------------------------------------- */

/* Until the first index is whole every source is uncovered. */
static int snapshot_of_nothing(struct index *ix, struct snapshot **out, struct error *err)
{
    struct source_list *list;
    struct catalog *c = malloc(sizeof *c);
    uint32_t gone;
    if (c == NULL)
        return error_no_memory(err);
    catalog_init(c);
    if (discover_sources((const char *const *)ix->roots, ix->root_count, &list, err) != 0) {
        free(c);
        return -1;
    }
    int rc = ix->retained == NULL ? 0
                                  : retained_list(ix->retained, (const char *const *)ix->roots,
                                                  ix->root_count, list);
    if (rc == 0)
        rc = catalog_update(c, list, &gone);
    for (uint32_t i = 0; rc == 0 && i < c->count; i++) {
        c->entries[i]->source.size = list->items[i].size;
        c->entries[i]->source.mtime_ns = list->items[i].mtime_ns;
        c->entries[i]->source.device = list->items[i].device;
        c->entries[i]->source.inode = list->items[i].inode;
    }
    if (rc == 0)
        rc = snapshot_new(c, NULL, 0, list, out);
    source_list_free(list);
    if (rc != 0) {
        catalog_clear(c);
        free(c);
        return error_no_memory(err);
    }
    (*out)->own = c;
    return 0;
}

static int refresh_locked(struct index *ix)
{
    uint64_t start = clock_monotonic_ns();
    int rc = index_read_changes(ix);
    if (rc == 0)
        rc = index_tidy_small(ix);
    atomic_store_explicit(&ix->refresh_ns, clock_monotonic_ns() - start, memory_order_relaxed);
    atomic_store_explicit(&ix->last_refresh_ms, clock_now_ms(), memory_order_relaxed);
    return rc;
}

static void add_ms(struct timespec *t, unsigned ms)
{
    t->tv_sec += ms / 1000;
    t->tv_nsec += (long)(ms % 1000) * NS_PER_MS;
    if (t->tv_nsec >= NS_PER_SECOND) {
        t->tv_sec++;
        t->tv_nsec -= NS_PER_SECOND;
    }
}

void index_loaded(struct index *ix)
{
    pthread_mutex_lock(&ix->lock);
    atomic_store(&ix->is_loading, false);
    pthread_cond_broadcast(&ix->ready_changed);
    pthread_mutex_unlock(&ix->lock);
}

/* A saved index is a fourth of the files in size and is read at the same speed, so waiting for it gives
 * the first answers sooner than reading the files would. */
static void wait_for_saved(struct index *ix)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    add_ms(&until, LOADING_MS);
    pthread_mutex_lock(&ix->lock);
    while (!ix->ready && atomic_load(&ix->is_loading) &&
           pthread_cond_timedwait(&ix->ready_changed, &ix->lock, &until) == 0)
        continue;
    pthread_mutex_unlock(&ix->lock);
}

int index_refresh(struct index *ix, struct snapshot **out, struct error *err)
{
    if (atomic_load(&ix->is_loading))
        wait_for_saved(ix);
    if (!atomic_load(&ix->is_ready))
        return snapshot_of_nothing(ix, out, err);
    pthread_mutex_lock(&ix->lock);
    int rc = refresh_locked(ix);
    struct snapshot *s = rc == 0 ? index_current(ix) : NULL;
    if (s != NULL)
        *out = snapshot_hold(s);
    pthread_mutex_unlock(&ix->lock);
    return s != NULL ? 0 : error_no_memory(err);
}

/* --- the background thread ----------------------------------------------------------------------- */

static void become_ready(struct index *ix)
{
    pthread_mutex_lock(&ix->lock);
    /* Its numbers are there when ready is; without memory, a little later. */
    (void)index_current(ix);
    ix->ready = true;
    atomic_store(&ix->is_ready, true);
    atomic_store(&ix->is_loading, false);
    pthread_cond_broadcast(&ix->ready_changed);
    pthread_mutex_unlock(&ix->lock);
}

/* Whether to go on after a pause. */
static bool pause_building(struct index *ix, unsigned ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    add_ms(&until, ms);
    pthread_mutex_lock(&ix->lock);
    ix->build_failed = true;
    pthread_cond_broadcast(&ix->ready_changed);
    if (!ix->closing)
        pthread_cond_timedwait(&ix->wake, &ix->lock, &until);
    bool go_on = !ix->closing;
    pthread_mutex_unlock(&ix->lock);
    return go_on;
}

/* Read everything, and try again while memory or descriptors are missing: what has been read stays.  Return false when
 * the index is closed before. */
static bool build_all(struct index *ix)
{
    unsigned pause_ms = TICK_MS;
    for (bool told = false; index_read_all(ix) != 0; told = true) {
        index_loaded(ix);
        if (atomic_load(&ix->closing))
            return false;
        if (!told)
            index_say(
                ix, INDEX_LOG_ERROR,
                "index: no memory or file descriptors to build it; every query reads the files "
                "until they are there");
        if (!pause_building(ix, pause_ms))
            return false;
        pause_ms = 2 * pause_ms < RETRY_MOST_MS ? 2 * pause_ms : RETRY_MOST_MS;
    }
    return true;
}

static void first_index(struct index *ix)
{
    uint64_t start = clock_monotonic_ns(), messages = 0;
    atomic_store(&ix->build_start_ns, start);
    index_cache_load(ix);
    bool saved = ix->segment_count > 0;
    if (!saved)
        index_loaded(ix);
    ix->saved_changes = ix->changes;
    if (!build_all(ix)) {
        index_say(ix, INDEX_LOG_INFO, "index: given up before it was complete");
        return;
    }
    if (!saved)
        ix->changes++;
    uint32_t files = ix->catalog.count;
    for (uint32_t i = 0; i < files; i++)
        messages += ix->catalog.entries[i]->solid.messages + ix->catalog.entries[i]->loose.messages;
    become_ready(ix); /* from now on the catalogue is the lock's */
    malloc_trim(0);
    index_say(ix, INDEX_LOG_INFO, "index: %llu messages of %u files ready after %.2f s%s",
              (unsigned long long)messages, files, (double)(clock_monotonic_ns() - start) / 1e9,
              saved ? ", from the cache" : "");
}

static bool wait_for_work(struct index *ix)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += TICK_MS / 1000;
    pthread_mutex_lock(&ix->lock);
    if (!ix->closing)
        pthread_cond_timedwait(&ix->wake, &ix->lock, &until);
    bool go_on = !ix->closing;
    /* What was written since is read now, so that the next request need not. */
    if (go_on && !atomic_load(&ix->is_blind) && refresh_locked(ix) == 0)
        (void)index_current(ix);
    pthread_mutex_unlock(&ix->lock);
    return go_on;
}

static bool should_save(struct index *ix)
{
    pthread_mutex_lock(&ix->lock);
    uint64_t now = clock_monotonic_ns();
    bool yes = ix->lock_fd >= 0 && ix->changes != ix->saved_changes && now >= ix->save_after_ns;
    if (yes)
        ix->save_after_ns = now + SAVE_PAUSE_NS;
    pthread_mutex_unlock(&ix->lock);
    return yes;
}

static void *background_main(void *arg)
{
    struct index *ix = arg;
    slice_lengthen(); /* nobody waits for what it does as for an answer */
    first_index(ix);
    if (!ix->ready)
        return NULL;
    do {
        index_tidy(ix);
        if (should_save(ix))
            (void)index_cache_save(ix);
    } while (wait_for_work(ix));
    return NULL;
}

/* --- opening and closing ------------------------------------------------------------------------- */

static int copy_roots(struct index *ix, const struct index_config *config)
{
    ix->roots = calloc(config->root_count + 1, sizeof(char *));
    if (ix->roots == NULL)
        return -1;
    for (; ix->root_count < config->root_count; ix->root_count++) {
        ix->roots[ix->root_count] = strdup(config->roots[ix->root_count]);
        if (ix->roots[ix->root_count] == NULL)
            return -1;
    }
    return 0;
}

static void init_locks(struct index *ix)
{
    pthread_condattr_t attr;
    pthread_mutex_init(&ix->lock, NULL);
    pthread_mutex_init(&ix->work, NULL);
    pthread_mutex_init(&ix->told_lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&ix->wake, &attr);
    pthread_cond_init(&ix->ready_changed, &attr);
    pthread_condattr_destroy(&attr);
}

/* Free what is left when the thread does not run. */
static void dispose(struct index *ix)
{
    index_keep_close(ix);
    index_cache_close(ix);
    snapshot_release(ix->snapshot);
    for (uint32_t i = 0; i < ix->segment_count; i++)
        segment_drop(ix->segments[i]);
    free(ix->segments);
    ingester_free(ix->ingester);
    source_list_free(ix->found);
    watch_free(ix->watch);
    catalog_clear(&ix->catalog);
    for (size_t i = 0; i < ix->root_count; i++)
        free(ix->roots[i]);
    free(ix->roots);
    free(ix->retained);
    pthread_mutex_destroy(&ix->lock);
    pthread_mutex_destroy(&ix->work);
    pthread_mutex_destroy(&ix->told_lock);
    pthread_cond_destroy(&ix->wake);
    pthread_cond_destroy(&ix->ready_changed);
    free(ix);
}

/* Every transcript is kept open then, which takes as many descriptors. */
static int open_retained(struct index *ix, const char *data_dir)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
    ix->retained = retained_folder(data_dir, (const char *const *)ix->roots, ix->root_count);
    return ix->retained == NULL ? -1 : 0;
}

int index_open(const struct index_config *config, struct index **out, struct error *err)
{
    struct index *ix = calloc(1, sizeof *ix);
    if (ix == NULL)
        return error_no_memory(err);
    ix->log = config->log;
    ix->log_arg = config->log_arg;
    ix->strategy = config->strategy;
    ix->segment_bytes = config->segment_bytes == 0 ? SEGMENT_MAX_TEXT : config->segment_bytes;
    ix->threads = config->threads == 0 ? team_default_threads() : config->threads;
    ix->lock_fd = -1;
    atomic_init(&ix->version, 1);
    catalog_init(&ix->catalog);
    init_locks(ix);
    if (copy_roots(ix, config) != 0 ||
        watch_new((const char *const *)ix->roots, ix->root_count, &ix->watch) != 0) {
        dispose(ix);
        return error_no_memory(err);
    }
    if (config->retain && config->data_dir != NULL && open_retained(ix, config->data_dir) != 0) {
        dispose(ix);
        return error_no_memory(err);
    }
    if (config->cache_dir != NULL)
        index_cache_open(ix, config->cache_dir);
    atomic_init(&ix->is_loading, ix->folder != NULL);
    if (pthread_create(&ix->thread, NULL, background_main, ix) != 0) {
        dispose(ix);
        return error_set(err, ERROR_NO_MEMORY, ERROR_NO_POSITION, "index: cannot start a thread");
    }
    *out = ix;
    return 0;
}

void index_close(struct index *ix)
{
    if (ix == NULL)
        return;
    pthread_mutex_lock(&ix->lock);
    ix->closing = true;
    pthread_cond_broadcast(&ix->wake);
    pthread_mutex_unlock(&ix->lock);
    pthread_join(ix->thread, NULL);
    if (ix->ready && ix->lock_fd >= 0 && ix->changes != ix->saved_changes)
        (void)index_cache_save(ix);
    dispose(ix);
}

/* --- state --------------------------------------------------------------------------------------- */

void index_state(struct index *ix, struct index_state *out)
{
    *out = (struct index_state){.ready = atomic_load(&ix->is_ready),
                                .bytes_total = atomic_load(&ix->bytes_total),
                                .bytes_done = atomic_load(&ix->bytes_done),
                                .files_total = atomic_load(&ix->files_total),
                                .files_done = atomic_load(&ix->files_done),
                                .eta_s = -1,
                                .last_refresh_ms = atomic_load(&ix->last_refresh_ms),
                                .refresh_ns = atomic_load(&ix->refresh_ns),
                                .blind = atomic_load(&ix->is_blind),
                                .saved = atomic_load(&ix->is_saved)};
    pthread_mutex_lock(&ix->told_lock);
    out->files = ix->told.files;
    out->bytes = ix->told.bytes;
    out->totals = ix->told.totals;
    pthread_mutex_unlock(&ix->told_lock);
    if (out->ready) {
        out->eta_s = 0;
        out->bytes_done = out->bytes_total;
        out->files_done = out->files_total;
    } else if (out->bytes_done > 0) {
        double spent =
            (double)(clock_monotonic_ns() - atomic_load(&ix->build_start_ns)) / NS_PER_SECOND;
        double left = (double)(out->bytes_total - out->bytes_done);
        out->eta_s =
            out->bytes_done >= out->bytes_total ? 0 : spent * left / (double)out->bytes_done;
    }
}

void index_profile(struct index *ix, struct profile *out)
{
    pthread_mutex_lock(&ix->told_lock);
    *out = ix->profile;
    pthread_mutex_unlock(&ix->told_lock);
}

bool index_wait_ready(struct index *ix, unsigned timeout_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    add_ms(&until, timeout_ms);
    pthread_mutex_lock(&ix->lock);
    while (!ix->ready && !ix->build_failed &&
           pthread_cond_timedwait(&ix->ready_changed, &ix->lock, &until) == 0)
        continue;
    bool ready = ix->ready;
    pthread_mutex_unlock(&ix->lock);
    return ready;
}

int index_save(struct index *ix)
{
    return !index_wait_ready(ix, UINT32_MAX) || ix->lock_fd < 0 ? -1 : index_cache_save(ix);
}
