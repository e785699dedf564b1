/* index_inner.h: The index's own state, for its files: index.c (opening, refreshing, the background
 * thread), index_read.c (changes on disk), index_tidy.c (merging), index_save.c (the cache). */
#ifndef SCROLLBACK_INDEX_INNER_H
#define SCROLLBACK_INDEX_INNER_H

#include "index.h"

#include "catalog.h"
#include "ingest.h"
#include "merge.h"
#include "snapshot_view.h"
#include "watch.h"

#include <pthread.h>

/* The newest snapshot in numbers. */
struct index_told {
    uint64_t files;
    uint64_t bytes;
    struct snapshot_totals totals;
};

/* A deleted transcript whose bytes could not be put away, the disk being full maybe: the descriptor is all that is
 * left of it. */
struct keep_debt {
    struct source source; /* strings are the catalogue's */
    int fd;
};

struct keep_debts {
    struct keep_debt *items;
    uint32_t count;
    uint64_t retry_ns; /* try again then; monotonic */
    uint64_t pause_ns; /* between tries, ever longer */
};

struct index {
    /* constant after index_open() */
    char **roots;
    size_t root_count;
    unsigned threads;
    uint64_t segment_bytes; /* of a segment's text at most, about */
    enum strategy strategy;
    index_log_fn *log;
    void *log_arg;
    pthread_t thread;
    char *folder;   /* of the cache for these roots; NULL: none */
    char *retained; /* folder of transcripts that no longer exist; NULL without retain */
    int lock_fd;    /* of the folder's lock file; -1: not ours, so nothing is written */

    pthread_mutex_t work; /* one merge or save at a time; taken before lock */
    pthread_mutex_t lock; /* guards all below that is not atomic */
    pthread_cond_t wake;  /* the background thread */
    pthread_cond_t ready_changed;
    bool ready;             /* catalogue and segments are the first whole index, or later */
    bool build_failed;      /* the first one could not be built yet */
    struct catalog catalog; /* until ready: the background thread's alone */
    struct segment **segments;
    uint32_t segment_count;
    uint32_t segment_capacity;
    struct source_list *found; /* by the last discovery, for what it could not read */
    struct watch *watch;
    struct ingester *ingester; /* for what changes later */
    struct snapshot *snapshot; /* the newest; NULL: to be made */
    uint64_t changes;          /* counts what happened to catalogue and segments */
    uint64_t saved_changes;    /* those that stand on disk */
    uint64_t save_after_ns;    /* do not try to save before; monotonic */
    bool look_at_all;          /* changes were told that are not read in: the last look failed */
    bool blind_told;
    bool disk_told;
    bool keep_told;
    struct keep_debts debts;

    pthread_mutex_t told_lock; /* guards profile and told; held for a copy */
    struct profile profile;
    struct index_told told;

    atomic_uint_fast64_t version; /* the next one to give */
    atomic_bool closing;
    atomic_bool shortage_told;
    atomic_bool is_ready;
    atomic_bool is_loading; /* a saved index may be there in a moment */
    atomic_bool is_blind;
    atomic_bool is_saved;
    atomic_uint_fast64_t bytes_total;
    atomic_uint_fast64_t bytes_done;
    atomic_uint_fast64_t files_total;
    atomic_uint_fast64_t files_done;
    atomic_uint_fast64_t build_start_ns;
    atomic_int_fast64_t last_refresh_ms;
    atomic_uint_fast64_t refresh_ns;
};

/* Small segments are merged when there are so many of one class; classes grow by this factor. */
#define TIDY_COUNT 8
#define TIDY_SMALL_BYTES (64u << 10) /* of the smallest class, merged by who finds them */

/* index_say(ix, level, fmt, ...): One line for the log. */
void index_say(const struct index *ix, enum index_log_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* index_reserve_segments(ix, more): Make room for more segments.  index_add_segments(ix, list, count): Take
 * over segments.  Lock held, or before ready.
 * Return 0, or -1 without memory (then they are dropped). */
int index_reserve_segments(struct index *ix, uint32_t more);
int index_add_segments(struct index *ix, struct segment **list, uint32_t count);

/* index_changed(ix): The snapshot is no longer the newest.  Lock held. */
void index_changed(struct index *ix);

/* index_loaded(ix): Nobody need wait for a saved index any more.  Before ready, lock not held. */
void index_loaded(struct index *ix);

/* index_current(ix): The newest snapshot, borrowed; made if need be.  Lock held.  NULL without
 * memory. */
struct snapshot *index_current(struct index *ix);

/* index_disk_trouble(ix, error): Tell once that the cache could not be written. */
void index_disk_trouble(struct index *ix, int error);

/* index_keep_gone(ix, list): With retain: put away what of the catalogue is not in ${list} any more, and
 * add to ${list} what was put away ever.  index_hold(ix): keep the others open, so that they can be put away
 * when their names are gone.  Lock held, or before ready.  Return 0, or -1 without memory or descriptors: then the
 * catalogue must stay as it is, since its entries hold what is to be put away.
 *
 * What cannot be put away for another reason (a full disk) is kept open, warned of once, and tried again by
 * index_keep_gone(): index_keep_due(ix) tells when it is time.  index_keep_close(ix): try a last time, give up
 * the rest; when nobody else uses the index. */
int index_keep_gone(struct index *ix, struct source_list *list);
bool index_keep_due(const struct index *ix);
void index_keep_close(struct index *ix);
void index_hold(struct index *ix);

/* index_read_all(ix): Look at everything: folders, list of sources, each source.  index_read_changes():
 * only what the watch names.  Lock held, or before ready.  Return 0, or -1 without memory. */
int index_read_all(struct index *ix);
int index_read_changes(struct index *ix);

/* index_tidy_small(ix): Merge the smallest segments if there are many.  Lock held.
 * index_tidy(ix): Merge others; takes the lock for moments.  Background thread only. */
int index_tidy_small(struct index *ix);
void index_tidy(struct index *ix);

/* index_replace(ix, old, count, fresh): Put ${fresh}, whose segments are taken over, in the place of
 * segments, if these are all still there; else drop it: what became of them holds the same rows.
 * Return whether it was done.  Lock held. */
bool index_replace(struct index *ix, struct segment *const *old, uint32_t count,
                   struct merged *fresh);

/* index_cache_open(ix, cache_dir): Find and lock the folder.  index_cache_load(ix): Take what stands
 * there; nothing if in doubt.  index_cache_save(ix): Write all; 0 or -1.  index_cache_close(ix).
 * Background thread, but for open (before it) and close (after). */
void index_cache_open(struct index *ix, const char *cache_dir);
void index_cache_load(struct index *ix);
int index_cache_save(struct index *ix);
void index_cache_close(struct index *ix);

#endif
