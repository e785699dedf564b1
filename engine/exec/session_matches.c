#include "session_matches.h"

#include "buf.h"
#include "collect.h"
#include "error.h"
#include "snapshot.h"
#include "utf8.h"

#include <stdlib.h>

#define ROWS_AT_ONCE 1024 /* a fraction of a millisecond */

struct finding {
    const struct environment *env;
    struct intern ids; /* number - 1 is the place in the caller's list */
    struct match_names *names;
    struct buf *found; /* of struct session_match, one a worker */
    struct cancel *cancel;
};

static int add(struct finding *f, unsigned worker, const struct message *m, uint32_t session,
               bool foreign, uint32_t row)
{
    const struct source *s = &f->env->sources->items[m->source];
    struct session_match one = {.session = session, .foreign = foreign};
    if (match_fill(&one.match, m, message_rank(m, s->stem, s->is_agent), &f->names[worker],
                   false) != 0)
        return -1;
    one.match.row = row;
    return buf_append(&f->found[worker], &one, sizeof one);
}

/* A record belongs to the session that it names, and to the one that its file is named after. */
static int add_to_each(struct finding *f, unsigned worker, const struct message *m, uint32_t row)
{
    const struct source *s = &f->env->sources->items[m->source];
    uint32_t id = intern_find(&f->ids, m->session);
    uint32_t named = s->is_agent ? INTERN_NONE : intern_find(&f->ids, s->stem);
    if (named != INTERN_NONE && named != id && add(f, worker, m, named - 1, true, row) != 0)
        return -1;
    return id == INTERN_NONE ? 0 : add(f, worker, m, id - 1, false, row);
}

static int take(void *arg, unsigned worker, const struct message *m, bool matched)
{
    (void)matched;
    return add_to_each(arg, worker, m, ROW_NONE);
}

/* Whether records without an id of their own may get one of the wanted ones from the name of ${s};
 * names that are no text are shown mended, so they are not compared. */
static bool may_lend_its_name(const struct finding *f, const struct source *s)
{
    return intern_find(&f->ids, s->session) != INTERN_NONE ||
           utf8_valid_prefix(s->session) < s->session.len;
}

static bool is_named(const struct finding *f, const struct source *s)
{
    return !s->is_agent && intern_find(&f->ids, s->stem) != INTERN_NONE;
}

static void put(struct source_list *list, const struct source *s)
{
    list->items[list->count++] = *s;
    list->bytes += s->size;
}

/* The files to be read, of those that the index does not hold: whole, or only the lines with an id. */
static void choose(const struct finding *f, struct source_list *whole, struct source_list *rest)
{
    const struct environment *env = f->env;
    const struct source_list *unknown =
        env->snapshot == NULL ? env->sources : snapshot_uncovered(env->snapshot);
    for (uint32_t i = 0; i < unknown->count; i++) {
        const struct source *s = &unknown->items[i];
        put(is_named(f, s) || may_lend_its_name(f, s) ? whole : rest, s);
    }
}

static int scan(struct finding *f, const struct source_list *list, const struct prefilter *filter,
                struct error *err)
{
    struct scan_outcome outcome;
    struct scan scan = {.sources = list,
                        .prefilter = filter,
                        .sink = {.take = take, .arg = f, .every = filter == NULL},
                        .threads = f->env->threads,
                        .team = f->env->team,
                        .unit_bytes = f->env->unit_bytes,
                        .cancel = f->cancel};
    if (list->count == 0)
        return 0;
    if (strategy_scan(STRATEGY_WORKSHARING, &scan, &outcome, err) != 0)
        return -1;
    return outcome.stopped == CANCEL_NONE ? 0 : error_given_up(err, outcome.stopped);
}

/* A record of a file with another name holds the id; so only such lines are read. */
static int scan_rest(struct finding *f, const struct source_list *list, struct error *err)
{
    uint32_t n = f->ids.count - 1;
    struct require *literals = calloc(n, sizeof *literals);
    struct require **children = calloc(n, sizeof(struct require *));
    struct require any = {.type = REQUIRE_OR, .children = children, .count = n};
    struct prefilter *filter = NULL;
    int rc = literals == NULL || children == NULL ? error_no_memory(err) : 0;
    for (uint32_t i = 0; rc == 0 && i < n; i++) {
        literals[i] = (struct require){
            .type = REQUIRE_LITERAL, .literal = intern_get(&f->ids, i + 1), .case_sensitive = true};
        children[i] = &literals[i];
    }
    if (rc == 0 && prefilter_from_require(n == 1 ? literals : &any, false, &filter) != 0)
        rc = error_no_memory(err);
    if (rc == 0)
        rc = scan(f, list, filter, err);
    prefilter_free(filter);
    free(children);
    free(literals);
    return rc;
}

static int read_files(struct finding *f, struct error *err)
{
    size_t n = (size_t)f->env->sources->count + 1;
    struct source_list whole = {.items = calloc(n, sizeof *whole.items)};
    struct source_list rest = {.items = calloc(n, sizeof *rest.items)};
    int rc = -1;
    if (whole.items == NULL || rest.items == NULL) {
        error_no_memory(err);
    } else {
        choose(f, &whole, &rest);
        rc = scan(f, &whole, NULL, err);
        if (rc == 0 && rest.count > 0)
            rc = scan_rest(f, &rest, err);
    }
    free(whole.items);
    free(rest.items);
    return rc;
}

