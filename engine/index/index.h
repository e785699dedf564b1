/* index.h: The resident index: the text of all sources, kept, and never older than the files.
 *
 * The index is a set of immutable segments (segment.h) and a catalogue of the sources they were
 * read from.  A request asks for a snapshot with index_refresh(), which first looks for changes on
 * disk and reads them in; everything after that (index_query.h, snapshot.h) works on the snapshot
 * and holds no lock.
 *
 * What is exact, and how
 *  - A file that grew is read from where reading stopped, after all bytes read before were compared
 *    with what they were (a hash): a rewrite is never taken for an append.
 *  - A file that changed in any other way is read again from its beginning.
 *  - inotify names the files to look at.  Where it is blind (a network or FUSE file system, no
 *    watches left) every file is looked at before every answer.
 *  - A file whose time of change is so recent that another change could hide behind the same
 *    stamp is compared by content until it has settled.
 * Not seen: a change made through a shared writable mapping of a file, which tells nobody.
 *
 * On disk (below the cache directory, one folder per set of roots) lie segments and the catalogue,
 * each with a format version and checksums, written to a temporary name and renamed.  They are a cache: any
 * doubt and they are built anew.  The first process to come takes a lock and writes; others read
 * what is there and keep their own changes in memory.
 *
 * With retain every transcript is kept open (one descriptor each), so that its bytes are still there
 * when its name is deleted; they are then put away in the store of retained.h, from where every strategy
 * reads them.  Nothing is copied before.  What is deleted while no process has it open is lost; so is what
 * is beyond index_hold_most(), which is told in the log.
 */
#ifndef SCROLLBACK_INDEX_H
#define SCROLLBACK_INDEX_H

#include "profile.h"
#include "snapshot.h"

struct index;

/* Levels as in engine.h: error, warning, information, debugging. */
enum index_log_level { INDEX_LOG_ERROR, INDEX_LOG_WARN, INDEX_LOG_INFO, INDEX_LOG_DEBUG };

/* Called from any thread with one line for people, no newline; must be quick. */
typedef void index_log_fn(void *arg, enum index_log_level level, const char *line);

struct index_config {
    const char *const *roots; /* NUL-terminated paths of folders or files */
    size_t root_count;
    const char *cache_dir; /* NULL: in memory only */
    const char *data_dir;  /* of retained transcripts; NULL without retain */
    bool retain;
    unsigned threads; /* that build; 0: one a core */
    /* Text of a segment, at most about; 0: SEGMENT_MAX_TEXT, which is the most (tests). */
    uint64_t segment_bytes;
    /* Of reading for it (index_supply.h): WORKSHARING, ASYNC, HYBRID, else auto. */
    enum strategy strategy;
    index_log_fn *log; /* NULL: silent */
    void *log_arg;
};

/* index_open(config, out, err): Start: map what was saved and read the rest in the background.
 * Returns at once.  The config's memory may go away afterwards.  Trouble with the cache is a
 * warning in the log, not an error.  Return 0, or -1 without memory or threads. */
int index_open(const struct index_config *config, struct index **out, struct error *err);

/* index_hold_most(): How many transcripts can be kept open with retain, by the hard limit of this process's open
 * files; the soft one is raised to it by index_open(). */
uint32_t index_hold_most(void);

/* index_close(ix): Stop the background work, save, free.  No call may be running on ${ix} and every
 * snapshot must have been released.  NULL does nothing. */
void index_close(struct index *ix);

/* index_refresh(ix, out, err): Read in what changed on disk, then take a snapshot, the caller's to
 * snapshot_release().  A line that was complete when the call began is in the snapshot or in one of its
 * uncovered sources.  Any thread; calls that find changes wait for each other.
 *
 * While the first index is being built the call does not wait for it: sources that are not read
 * yet are uncovered (snapshot_uncovered()) and must be scanned by the caller.  While a saved one is being
 * loaded it waits (2 s at most), since that takes less time than the scan.
 * Return 0, or -1 without memory or file descriptors: then nothing is lost, and the next call looks at everything. */
int index_refresh(struct index *ix, struct snapshot **out, struct error *err);

/* How far the first build has come, and what the index takes. */
struct index_state {
    bool ready;           /* the first index is complete */
    uint64_t bytes_total; /* of sources to read for it */
    uint64_t bytes_done;
    uint64_t files_total;
    uint64_t files_done;
    double eta_s;            /* < 0: unknown */
    int64_t last_refresh_ms; /* wall clock of the last look at the disk */
    uint64_t refresh_ns;     /* how long that took */
    bool blind;              /* every file is looked at before every answer */
    bool saved;              /* everything in the index stands on disk too */
    /* Of the newest snapshot; all 0 until ready. */
    uint64_t files;
    uint64_t bytes;
    struct snapshot_totals totals;
};

/* index_state(ix, out): Any thread, at any time; waits for nobody. */
void index_state(struct index *ix, struct index_state *out);

/* index_profile(ix, out): Where the time of building went, if it was much that was read; all zeros if not.  Any
 * thread. */
void index_profile(struct index *ix, struct profile *out);

/* index_wait_ready(ix, timeout_ms): Wait until the first index is complete, building it has failed (it is tried
 * again later), or the time is over; true if it is complete.  Any thread. */
bool index_wait_ready(struct index *ix, unsigned timeout_ms);

/* index_save(ix): Write everything to the cache now and return when it is on disk (tests and
 * benchmarks; the background thread does it by itself).  Waits for the first index.  Return 0, or -1 where
 * there is no index or no cache, or the disk refuses, which is told in the log. */
int index_save(struct index *ix);

#endif
