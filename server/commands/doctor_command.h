/* doctor_command.h: `scrollback doctor`: hands the configuration to the doctor. */
#ifndef SCROLLBACK_DOCTOR_COMMAND_H
#define SCROLLBACK_DOCTOR_COMMAND_H

#include "config.h"

/* doctor_command_run(config): Look at everything around the service; the report goes to standard
 * output.  Return the exit status: 1 if anything failed, else 0. */
int doctor_command_run(const struct config *config);

#endif
