/* collect.h: The sink that keeps the messages that match (scan.h), a list and name tables for each
 * worker, and the one merge at the end.
 */
#ifndef SCROLLBACK_COLLECT_H
#define SCROLLBACK_COLLECT_H

#include "relevance.h"
#include "result_set.h"
#include "scan.h"

struct collector;

/* collector_new(sources, workers, tools, relevance, out): ${tools}: keep the names of tools.
 * ${relevance}: also weigh the terms of that matcher (may be NULL) and
 * leave the corpus sums in it.  Return 0 or -1. */
int collector_new(const struct source_list *sources, unsigned workers, bool tools,
                  struct relevance *relevance, struct collector **out);
void collector_free(struct collector *c);

/* collector_sink(c): To be given to a scan. */
struct scan_sink collector_sink(struct collector *c);

/* collector_finish(c, out): Move everything into ${out} (initialised), all, names and scores
 * filled; the collector is empty afterwards.  Return 0 or -1. */
int collector_finish(struct collector *c, struct result_set *out);

#endif
