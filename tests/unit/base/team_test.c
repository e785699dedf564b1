/* A loop's steps are each made once, by the workers that were asked for; who shares a team gets along with
 * its threads. */
#include "team.h"
#include "thread_count.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

#include <cmocka.h>

#define THREADS 4
#define STEPS 200
#define CALLERS 6
#define ROUNDS 30

/* Who keep their helpers: with LLVM's OpenMP, which the preset tsan has, all who had any. */
#ifdef __clang__
#define KEEPERS CALLERS
#else
#define KEEPERS TEAM_LEADERS
#endif

/* What a loop has done. */
struct work {
    atomic_uint made[STEPS];
    atomic_uint strange; /* workers beyond the number */
    unsigned threads;
};

static void make_step(void *arg, unsigned worker, size_t step)
{
    struct work *w = arg;
    atomic_fetch_add(&w->made[step], 1);
    if (worker >= w->threads)
        atomic_fetch_add(&w->strange, 1);
}

static bool each_once(struct work *w, size_t steps)
{
    for (size_t i = 0; i < STEPS; i++)
        if (atomic_load(&w->made[i]) != (i < steps ? 1u : 0u))
            return false;
    return atomic_load(&w->strange) == 0;
}

static void test_each_step_is_made_once(void **state)
{
    struct team *shared, *teams[2];
    (void)state;
    assert_int_equal(team_new(&shared), 0);
    teams[0] = NULL;
    teams[1] = shared;
    for (int t = 0; t < 2; t++)
        for (unsigned threads = 1; threads <= THREADS; threads++)
            for (size_t steps = 0; steps <= STEPS; steps += steps < 3 ? 1 : 197) {
                struct work w = {.threads = threads};
                team_for(teams[t], threads, steps, make_step, &w);
                assert_true(each_once(&w, steps));
            }
    team_free(shared);
}

static void test_who_comes_second_works_alone(void **state)
{
    struct team *t;
    (void)state;
    assert_int_equal(team_new(&t), 0);
    assert_int_equal(team_enter(t, 1), 1); /* claims nothing */
    assert_int_equal(team_enter(t, THREADS), THREADS);
    assert_int_equal(team_enter(t, THREADS), 1);
    struct work alone = {.threads = 1}, team = {.threads = THREADS};
    team_for(t, THREADS, STEPS, make_step, &alone);
    assert_true(each_once(&alone, STEPS));
    team_loop(THREADS, STEPS, make_step, &team);
    assert_true(each_once(&team, STEPS));
    team_leave(t, 1); /* of the one who works alone: it is still taken */
    assert_int_equal(team_enter(t, THREADS), 1);
    team_leave(t, THREADS);
    assert_int_equal(team_enter(t, THREADS), THREADS);
    team_leave(t, THREADS);
    team_free(t);
    team_free(NULL);
}

struct caller {
    struct team *team;
    pthread_barrier_t *done; /* all loops are over; then again, for the end */
    unsigned wrong;
    unsigned in_team;
};

static void *call_in_thread(void *arg)
{
    struct caller *c = arg;
    for (int i = 0; i < ROUNDS; i++) {
        unsigned threads = team_enter(c->team, THREADS);
        struct work w = {.threads = threads};
        team_loop(threads, STEPS, make_step, &w);
        team_leave(c->team, threads);
        c->wrong += !each_once(&w, STEPS);
        c->in_team += threads > 1;
    }
    pthread_barrier_wait(c->done);
    pthread_barrier_wait(c->done);
    return NULL;
}

static void test_many_callers_share_the_threads(void **state)
{
    struct team *t;
    struct caller callers[CALLERS];
    pthread_t threads[CALLERS];
    pthread_barrier_t done;
    unsigned before = thread_count(), in_team = 0;
    (void)state;
    assert_int_equal(team_new(&t), 0);
    pthread_barrier_init(&done, NULL, CALLERS + 1);
    for (int i = 0; i < CALLERS; i++) {
        callers[i] = (struct caller){.team = t, .done = &done};
        assert_int_equal(pthread_create(&threads[i], NULL, call_in_thread, &callers[i]), 0);
    }
    pthread_barrier_wait(&done);
    /* The callers, and those that help the first of them; others' helpers are about to end. */
    unsigned most = before + CALLERS + KEEPERS * (THREADS - 1);
    for (int wait = 0; wait < 1000 && thread_count() > most; wait++)
        (void)usleep(10000);
    assert_true(thread_count() <= most);
    pthread_barrier_wait(&done);
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(callers[i].wrong, 0);
        in_team += callers[i].in_team;
    }
    assert_true(in_team > 0);
    pthread_barrier_destroy(&done);
    team_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_comes_second_works_alone),
        cmocka_unit_test(test_many_callers_share_the_threads),
        cmocka_unit_test(test_each_step_is_made_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
