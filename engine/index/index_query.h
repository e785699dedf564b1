/* index_query.h: Asking a snapshot: the same matches as a scan of the files gives, only faster.
 *
 * A query runs in steps, cheapest first:
 *  1. signatures (signature.h): blocks that cannot hold the literals which the query requires
 *     (matcher_requires()) are left out, and blocks outside its time range;
 *  2. columns: filters are evaluated once for each distinct value, then rows are tested by number;
 *  3. the matcher reads the text of the rows that are left.
 * Only the covered sources are searched; scan snapshot_uncovered() besides.
 */
#ifndef SCROLLBACK_INDEX_QUERY_H
#define SCROLLBACK_INDEX_QUERY_H

#include "cancel.h"
#include "match_set.h"
#include "matcher.h"
#include "query.h"
#include "snapshot.h"

#define INDEX_QUERY_MAX_THREADS 256

struct index_query {
    const struct query *query;
    const struct matcher *matcher; /* of that query */
    bool tools;                    /* fill match.tools */
    unsigned threads;              /* at most this many; 0 and 1: the caller alone */
    struct team *team;             /* that makes them (team.h); NULL: the calling thread's own */
    /* Work for one step of a thread; 0: chosen, and with few candidates the caller works alone. */
    uint64_t unit_bytes;
    struct cancel *cancel; /* may be NULL */
};

/* A step of the plan and what it left, for explain. */
struct index_step {
    const char *step; /* "time", "signatures", "filters", "text" */
    uint64_t before;  /* messages going in */
    uint64_t after;
    double ms;
};
#define INDEX_QUERY_STEPS 4

struct index_outcome {
    uint64_t candidate_blocks;
    uint64_t messages; /* whose text or columns were looked at one by one */
    uint64_t bytes;    /* of text given to the matcher */
    bool limited;      /* a regex hit a limit */
    enum cancel_reason stopped;
    unsigned threads; /* that ran */
    uint32_t steps;
    struct index_step step[INDEX_QUERY_STEPS];
};

/* index_query(s, q, sets, names, out, err): Find the matching rows.  ${sets} and ${names} point to one
 * for each of q->threads (one for 0), initialised; each worker adds its rows to its own set, in no
 * order, with the numbers of its own names: as the workers of a scan do.  match.row is the row.
 * When cancelled: 0 with out->stopped set and what was found so far.  Return 0, or -1 without
 * memory. */
int index_query(const struct snapshot *s, const struct index_query *q,
                struct match_set *const *sets, struct match_names *const *names,
                struct index_outcome *out, struct error *err);

/* Called for messages, by several threads at once, each with its worker < threads; ${m} is valid during
 * the call.  Return 0 to go on, -1 without memory. */
typedef int index_take_fn(void *arg, unsigned worker, const struct message *m, uint32_t row,
                          bool matched);

/* index_each(s, q, every, take, arg, out, err): Hand each matching row's whole message to ${take}
 * (with ${every}: every live row's, told whether it matches).  Slower than index_query(); for
 * scores and statistics that need the texts or the tokens.  q->tools is not looked at. */
int index_each(const struct snapshot *s, const struct index_query *q, bool every,
               index_take_fn *take, void *arg, struct index_outcome *out, struct error *err);

#endif
