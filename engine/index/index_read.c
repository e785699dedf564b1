#include "index_inner.h"

#include "clock.h"
#include "discover.h"
#include "index_supply.h"
#include "slice.h"
#include "span.h"

#include <stdlib.h>

/* More than this is read by a team of threads. */
#define TEAM_BYTES (8u << 20)
#define TEAM_MAX 64

/* Sources to read, and who reads them. */
struct job {
    struct index *index;
    struct catalog_entry **entries; /* the largest first, so that the last ones are small */
    uint32_t count;
    struct supply *supply;
    atomic_bool changed;
    atomic_bool failed;
};

struct reading_thread {
    pthread_t thread;
    struct job *job;
    struct ingester *ingester;
    struct intake *intake;
    uint64_t fetch_ns; /* between two files */
    bool started;
    bool failed; /* the ingester is spoiled */
};

static int by_size(const void *pa, const void *pb)
{
    const struct catalog_entry *a = *(struct catalog_entry *const *)pa;
    const struct catalog_entry *b = *(struct catalog_entry *const *)pb;
    return (a->source.size < b->source.size) - (a->source.size > b->source.size);
}

static int read_one(struct job *j, struct ingester *g, struct catalog_entry *e)
{
    struct index *ix = j->index;
    struct error err = {.code = ERROR_NONE};
    uint64_t before = ingest_bytes(g);
    bool changed;
    int rc = -1;
    if (!atomic_load_explicit(&ix->closing, memory_order_relaxed)) {
        rc = ingest_source(g, e, &changed, &err);
        if (rc != 0 && !atomic_exchange(&ix->shortage_told, true))
            index_say(ix, INDEX_LOG_WARN, "index: cannot read what changed: %s", err.msg);
    }
    if (rc != 0)
        j->failed = true;
    else if (changed)
        j->changed = true;
    atomic_fetch_add_explicit(&ix->bytes_done, ingest_bytes(g) - before, memory_order_relaxed);
    atomic_fetch_add_explicit(&ix->files_done, 1, memory_order_relaxed);
    return rc;
}

static void *reading_main(void *arg)
{
    struct reading_thread *t = arg;
    slice_lengthen();
    ingest_from(t->ingester, intake_stream(t->intake));
    while (!t->job->failed) {
        uint64_t started = clock_monotonic_ns();
        struct catalog_entry *e = intake_next(t->intake);
        t->fetch_ns += clock_monotonic_ns() - started;
        if (e == NULL)
            break;
        t->failed = read_one(t->job, t->ingester, e) != 0;
    }
    return NULL;
}

/* Make what ${g} has read part of the index: rows and entries, or neither. */
static int collect(struct index *ix, struct ingester *g)
{
    struct segment **list;
    uint32_t count;
    int disk_error;
    if (ingest_finish(g, &ix->catalog, &list, &count, &disk_error, NULL) != 0)
        return -1;
    if (disk_error != 0)
        index_disk_trouble(ix, disk_error);
    int rc = index_add_segments(ix, list, count);
    if (rc == 0)
        ingest_commit(g);
    free(list);
    return rc;
}

static bool begin_team(struct job *j, struct reading_thread *team, unsigned count)
{
    struct index *ix = j->index;
    struct ingest_config config = {ix->lock_fd < 0 ? NULL : ix->folder, &ix->version, true,
                                   ix->segment_bytes};
    for (unsigned i = 0; i < count; i++) {
        team[i].job = j;
        if (ingester_new(&config, &team[i].ingester) != 0 ||
            intake_new(j->supply, &team[i].intake) != 0)
            return false;
    }
    for (unsigned i = 1; i < count; i++)
        team[i].started = pthread_create(&team[i].thread, NULL, reading_main, &team[i]) == 0;
    return true;
}

