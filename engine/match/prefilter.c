#include "prefilter.h"

#include "byte_rank.h"
#include "code_point.h"
#include "literal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Room is kept for the escape's pair. */
#define NEEDLES_MAX (PAIR_SCAN_MAX - 1)

/* Parsing a line that turns out not to match, against looking at a byte: as in pair_cost(). */
#define PARSE_COST 1000.0

struct prefilter {
    struct pair_scan scan;
    struct literal *needles[NEEDLES_MAX];
    unsigned count;
    bool names;
};

/* A set of needles under consideration; owns them. */
struct choice {
    struct literal *needles[NEEDLES_MAX];
    unsigned count;
    unsigned pairs;
    double cost;
    bool usable;
};

static void choice_clear(struct choice *c)
{
    for (unsigned i = 0; i < c->count; i++)
        literal_free(c->needles[i]);
    *c = (struct choice){.usable = false};
}

static void choice_move(struct choice *to, struct choice *from)
{
    choice_clear(to);
    *to = *from;
    *from = (struct choice){.usable = false};
}

static bool has_one_spelling(uint32_t cp)
{
    return cp >= 0x20 && cp != '"' && cp != '\\' && cp != '/' && cp != 0x7F &&
           cp != CODE_POINT_REPLACEMENT;
}

/* How often the run is thought to stand in a line by chance.  Letters of a word depend on each
 * other: each adds about half of what it would by itself. */
static double expected_share(struct span run)
{
    double bits = 0;
    for (size_t i = 0; i < run.len; i++)
        bits += 24 - byte_rank_table[(unsigned char)run.ptr[i]] / BYTE_RANK_STEP;
    return exp2(-bits * 0.5);
}

static int try_run(struct span run, bool case_sensitive, struct choice *best)
{
    struct choice c = {.count = 1, .usable = true};
    if (literal_new(run, case_sensitive ? 0 : LITERAL_CASELESS, &c.needles[0]) != 0)
        return -1;
    c.pairs = literal_scan(c.needles[0])->count;
    c.cost = literal_cost(c.needles[0]) + PARSE_COST * expected_share(run);
    if (c.pairs <= NEEDLES_MAX && (!best->usable || c.cost < best->cost))
        choice_move(best, &c);
    choice_clear(&c);
    return 0;
}

static int choose_run(const struct require *r, struct choice *best)
{
    const char *p = r->literal.ptr, *end = p + r->literal.len, *begin = p;
    for (;;) {
        uint32_t cp = 0;
        size_t n = p < end ? code_point_read(p, &cp) : 0;
        if (n != 0 && has_one_spelling(cp)) {
            p += n;
            continue;
        }
        struct span run = {begin, (size_t)(p - begin)};
        if (run.len > 0 && try_run(run, r->case_sensitive, best) != 0)
            return -1;
        if (n == 0)
            return 0;
        p += n;
        begin = p;
    }
}

static int choose(const struct require *r, struct choice *out);

static int choose_rarest(const struct require *r, struct choice *best)
{
    for (uint32_t i = 0; i < r->count; i++) {
        struct choice c = {.usable = false};
        if (choose(r->children[i], &c) != 0)
            return -1;
        if (c.usable && (!best->usable || c.cost < best->cost))
            choice_move(best, &c);
        choice_clear(&c);
    }
    return 0;
}

/* All children together; one without needle, or too many, and the whole is of no use. */
static int choose_all(const struct require *r, struct choice *all)
{
    all->usable = true;
    for (uint32_t i = 0; i < r->count && all->usable; i++) {
        struct choice c = {.usable = false};
        if (choose(r->children[i], &c) != 0)
            return -1;
        if (!c.usable || all->count + c.count > NEEDLES_MAX || all->pairs + c.pairs > NEEDLES_MAX) {
            choice_clear(&c);
            choice_clear(all);
            return 0;
        }
        memcpy(all->needles + all->count, c.needles, c.count * sizeof(c.needles[0]));
        all->count += c.count;
        all->pairs += c.pairs;
        all->cost += c.cost;
    }
    return 0;
}

/* Failure leaves what ${out} owns to the caller's choice_clear(). */
static int choose(const struct require *r, struct choice *out)
{
    int rc;
    switch (r->type) {
    case REQUIRE_LITERAL:
        rc = choose_run(r, out);
        break;
    case REQUIRE_AND:
        rc = choose_rarest(r, out);
        break;
    default:
        rc = choose_all(r, out);
        break;
    }
    if (rc != 0)
        choice_clear(out);
    return rc;
}

static void join_scans(struct prefilter *p)
{
    struct pair pairs[PAIR_SCAN_MAX] = {{{'\\', 'u'}, {0, 0}, 1}};
    unsigned n = 1;
    for (unsigned i = 0; i < p->count; i++) {
        const struct pair_scan *s = literal_scan(p->needles[i]);
        memcpy(pairs + n, s->pairs, s->count * sizeof(pairs[0]));
        n += s->count;
    }
    pair_scan_init(&p->scan, pairs, n);
}

int prefilter_from_require(const struct require *r, bool names, struct prefilter **out)
{
    struct choice c = {.usable = false};
    *out = NULL;
    if (r == NULL)
        return 0;
    if (choose(r, &c) != 0)
        return -1;
    if (!c.usable)
        return 0;
    struct prefilter *p = calloc(1, sizeof(*p));
    if (p == NULL) {
        choice_clear(&c);
        return -1;
    }
    memcpy(p->needles, c.needles, sizeof(p->needles));
    p->count = c.count;
    p->names = names;
    join_scans(p);
    *out = p;
    return 0;
}

int prefilter_new(const struct matcher *m, struct prefilter **out)
{
    bool names;
    const struct require *r = matcher_requires_raw(m, &names);
    return prefilter_from_require(r, names, out);
}

void prefilter_free(struct prefilter *p)
{
    if (p == NULL)
        return;
    for (unsigned i = 0; i < p->count; i++)
        literal_free(p->needles[i]);
    free(p);
}

bool prefilter_needs_names(const struct prefilter *p)
{
    return p->names;
}

size_t prefilter_next(const struct prefilter *p, struct span s, size_t from)
{
    for (size_t at = from; at < s.len; at++) {
        at = pair_scan_next(&p->scan, s, at);
        if (at >= s.len)
            break;
        if (s.ptr[at] == '\\' && at + 1 < s.len && s.ptr[at + 1] == 'u')
            return at;
        size_t begin, end;
        for (unsigned i = 0; i < p->count; i++)
            if (literal_verify(p->needles[i], s, at, from, &begin, &end))
                return begin;
    }
    return s.len;
}
