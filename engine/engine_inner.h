/* engine_inner.h: What the sources of the facade share; nobody else includes it. */
#ifndef SCROLLBACK_ENGINE_INNER_H
#define SCROLLBACK_ENGINE_INNER_H

#include "engine.h"
#include "index.h"
#include "pricing.h"
#include "profile.h"
#include "compile_request.h"

#include <pthread.h>

/* What a pass over all lines has counted, for as long as the files stay as they were. */
struct counted {
    bool known;
    uint64_t print; /* of the list of sources */
    uint64_t files;
    uint64_t bytes;
    struct extract_counts counts;
};

/* What the last view showed. */
struct seen {
    uint64_t files;
    uint64_t bytes;
    bool sample;
};

struct engine {
    char **roots;
    size_t root_count;
    char *sample; /* NULL: none */
    unsigned threads;
    struct team *team;       /* of scans */
    struct team *index_team; /* of queries of the index */
    enum strategy strategy;
    struct index *index; /* NULL: every request reads the files */
    char *retained;      /* folder of deleted transcripts that are kept; NULL: none are */
    struct walks *walks;
    struct pricing *own_pricing; /* NULL: the one built in is used */
    const struct pricing *pricing;
    engine_log_fn *log;
    void *log_arg;
    pthread_mutex_t lock; /* guards all below; held for a copy */
    struct seen seen;
    struct counted counted;
    struct profile profiles[STRATEGY_COUNT];
};

/* The corpus as one request sees it. */
struct view {
    struct engine *engine;
    struct profile profile;      /* of this request; view_close() adds it to the engine's */
    struct snapshot *snapshot;   /* of the index; NULL: the files are read */
    struct source_list *sources; /* owned; NULL with a snapshot */
    struct environment env;
    bool sample;      /* no transcripts were found: it shows the sample */
    bool misses_root; /* a root stands there and cannot be read */
};

/* view_open(e, strategy, v, err): Look at the files now, for a request that asks for ${strategy}.
 * view_close(v).  Return 0, or -1 with ${err}. */
int view_open(struct engine *e, enum strategy strategy, struct view *v, struct error *err);
void view_close(struct view *v);

/* view_warnings(v, warnings, count): What a reply must say about where it comes from. */
void view_warnings(const struct view *v, const struct span **warnings, uint32_t *count);

/* engine_remember_counts(e, v, counts): Keep what a whole pass has counted. */
void engine_remember_counts(struct engine *e, const struct view *v,
                            const struct extract_counts *counts);

#endif
