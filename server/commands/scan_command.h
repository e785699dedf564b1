/* scan_command.h: `scrollback scan QUERY`: one search, no server. */
#ifndef SCROLLBACK_SCAN_COMMAND_H
#define SCROLLBACK_SCAN_COMMAND_H

#include "config.h"

/* scan_command_run(config): Search and print.  Return 0 with hits, 1 without, 2 on an error (said on
 * standard error).  Nothing is set up that --count does not need: it shall start as fast as grep. */
int scan_command_run(const struct config *config);

#endif
