/* agree: Every strategy at every number of threads must give the oracle's answers.
 *
 *   agree ROOT [--queries N] [--seed N] [--unit BYTES] [--variants N]
 *
 * Makes random queries about what lies below ROOT and runs each by the serial scan and by the
 * others at 1, 2 and 7 threads, with units of work so small that they end inside files; the index is asked
 * three times, built by each of the strategies in which its files may be read.  With --variants each query
 * goes to so many of these only, in turn: on a large corpus, more queries in the same time.  Some of the
 * variants of each query are also asked for pages of the answer, for statistics or for sessions (kinds.h).
 * Prints each disagreement with its query, then "N passed, N failed".
 */
#include "clock.h"
#include "compare.h"
#include "discover.h"
#include "index.h"
#include "kinds.h"
#include "make_query.h"
#include "span.h"
#include "walks.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct options {
    const char *root;
    unsigned long queries;
    unsigned long seed;
    unsigned long unit;
    unsigned long variants; /* of which a query is asked */
};

/* The ways to read the files into the index. */
static const enum strategy readings[] = {STRATEGY_WORKSHARING, STRATEGY_ASYNC, STRATEGY_HYBRID};
#define READINGS (sizeof readings / sizeof readings[0])

/* What is asked: the files, and the indexes of them. */
struct asked {
    const struct source_list *list;
    struct index *index[READINGS];
    struct snapshot *snapshot[READINGS];
    struct walks *walks;
};

struct variant {
    enum strategy strategy;
    unsigned threads;
    unsigned reading; /* of the index: which one */
};

static const struct variant variants[] = {
    {STRATEGY_WORKSHARING, 1, 0}, {STRATEGY_WORKSHARING, 2, 0}, {STRATEGY_WORKSHARING, 7, 0},
    {STRATEGY_ASYNC, 1, 0},       {STRATEGY_ASYNC, 2, 0},       {STRATEGY_ASYNC, 7, 0},
    {STRATEGY_HYBRID, 1, 0},      {STRATEGY_HYBRID, 2, 0},      {STRATEGY_HYBRID, 7, 0},
    {STRATEGY_INDEX, 1, 0},       {STRATEGY_INDEX, 2, 1},       {STRATEGY_INDEX, 7, 2},
};
#define VARIANTS \
    (sizeof variants / sizeof variants[0]) /* the last READINGS of them ask the index */

static int parse_number(const char *s, unsigned long *out)
{
    char *end;
    errno = 0;
    *out = strtoul(s, &end, 10);
    return errno == 0 && *end == '\0' && end != s ? 0 : -1;
}

static int parse_options(int argc, char **argv, struct options *o)
{
    *o = (struct options){.queries = 200, .seed = 1, .unit = 20000, .variants = VARIANTS};
    for (int i = 1; i < argc; i++) {
        unsigned long *number = strcmp(argv[i], "--queries") == 0    ? &o->queries
                                : strcmp(argv[i], "--seed") == 0     ? &o->seed
                                : strcmp(argv[i], "--unit") == 0     ? &o->unit
                                : strcmp(argv[i], "--variants") == 0 ? &o->variants
                                                                     : NULL;
        if (number == NULL)
            o->root = argv[i];
        else if (++i == argc || parse_number(argv[i], number) != 0)
            return -1;
    }
    return o->root == NULL || o->variants == 0 || o->variants > VARIANTS ? -1 : 0;
}

/* Of the other kinds, so many variants are asked of each query: they cost more than a search. */
#define VARIANTS_OF_OTHERS 4

static int run(const struct asked *a, const struct options *o, const struct request_kind *kind,
               const struct search_request *request, struct variant v, void **out,
               struct error *err)
{
    bool index = v.strategy == STRATEGY_INDEX;
    const struct snapshot *snapshot = a->snapshot[v.reading];
    struct environment env = {.sources = index ? snapshot_sources(snapshot) : a->list,
                              .snapshot = index ? snapshot : NULL,
                              .walks = a->walks,
                              .strategy = v.strategy,
                              .threads = v.threads,
                              .unit_bytes = v.strategy == STRATEGY_SERIAL ? 0 : o->unit};
    *out = NULL;
    return kind->ask(&env, request, out, err);
}

/* A question, and the oracle's answer. */
struct question {
    const struct request_kind *kind;
    const struct search_request *request;
    void *oracle; /* NULL: it has failed */
    struct error oracle_err;
};

/* Both must fail alike, or give the same answer: 0, -1, or COMPARE_LIMITED. */
static int check(const struct asked *a, const struct options *o, const struct question *q,
                 struct variant v)
{
    void *reply = NULL;
    struct error err = {0};
    char why[512] = "";
    const struct search_request *request = q->request;
    int rc = run(a, o, q->kind, request, v, &reply, &err);
    if ((rc != 0) != (q->oracle == NULL) || err.code != q->oracle_err.code ||
        err.pos != q->oracle_err.pos)
        (void)snprintf(why, sizeof why, "error \"%s\" against \"%s\"", err.msg, q->oracle_err.msg);
    else if (rc == 0 && (rc = q->kind->compare(q->oracle, reply, why, sizeof why)) < 0 &&
             why[0] == '\0')
        (void)snprintf(why, sizeof why, "number of facets differs");
    q->kind->free(reply);
    if (why[0] == '\0')
        return rc == COMPARE_LIMITED ? COMPARE_LIMITED : 0;
    printf(
        "DISAGREE %s, %s, %u threads: %s\n  q=%.*s\n  mode=%d case=%d word=%d sort=%d dedupe=%d\n",
        q->kind->name, vocabulary_strategy_name(v.strategy), v.threads, why,
        (int)request->query.q.len, request->query.q.ptr == NULL ? "" : request->query.q.ptr,
        (int)request->query.mode, (int)request->query.letter_case, request->query.word,
        (int)request->sort, request->query.dedupe);
    return -1;
}

