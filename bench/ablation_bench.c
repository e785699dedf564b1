/* ablation_bench: What each remedy of a direct scan is worth, by switching it off.
 *
 *   ablation_bench ROOT [--cold | --floor] [--runs N] [--threads N] [WORD…]
 *
 * Scans the files below ROOT for each WORD (a rare and a common one by default), as it is and with one
 * remedy off at a time, in turn, and prints medians: the wall time and the processor time of a scan
 * without its process, in milliseconds, the spread (slowest by fastest), and the ratio to the scan as it
 * is.  With --cold the files' pages are given back before each run, and the remedies are those that
 * matter then; with --floor only the scan as it is and what reading takes.  All must find the same messages, or the program fails.
 */
#include "clock.h"
#include "compile_request.h"
#include "discover.h"
#include "error.h"
#include "mapped_scan.h"
#include "match_set.h"
#include "pair_scan.h"
#include "reader.h"
#include "span.h"
#include "team.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 101
#define SMALL_BYTES 16384

typedef int scan_fn(const struct scan *scan, struct scan_outcome *out, struct error *err);

/* Where the matches go. */
enum aggregation {
    PER_WORKER, /* a list and name tables a worker, one merge */
    LOCKED,     /* one list and tables for all, and a lock */
    COPIED      /* a list a worker; every match has copies of its names */
};

/* A scan with something off. */
struct variant {
    const char *name;
    scan_fn *scan;
    bool cold, warm; /* when it is measured */
    bool finds;      /* the messages; else it only reads */
    bool no_prefilter, no_vectors, no_own_search, no_units, no_team;
    enum aggregation aggregation;
    struct scan_without without;
};

static const struct variant variants[] = {
    {"as it is", strategy_worksharing, .warm = true, .finds = true},
    {"every line parsed (no prefilter)", strategy_worksharing, .warm = true, .finds = true,
     .no_prefilter = true},
    {"searching byte by byte (no vectors)", strategy_worksharing, .warm = true, .finds = true,
     .no_vectors = true},
    {"every term by PCRE2 (no search of our own)", strategy_worksharing, .warm = true,
     .finds = true, .no_own_search = true},
    {"units of 16 KB (no coarse units)", strategy_worksharing, .warm = true, .finds = true,
     .no_units = true},
    {"line by line (no batches)", strategy_worksharing, .warm = true, .finds = true,
     .without = {.batches = true}},
    {"a buffer for each file (not reused)", strategy_worksharing, .warm = true, .finds = true,
     .without = {.kept_buffers = true}},
    {"reads of 16 KB (not large)", strategy_worksharing, .warm = true, .finds = true,
     .without = {.read_bytes = SMALL_BYTES}},
    {"names copied for each match (not interned)", strategy_worksharing, .warm = true,
     .finds = true, .aggregation = COPIED},
    {"one list with a lock (not one a worker)", strategy_worksharing, .warm = true, .finds = true,
     .aggregation = LOCKED},
    {"one thread (no team)", strategy_worksharing, .warm = true, .finds = true, .no_team = true},
    {"files mapped, not read", mapped_scan, .warm = true, .finds = true},
    {"no profile", strategy_worksharing, .warm = true, .finds = true, .without = {.profile = true}},
    {"async", strategy_async, .warm = true, .finds = true},
    {"hybrid", strategy_hybrid, .warm = true, .finds = true},
    {"only reading the bytes", reading_scan, .warm = true},
    {"hybrid: a thread reads ahead", strategy_hybrid, .cold = true, .finds = true},
    {"async: io_uring reads ahead", strategy_async, .cold = true, .finds = true},
    {"worksharing (no read-ahead of ours)", strategy_worksharing, .cold = true, .finds = true},
    {"worksharing, reads of 16 KB", strategy_worksharing, .cold = true, .finds = true,
     .without = {.read_bytes = SMALL_BYTES}},
    {"files mapped, not read", mapped_scan, .cold = true, .finds = true},
    {"only reading the bytes", reading_scan, .cold = true},
};
#define VARIANTS (sizeof variants / sizeof variants[0])

struct options {
    const char *root;
    bool cold;
    bool floor;
    unsigned runs;
    unsigned threads;
};

struct cost {
    double wall;
    double cpu;
};

/* What was found, whatever the order. */
struct found {
    uint64_t hits;
    uint64_t sum;
};

/* Each worker's own, and what they share when there is a lock. */
struct sink {
    const struct source_list *list;
    enum aggregation aggregation;
    pthread_mutex_t lock;
    struct match_set sets[SCAN_MAX_THREADS];
    struct match_names names[SCAN_MAX_THREADS];
    struct copies *copies[SCAN_MAX_THREADS];
};

/* The names of a match, each in memory of its own. */
struct copies {
    struct copies *next;
    char *name[4];
};

