/* index_bench: What the resident index costs and gains, against rg on the same files.
 *
 *   index_bench ROOT [CACHE-FOLDER | --build [STRATEGY] | --query WORD]
 *
 * --build only builds the index, its files read as STRATEGY says (worksharing, async, hybrid, auto).
 * Times are medians in milliseconds.  Each query is given with the factor by which it is faster than
 * one run of rg -c -i -F for the same word.
 */
#include "clock.h"
#include "index.h"
#include "index_query.h"
#include "span.h"
#include "team.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS 21

static double since(uint64_t start)
{
    return (double)(clock_monotonic_ns() - start) / 1e6;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, size_t n)
{
    qsort(values, n, sizeof *values, by_value);
    return values[n / 2];
}

static void say(void *arg, enum index_log_level level, const char *line)
{
    (void)arg;
    (void)level;
    printf("# %s\n", line);
}

/* Milliseconds of one run of rg, or 0 where there is none. */
static double run_rg(const char *root, const char *word, bool regex)
{
    uint64_t start = clock_monotonic_ns();
    int status = -1;
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        if (freopen("/dev/null", "w", stdout) == NULL)
            _exit(126);
        execlp("rg", "rg", "-c", "-i", regex ? "-e" : "-F", word, "--no-ignore", "--hidden", "-g",
               "*.jsonl", root, (char *)NULL);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) > 1)
        return 0;
    return since(start);
}

static double rg_median(const char *root, const char *word, bool regex)
{
    double t[5];
    run_rg(root, word, regex);
    for (size_t i = 0; i < 5; i++)
        t[i] = run_rg(root, word, regex);
    return median(t, 5);
}

/* Kilobytes of memory that is no file's. */
static long private_memory(void)
{
    char line[256];
    long sum = 0, n;
    FILE *f = fopen("/proc/self/smaps_rollup", "r");
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        if (sscanf(line, "Private_Dirty: %ld", &n) == 1)
            sum += n;
    if (f != NULL)
        fclose(f);
    return sum;
}

/* Milliseconds of processor time that the process has used. */
static double cpu_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double ask(const struct snapshot *s, const struct matcher *m, unsigned threads,
                  struct index_outcome *out, uint64_t *count, double *cpu)
{
    struct match_set sets[INDEX_QUERY_MAX_THREADS], *set[INDEX_QUERY_MAX_THREADS];
    struct match_names names[INDEX_QUERY_MAX_THREADS], *name[INDEX_QUERY_MAX_THREADS];
    struct index_query q = {
        .query = matcher_query(m), .matcher = m, .tools = true, .threads = threads};
    struct error err = {0};
    for (unsigned i = 0; i < threads; i++) {
        match_set_init(set[i] = &sets[i]);
        match_names_init(name[i] = &names[i]);
    }
    double cpu_start = cpu_ms();
    uint64_t start = clock_monotonic_ns();
    if (index_query(s, &q, set, name, out, &err) != 0)
        fprintf(stderr, "query: %s\n", err.msg);
    double ms = since(start);
    *cpu = cpu_ms() - cpu_start;
    *count = 0;
    for (unsigned i = 0; i < threads; i++) {
        *count += sets[i].count;
        match_set_clear(&sets[i]);
        match_names_clear(&names[i]);
    }
    return ms;
}

static void bench_query(const struct snapshot *s, const char *root, const char *text, bool regex,
                        unsigned threads)
{
    struct query_input in = {.text = span_of(text),
                             .mode = regex ? QUERY_MODE_REGEX : QUERY_MODE_LITERAL};
    struct query *q;
    struct matcher *m;
    struct error err = {0};
    struct index_outcome out;
    double t[RUNS], cpu[RUNS];
    uint64_t count = 0;
    if (query_parse(&in, &q, &err) != 0 || matcher_new(q, MATCHER_FAST, &m, &err) != 0) {
        printf("%s: %s\n", text, err.msg);
        return;
    }
    for (size_t i = 0; i < RUNS; i++)
        t[i] = ask(s, m, threads, &out, &count, &cpu[i]);
    double ms = median(t, RUNS), rg = root == NULL ? 0 : rg_median(root, text, regex);
    printf("%-24s %8" PRIu64 " matches %8.3f ms (cpu %.3f)  rg %7.1f ms  %8.0f x   %6" PRIu64
           " blocks %9" PRIu64 " bytes\n",
           text, count, ms, median(cpu, RUNS), rg, rg / ms, out.candidate_blocks, out.bytes);
    matcher_free(m);
    query_free(q);
}

