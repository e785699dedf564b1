#include "query.h"

#include "error.h"
#include "parser.h"
#include "query_storage.h"
#include "span.h"

#include <assert.h>
#include <stdlib.h>
#include <utf8proc.h>

static const char *const field_names[FIELD_COUNT] = {
    "role", "kind",  "part",  "tool",  "project", "session", "branch", "model",
    "file", "agent", "since", "until", "is",      "has",     "id"};

const char *query_field_name(enum field f)
{
    return field_names[f];
}

size_t query_term_position(const struct term *t, size_t offset)
{
    assert(offset <= t->text.len);
    if (t->type == TERM_LITERAL)
        return t->pos;
    size_t at = 0;
    if (t->text.len == t->written.len)
        at = offset;
    else
        /* Each "\\/" became one byte; other escapes have both of theirs. */
        for (size_t n = 0; n < offset;) {
            bool pair = t->written.ptr[at] == '\\' && at + 1 < t->written.len;
            bool slash = pair && t->written.ptr[at + 1] == '/';
            bool halved = pair && !slash && n + 1 == offset;
            at += pair && !halved ? 2 : 1;
            n += pair && !slash && !halved ? 2 : 1;
        }
    return t->written_pos + at;
}

/* ---- checking the input ---- */

/* Check size, UTF-8 and NUL. */
static int check_text(struct span s, enum error_code code, struct error *err)
{
    if (s.len > QUERY_MAX_BYTES)
        return error_set(err, code, QUERY_MAX_BYTES, "expected at most %d bytes", QUERY_MAX_BYTES);
    for (size_t i = 0; i < s.len;) {
        utf8proc_int32_t cp;
        utf8proc_ssize_t n = utf8proc_iterate((const utf8proc_uint8_t *)s.ptr + i,
                                              (utf8proc_ssize_t)(s.len - i), &cp);
        if (n <= 0)
            return error_set(err, code, i, "expected valid UTF-8");
        if (cp == 0)
            return error_set(err, code, i, "expected text without NUL");
        i += (size_t)n;
    }
    return 0;
}

static bool is_uuid(struct span s)
{
    if (s.len != 36)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex)
            return false;
    }
    return true;
}

/* ---- the text ---- */

/* The whole text as one term, as modes literal and regex take it. */
static int whole_text(struct parser *p, struct node **out, struct error *err)
{
    struct span text = p->lexer.text;
    struct token t = {.text = text, .written = text};
    *out = NULL;
    if (text.len == 0)
        return 0;
    return parser_term(p, p->in->mode == QUERY_MODE_REGEX ? TERM_REGEX : TERM_LITERAL, &t, out,
                       err);
}

