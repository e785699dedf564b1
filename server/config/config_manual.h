/* config_manual.h: The manual page scrollback(1), in the man macros of roff. */
#ifndef SCROLLBACK_CONFIG_MANUAL_H
#define SCROLLBACK_CONFIG_MANUAL_H

#include "config.h"

/* config_manual(version, out): Write the whole page. */
void config_manual(const char *version, struct bytes *out);

#endif
