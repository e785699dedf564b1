/* matcher_require.h: From a query to what every message it matches must contain. */
#ifndef SCROLLBACK_MATCHER_REQUIRE_H
#define SCROLLBACK_MATCHER_REQUIRE_H

#include "arena.h"
#include "matcher.h"

/* matcher_require_build(q, raw, arena, out, names): The tree for ${q}, in ${arena}; *${out} NULL:
 * nothing is required.  ${raw}: of the record's raw bytes, so that an id filter requires the id
 * too; then *${names} says whether one did.  Return 0 or -1. */
int matcher_require_build(const struct query *q, bool raw, struct arena *arena,
                          struct require **out, bool *names);

#endif
