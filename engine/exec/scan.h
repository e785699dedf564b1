/* scan.h: One direct pass over the sources: what is asked, who takes the messages, what was seen.
 *
 * A scan is const while it runs.  Its strategy (strategy.h) decides which thread reads which lines;
 * every strategy gives the sink the same messages with the same truth, in an order of its own.
 */
#ifndef SCROLLBACK_SCAN_H
#define SCROLLBACK_SCAN_H

#include "cancel.h"
#include "extract.h"
#include "matcher.h"
#include "prefilter.h"
#include "profile.h"
#include "source.h"

#define SCAN_MAX_THREADS 256

/* What takes the messages.  take() is called by several workers at once: what it writes belongs to
 * its worker.  ${m} is valid during the call. */
struct scan_sink {
    /* Return 0 to go on, -1 without memory. */
    int (*take)(void *arg, unsigned worker, const struct message *m, bool matched);
    void *arg;
    bool every; /* take() also gets the messages that do not match: no line is left out */
    bool tools; /* the names in message.tools must be right for results, too */
};

/* Remedies of the study to do without, so that each can be weighed (bench/ablation_bench.c).  All zeros, as
 * everywhere but there: none. */
struct scan_without {
    bool batches;      /* lines are worked on one by one, with clock and checks for each */
    bool kept_buffers; /* a reader is made for every file or range, and freed after it */
    bool profile;      /* the time of lines is not taken */
    size_t read_bytes; /* read no more than this at once; 0: as much as a reader likes */
};

struct scan {
    const struct source_list *sources;
    const struct query *query;         /* of the matcher; NULL without one */
    const struct matcher *matcher;     /* NULL: every message matches */
    const struct prefilter *prefilter; /* NULL: every line is read */
    struct scan_sink sink;
    unsigned threads;      /* 1 to SCAN_MAX_THREADS */
    struct team *team;     /* that makes them; NULL: the calling thread's own */
    uint64_t unit_bytes;   /* size of a unit of work; 0: chosen from the amount and the threads */
    struct cancel *cancel; /* may be NULL */
    struct scan_without without;
};

struct scan_outcome {
    uint64_t files;
    uint64_t bytes;
    struct extract_counts counts;
    bool limited; /* a regex hit a limit */
    enum cancel_reason stopped;
    uint64_t unreadable; /* sources that could not be opened or read to their end */
    struct profile profile;
};

/* scan_needs_every_line(s): Whether a prefilter may not be used. */
static inline bool scan_needs_every_line(const struct scan *s)
{
    return s->prefilter == NULL || s->sink.every || s->sink.tools;
}

#endif