static struct span trim(struct span s)
{
    while (s.len > 0 && lexer_is_blank(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && lexer_is_blank(s.ptr[s.len - 1]))
        s.len--;
    return s;
}

/* A query that is one bare UUID also means what it names. */
static int add_id(struct parser *p, struct node **root, struct error *err)
{
    if (p->in->mode != QUERY_MODE_QUERY || !is_uuid(trim(p->lexer.text)))
        return 0;
    struct filter *f = arena_alloc(p->arena, sizeof *f);
    struct filter_value *v = arena_alloc(p->arena, sizeof *v);
    if (f == NULL || v == NULL)
        return error_no_memory(err);
    const struct term *t = p->terms[0];
    *v = (struct filter_value){.text = t->text, .exact = true, .pos = t->pos};
    *f = (struct filter){FIELD_ID, v, 1};
    struct node_list any = {0};
    struct node *id;
    if (parser_filter(p, f, &id, err) != 0)
        return -1;
    if (parser_push(p, &any, *root) != 0 || parser_push(p, &any, id) != 0 ||
        parser_join(p, NODE_OR, &any, root) != 0)
        return error_no_memory(err);
    return 0;
}

static int parse_text(struct parser *p, struct node **root, struct error *err)
{
    int rc =
        p->in->mode == QUERY_MODE_QUERY ? parser_query(p, root, err) : whole_text(p, root, err);
    if (rc == 0)
        rc = add_id(p, root, err);
    if (rc != 0)
        error_parameter(err, "q");
    return rc;
}

/* ---- the parameters beside the text ---- */

static int parse_parameter(struct parser *p, enum field field, struct value_set *set,
                           struct error *err)
{
    struct value_context c = {p->arena, p->in->now_ms, p->in->zone};
    for (uint32_t i = 0; i < p->in->value_count[field]; i++) {
        struct lexer l = {.fault = ERROR_INVALID_PARAMETER, .parameter = true, .arena = p->arena};
        if (check_text(p->in->values[field][i], l.fault, err) != 0)
            return -1;
        if (arena_copy(p->arena, p->in->values[field][i], &l.text) != 0)
            return error_no_memory(err);
        if (value_read(&c, &l, field, set, err) != 0)
            return -1;
    }
    return 0;
}

/* Add the filters of the parameters to ${all}, those of part to p->parts. */
static int parse_parameters(struct parser *p, struct node_list *all, struct error *err)
{
    struct value_context c = {p->arena, p->in->now_ms, p->in->zone};
    for (int i = 0; i < FIELD_ID; i++) {
        enum field field = (enum field)i;
        struct value_set set = {.count = 0};
        if (p->in->value_count[field] == 0)
            continue;
        if (parse_parameter(p, field, &set, err) != 0) {
            error_parameter(err, query_field_name(field));
            return -1;
        }
        struct filter *f;
        struct node *n;
        if (value_filter(&c, field, &set, &f, err) != 0 || parser_filter(p, f, &n, err) != 0)
            return -1;
        if (parser_push(p, field == FIELD_PART ? &p->parts : all, n) != 0)
            return error_no_memory(err);
    }
    return 0;
}

/* ---- putting the query together ---- */

/* With text terms the part filters say where to look, without any they are filters like others. */
static int apply_parts(struct parser *p, struct node_list *all, unsigned *parts)
{
    *parts = PART_MASK_ALL;
    for (uint32_t i = 0; i < p->parts.count; i++) {
        const struct filter *f = p->parts.items[i]->filter;
        unsigned mask = 0;
        for (uint32_t k = 0; k < f->count; k++)
            mask |= f->values[k].bits;
        if (p->term_count > 0)
            *parts &= mask;
        else if (parser_push(p, all, p->parts.items[i]) != 0)
            return -1;
    }
    return 0;
}

static void note_filter(struct query *q, const struct filter *f)
{
    q->filters[q->filter_count++] = f;
    q->needs_tools = q->needs_tools || f->field == FIELD_TOOL;
    if (f->field == FIELD_SESSION)
        for (uint32_t i = 0; i < f->count; i++)
            q->prefix_sessions = q->prefix_sessions || !f->values[i].exact;
}

/* The tree is no deeper than QUERY_MAX_DEPTH allows. */
static uint32_t count_filters(const struct node *n)
{
    uint32_t count = n->type == NODE_FILTER;
    for (uint32_t i = 0; i < n->count; i++)
        count += count_filters(n->children[i]);
    return count;
}

static void collect_filters(struct query *q, const struct node *n)
{
    if (n->type == NODE_FILTER)
        note_filter(q, n->filter);
    for (uint32_t i = 0; i < n->count; i++)
        collect_filters(q, n->children[i]);
}

static int finish(struct parser *p, struct node_list *all, struct query *q)
{
    if (apply_parts(p, all, &q->parts) != 0 || parser_join(p, NODE_AND, all, &q->root) != 0)
        return -1;
    if (q->root == NULL)
        q->root = arena_zalloc(p->arena, sizeof *q->root); /* NODE_ALL */
    if (q->root == NULL)
        return -1;
    const struct term **terms = arena_alloc(p->arena, p->term_count * sizeof *terms);
    q->filters = arena_alloc(p->arena, count_filters(q->root) * sizeof *q->filters);
    if (terms == NULL || q->filters == NULL)
        return -1;
    for (uint32_t i = 0; i < p->term_count; i++)
        terms[i] = p->terms[i];
    q->terms = terms;
    q->term_count = p->term_count;
    collect_filters(q, q->root);
    return 0;
}

static int parse_all(struct parser *p, struct query *q, struct error *err)
{
    struct node_list all = {0};
    struct node *root = NULL;
    if (parse_text(p, &root, err) != 0)
        return -1;
    if (parser_push(p, &all, root) != 0)
        return error_no_memory(err);
    if (parse_parameters(p, &all, err) != 0)
        return -1;
    return finish(p, &all, q) != 0 ? error_no_memory(err) : 0;
}

int query_parse(const struct query_input *in, struct query **out, struct error *err)
{
    if (check_text(in->text, ERROR_INVALID_QUERY, err) != 0) {
        error_parameter(err, "q");
        return -1;
    }
    struct query_storage *s = calloc(1, sizeof *s);
    if (s == NULL)
        return error_no_memory(err);
    arena_init(&s->arena);
    s->query.storage = s;
    struct span text;
    if (arena_copy(&s->arena, in->text, &text) != 0) {
        query_free(&s->query);
        return error_no_memory(err);
    }
    struct parser p;
    parser_init(&p, in, text, &s->arena);
    int rc = parse_all(&p, &s->query, err);
    parser_clear(&p);
    if (rc != 0)
        query_free(&s->query);
    else
        *out = &s->query;
    return rc;
}

void query_free(struct query *q)
{
    if (q == NULL)
        return;
    struct query_storage *s = q->storage;
    arena_clear(&s->arena);
    free(s);
}
