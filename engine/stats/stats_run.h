/* stats_run.h: Counting what matches, in all and by one dimension. */
#ifndef SCROLLBACK_STATS_RUN_H
#define SCROLLBACK_STATS_RUN_H

#include "pricing.h"
#include "compile_request.h"
#include "stats_api.h"

/* stats_run(env, pricing, request, cancel, counts, out, err): As engine_stats() (engine.h); *${counts}
 * is what the pass over all lines has seen.
 *
 * Messages, prompts, tool calls, errors and times are those of the hits after copies collapsed; a
 * session counts in the row of its first hit, a response's tokens and cost in the row of its
 * earliest hit; projects and files count in every row where they have one.  With by=tool a message
 * counts once in the row of each of its tools. */
int stats_run(const struct environment *env, const struct pricing *pricing,
              const struct stats_request *request, struct cancel *cancel,
              struct extract_counts *counts, struct stats_reply **out, struct error *err);

#endif
