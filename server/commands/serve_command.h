/* serve_command.h: `scrollback serve`: the service from start to stop. */
#ifndef SCROLLBACK_SERVE_COMMAND_H
#define SCROLLBACK_SERVE_COMMAND_H

#include "config.h"

/* serve_command_run(config): Serve until SIGTERM or SIGINT.  Return the exit status: 0 after a graceful
 * stop, 2 if the service could not start (said on standard error). */
int serve_command_run(struct config *config);

#endif
