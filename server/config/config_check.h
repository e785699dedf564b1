/* config_check.h: What no option can say by itself: values that name what must exist, and options that
 * need each other.
 */
#ifndef SCROLLBACK_CONFIG_CHECK_H
#define SCROLLBACK_CONFIG_CHECK_H

#include "config.h"

/* config_check_serve(config, err): Look at what `serve` was given, after defaults are in. Return 0, or
 * -1 with ${err}, which names the option and the remedy. */
int config_check_serve(const struct config *config, struct config_error *err);

#endif
