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

/* A portion of a file that somebody else has read: the lines that start in [begin, end) of ${source}.
 * The bytes start at begin - 1, or 0 where begin is, reach to ${end} at least, and may be changed; behind
 * them READER_PADDING bytes are readable. */
struct portion {
    const struct unit *unit;
    const struct source *source;
    uint64_t begin;
    uint64_t end;
    char *bytes;
    size_t size;
};

/* worker_portion(w, units, p): Do with the bytes what worker_unit() does.  A last line that reaches
 * beyond them is read from the file.
 * worker_reads_portion(w, units, p): The same, but read everything from the file; bytes do not matter. */
void worker_portion(struct worker *w, struct units *units, const struct portion *p);
void worker_reads_portion(struct worker *w, struct units *units, const struct portion *p);

/* worker_spent(w, phase, ns): Count time that others have spent for the worker: PHASE_READ, or
 * PHASE_WAITING for bytes. */
void worker_spent(struct worker *w, enum phase phase, uint64_t ns);

/* worker_reader(w): Its reader, between units. */
struct reader *worker_reader(struct worker *w);

/* worker_outcome(w, out): Add what it has seen to ${out}, with the profile of its own time.
 * worker_busy(w): Nanoseconds of that time. */
void worker_outcome(const struct worker *w, struct scan_outcome *out);
uint64_t worker_busy(const struct worker *w);

#endif
