/* team.h: Running a loop on several threads.
 *
 * The only file that names OpenMP, for scans and for queries of the index.  Built without it (-DSCROLLBACK_OPENMP=OFF,
 * as for fuzzing) the same loop runs on plain threads.
 */
#ifndef SCROLLBACK_TEAM_H
#define SCROLLBACK_TEAM_H

#include <stddef.h>

/* One step of a loop, by worker 0 <= worker < threads.  Steps share only what their arg guards. */
typedef void team_fn(void *arg, unsigned worker, size_t step);

/* team_default_threads(): One a core that this process may use. */
unsigned team_default_threads(void);

/* team_for(threads, steps, fn, arg): Call ${fn} once for each step, in any order; a worker that is
 * free takes the next one.  Returns when all are done.  ${threads} 1 runs in the caller. */
void team_for(unsigned threads, size_t steps, team_fn *fn, void *arg);

/* team_kind(): What runs the loops, for people; constant. */
const char *team_kind(void);

#endif