/* Of the index's ${rows} those in files named after a session, or in others. */
static int add_rows(struct finding *f, const uint32_t *rows, size_t n, bool of_named)
{
    struct arena arena;
    int rc = 0;
    arena_init(&arena);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        struct message m;
        if (i % ROWS_AT_ONCE == 0 && cancel_poll(f->cancel) != CANCEL_NONE)
            break;
        arena_reset(&arena);
        rc = snapshot_message(f->env->snapshot, rows[i], &arena, &m);
        if (rc == 0 && is_named(f, &f->env->sources->items[m.source]) == of_named)
            rc = add_to_each(f, 0, &m, rows[i]);
    }
    arena_clear(&arena);
    return rc;
}

static int ask_for_session(struct finding *f, uint32_t session)
{
    uint32_t *rows = NULL;
    size_t n = 0;
    int rc = snapshot_session(f->env->snapshot, intern_get(&f->ids, session + 1), &rows, &n);
    if (rc == 0)
        rc = add_rows(f, rows, n, false);
    free(rows);
    return rc;
}

static int ask_for_source(struct finding *f, uint32_t source)
{
    uint32_t *rows = NULL;
    size_t n = 0;
    int rc = snapshot_source(f->env->snapshot, source, &rows, &n);
    if (rc == 0)
        rc = add_rows(f, rows, n, true);
    free(rows);
    return rc;
}

/* What the index holds: of files named after a session everything, of the others what carries an id. */
static int ask_index(struct finding *f)
{
    const struct source_list *sources = f->env->sources;
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < f->ids.count - 1; i++)
        rc = ask_for_session(f, i);
    for (uint32_t i = 0; rc == 0 && i < sources->count; i++)
        if (is_named(f, &sources->items[i]))
            rc = ask_for_source(f, i);
    return rc;
}

static int compare_items(const void *a, const void *b)
{
    const struct session_match *x = a, *y = b;
    if (x->session != y->session)
        return x->session < y->session ? -1 : 1;
    return match_compare_place(&x->match, &y->match);
}

/* A file that only shares the name has no message of the session: it goes. */
static void drop_strangers(struct session_matches *m)
{
    size_t kept = 0;
    for (size_t i = 0, k; i < m->count; i = k) {
        bool own = false;
        for (k = i; k < m->count && m->items[k].session == m->items[i].session &&
                    m->items[k].match.source == m->items[i].match.source;
             k++)
            own |= !m->items[k].foreign;
        for (size_t j = i; own && j < k; j++)
            m->items[kept++] = m->items[j];
    }
    m->count = kept;
}

static int gather(struct finding *f, unsigned threads, struct session_matches *out)
{
    size_t size = 0, at = 0;
    for (unsigned i = 0; i < threads; i++)
        size += f->found[i].len;
    out->items = malloc(size + 1);
    if (out->items == NULL)
        return -1;
    for (unsigned i = 0; i < threads; i++) {
        if (f->found[i].len > 0)
            memcpy((char *)out->items + at, f->found[i].ptr, f->found[i].len);
        at += f->found[i].len;
    }
    out->count = size / sizeof *out->items;
    qsort(out->items, out->count, sizeof *out->items, compare_items);
    drop_strangers(out);
    return 0;
}

static int run(struct finding *f, const struct span *ids, uint32_t n, struct session_matches *out,
               struct error *err)
{
    uint32_t id;
    for (uint32_t i = 0; i < n; i++)
        if (intern_put(&f->ids, ids[i], &id) != 0)
            return error_no_memory(err);
    if (f->env->snapshot != NULL && ask_index(f) != 0)
        return error_no_memory(err);
    if (cancel_poll(f->cancel) != CANCEL_NONE)
        return error_given_up(err, cancel_poll(f->cancel));
    if (read_files(f, err) != 0)
        return -1;
    return gather(f, f->env->threads, out) == 0 ? 0 : error_no_memory(err);
}

int session_matches_find(const struct environment *env, const struct span *ids, uint32_t n,
                         struct cancel *cancel, struct session_matches *out, struct error *err)
{
    struct finding f = {.env = env,
                        .cancel = cancel,
                        .names = calloc(env->threads, sizeof *f.names),
                        .found = calloc(env->threads, sizeof *f.found)};
    int rc = -1;
    *out = (struct session_matches){0};
    intern_init(&f.ids);
    if (f.names == NULL || f.found == NULL) {
        error_no_memory(err);
        goto done;
    }
    for (unsigned i = 0; i < env->threads; i++) {
        match_names_init(&f.names[i]);
        buf_init(&f.found[i]);
    }
    rc = n == 0 ? 0 : run(&f, ids, n, out, err);
    for (unsigned i = 0; i < env->threads; i++) {
        match_names_clear(&f.names[i]);
        buf_clear(&f.found[i]);
    }
done:
    intern_clear(&f.ids);
    free(f.names);
    free(f.found);
    return rc;
}

void session_matches_clear(struct session_matches *m)
{
    free(m->items);
    *m = (struct session_matches){0};
}
