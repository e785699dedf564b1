#include "matcher.h"

#include "arena.h"
#include "buf.h"
#include "error.h"
#include "filter.h"
#include "literal.h"
#include "matcher_require.h"
#include "regex.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* One term, compiled: one of the two is set. */
struct needle {
    struct literal *literal;
    struct regex *regex;
};

/* The query's tree again, children sorted by what they cost. */
struct plan {
    enum node_type type;
    struct plan **children;
    uint32_t count;
    uint32_t term;
    const struct filter *filter;
    unsigned cost;
};

struct matcher {
    const struct query *query;
    struct arena arena;
    struct needle *needles; /* query->term_count */
    struct plan *root;
    struct require *requires;
    struct require *requires_raw;
    bool names;
};

struct match_scratch {
    struct regex_scratch *regex;
    unsigned char *known; /* enum match_truth of each term, for the message at hand */
};

static int compile_literal(struct span text, bool caseless, bool word, struct needle *n,
                           struct error *err)
{
    unsigned flags = (caseless ? LITERAL_CASELESS : 0u) | (word ? LITERAL_WORD : 0u);
    return literal_new(text, flags, &n->literal) == 0 ? 0 : error_no_memory(err);
}

/* A pattern that is a mere literal is searched as one, once PCRE2 has accepted it. */
static int compile_regex(const struct term *t, struct needle *n, struct error *err)
{
    struct buf plain;
    int rc = 0;
    buf_init(&plain);
    if (regex_new(t->text, t->flags, true, &n->regex, err) != 0)
        rc = -1;
    else if (regex_plain(t->text, t->flags, &plain)) {
        regex_free(n->regex);
        n->regex = NULL;
        rc = compile_literal(buf_span(&plain), (t->flags & TERM_FLAG_I) != 0, false, n, err);
    }
    buf_clear(&plain);
    return rc;
}

static int compile_needle(const struct term *t, unsigned flags, struct needle *n, struct error *err)
{
    bool oracle = (flags & MATCHER_ORACLE) != 0, caseless = !t->case_sensitive;
    if (t->type == TERM_REGEX)
        return oracle ? regex_new(t->text, t->flags, false, &n->regex, err)
                      : compile_regex(t, n, err);
    if (oracle)
        return regex_new_literal(t->text, caseless, t->word, &n->regex, err);
    return compile_literal(t->text, caseless, t->word, n, err);
}

static int compile_needles(struct matcher *m, unsigned flags, struct error *err)
{
    const struct query *q = m->query;
    m->needles = calloc(q->term_count + 1u, sizeof(*m->needles));
    if (m->needles == NULL)
        return error_no_memory(err);
    for (uint32_t i = 0; i < q->term_count; i++) {
        const struct term *t = q->terms[i];
        if (compile_needle(t, flags, &m->needles[i], err) == 0)
            continue;
        if (err != NULL && err->code == ERROR_INVALID_REGEX) {
            err->pos = query_term_position(t, err->pos);
            error_parameter(err, "q");
        }
        return -1;
    }
    return 0;
}

static unsigned filter_cost(const struct filter *f)
{
    switch (f->field) {
    case FIELD_ROLE:
    case FIELD_KIND:
    case FIELD_IS:
    case FIELD_HAS:
    case FIELD_PART:
    case FIELD_SINCE:
    case FIELD_UNTIL:
        return 1;
    case FIELD_FILE:
    case FIELD_TOOL:
        return 8;
    default:
        return 4;
    }
}

static unsigned term_cost(const struct needle *n)
{
    return n->literal != NULL ? 100 + (unsigned)(literal_cost(n->literal) * 100) : 1000;
}

/* Stable, so that equals stay as written; lists are short. */
static void sort_by_cost(struct plan **list, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct plan *p = list[i];
        uint32_t k = i;
        for (; k > 0 && list[k - 1]->cost > p->cost; k--)
            list[k] = list[k - 1];
        list[k] = p;
    }
}

