#include "session_table.h"

#include "buf.h"
#include "session_summaries.h"
#include "session_thread.h"
#include "sieve.h"

#include <stdlib.h>

struct making {
    const struct tally *tally;
    const struct source_list *list;
    const struct pricing *pricing;
    struct session_row *rows; /* by number of the session */
    size_t size;
    uint32_t *named; /* by source: the session it is named after and has messages of; 0: none */
    struct pair_set files;   /* (session, source) */
    struct intern agents;    /* names of sub-agents */
    struct pair_set threads; /* (session, agent) */
};

/* A record that a session shows though another one, or another copy, counts as the message. */
struct extra {
    uint32_t session;
    uint32_t index;
    bool counted; /* the session counts the message already */
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

static int add_message(struct making *k, uint32_t session, uint32_t index)
{
    const struct result_set *r = &k->tally->results;
    const struct match *m = &r->all[index];
    struct session_row *row = &k->rows[session];
    if (row->messages++ == 0) {
        row->first_ms = row->last_ms = m->time_ms;
        row->first_prompt = row->summary = row->main_source = NO_MATCH;
        row->first_message = row->last_message = index;
        row->main_message = NO_MATCH;
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
    if (earlier(k, index, row->first_message))
        row->first_message = index;
    if (m->kind == KIND_PROMPT &&
        (row->first_prompt == NO_MATCH || better_prompt(k, index, row->first_prompt)))
        row->first_prompt = index;
    return m->model == 0 || pair_set_add(&row->models, 0, m->model) >= 0 ? 0 : -1;
}

static uint32_t session_of(const struct making *k, const struct match *m)
{
    return k->tally->results.place_session[m->place];
}

/* Which files are named after a session that they hold messages of. */
static int find_named(struct making *k)
{
    const struct result_set *r = &k->tally->results;
    k->named = calloc((size_t)k->list->count + 1, sizeof *k->named);
    if (k->named == NULL)
        return -1;
    for (uint64_t i = 0; i < r->count; i++) {
        const struct match *m = &r->all[i];
        uint32_t session = session_of(k, m);
        if (k->named[m->source] == 0 &&
            source_is_named(&k->list->items[m->source], intern_get(&r->values, session)))
            k->named[m->source] = session;
    }
    return 0;
}

/* By message, then session. */
static int compare_places(const struct match *all, const struct extra *x, const struct extra *y)
{
    int c = hash128_compare(all[x->index].identity, all[y->index].identity);
    return c != 0 ? c : (x->session > y->session) - (x->session < y->session);
}

/* And then by which of the copies is to be counted. */
static int compare_extras(const void *a, const void *b, void *arg)
{
    const struct match *all = arg;
    const struct extra *x = a, *y = b;
    int c = compare_places(all, x, y);
    if (c != 0 || x->index == y->index)
        return c;
    return match_is_preferred(&all[x->index], &all[y->index]) ? -1 : 1;
}

/* Copies that are not the message that is shown, and what carries another id than that of its file. */
static int list_extras(const struct making *k, struct buf *out)
{
    const struct result_set *r = &k->tally->results;
    uint64_t next = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        const struct match *m = &r->all[i];
        bool shown = next < r->shown_count && r->shown[next] == i;
        struct extra own = {.session = session_of(k, m), .index = i};
        struct extra named = {.session = k->named[m->source], .index = i};
        next += shown;
        if (!shown)
            buf_append(out, &own, sizeof own);
        if (named.session != 0 && named.session != own.session)
            buf_append(out, &named, sizeof named);
    }
    return buf_failed(out) ? -1 : 0;
}

/* The place of ${key} in a sorted list, or NULL. */
static struct extra *find_extra(const struct match *all, struct extra *list, size_t n,
                                const struct extra *key)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = compare_places(all, &list[middle], key);
        if (c == 0)
            return &list[middle];
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* One of each session and message, those marked that the session counts already. */
static size_t mark_counted(const struct making *k, struct extra *list, size_t n)
{
    const struct result_set *r = &k->tally->results;
    struct sieve sieve = {0};
    size_t kept = 0;
    qsort_r(list, n, sizeof *list, compare_extras, r->all);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || compare_places(r->all, &list[kept - 1], &list[i]) != 0)
            list[kept++] = list[i];
    for (size_t i = 0; i < kept; i++)
        sieve_add(&sieve, r->all[list[i].index].identity);
    for (uint64_t i = 0; kept > 0 && i < r->shown_count; i++) {
        if (!sieve_may_hold(&sieve, r->all[r->shown[i]].identity))
            continue;
        struct extra key = {.session = session_of(k, &r->all[r->shown[i]]), .index = r->shown[i]};
        struct extra *found = find_extra(r->all, list, kept, &key);
        if (found != NULL)
            found->counted = true;
    }
    return kept;
}

static int add_extras(struct making *k)
{
    struct buf list;
    buf_init(&list);
    int rc = list_extras(k, &list);
    struct extra *items = (struct extra *)(void *)list.ptr;
    size_t n = rc == 0 && list.len > 0 ? mark_counted(k, items, list.len / sizeof *items) : 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (!items[i].counted)
            rc = add_message(k, items[i].session, items[i].index);
    buf_clear(&list);
    return rc;
}

/* A sub-agent whose transcript was copied is one all the same. */
static int add_agent(struct making *k, uint32_t session, const struct source *s)
{
    uint32_t id;
    if (intern_put(&k->agents, source_thread(s), &id) != 0)
        return -1;
    int fresh = pair_set_add(&k->threads, session, id);
    k->rows[session].agents += fresh > 0;
    return fresh < 0 ? -1 : 0;
}

/* Its files: those with any of its messages, copies included. */
static int add_file(struct making *k, const struct match *m)
{
    uint32_t session = k->tally->results.place_session[m->place];
    const struct source *s = &k->list->items[m->source];
    struct session_row *row = &k->rows[session];
    int fresh = pair_set_add(&k->files, session, m->source);
    if (fresh > 0) {
        if (k->named[m->source] == session && m->source < row->main_source) {
            row->main_source = m->source;
            row->main_message = (uint32_t)(m - k->tally->results.all);
        }
        row->size_bytes += s->size;
        if (s->is_agent && add_agent(k, session, s) != 0)
            return -1;
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
        if (tally_spend(t, k->pricing, one, &row->tokens, &row->cost_picodollars, &row->unpriced) !=
            0)
            return -1;
    }
    return 0;
}

static int make_rows(struct making *k)
{
    const struct result_set *r = &k->tally->results;
    if (find_named(k) != 0)
        return -1;
    for (uint64_t i = 0; i < r->shown_count; i++)
        if (add_message(k, session_of(k, &r->all[r->shown[i]]), r->shown[i]) != 0)
            return -1;
    if (add_extras(k) != 0)
        return -1;
    for (uint64_t i = 0; i < r->count; i++)
        if (add_file(k, &r->all[i]) != 0)
            return -1;
    return add_responses(k) == 0
               ? session_summaries_add(k->tally, k->list->count, k->named, k->rows)
               : -1;
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
    intern_init(&k.agents);
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
    pair_set_clear(&k.threads);
    intern_clear(&k.agents);
    free(k.named);
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