/* What became of the queries. */
struct outcome {
    unsigned long asked[KINDS];    /* variants, of all queries */
    unsigned long queries[KINDS];  /* that were asked in this kind */
    unsigned long answered[KINDS]; /* with hits */
    unsigned long limited;
    unsigned long failed;
};

/* Ask ${n} variants, in turn.  Return whether they agree. */
static bool check_kind(const struct asked *a, const struct options *o, size_t kind, unsigned long n,
                       const struct search_request *request, struct outcome *sum, bool *limited)
{
    struct question q = {.kind = &kinds[kind], .request = request};
    bool agreed = true;
    if (run(a, o, q.kind, request, (struct variant){STRATEGY_SERIAL, 1, 0}, &q.oracle,
            &q.oracle_err) != 0)
        q.oracle = NULL;
    else
        sum->answered[kind] += q.kind->has_hits(q.oracle);
    sum->queries[kind]++;
    for (size_t i = 0; i < n; i++) {
        size_t of = q.kind->of_index ? READINGS : VARIANTS;
        int rc = check(a, o, &q, variants[VARIANTS - of + sum->asked[kind]++ % of]);
        agreed &= rc >= 0;
        *limited |= rc == COMPARE_LIMITED;
    }
    q.kind->free(q.oracle);
    return agreed;
}

/* The search itself, and one of the other kinds in turn. */
static void check_all(const struct asked *a, const struct options *o,
                      const struct search_request *request, struct outcome *sum)
{
    bool limited = false;
    size_t other = 1 + sum->queries[0] % (KINDS - 1);
    unsigned long n = o->variants < VARIANTS_OF_OTHERS ? o->variants : VARIANTS_OF_OTHERS;
    bool agreed = check_kind(a, o, 0, o->variants, request, sum, &limited);
    agreed &= check_kind(a, o, other, n, request, sum, &limited);
    sum->failed += !agreed;
    sum->limited += limited;
}

/* Few queries may be left out of the comparison, and many must find something, or it shows nothing. */
static int report(const struct outcome *sum, unsigned long queries)
{
    bool enough = sum->limited <= queries / 20;
    for (size_t k = 0; k < KINDS; k++) {
        bool found = sum->answered[k] * 10 >= sum->queries[k];
        printf("%lu of %lu queries have hits (%s)%s\n", sum->answered[k], sum->queries[k],
               kinds[k].name, found ? "" : ": too few");
        enough &= found;
    }
    printf("%lu hit a limit\n%lu passed, %lu failed\n", sum->limited, queries - sum->failed,
           sum->failed);
    return sum->failed == 0 && enough ? 0 : 1;
}

static int open_indexes(struct asked *a, const struct options *o, struct error *err)
{
    for (size_t i = 0; i < READINGS; i++) {
        struct index_config config = {
            .roots = &o->root, .root_count = 1, .threads = 3, .strategy = readings[i]};
        if (index_open(&config, &a->index[i], err) != 0 || !index_wait_ready(a->index[i], 600000) ||
            index_refresh(a->index[i], &a->snapshot[i], err) != 0)
            return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct options o;
    struct source_list *list;
    struct sample *sample = calloc(1, sizeof *sample);
    struct error err = {0};
    struct outcome sum = {0};
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (parse_options(argc, argv, &o) != 0 || sample == NULL) {
        (void)fprintf(stderr,
                      "usage: agree ROOT [--queries N] [--seed N] [--unit BYTES] [--variants N]\n");
        return 2;
    }
    uint64_t state = o.seed;
    if (discover_sources(&o.root, 1, &list, &err) != 0 || list->count == 0 ||
        sample_read(list, state, sample) != 0) {
        (void)fprintf(stderr, "agree: no transcripts could be read below %s\n", o.root);
        return 2;
    }
    struct asked asked = {.list = list};
    if (walks_new(&asked.walks) != 0 || open_indexes(&asked, &o, &err) != 0) {
        (void)fprintf(stderr, "agree: no index: %s\n", err.msg);
        return 2;
    }
    struct buf text;
    buf_init(&text);
    for (unsigned long i = 0; i < o.queries; i++) {
        struct search_request request;
        make_query(sample, &state, &text, &request);
        check_all(&asked, &o, &request, &sum);
    }
    int rc = report(&sum, o.queries);
    buf_clear(&text);
    sample_clear(sample);
    free(sample);
    source_list_free(list);
    walks_free(asked.walks);
    for (size_t i = 0; i < READINGS; i++) {
        snapshot_release(asked.snapshot[i]);
        index_close(asked.index[i]);
    }
    return rc;
}
