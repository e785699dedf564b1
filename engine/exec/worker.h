/* worker.h: What one thread of a parallel strategy keeps, and how it reads one unit.
 *
 * A worker allocates when it is made and when a line is longer than any before; not a line or a
 * hit.  It belongs to one thread at a time.
 */
#ifndef SCROLLBACK_WORKER_H
#define SCROLLBACK_WORKER_H

#include "reader.h"
#include "units.h"

struct worker;

/* workers_new(scan, out, err), workers_free(w, n): scan->threads of them. */
int workers_new(const struct scan *scan, struct worker ***out, struct error *err);
void workers_free(struct worker **w, unsigned n);

/* worker_unit(w, units, unit): Read all of ${unit}; stops early when the scan is cancelled or
 * memory is gone (worker_failed()). */
void worker_unit(struct worker *w, struct units *units, const struct unit *unit);
bool worker_failed(const struct worker *w);

/* worker_reader(w): Its reader, between units. */
struct reader *worker_reader(struct worker *w);

/* worker_outcome(w, out): Add what it has seen to ${out}. */
void worker_outcome(const struct worker *w, struct scan_outcome *out);

#endif
