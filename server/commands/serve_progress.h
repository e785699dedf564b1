/* serve_progress.h: What the user who starts the service is told until the first index is complete: what was
 * found where, what to do if that was nothing, and how far the index is.
 *
 * On a terminal the last line moves; elsewhere there is a line of the log now and then.
 */
#ifndef SCROLLBACK_SERVE_PROGRESS_H
#define SCROLLBACK_SERVE_PROGRESS_H

#include "config.h"
#include "engine.h"

#include <signal.h>

/* serve_progress_wait(engine, config, stop): Tell, and wait for one of the signals ${stop}, which
 * all threads block. Return its number. To be called by one thread, when the service listens. */
int serve_progress_wait(struct engine *engine, const struct config *config, const sigset_t *stop);

/* serve_progress_text(state, out, size): One line that says how far the index is, at most 79 columns. */
void serve_progress_text(const struct engine_state *state, char *out, size_t size);

#endif