static struct plan *make_plan(struct matcher *m, const struct node *n, bool sort)
{
    struct plan *p = arena_zalloc(&m->arena, sizeof(*p));
    if (p == NULL)
        return NULL;
    p->type = n->type;
    if (n->type == NODE_TERM) {
        p->term = n->term->index;
        p->cost = term_cost(&m->needles[p->term]);
    } else if (n->type == NODE_FILTER) {
        p->filter = n->filter;
        p->cost = filter_cost(n->filter);
    }
    if (n->count == 0)
        return p;
    p->children = arena_alloc(&m->arena, n->count * sizeof(struct plan *));
    if (p->children == NULL)
        return NULL;
    for (; p->count < n->count; p->count++) {
        struct plan *child = make_plan(m, n->children[p->count], sort);
        if (child == NULL)
            return NULL;
        p->children[p->count] = child;
        p->cost += child->cost;
    }
    if (sort)
        sort_by_cost(p->children, p->count);
    return p;
}

int matcher_new(const struct query *q, unsigned flags, struct matcher **out, struct error *err)
{
    struct matcher *m = calloc(1, sizeof(*m));
    bool names;
    if (m == NULL)
        return error_no_memory(err);
    m->query = q;
    arena_init(&m->arena);
    if (compile_needles(m, flags, err) != 0)
        goto fail;
    m->root = make_plan(m, q->root, (flags & MATCHER_ORACLE) == 0);
    if (m->root == NULL || matcher_require_build(q, false, &m->arena, &m->requires, &names) != 0 ||
        matcher_require_build(q, true, &m->arena, &m->requires_raw, &m->names) != 0) {
        error_no_memory(err);
        goto fail;
    }
    *out = m;
    return 0;
fail:
    matcher_free(m);
    return -1;
}

void matcher_free(struct matcher *m)
{
    if (m == NULL)
        return;
    if (m->needles != NULL)
        for (uint32_t i = 0; i < m->query->term_count; i++) {
            literal_free(m->needles[i].literal);
            regex_free(m->needles[i].regex);
        }
    free(m->needles);
    arena_clear(&m->arena);
    free(m);
}

const struct query *matcher_query(const struct matcher *m)
{
    return m->query;
}

int match_scratch_new(const struct matcher *m, struct cancel *cancel, struct match_scratch **out)
{
    struct match_scratch *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return -1;
    s->known = calloc(m->query->term_count + 1u, 1);
    if (s->known == NULL || regex_scratch_new(cancel, &s->regex) != 0) {
        match_scratch_free(s);
        return -1;
    }
    *out = s;
    return 0;
}

void match_scratch_free(struct match_scratch *s)
{
    if (s == NULL)
        return;
    regex_scratch_free(s->regex);
    free(s->known);
    free(s);
}

bool match_scratch_limited(const struct match_scratch *s)
{
    return regex_scratch_limits(s->regex) > 0;
}

enum match_truth matcher_test_term(const struct matcher *m, struct match_scratch *s, uint32_t term,
                                   struct span text)
{
    const struct needle *n = &m->needles[term];
    size_t begin, end;
    assert(term < m->query->term_count);
    if (n->literal != NULL)
        return literal_find(n->literal, text, 0, &begin, &end) ? MATCH_YES : MATCH_NO;
    uint64_t limits = regex_scratch_limits(s->regex);
    if (regex_test(n->regex, s->regex, text))
        return MATCH_YES;
    return regex_scratch_limits(s->regex) == limits ? MATCH_NO : MATCH_UNSURE;
}

static enum match_truth test_parts(const struct matcher *m, struct match_scratch *s, uint32_t term,
                                   unsigned mask, const struct span text[PART_COUNT])
{
    enum match_truth all = MATCH_NO;
    for (unsigned i = 0; i < PART_COUNT && all != MATCH_YES; i++) {
        if ((mask >> i & 1u) == 0 || text[i].len == 0)
            continue;
        enum match_truth one = matcher_test_term(m, s, term, text[i]);
        all = one == MATCH_NO ? all : one;
    }
    return all;
}

static bool any_fits(const struct filter *f, struct span_list list)
{
    for (uint32_t i = 0; i < list.count; i++)
        if (filter_text(f, list.items[i]))
            return true;
    return false;
}

