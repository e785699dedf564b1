/* jobs.h: Work that must not be done in the HTTP library's threads.
 *
 * A lane is a bounded queue and the threads that empty it.  Searches of the index go through one
 * with several threads; whatever reads the files goes through one of a single thread, since one scan
 * takes all processors anyway and a second at the same time would only delay both.  So a heavy scan never
 * delays an answer out of the index.  The threads of all lanes share the engine's two teams (engine.h).
 *
 * A watcher thread polls the sockets of waiting clients, which the HTTP library does not do while
 * a connection is suspended, and cancels the work of those that left.  It looks every
 * JOBS_WATCH_MS; a job shorter than that never meets it.  A half-closed connection looks like one
 * that left; its answer is sent all the same, marked incomplete.
 */
#ifndef SCROLLBACK_JOBS_H
#define SCROLLBACK_JOBS_H

#include "cancel.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOBS_WATCH_MS 20

enum lane { LANE_INDEX, LANE_FILES, LANE_COUNT };

struct jobs;

/* The caller's memory, untouched by it from jobs_submit() until finish() is called. */
struct job {
    struct cancel cancel;            /* set up by the caller before jobs_submit() */
    int fd;                          /* of the client, -1: not watched */
    void (*run)(struct job *job);    /* the work, in a lane's thread */
    void (*finish)(struct job *job); /* the last thing done with it, in the same thread */
    uint64_t submitted_ns;           /* written here, for the caller to read in run() */
    uint64_t started_ns;
    struct job *next;         /* in its lane; guarded by jobs.lock */
    struct job *watched_next; /* guarded by jobs.lock */
    struct job *watched_prev;
    enum lane lane;
};

/* jobs_new(threads, capacity, out): ${threads} for each lane, ${capacity} jobs waiting in
 * each.  Return 0 or -1 (errno says why). */
int jobs_new(const unsigned threads[LANE_COUNT], unsigned capacity, struct jobs **out);

/* jobs_reserve(j, lane): Claim a place for a job that will then be submitted without fail.  False
 * if the lane is full or the jobs are closed.  jobs_reserve_next(j, lane): the same for work that goes on
 * with a request which had its place before: however full the lane is.  jobs_submit(j, lane, job):
 * hand it over. */
bool jobs_reserve(struct jobs *j, enum lane lane);
bool jobs_reserve_next(struct jobs *j, enum lane lane);
void jobs_submit(struct jobs *j, enum lane lane, struct job *job);

/* jobs_cancel_all(j, why): Ask all waiting and running jobs to stop. */
void jobs_cancel_all(struct jobs *j, enum cancel_reason why);

/* jobs_close(j): No more reservations.  jobs_wait(j, timeout_ms): until nothing is reserved,
 * waiting or running; false if the time is over before. */
void jobs_close(struct jobs *j);
bool jobs_wait(struct jobs *j, unsigned timeout_ms);

/* jobs_depth(j, lane): How many wait, for metrics.  jobs_running(j, lane): how many are worked on. */
unsigned jobs_depth(struct jobs *j, enum lane lane);
unsigned jobs_running(struct jobs *j, enum lane lane);

/* jobs_free(j): Close, wait for all, end the threads.  NULL does nothing. */
void jobs_free(struct jobs *j);

/* jobs_now_ns(): The monotonic clock. */
uint64_t jobs_now_ns(void);

#endif
