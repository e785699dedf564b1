#include "team.h"

#include "slice.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#define LONG_LOOP 16 /* steps, of those that are cut so that several threads can share them */

unsigned team_default_threads(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n < 1 ? 1 : (unsigned)n;
}

/* --- one loop ------------------------------------------------------------------------------------ */

struct loop {
    unsigned threads;
    size_t steps;
    team_fn *fn;
    void *arg;
};

static void run_alone(const struct loop *l)
{
    for (size_t i = 0; i < l->steps; i++)
        l->fn(l->arg, 0, i);
}

#ifdef _OPENMP

#include <omp.h>

const char *team_kind(void)
{
    return "OpenMP";
}

/* The threads that the last loop of this one left behind. */
static void release_helpers(void)
{
    (void)omp_pause_resource(omp_pause_soft, omp_get_initial_device());
}

static void run(const struct loop *l)
{
#pragma omp parallel num_threads((int)l->threads)
    {
        unsigned worker = (unsigned)omp_get_thread_num();
        slice_lengthen();
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < l->steps; i++)
            l->fn(l->arg, worker, i);
    }
}

#else

const char *team_kind(void)
{
    return "plain threads";
}

struct member {
    const struct loop *loop;
    _Atomic size_t *next;
    unsigned worker;
    pthread_t thread;
    bool started;
};

static void *member_run(void *arg)
{
    struct member *m = arg;
    size_t i;
    slice_lengthen();
    while ((i = atomic_fetch_add(m->next, 1)) < m->loop->steps)
        m->loop->fn(m->loop->arg, m->worker, i);
    return NULL;
}

/* A thread that cannot be started is only one less to help: the caller is worker 0. */
static void run(const struct loop *l)
{
    _Atomic size_t next = 0;
    struct member *all = calloc(l->threads, sizeof *all);
    if (all == NULL) {
        run_alone(l);
        return;
    }
    for (unsigned i = 0; i < l->threads; i++)
        all[i] = (struct member){.loop = l, .next = &next, .worker = i};
    for (unsigned i = 1; i < l->threads; i++)
        all[i].started = pthread_create(&all[i].thread, NULL, member_run, &all[i]) == 0;
    member_run(&all[0]);
    for (unsigned i = 1; i < l->threads; i++)
        if (all[i].started)
            pthread_join(all[i].thread, NULL);
    free(all);
}

static void release_helpers(void)
{
}

#endif

/* --- a team that several share ------------------------------------------------------------------- */

struct team {
    atomic_bool taken;
    /* Who keep their helpers; belongs to who has taken the team. */
    unsigned leaders;
    pthread_t leader[TEAM_LEADERS];
};

int team_new(struct team **out)
{
    struct team *t = calloc(1, sizeof *t);
    if (t == NULL)
        return -1;
    atomic_init(&t->taken, false);
    *out = t;
    return 0;
}

void team_free(struct team *t)
{
    free(t);
}

unsigned team_enter(struct team *t, unsigned threads)
{
    if (t == NULL || threads <= 1)
        return threads;
    return atomic_exchange(&t->taken, true) ? 1 : threads;
}

/* Whether the calling thread is one of the first who came. */
static bool leads(struct team *t)
{
    for (unsigned i = 0; i < t->leaders; i++)
        if (pthread_equal(t->leader[i], pthread_self()))
            return true;
    if (t->leaders == TEAM_LEADERS)
        return false;
    t->leader[t->leaders++] = pthread_self();
    return true;
}

void team_leave(struct team *t, unsigned threads)
{
    if (t == NULL || threads <= 1)
        return;
    if (!leads(t))
        release_helpers();
    atomic_store(&t->taken, false);
}

void team_loop(unsigned threads, size_t steps, team_fn *fn, void *arg)
{
    const struct loop l = {threads, steps, fn, arg};
    if (steps >= LONG_LOOP)
        slice_lengthen();
    if (threads <= 1 || steps <= 1)
        run_alone(&l);
    else
        run(&l);
}

void team_for(struct team *t, unsigned threads, size_t steps, team_fn *fn, void *arg)
{
    unsigned entered = team_enter(t, threads);
    team_loop(entered, steps, fn, arg);
    team_leave(t, entered);
}