/* Where the time of the team went: a thread without a file waits. */
static void profile_team(struct job *j, const struct reading_thread *team, unsigned count,
                         uint64_t took_ns, uint64_t merge_ns)
{
    struct index *ix = j->index;
    struct profile p = {.runs = 1, .strategy = STRATEGY_INDEX, .io = supply_io(j->supply)};
    p.ns[PHASE_MERGE] = merge_ns;
    for (unsigned i = 0; i < count; i++) {
        p.ns[PHASE_READ] += team[i].fetch_ns;
        ingest_profile(team[i].ingester, &p);
    }
    uint64_t named = profile_total(&p) - merge_ns;
    p.ns[PHASE_WAITING] += took_ns * count > named ? took_ns * count - named : 0;
    pthread_mutex_lock(&ix->told_lock);
    profile_add(&ix->profile, &p);
    pthread_mutex_unlock(&ix->told_lock);
}

static int run_team(struct job *j)
{
    struct index *ix = j->index;
    unsigned count = ix->threads < TEAM_MAX ? ix->threads : TEAM_MAX;
    struct reading_thread *team = calloc(count, sizeof *team);
    if (team == NULL || supply_new(ix->strategy, j->entries, j->count, &j->supply) != 0) {
        free(team);
        return -1;
    }
    uint64_t started = clock_monotonic_ns();
    bool begun = begin_team(j, team, count);
    if (begun)
        (void)reading_main(&team[0]);
    for (unsigned i = 0; i < count; i++)
        if (team[i].started)
            pthread_join(team[i].thread, NULL);
    uint64_t read = clock_monotonic_ns();
    int rc = begun ? 0 : -1;
    for (unsigned i = 0; begun && i < count; i++)
        if (team[i].failed || collect(ix, team[i].ingester) != 0)
            rc = -1; /* what the others have read is good */
    if (rc == 0)
        profile_team(j, team, count, read - started, clock_monotonic_ns() - read);
    for (unsigned i = 0; i < count; i++) {
        ingester_free(team[i].ingester);
        intake_free(team[i].intake);
    }
    supply_free(j->supply);
    free(team);
    return rc;
}

static int run_alone(struct job *j)
{
    struct index *ix = j->index;
    struct ingest_config config = {ix->lock_fd < 0 ? NULL : ix->folder, &ix->version, false,
                                   ix->segment_bytes};
    if (ix->ingester == NULL && ingester_new(&config, &ix->ingester) != 0)
        return -1;
    int rc = 0;
    for (uint32_t i = 0; i < j->count && rc == 0; i++)
        rc = read_one(j, ix->ingester, j->entries[i]);
    if (rc == 0 && collect(ix, ix->ingester) == 0)
        return 0;
    ingester_free(ix->ingester);
    ix->ingester = NULL;
    return -1;
}

/* Read ${count} sources anew, as far as they changed. */
static int read_sources(struct index *ix, struct catalog_entry **entries, uint32_t count)
{
    struct job j = {.index = ix, .entries = entries, .count = count};
    uint64_t bytes = 0;
    if (count == 0)
        return 0;
    for (uint32_t i = 0; i < count; i++)
        bytes += entries[i]->source.size;
    qsort(entries, count, sizeof *entries, by_size);
    atomic_store(&ix->bytes_total, bytes);
    atomic_store(&ix->bytes_done, 0);
    atomic_store(&ix->files_total, count);
    atomic_store(&ix->files_done, 0);
    if (bytes > TEAM_BYTES && atomic_load(&ix->is_loading))
        index_loaded(ix); /* what was saved is of little use */
    /* Who names a strategy gets it, however little there is. */
    bool named = !ix->ready && ix->strategy >= STRATEGY_WORKSHARING;
    int rc = bytes > TEAM_BYTES || named ? run_team(&j) : run_alone(&j);
    if (j.changed || rc != 0)
        index_changed(ix);
    return rc;
}

/* --- everything ---------------------------------------------------------------------------------- */