static int keep(struct sink *s, unsigned worker, const struct message *m)
{
    const struct source *source = &s->list->items[m->source];
    struct match *match = match_set_add(&s->sets[worker]);
    return match == NULL ? -1
                         : match_fill(match, m, message_rank(m, source->stem, source->is_agent),
                                      &s->names[worker], false);
}

/* As keep(), but for what stands in tables there. */
static int keep_copies(struct sink *s, unsigned worker, const struct message *m)
{
    const struct source *source = &s->list->items[m->source];
    struct span names[4] = {m->session, m->project, m->model, m->branch};
    struct match *match = match_set_add(&s->sets[worker]);
    struct copies *c = calloc(1, sizeof *c);
    if (match == NULL || c == NULL) {
        free(c);
        return -1;
    }
    *match = (struct match){.identity = message_identity(m),
                            .time_ms = m->time_ms,
                            .offset = m->offset,
                            .source = m->source,
                            .position = m->position,
                            .rank = (uint8_t)message_rank(m, source->stem, source->is_agent)};
    for (int i = 0; i < 4; i++)
        if (names[i].len > 0)
            c->name[i] = strndup(names[i].ptr, names[i].len);
    c->next = s->copies[worker];
    s->copies[worker] = c;
    return 0;
}

static int take(void *arg, unsigned worker, const struct message *m, bool matched)
{
    struct sink *s = arg;
    if (!matched)
        return 0;
    if (s->aggregation == COPIED)
        return keep_copies(s, worker, m);
    if (s->aggregation == PER_WORKER)
        return keep(s, worker, m);
    pthread_mutex_lock(&s->lock);
    int rc = keep(s, 0, m);
    pthread_mutex_unlock(&s->lock);
    return rc;
}

static struct sink *sink_new(const struct source_list *list, enum aggregation aggregation)
{
    struct sink *s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    s->list = list;
    s->aggregation = aggregation;
    pthread_mutex_init(&s->lock, NULL);
    for (unsigned i = 0; i < SCAN_MAX_THREADS; i++) {
        match_set_init(&s->sets[i]);
        match_names_init(&s->names[i]);
    }
    return s;
}

/* The merge, as every scan has it: all matches in one array. */
static int sink_merge(struct sink *s, struct found *found)
{
    struct match *all = NULL;
    if (match_set_gather(s->sets, SCAN_MAX_THREADS, &all, &found->hits) != 0)
        return -1;
    found->sum = 0;
    for (uint64_t i = 0; i < found->hits; i++)
        found->sum += all[i].identity.lo ^ all[i].offset * 31 ^ (uint64_t)all[i].time_ms;
    free(all);
    return 0;
}

