/* collect.h: The sink that keeps the messages that match (scan.h): a list and name tables for each
 * worker, and the one merge at the end.
 *
 * Who needs more than a struct match holds (relevance, statistics) gives a companion: a record of
 * fixed size, made while the message is at hand, found again through match.row.
 */
#ifndef SCROLLBACK_COLLECT_H
#define SCROLLBACK_COLLECT_H

#include "buf.h"
#include "result_set.h"
#include "scan.h"

struct companion {
    size_t size; /* of a record, a multiple of 8; 0: there is no companion */
    bool every;  /* make() is called for messages that do not match, too */
    bool tools;  /* the names of tools must be right */
    /* Fill ${record} for ${m}. Return 1 to keep it, 0 not to, -1 without memory. */
    int (*make)(void *arg, unsigned worker, const struct message *m, const struct match *place,
                bool matched, void *record);
    void *arg;
};

struct collector;

/* collector_new(sources, workers, tools, companion, out): ${tools}: keep the names of tools.
 * Return 0 or -1 without memory. */
int collector_new(const struct source_list *sources, unsigned workers, bool tools,
                  const struct companion *companion, struct collector **out);
void collector_free(struct collector *c); /* NULL does nothing */

/* collector_sink(c): To be given to a scan. */
struct scan_sink collector_sink(struct collector *c);

/* collector_take(c, worker, m, row, matched): What the sink does, for messages of the index. */
int collector_take(struct collector *c, unsigned worker, const struct message *m, uint32_t row,
                   bool matched);

/* collector_every(c): Whether the companion wants messages that do not match.
 * collector_has_companion(c): Whether there is one: then messages must come one by one.
 * collector_direct(c, worker, set, names): Where ${worker} may put matches ready-made. */
bool collector_every(const struct collector *c);
bool collector_has_companion(const struct collector *c);
bool collector_wants_tools(const struct collector *c);
void collector_direct(struct collector *c, unsigned worker, struct match_set **set,
                      struct match_names **names);

/* collector_finish(c, out, records): Move everything into ${out} (initialised), all and names
 * filled, and the companion's records into ${records}, where match.row is the number of each
 * match's.  Return 0 or -1. */
int collector_finish(struct collector *c, struct result_set *out, struct buf *records);

#endif
