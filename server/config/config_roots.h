/* config_roots.h: Where transcripts, index and sample lie unless the user says otherwise. */
#ifndef SCROLLBACK_CONFIG_ROOTS_H
#define SCROLLBACK_CONFIG_ROOTS_H

#include "config.h"

/* config_roots_resolve(config, err): Check given roots, or find the default ones: the projects folder
 * of ~/.claude and of each folder in $CLAUDE_CONFIG_DIR (separated by commas; either the
 * configuration folder or its projects folder).  Also the cache, data and sample folders.
 * Return 0, or -1 with a given root that is not there. */
int config_roots_resolve(struct config *config, struct config_error *err);

#endif
