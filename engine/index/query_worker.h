/* query_worker.h: One thread's share of an index query: it tests blocks row by row. */
#ifndef SCROLLBACK_QUERY_WORKER_H
#define SCROLLBACK_QUERY_WORKER_H

#include "query_plan.h"
#include "snapshot_view.h"

struct query_worker;

/* What is done with a row: ${local} of the segment ${v}, of ${source}.  Return 0, or -1 to stop. */
typedef int query_emit_fn(void *arg, const struct snapshot_segment *v, uint32_t local,
                          uint32_t source, bool matched);

/* Counted for explain and scanned. */
struct query_counts {
    uint64_t rows;   /* looked at */
    uint64_t passed; /* the gates */
    uint64_t bytes;  /* of text given to the matcher */
    uint64_t matched;
};

/* query_worker_new(s, p, cancel, every, emit, arg, out): ${cancel}: ends long searches
 * (match_scratch_new()).  ${every}: rows that do not match are emitted, too.  Return 0 or -1. */
int query_worker_new(const struct snapshot *s, const struct query_plan *p, struct cancel *cancel,
                     bool every, query_emit_fn *emit, void *arg, struct query_worker **out);
void query_worker_free(struct query_worker *w); /* NULL does nothing */

/* query_worker_block(w, v, block): Test the rows of a block.  Return 0, or -1 (no memory, or what
 * emit said). */
int query_worker_block(struct query_worker *w, const struct snapshot_segment *v, uint32_t block);

/* query_worker_counts(w): What was counted so far; borrowed until query_worker_free(). */
const struct query_counts *query_worker_counts(const struct query_worker *w);

/* query_worker_limited(w): A regex hit a limit. */
bool query_worker_limited(const struct query_worker *w);

#endif
