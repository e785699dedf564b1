/* config_help.h: What --help prints. */
#ifndef SCROLLBACK_CONFIG_HELP_H
#define SCROLLBACK_CONFIG_HELP_H

#include "config.h"

/* config_help(command, out): The text of --help for the program (0) or one command. */
void config_help(unsigned command, struct bytes *out);

#endif
