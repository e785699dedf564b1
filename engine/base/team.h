/* team.h: Running a loop on several threads.
 *
 * The only file that names OpenMP, for scans and for queries of the index.  Built without it (-DSCROLLBACK_OPENMP=OFF,
 * as for fuzzing) the same loop runs on plain threads.
 *
 * OpenMP keeps the threads that it has made for a thread which entered it, idle, until that thread ends.  Where
 * many threads may want a loop they share a struct team, whose own thread enters for them: so there is one set
 * of threads, however many ask.  Without one (NULL for ${t}) the caller itself enters.
 */
#ifndef SCROLLBACK_TEAM_H
#define SCROLLBACK_TEAM_H

#include <stddef.h>

/* One step of a loop, by worker 0 <= worker < threads.  Steps share only what their arg guards. */
typedef void team_fn(void *arg, unsigned worker, size_t step);

/* team_default_threads(): One a core that this process may use. */
unsigned team_default_threads(void);

/* team_new(out): A team without threads; they are started by the first loop.  Return 0, or -1 without memory.
 * team_free(t): End its thread; no loop may be running.  NULL does nothing. */
struct team;
int team_new(struct team **out);
void team_free(struct team *t);

/* team_enter(t, threads): Claim ${t} for loops of ${threads}.  Never waits: return ${threads}, or 1 if the team
 * is taken or its thread cannot be started; the caller then works alone.  team_leave(t, threads): Give it
 * back, with what team_enter() returned. */
unsigned team_enter(struct team *t, unsigned threads);
void team_leave(struct team *t, unsigned threads);

/* team_loop(t, threads, steps, fn, arg): Call ${fn} once for each step, in any order; a worker that is
 * free takes the next one.  Returns when all are done.  ${threads} is what team_enter() returned; 1 runs in
 * the caller. */
void team_loop(struct team *t, unsigned threads, size_t steps, team_fn *fn, void *arg);

/* team_for(t, threads, steps, fn, arg): Enter, loop, leave.  Where the team is taken worker 0 makes all steps. */
void team_for(struct team *t, unsigned threads, size_t steps, team_fn *fn, void *arg);

/* team_kind(): What runs the loops, for people; constant. */
const char *team_kind(void);

#endif