static double bench_refresh(struct index *ix)
{
    double t[1001];
    struct snapshot *s;
    for (size_t i = 0; i < 1001; i++) {
        uint64_t start = clock_monotonic_ns();
        if (index_refresh(ix, &s, NULL) != 0)
            return -1;
        t[i] = since(start);
        snapshot_release(s);
    }
    return median(t, 1001);
}

static struct index *open_index(const char *root, const char *cache, enum strategy strategy,
                                double *ms)
{
    struct index_config config = {
        .roots = &root, .root_count = 1, .cache_dir = cache, .strategy = strategy, .log = say};
    struct index *ix = NULL;
    struct error err = {0};
    uint64_t start = clock_monotonic_ns();
    if (index_open(&config, &ix, &err) != 0 || !index_wait_ready(ix, 600000)) {
        fprintf(stderr, "index: %s\n", err.msg);
        exit(2);
    }
    *ms = since(start);
    return ix;
}

/* Where the threads' time went while the index was built. */
static void print_profile(struct index *ix)
{
    struct profile p;
    index_profile(ix, &p);
    printf("cpu %.1f ms, %s:", cpu_ms(), profile_io_name(p.io));
    for (int i = 0; i < PHASE_COUNT; i++)
        printf(" %s %.1f", profile_phase_name((enum phase)i), (double)p.ns[i] / 1e6);
    printf("\n");
}

int main(int argc, char **argv)
{
    static const char *const words[] = {"zebracorn", "kubernetes", "permission denied",
                                        "worktree",  "error",      "e"};
    static const char *const regexes[] = {"kubernet\\w*", "[0-9a-f]{40}"};
    if (argc < 2) {
        fprintf(stderr, "usage: index_bench ROOT [CACHE-FOLDER]\n");
        return 2;
    }
    bool only_build = argc > 2 && strcmp(argv[2], "--build") == 0;
    bool only_query = argc > 3 && strcmp(argv[2], "--query") == 0;
    bool folder = argc > 2 && !only_build && !only_query;
    const char *root = argv[1], *cache = folder ? argv[2] : NULL;
    unsigned threads = team_default_threads();
    struct snapshot_totals t;
    struct snapshot *s;
    double build, again;
    enum strategy strategy = STRATEGY_AUTO;
    if (only_build && argc > 3 && vocabulary_strategy_parse(span_of(argv[3]), &strategy) != 0) {
        fprintf(stderr, "index_bench: no strategy is called %s\n", argv[3]);
        return 2;
    }
    double rg = only_build || only_query ? 0 : rg_median(root, "zebracorn", false);
    struct index *ix = open_index(root, cache, strategy, &build);
    printf("build    %8.1f ms   rg %.1f ms   %.2f x\n", build, rg, build / rg);
    if (only_build) {
        print_profile(ix);
        index_close(ix);
        return 0;
    }
    if (cache != NULL) {
        uint64_t start = clock_monotonic_ns();
        int rc = index_save(ix);
        printf("save     %8.1f ms   %s\n", since(start), rc == 0 ? "" : "FAILED");
    }
    printf("refresh  %8.4f ms\n", bench_refresh(ix));
    if (index_refresh(ix, &s, NULL) != 0)
        return 2;
    snapshot_totals(s, &t);
    printf("messages %" PRIu64 "  text %.1f MB  disk %.1f MB (%.1f %% of %.1f MB)  memory %.1f MB  "
           "segments %" PRIu64 "\n",
           t.messages, (double)t.text_bytes / 1e6, (double)t.disk_bytes / 1e6,
           100.0 * (double)t.disk_bytes / (double)snapshot_sources(s)->bytes,
           (double)snapshot_sources(s)->bytes / 1e6, (double)t.memory_bytes / 1e6, t.segments);
    for (unsigned n = 1; only_query && n <= threads; n++)
        bench_query(s, NULL, argv[3], false, n);
    if (only_query) {
        snapshot_release(s);
        index_close(ix);
        return 0;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        bench_query(s, root, words[i], false, threads);
    for (size_t i = 0; i < sizeof regexes / sizeof *regexes; i++)
        bench_query(s, root, regexes[i], true, threads);
    printf("private memory %.1f MB\n", (double)private_memory() / 1024);
    snapshot_release(s);
    index_close(ix);
    if (cache != NULL) {
        ix = open_index(root, cache, strategy, &again);
        printf("restart  %8.1f ms\n", again);
        printf("private memory %.1f MB\n", (double)private_memory() / 1024);
        index_close(ix);
    }
    return 0;
}
