#include "query_worker.h"

#include "row_filter.h"

#include <stdlib.h>
#include <string.h>

struct query_worker {
    const struct snapshot *snapshot;
    const struct query_plan *plan;
    bool every;
    query_emit_fn *emit;
    void *arg;
    struct match_scratch *scratch;
    struct row_filter *filter;
    uint8_t *known; /* enum match_truth of each term, for the row at hand */
    struct query_counts counts;

    /* the block at hand */
    const struct snapshot_segment *segment;
    uint32_t first;
    uint32_t end;
    uint32_t passed;                         /* rows with a source */
    uint32_t source[SEGMENT_BLOCK_ROWS + 1]; /* by row; SNAPSHOT_DEAD: dead, or stopped at a gate */
};

int query_worker_new(const struct snapshot *s, const struct query_plan *p, struct cancel *cancel,
                     bool every, query_emit_fn *emit, void *arg, struct query_worker **out)
{
    struct query_worker *w = calloc(1, sizeof *w);
    if (w == NULL)
        return -1;
    w->snapshot = s;
    w->plan = p;
    w->every = every;
    w->emit = emit;
    w->arg = arg;
    w->known = malloc(p->query->term_count + 1u);
    if (w->known == NULL || match_scratch_new(p->matcher, cancel, &w->scratch) != 0 ||
        row_filter_new(s, p->query, &w->filter) != 0) {
        query_worker_free(w);
        return -1;
    }
    *out = w;
    return 0;
}

void query_worker_free(struct query_worker *w)
{
    if (w == NULL)
        return;
    match_scratch_free(w->scratch);
    row_filter_free(w->filter);
    free(w->known);
    free(w);
}

const struct query_counts *query_worker_counts(const struct query_worker *w)
{
    return &w->counts;
}

bool query_worker_limited(const struct query_worker *w)
{
    return match_scratch_limited(w->scratch);
}

/* --- one row ------------------------------------------------------------------------------------- */

static enum match_truth test_term(struct query_worker *w, uint32_t row, uint32_t term)
{
    const struct segment *s = w->segment->segment;
    struct span text[PART_COUNT];
    enum match_truth all = MATCH_NO;
    if (w->known[term] != MATCH_NOT_ASKED)
        return (enum match_truth)w->known[term];
    segment_text(s, row, text);
    for (unsigned p = 0; p < PART_COUNT && all != MATCH_YES; p++) {
        if (!(w->plan->query->parts >> p & 1) || text[p].len == 0)
            continue;
        w->counts.bytes += text[p].len;
        enum match_truth one = matcher_test_term(w->plan->matcher, w->scratch, term, text[p]);
        all = one == MATCH_NO ? all : one;
    }
    w->known[term] = (uint8_t)all;
    return all;
}

/* ${negated}: under an odd number of NOTs. */
static bool test_node(struct query_worker *w, uint32_t row, const struct plan_node *n, bool negated)
{
    switch (n->type) {
    case NODE_ALL:
        return true;
    case NODE_TERM:
        return match_holds(test_term(w, row, n->term), negated);
    case NODE_FILTER:
        return row_filter_test(w->filter, n->filter, row, w->source[row - w->first]);
    case NODE_NOT:
        return !test_node(w, row, n->children[0], !negated);
    case NODE_AND:
        for (uint32_t i = 0; i < n->count; i++)
            if (!test_node(w, row, n->children[i], negated))
                return false;
        return true;
    case NODE_OR:
        for (uint32_t i = 0; i < n->count; i++)
            if (test_node(w, row, n->children[i], negated))
                return true;
        return false;
    }
    return false;
}

static int emit(struct query_worker *w, uint32_t row, bool matched)
{
    w->counts.matched += matched;
    return w->emit(w->arg, w->segment, row, w->source[row - w->first], matched);
}

/* The rest of the tree for a row that passed the gates; ${driver}: it is known to hold the driver. */
static bool test_rest(struct query_worker *w, uint32_t row, bool driver)
{
    const struct query_plan *p = w->plan;
    if (p->rest == NULL || (driver && p->driver_decides))
        return true;
    memset(w->known, MATCH_NOT_ASKED, p->query->term_count);
    if (driver)
        w->known[p->driver] = MATCH_YES;
    return test_node(w, row, p->rest, false);
}

