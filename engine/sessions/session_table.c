#include "session_table.h"

#include <stdlib.h>

/* A summary and the identity of the message that it names the session by. */
struct summary_leaf {
    struct hash128 leaf;
    uint32_t index;
};

struct making {
    const struct tally *tally;
    const struct source_list *list;
    const struct pricing *pricing;
    struct session_row *rows; /* by number of the session */
    size_t size;
    struct pair_set files; /* (session, source) */
};

static bool earlier(const struct making *k, uint32_t a, uint32_t b)
{
    const struct match *all = k->tally->results.all;
    return match_compare_oldest(&all[a], &all[b]) < 0;
}

/* A prompt of the main thread before one of an agent, then the earlier one. */
static bool better_prompt(const struct making *k, uint32_t a, uint32_t b)
{
    const struct match *all = k->tally->results.all;
    bool side_a = (all[a].flags & MESSAGE_SIDECHAIN) != 0;
    bool side_b = (all[b].flags & MESSAGE_SIDECHAIN) != 0;
    return side_a != side_b ? side_b : earlier(k, a, b);
}

static int add_message(struct making *k, uint32_t index)
{
    const struct result_set *r = &k->tally->results;
    const struct match *m = &r->all[index];
    struct session_row *row = &k->rows[r->place_session[m->place]];
    if (row->messages++ == 0) {
        row->first_ms = row->last_ms = m->time_ms;
        row->first_prompt = row->summary = NO_MATCH;
        row->last_message = index;
        row->first_source = m->source;
    }
    row->prompts += m->kind == KIND_PROMPT;
    row->tool_calls += tally_record_of(k->tally, index)->tool_calls;
    row->errors += (m->flags & MESSAGE_ERROR) != 0;
    if (m->time_ms < row->first_ms)
        row->first_ms = m->time_ms;
    if (m->time_ms > row->last_ms)
        row->last_ms = m->time_ms;
    if (m->source < row->first_source)
        row->first_source = m->source;
    if (earlier(k, row->last_message, index))
        row->last_message = index;
    if (m->kind == KIND_PROMPT &&
        (row->first_prompt == NO_MATCH || better_prompt(k, index, row->first_prompt)))
        row->first_prompt = index;
    return m->model == 0 || pair_set_add(&row->models, 0, m->model) >= 0 ? 0 : -1;
}

/* Its files: those with any of its messages, copies included. */
static int add_file(struct making *k, const struct match *m)
{
    uint32_t session = k->tally->results.place_session[m->place];
    const struct source *s = &k->list->items[m->source];
    struct session_row *row = &k->rows[session];
    int fresh = pair_set_add(&k->files, session, m->source);
    if (fresh > 0) {
        row->agents += s->is_agent;
        row->size_bytes += s->size;
    }
    return fresh < 0 ? -1 : 0;
}

static int add_responses(struct making *k)
{
    const struct tally *t = k->tally;
    for (uint32_t i = 0; i < t->responses.count; i++) {
        if (t->first_match[i] == 0)
            continue;
        const struct match *m = &t->results.all[t->first_match[i] - 1];
        struct session_row *row = &k->rows[t->results.place_session[m->place]];
        const struct response *one = &t->responses.items[i];
        row->tokens.input += one->usage.input;
        row->tokens.output += one->usage.output;
        row->tokens.cache_write_5m += one->usage.cache_write_5m;
        row->tokens.cache_write_1h += one->usage.cache_write_1h;
        row->tokens.cache_read += one->usage.cache_read;
        struct span model = intern_get(&t->responses.models, one->model);
        const struct price *price = model.ptr == NULL ? NULL : pricing_find(k->pricing, model);
        if (price != NULL)
            row->cost_picodollars += pricing_cost(price, &one->usage);
        else if (one->model != 0 && pair_set_add(&row->unpriced, 0, one->model) < 0)
            return -1;
    }
    return 0;
}

static int compare_leaves(const void *a, const void *b)
{
    const struct summary_leaf *x = a, *y = b;
    if (x->leaf.hi != y->leaf.hi)
        return x->leaf.hi < y->leaf.hi ? -1 : 1;
    return (x->leaf.lo > y->leaf.lo) - (x->leaf.lo < y->leaf.lo);
}

/* A summary names the session of its leaf message, which is often in another file. */
static int add_summaries(struct making *k)
{
    const struct result_set *r = &k->tally->results;
    size_t n = 0;
    struct summary_leaf *leaves = malloc((r->shown_count + 1) * sizeof *leaves);
    if (leaves == NULL)
        return -1;
    for (uint64_t i = 0; i < r->shown_count; i++)
        if (r->all[r->shown[i]].kind == KIND_SUMMARY)
            leaves[n++] = (struct summary_leaf){tally_record_of(k->tally, r->shown[i])->response,
                                                r->shown[i]};
    qsort(leaves, n, sizeof *leaves, compare_leaves);
    for (uint64_t i = 0; n > 0 && i < r->shown_count; i++) {
        const struct match *m = &r->all[r->shown[i]];
        struct summary_leaf key = {m->identity, 0};
        const struct summary_leaf *leaf = bsearch(&key, leaves, n, sizeof key, compare_leaves);
        struct session_row *row = &k->rows[r->place_session[m->place]];
        if (leaf != NULL && (row->summary == NO_MATCH || earlier(k, row->summary, leaf->index)))
            row->summary = leaf->index;
    }
    free(leaves);
    return 0;
}

static int make_rows(struct making *k)
{
    const struct result_set *r = &k->tally->results;
    for (uint64_t i = 0; i < r->shown_count; i++)
        if (add_message(k, r->shown[i]) != 0)
            return -1;
    for (uint64_t i = 0; i < r->count; i++)
        if (add_file(k, &r->all[i]) != 0)
            return -1;
    return add_responses(k) == 0 ? add_summaries(k) : -1;
}

int session_table_make(const struct tally *t, const struct source_list *list,
                       const struct pricing *pricing, struct session_table *out)
{
    struct making k = {
        .tally = t, .list = list, .pricing = pricing, .size = (size_t)t->results.values.count + 1};
    *out = (struct session_table){0};
    out->rows = k.rows = calloc(k.size, sizeof *k.rows);
    if (k.rows == NULL)
        return -1;
    int rc = make_rows(&k);
    for (size_t i = 0; i < k.size; i++) {
        if (rc == 0 && k.rows[i].messages > 0) {
            struct session_row row = k.rows[i];
            row.session = (uint32_t)i;
            out->rows[out->count++] = row;
        } else {
            pair_set_clear(&k.rows[i].models);
            pair_set_clear(&k.rows[i].unpriced);
        }
    }
    pair_set_clear(&k.files);
    return rc;
}

void session_table_clear(struct session_table *t)
{
    for (size_t i = 0; i < t->count; i++) {
        pair_set_clear(&t->rows[i].models);
        pair_set_clear(&t->rows[i].unpriced);
    }
    free(t->rows);
    *t = (struct session_table){0};
}
