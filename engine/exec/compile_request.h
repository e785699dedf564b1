/* compile_request.h: From a request to what the engine runs: zone, query, matcher, prefilter. */
#ifndef SCROLLBACK_COMPILE_REQUEST_H
#define SCROLLBACK_COMPILE_REQUEST_H

#include "cancel.h"
#include "matcher.h"
#include "prefilter.h"
#include "search_api.h"
#include "source.h"
#include "strategy.h"
#include "zone.h"

/* Where a request runs; all borrowed. */
struct environment {
    const struct source_list *sources; /* as they are when the request starts */
    const struct snapshot *snapshot; /* of the index, with the same sources; NULL: there is none */
    struct walks *walks;             /* may be NULL: pages are bound by order alone */
    enum strategy strategy;          /* what reads the files when nothing else is asked for */
    unsigned threads;
    struct team *team;       /* of scans (team.h); NULL: the calling thread's own */
    struct team *index_team; /* of queries of the index, so that they need not wait for a scan */
    uint64_t unit_bytes;     /* 0: chosen */
    struct profile *profile; /* gets what passes over the files cost; may be NULL */
};

struct compiled {
    int64_t now_ms;
    enum strategy strategy; /* the one that will run */
    unsigned threads;
    struct zone *zone;
    struct query *query;
    struct matcher *matcher;
    struct prefilter *prefilter; /* NULL: every line is read */
};

/* request_compile(env, r, now_ms, cancel, out, err): Parse and compile; ${now_ms} 0 takes the
 * request's or the clock's.  A session prefix is looked up in the sources, which takes a pass over them.
 * Return 0, or -1 with ${err}; compiled_clear() either way. */
int request_compile(const struct environment *env, const struct request_query *r, int64_t now_ms,
                    struct cancel *cancel, struct compiled *out, struct error *err);
void compiled_clear(struct compiled *c);

/* compiled_scan(c, env, sink, cancel): A scan for it. */
struct scan compiled_scan(const struct compiled *c, const struct environment *env,
                          struct scan_sink sink, struct cancel *cancel);

/* compiled_reader(c): The strategy that reads files for it: what an index does not cover is work-shared. */
enum strategy compiled_reader(const struct compiled *c);

/* request_incomplete(outcome): Why the answer of a scan is not whole. */
enum incomplete_reason request_incomplete(const struct scan_outcome *o);

/* request_scanned(outcome): What was looked at, as every reply tells it. */
struct reply_scanned request_scanned(const struct scan_outcome *o);

#endif