/* --- one block ----------------------------------------------------------------------------------- */

static bool passes_gates(struct query_worker *w, uint32_t row, uint32_t source)
{
    for (uint32_t i = 0; i < w->plan->gate_count; i++)
        if (!row_filter_test(w->filter, w->plan->gates[i], row, source))
            return false;
    return true;
}

/* Fill source: whose each row is, if it lives and passes. */
static void open_rows(struct query_worker *w)
{
    const struct segment *s = w->segment->segment;
    w->passed = 0;
    for (uint32_t run = segment_run_of(s, w->first), row = w->first; row < w->end; run++) {
        uint32_t end = s->run[run].end < w->end ? s->run[run].end : w->end;
        uint32_t source = w->segment->run_source[run];
        bool dead = source == SNAPSHOT_DEAD;
        w->counts.rows += dead ? 0 : end - row;
        for (; row < end; row++) {
            bool pass = !dead && (w->every || passes_gates(w, row, source));
            w->source[row - w->first] = pass ? source : SNAPSHOT_DEAD;
            w->passed += pass;
        }
    }
    w->counts.passed += w->passed;
}

static int block_by_rows(struct query_worker *w)
{
    for (uint32_t row = w->first; row < w->end; row++) {
        uint32_t source = w->source[row - w->first];
        if (source == SNAPSHOT_DEAD)
            continue;
        bool matched = (!w->every || passes_gates(w, row, source)) && test_rest(w, row, false);
        if ((matched || w->every) && emit(w, row, matched) != 0)
            return -1;
    }
    return 0;
}

/* Whether the bytes [begin, end) of the segment's text, which begin in ${row}, lie inside one of the
 * parts that are searched. */
static bool inside_part(const struct query_worker *w, uint32_t row, size_t begin, size_t end)
{
    const struct segment *s = w->segment->segment;
    const uint32_t *size = s->part + s->part_at[row];
    size_t at = s->text_at[row];
    for (unsigned p = 0; p < PART_COUNT; p++) {
        if (!(s->bits[row].parts >> p & 1))
            continue;
        if (begin < at + *size)
            return end <= at + *size && (w->plan->query->parts >> p & 1);
        at += *size++;
    }
    return false;
}

/* Look for the driver in the block's whole text, and only where it stands at the rows. */
static int block_by_driver(struct query_worker *w)
{
    const struct segment *s = w->segment->segment;
    size_t base = s->text_at[w->first], from = 0, begin, end;
    struct span text = {s->text + base, s->text_at[w->end] - base};
    uint32_t row = w->first;
    w->counts.bytes += text.len;
    while (from < text.len && matcher_find(w->plan->matcher, w->scratch, w->plan->driver, text,
                                           from, &begin, &end) == 1) {
        while (s->text_at[row + 1] - base <= begin)
            row++;
        bool open = w->source[row - w->first] != SNAPSHOT_DEAD;
        if (open && !inside_part(w, row, base + begin, base + end)) {
            /* It crosses a border: the next one may begin at the next character. */
            for (from = begin + 1; from < text.len && (text.ptr[from] & 0xC0) == 0x80;)
                from++;
            continue;
        }
        if (open && test_rest(w, row, true) && emit(w, row, true) != 0)
            return -1;
        from = s->text_at[row + 1] - base;
    }
    return 0;
}

int query_worker_block(struct query_worker *w, const struct snapshot_segment *v, uint32_t block)
{
    if (w->segment != v && row_filter_segment(w->filter, v) != 0)
        return -1;
    w->segment = v;
    w->first = v->segment->block[block].row;
    w->end = v->segment->block[block + 1].row;
    open_rows(w);
    if (w->passed == 0)
        return 0;
    /* Reading all of the text pays unless the gates left little of it. */
    bool whole =
        !w->every && w->plan->driver != QUERY_PLAN_NO_DRIVER && 4 * w->passed >= w->end - w->first;
    int rc = whole ? block_by_driver(w) : block_by_rows(w);
    return row_filter_failed(w->filter) ? -1 : rc;
}
