/* engine_over.h: An engine whose one root is a test's folder. */
#ifndef SCROLLBACK_ENGINE_OVER_H
#define SCROLLBACK_ENGINE_OVER_H

#include "engine.h"
#include "temp_tree.h"

/* engine_over(t, config): Open; ${config} says all but the roots, NULL: one thread, no index.  Ends the test
 * if that fails.  engine_close() it before the folder is removed. */
struct engine *engine_over(const struct temp_tree *t, const struct engine_config *config);

/* engine_over_index(t): The same with an index that has looked at all that is there; one thread. */
struct engine *engine_over_index(const struct temp_tree *t);

/* engine_refresh(e): Have the index look at the files now. */
void engine_refresh(struct engine *e);

#endif
