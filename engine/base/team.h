/* team.h: Running a loop on several threads.
 *
 * The only file that names OpenMP, for scans and for queries of the index.  Built without it (-DSCROLLBACK_OPENMP=OFF,
 * as for fuzzing) the same loop runs on plain threads.
 *
 * OpenMP keeps the threads that it has made for a thread which entered it, idle, until that thread ends.  Where
 * many threads may want a loop they share a struct team: one at a time has helpers, and only the first
 * TEAM_LEADERS threads that came keep theirs afterwards.  So the number of threads is bounded however many ask
 * (with GCC's library; LLVM's keeps all).  A thread of the team's own that entered for all of them kept fewer,
 * but queries beside a long one then took nearly twice as long at their 99th percentile.
 */
#ifndef SCROLLBACK_TEAM_H
#define SCROLLBACK_TEAM_H

#include <stddef.h>

#define TEAM_LEADERS 2

/* One step of a loop, by worker 0 <= worker < threads.  Steps share only what their arg guards. */
typedef void team_fn(void *arg, unsigned worker, size_t step);

/* team_default_threads(): One a core that this process may use. */
unsigned team_default_threads(void);

/* team_new(out): A team; the threads of its loops are started by the first.  Return 0, or -1 without memory.
 * team_free(t): No loop may be running.  NULL does nothing. */
struct team;
int team_new(struct team **out);
void team_free(struct team *t);

/* team_enter(t, threads): Claim ${t} for loops of ${threads} by the calling thread.  Never waits: return
 * ${threads}, or 1 if the team is taken; the caller then works alone.  Without a team (NULL) nobody is in the way.
 * team_leave(t, threads): Give it back, in the same thread, with what team_enter() returned. */
unsigned team_enter(struct team *t, unsigned threads);
void team_leave(struct team *t, unsigned threads);

/* team_loop(threads, steps, fn, arg): Call ${fn} once for each step, in any order; a worker that is
 * free takes the next one.  The threads of a loop of 16 steps or more have a long slice of time (slice.h), the
 * caller until it calls slice_restore().  Returns when all are done.  ${threads} is what team_enter() returned; 1 runs in
 * the caller. */
void team_loop(unsigned threads, size_t steps, team_fn *fn, void *arg);

/* team_for(t, threads, steps, fn, arg): Enter, loop, leave.  Where the team is taken worker 0 makes all steps. */
void team_for(struct team *t, unsigned threads, size_t steps, team_fn *fn, void *arg);

/* team_kind(): What runs the loops, for people; constant. */
const char *team_kind(void);

#endif
