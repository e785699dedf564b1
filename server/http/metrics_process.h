/* metrics_process.h: The process as Prometheus' client libraries describe one (process_*). */
#ifndef SCROLLBACK_METRICS_PROCESS_H
#define SCROLLBACK_METRICS_PROCESS_H

#include "bytes.h"

/* metrics_process_write(out): What the system tells; what it does not tell is left out. */
void metrics_process_write(struct bytes *out);

#endif