/* Those that look different from what is known, or too fresh to tell. */
static int read_suspects(struct index *ix)
{
    struct catalog *c = &ix->catalog;
    struct catalog_entry **list = malloc((c->count + 1u) * sizeof(struct catalog_entry *));
    uint32_t count = 0;
    if (list == NULL)
        return -1;
    for (uint32_t i = 0; i < c->count; i++) {
        struct catalog_entry look = *c->entries[i];
        if (!look.indexed || catalog_look(&look) != 1) {
            c->entries[i]->source.size = look.source.size; /* for the order of reading */
            c->entries[i]->unsettled = true; /* until it is read: its stamps prove nothing */
            list[count++] = c->entries[i];
        }
    }
    int rc = read_sources(ix, list, count);
    free(list);
    return rc;
}

static void tell_blind(struct index *ix)
{
    const char *why = watch_blind(ix->watch);
    atomic_store(&ix->is_blind, why != NULL);
    if (why != NULL && !ix->blind_told)
        index_say(ix, INDEX_LOG_WARN,
                  "index: cannot be told of changes, so every file is looked at before every "
                  "answer: %s",
                  why);
    ix->blind_told = ix->blind_told || why != NULL;
}

static bool same_unreadable(const struct source_list *a, const struct source_list *b)
{
    if (a == NULL || a->unreadable_count != b->unreadable_count)
        return false;
    for (uint32_t i = 0; i < a->unreadable_count; i++)
        if (!span_equal(a->unreadable[i].name, b->unreadable[i].name) ||
            !span_equal(a->unreadable[i].reason, b->unreadable[i].reason))
            return false;
    return true;
}

int index_read_all(struct index *ix)
{
    struct source_list *list;
    uint32_t gone, before = ix->catalog.count;
    if (watch_walk(ix->watch) != 0 ||
        discover_sources((const char *const *)ix->roots, ix->root_count, &list, NULL) != 0)
        return -1;
    if (watch_sources(ix->watch, list) != 0 || index_keep_gone(ix, list) != 0 ||
        catalog_update(&ix->catalog, list, &gone) != 0) {
        source_list_free(list);
        return -1;
    }
    tell_blind(ix);
    if (gone > 0 || before != ix->catalog.count || !same_unreadable(ix->found, list))
        index_changed(ix);
    source_list_free(ix->found);
    ix->found = list;
    int rc = read_suspects(ix);
    index_hold(ix);
    return rc;
}

/* --- what the watch names ------------------------------------------------------------------------ */

struct named {
    struct index *index;
    struct catalog_entry **entries;
    uint32_t count;
    uint32_t capacity;
    bool all; /* something is not known by that name */
};

static void name_file(void *arg, struct span path)
{
    struct named *n = arg;
    struct catalog_entry *e = catalog_find_path(&n->index->catalog, path);
    if (e == NULL) {
        n->all = true;
        return;
    }
    if (e->unsettled && n->count > 0 && n->entries[n->count - 1] == e)
        return;
    e->unsettled = true; /* its stamps prove nothing: a second change may have left the same */
    for (uint32_t i = 0; i < n->count; i++)
        if (n->entries[i] == e)
            return;
    if (n->count == n->capacity) {
        uint32_t capacity = 2 * n->capacity + 16;
        void *p = realloc(n->entries, capacity * sizeof *n->entries);
        if (p == NULL) {
            n->all = true;
            return;
        }
        n->entries = p;
        n->capacity = capacity;
    }
    n->entries[n->count++] = e;
}

int index_read_changes(struct index *ix)
{
    struct named named = {.index = ix};
    bool all = ix->look_at_all;
    int rc;
    /* The queue tells a change once.  Until it is read in nothing else may know of it. */
    ix->look_at_all = true;
    all = watch_drain(ix->watch, name_file, &named) || named.all || all || index_keep_due(ix);
    if (all)
        rc = index_read_all(ix);
    else
        rc = read_sources(ix, named.entries, named.count);
    /* What cannot be read is no source: discovery decides. */
    bool refused = false;
    for (uint32_t i = 0; rc == 0 && !all && i < named.count; i++)
        refused = refused || named.entries[i]->unreadable.ptr != NULL;
    if (refused)
        rc = index_read_all(ix);
    ix->look_at_all = rc != 0;
    free(named.entries);
    return rc;
}
