/* config_complete.h: What shells know of our command line. */
#ifndef SCROLLBACK_CONFIG_COMPLETE_H
#define SCROLLBACK_CONFIG_COMPLETE_H

#include "config.h"

/* config_complete(shell, out): Write the completions of "bash", "zsh" or "fish". Return 0, or -1 for
 * another shell. */
int config_complete(const char *shell, struct bytes *out);

#endif
