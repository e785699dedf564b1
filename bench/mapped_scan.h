/* mapped_scan.h: Two scans that are no strategies, to weigh the strategies against. */
#ifndef SCROLLBACK_MAPPED_SCAN_H
#define SCROLLBACK_MAPPED_SCAN_H

#include "scan.h"

/* mapped_scan(scan, out, err): Work-sharing, but the files are mapped into memory, not read: what
 * the study's remedy "memory mapping" is worth.  Contract of strategy_scan(); a file that
 * shrinks meanwhile kills the process, which is why the product does not do this.
 * reading_scan(scan, out, err): Work-sharing, but the bytes are read and forgotten: the floor under
 * every scan that reads. */
int mapped_scan(const struct scan *scan, struct scan_outcome *out, struct error *err);
int reading_scan(const struct scan *scan, struct scan_outcome *out, struct error *err);

#endif
