/* pass.h: One pass over the corpus by whatever knows it: the index, the files, or both.
 */
#ifndef SCROLLBACK_PASS_H
#define SCROLLBACK_PASS_H

#include "collect.h"
#include "index_query.h"
#include "compile_request.h"

#define PASS_STEPS (INDEX_QUERY_STEPS + 1)

/* A step and what it left, for explain. */
struct pass_step {
    const char *step;
    uint64_t before;
    uint64_t after;
    double ms;
};

struct pass_outcome {
    /* Counts of what was read from files; of the index its messages and bytes. */
    struct scan_outcome scan;
    uint32_t steps;
    struct pass_step step[PASS_STEPS];
};

/* pass_run(env, c, collector, cancel, out, err): Give ${collector} every message that matches.
 * With the index, sources that it does not cover are read besides.  Return 0 or -1 with ${err}. */
int pass_run(const struct environment *env, const struct compiled *c, struct collector *collector,
             struct cancel *cancel, struct pass_outcome *out, struct error *err);

#endif