static bool test_filter(const struct filter *f, const struct message *msg)
{
    switch (f->field) {
    case FIELD_ROLE:
    case FIELD_KIND:
    case FIELD_IS:
    case FIELD_HAS:
        return filter_bits(f, msg->role, msg->kind, msg->flags);
    case FIELD_PART:
        return filter_parts(f, msg->parts);
    case FIELD_SINCE:
    case FIELD_UNTIL:
        return filter_time(f, msg->time_ms);
    case FIELD_TOOL:
        return any_fits(f, msg->tools);
    case FIELD_FILE:
        return any_fits(f, msg->files);
    case FIELD_PROJECT:
        return filter_text(f, msg->project);
    case FIELD_SESSION:
        return filter_text(f, msg->session);
    case FIELD_BRANCH:
        return filter_text(f, msg->branch);
    case FIELD_MODEL:
        return filter_text(f, msg->model);
    case FIELD_AGENT:
        return filter_text(f, msg->agent);
    case FIELD_ID:
        return filter_id(f, msg->uuid, msg->session);
    case FIELD_COUNT:
        break;
    }
    assert(0 && "every filter has a field");
    return false;
}

/* Each term is looked for once a message, however often the tree asks. */
static enum match_truth test_term(const struct matcher *m, struct match_scratch *s, uint32_t term,
                                  const struct message *msg)
{
    unsigned char *known = &s->known[term];
    if (*known == MATCH_NOT_ASKED)
        *known = (unsigned char)test_parts(m, s, term, m->query->parts & msg->parts, msg->part);
    return (enum match_truth) * known;
}

/* ${negated}: under an odd number of NOTs. */
static bool test_plan(const struct matcher *m, struct match_scratch *s, const struct plan *p,
                      const struct message *msg, bool negated)
{
    switch (p->type) {
    case NODE_ALL:
        return true;
    case NODE_TERM:
        return match_holds(test_term(m, s, p->term, msg), negated);
    case NODE_FILTER:
        return test_filter(p->filter, msg);
    case NODE_NOT:
        return !test_plan(m, s, p->children[0], msg, !negated);
    case NODE_AND:
        for (uint32_t i = 0; i < p->count; i++)
            if (!test_plan(m, s, p->children[i], msg, negated))
                return false;
        return true;
    case NODE_OR:
        for (uint32_t i = 0; i < p->count; i++)
            if (test_plan(m, s, p->children[i], msg, negated))
                return true;
        return false;
    }
    assert(0 && "every node has a type");
    return false;
}

bool matcher_test(const struct matcher *m, struct match_scratch *s, const struct message *msg)
{
    memset(s->known, MATCH_NOT_ASKED, m->query->term_count);
    return test_plan(m, s, m->root, msg, false);
}

uint64_t matcher_count(const struct matcher *m, struct match_scratch *s, uint32_t term,
                       struct span text)
{
    const struct needle *n = &m->needles[term];
    return n->literal != NULL ? literal_count(n->literal, text)
                              : regex_count(n->regex, s->regex, text);
}

int matcher_find(const struct matcher *m, struct match_scratch *s, uint32_t term, struct span text,
                 size_t from, size_t *begin, size_t *end)
{
    const struct needle *n = &m->needles[term];
    return n->literal != NULL ? literal_find(n->literal, text, from, begin, end)
                              : regex_find(n->regex, s->regex, text, from, begin, end);
}

void match_walk_begin(struct match_walk *w, const struct matcher *m, struct match_scratch *s,
                      uint32_t term, struct span text, size_t from)
{
    const struct needle *n = &m->needles[term];
    *w = (struct match_walk){.literal = n->literal, .text = text, .from = from};
    if (n->literal == NULL)
        regex_walk_begin(&w->regex, n->regex, s->regex, text, from);
}

int match_walk_next(struct match_walk *w, size_t *begin, size_t *end)
{
    if (w->literal == NULL)
        return regex_walk_next(&w->regex, begin, end);
    if (!literal_find(w->literal, w->text, w->from, begin, end))
        return 0;
    w->from = *end;
    return 1;
}

const struct require *matcher_requires(const struct matcher *m)
{
    return m->requires;
}

const struct require *matcher_requires_raw(const struct matcher *m, bool *names)
{
    *names = m->names;
    return m->requires_raw;
}
