/* ahead.h: A thread that asks the kernel to read the files ahead of a loop over units.
 *
 * It walks the units in the order in which the team takes them, and asks for what is not in memory
 * (posix_fadvise(2), WILLNEED), a bounded number of units before the team: the device is never idle,
 * and what was read ahead is not thrown out again before it is used.  Nothing else is shared with the
 * team but a counter; where everything is in memory the thread ends early and costs nothing.
 */
#ifndef SCROLLBACK_AHEAD_H
#define SCROLLBACK_AHEAD_H

#include "units.h"

struct ahead;

/* ahead_start(units, scan, out): Start the thread; *${out} NULL if there is none to be had, which
 * changes nothing but speed. */
void ahead_start(const struct units *units, const struct scan *scan, struct ahead **out);

/* ahead_step(a): A worker has begun a unit.  NULL does nothing. */
void ahead_step(struct ahead *a);

/* ahead_stop(a): When the loop is over; waits for the thread.  NULL does nothing. */
void ahead_stop(struct ahead *a);

/* ahead_is_cached(list): Whether what ${list} names is in memory, as far as some samples tell. */
bool ahead_is_cached(const struct source_list *list);

#endif
