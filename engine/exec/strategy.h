/* strategy.h: The ways to schedule a scan.
 *
 * serial       one thread, every line read and parsed, nothing shared, nothing left out: the oracle
 *              that all others are compared with.  Kept short and obvious for ever.
 * worksharing  an OpenMP loop over units of similar size (units.h), results per worker, one merge,
 *              no lock on the way; lines that cannot match are not parsed (prefilter.h).
 * async        every worker is an event loop: it keeps reads under way by io_uring (ring.h) and works
 *              on those that are done.  Where io_uring is refused: plain reads, and a thread that reads ahead.
 * hybrid       worksharing, and a thread that has the kernel read the files ahead of the team (ahead.h).
 */
#ifndef SCROLLBACK_STRATEGY_H
#define SCROLLBACK_STRATEGY_H

#include "scan.h"

/* strategy_available(s): Whether ${s} is a strategy that reads the files. */
bool strategy_available(enum strategy s);

/* strategy_choose(list): What "auto" means: worksharing while the files are in memory, as samples
 * tell, or are large on the average; else hybrid, which has more of them under way. */
enum strategy strategy_choose(const struct source_list *list);

/* strategy_scan(s, scan, out, err): Run the scan to its end or until it is cancelled (then 0 with
 * out->stopped set).  What cannot be read is counted, never an error.  Return 0, or -1 with
 * ERROR_NO_MEMORY. */
int strategy_scan(enum strategy s, const struct scan *scan, struct scan_outcome *out,
                  struct error *err);

/* One function a strategy; strategy_scan() chooses. */
int strategy_serial(const struct scan *scan, struct scan_outcome *out, struct error *err);
int strategy_worksharing(const struct scan *scan, struct scan_outcome *out, struct error *err);
int strategy_async(const struct scan *scan, struct scan_outcome *out, struct error *err);
int strategy_hybrid(const struct scan *scan, struct scan_outcome *out, struct error *err);

#endif
