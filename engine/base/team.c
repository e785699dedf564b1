#include "team.h"

#include <sched.h>

unsigned team_default_threads(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    int n = CPU_COUNT(&set);
    return n < 1 ? 1 : (unsigned)n;
}

static void team_for_alone(size_t steps, team_fn *fn, void *arg)
{
    for (size_t i = 0; i < steps; i++)
        fn(arg, 0, i);
}

#ifdef _OPENMP

#include <omp.h>

const char *team_kind(void)
{
    return "OpenMP";
}

void team_for(unsigned threads, size_t steps, team_fn *fn, void *arg)
{
    if (threads <= 1 || steps <= 1) {
        team_for_alone(steps, fn, arg);
        return;
    }
#pragma omp parallel num_threads((int)threads)
    {
        unsigned worker = (unsigned)omp_get_thread_num();
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < steps; i++)
            fn(arg, worker, i);
    }
}

#else

const char *team_kind(void)
{
    return "plain threads";
}

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct loop {
    team_fn *fn;
    void *arg;
    size_t steps;
    _Atomic size_t next;
};

struct member {
    struct loop *loop;
    unsigned worker;
    pthread_t thread;
    int started;
};

static void *member_run(void *arg)
{
    struct member *m = arg;
    size_t i;
    while ((i = atomic_fetch_add(&m->loop->next, 1)) < m->loop->steps)
        m->loop->fn(m->loop->arg, m->worker, i);
    return NULL;
}

/* A thread that cannot be started is only one less to help: the caller is worker 0. */
void team_for(unsigned threads, size_t steps, team_fn *fn, void *arg)
{
    struct member *all = threads <= 1 || steps <= 1 ? NULL : calloc(threads, sizeof *all);
    if (all == NULL) {
        team_for_alone(steps, fn, arg);
        return;
    }
    struct loop loop = {.fn = fn, .arg = arg, .steps = steps};
    atomic_init(&loop.next, 0);
    for (unsigned i = 0; i < threads; i++)
        all[i] = (struct member){.loop = &loop, .worker = i};
    for (unsigned i = 1; i < threads; i++)
        all[i].started = pthread_create(&all[i].thread, NULL, member_run, &all[i]) == 0;
    member_run(&all[0]);
    for (unsigned i = 1; i < threads; i++)
        if (all[i].started)
            pthread_join(all[i].thread, NULL);
    free(all);
}

#endif