static void sink_free(struct sink *s)
{
    for (unsigned i = 0; i < SCAN_MAX_THREADS; i++) {
        match_set_clear(&s->sets[i]);
        match_names_clear(&s->names[i]);
        for (struct copies *c = s->copies[i], *next; c != NULL; c = next) {
            next = c->next;
            for (int k = 0; k < 4; k++)
                free(c->name[k]);
            free(c);
        }
    }
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static double cpu_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Give back the pages of these files, and of no others. */
static void drop_pages(const struct source_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        int fd = open(list->items[i].path.ptr, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        (void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
        close(fd);
    }
}

static int scan_once(const struct variant *v, const struct scan *scan, struct sink *sink,
                     struct cost *cost, struct found *found, struct error *err)
{
    struct scan_outcome out;
    uint64_t started = clock_monotonic_ns();
    double cpu = cpu_ms();
    int rc = v->scan(scan, &out, err);
    if (rc == 0)
        rc = sink_merge(sink, found);
    *cost = (struct cost){(double)(clock_monotonic_ns() - started) / 1e6, cpu_ms() - cpu};
    return rc;
}

static int run(const struct source_list *list, const struct options *o, const char *word,
               const struct variant *v, struct cost *cost, struct found *found)
{
    struct environment env = {.sources = list,
                              .strategy = STRATEGY_WORKSHARING,
                              .threads = v->no_team ? 1 : o->threads,
                              .unit_bytes = v->no_units ? SMALL_BYTES : 0};
    struct request_query query;
    struct compiled c;
    struct error err = {0};
    struct matcher *oracle = NULL;
    struct sink *sink = sink_new(list, v->aggregation);
    request_query_init(&query);
    query.q = span_of(word);
    query.mode = MODE_LITERAL;
    query.strategy = STRATEGY_WORKSHARING;
    pair_scan_force(v->no_vectors ? 2 : 0);
    int rc = request_compile(&env, &query, 0, NULL, &c, &err);
    if (rc == 0 && v->no_own_search)
        rc = matcher_new(c.query, MATCHER_ORACLE, &oracle, &err);
    if (rc == 0) {
        struct scan scan =
            compiled_scan(&c, &env, (struct scan_sink){.take = take, .arg = sink}, NULL);
        scan.without = v->without;
        scan.prefilter = v->no_prefilter ? NULL : scan.prefilter;
        scan.matcher = oracle != NULL ? oracle : scan.matcher;
        if (o->cold)
            drop_pages(list);
        rc = scan_once(v, &scan, sink, cost, found, &err);
    }
    matcher_free(oracle);
    compiled_clear(&c);
    sink_free(sink);
    if (rc != 0)
        (void)fprintf(stderr, "ablation_bench: %s: %s\n", v->name, err.msg);
    return rc;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, unsigned n)
{
    qsort(values, n, sizeof *values, by_value);
    return values[n / 2];
}

static bool is_measured(const struct options *o, const struct variant *v)
{
    if (o->floor && v != &variants[0] && v->scan != reading_scan)
        return false;
    return o->cold ? v->cold : v->warm;
}

static double wall[VARIANTS][RUNS_MAX], cpu[VARIANTS][RUNS_MAX];

/* The first one that is measured is the one that the others are held against. */
static void print_rows(const struct options *o)
{
    double base = 0, base_cpu = 0;
    for (size_t i = 0; i < VARIANTS; i++) {
        if (!is_measured(o, &variants[i]))
            continue;
        double w = median(wall[i], o->runs), c = median(cpu[i], o->runs);
        base = base == 0 ? w : base;
        base_cpu = base_cpu == 0 ? c : base_cpu;
        printf("| %s | %.1f | %.2f× | %.1f | %.2f× | %.1f |\n", variants[i].name, w, w / base, c,
               c / base_cpu, wall[i][o->runs - 1] / wall[i][0]);
    }
}

/* One word: all in turn, the first turn to warm up. */
static int bench(const struct source_list *list, const struct options *o, const char *word)
{
    struct found first = {0};
    bool known = false;
    for (int turn = o->cold ? 0 : -1; turn < (int)o->runs; turn++) {
        for (size_t i = 0; i < VARIANTS; i++) {
            struct cost cost = {0};
            struct found found = {0};
            if (!is_measured(o, &variants[i]))
                continue;
            if (run(list, o, word, &variants[i], &cost, &found) != 0)
                return -1;
            if (!known)
                first = found;
            known = true;
            if (variants[i].finds && (found.hits != first.hits || found.sum != first.sum)) {
                (void)fprintf(stderr, "ablation_bench: %s: the answers differ\n", variants[i].name);
                return -1;
            }
            if (turn >= 0) {
                wall[i][turn] = cost.wall;
                cpu[i][turn] = cost.cpu;
            }
        }
    }
    printf("\n| `%s`, %llu messages, %s | wall ms | × | processor ms | × | spread |\n"
           "| --- | --- | --- | --- | --- | --- |\n",
           word, (unsigned long long)first.hits, o->cold ? "cold" : "warm");
    print_rows(o);
    (void)fflush(stdout);
    return 0;
}

static int usage(void)
{
    (void)fprintf(
        stderr,
        "usage: ablation_bench ROOT [--cold | --floor] [--runs N] [--threads N] [WORD...]\n");
    return 2;
}

/* A number from 1 to ${most}, or 0. */
static unsigned number(const char *text, unsigned most)
{
    char *end = NULL;
    unsigned long n = text == NULL ? 0 : strtoul(text, &end, 10);
    return end != NULL && *end == '\0' && n <= most ? (unsigned)n : 0;
}

int main(int argc, char **argv)
{
    static const char *const usual[] = {"zebracorn", "error"};
    const char *words[16] = {usual[0], usual[1]};
    unsigned word_count = 2, given = 0;
    struct options o = {.runs = 9, .threads = team_default_threads()};
    struct source_list *list;
    struct error err = {0};
    int rc = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--cold") == 0)
            o.cold = true;
        else if (strcmp(argv[i], "--floor") == 0)
            o.floor = true;
        else if (strcmp(argv[i], "--runs") == 0 && (o.runs = number(argv[i + 1], RUNS_MAX)) != 0)
            i++;
        else if (strcmp(argv[i], "--threads") == 0 &&
                 (o.threads = number(argv[i + 1], SCAN_MAX_THREADS)) != 0)
            i++;
        else if (argv[i][0] == '-' || given == 16)
            return usage();
        else if (o.root == NULL)
            o.root = argv[i];
        else
            words[given++] = argv[i];
    }
    if (o.root == NULL || discover_sources(&o.root, 1, &list, &err) != 0)
        return usage();
    word_count = given > 0 ? given : o.floor ? 1 : word_count;
    for (unsigned i = 0; rc == 0 && i < word_count; i++)
        rc = bench(list, &o, words[i]);
    source_list_free(list);
    return rc == 0 ? 0 : 1;
}
