/* moment.h: The times that since: and until: accept (see "Times" in query.h). */
#ifndef SCROLLBACK_MOMENT_H
#define SCROLLBACK_MOMENT_H

#include "vocabulary.h"
#include "zone.h"

/* moment_parse(s, now_ms, zone, out): ${s} as epoch milliseconds; ${zone} NULL is UTC.  A relative
 * time that reaches back beyond the year 1 is none.  Return 0 or -1. */
int moment_parse(struct span s, int64_t now_ms, const struct zone *zone, int64_t *out);

#endif
