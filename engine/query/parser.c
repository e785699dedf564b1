#include "parser.h"

#include "error.h"
#include "letter_case.h"
#include "span.h"

void parser_init(struct parser *p, const struct query_input *in, struct span text,
                 struct arena *arena)
{
    *p = (struct parser){.in = in,
                         .arena = arena,
                         .lexer = {.text = text, .fault = ERROR_INVALID_QUERY, .arena = arena},
                         .part_pos = ERROR_NO_POSITION};
    intern_init(&p->known);
}

void parser_clear(struct parser *p)
{
    intern_clear(&p->known);
}

/* ---- nodes ---- */

static struct node *node_new(struct parser *p, enum node_type type)
{
    struct node *n = arena_zalloc(p->arena, sizeof *n);
    if (n != NULL)
        n->type = type;
    return n;
}

int parser_push(struct parser *p, struct node_list *list, struct node *n)
{
    if (n == NULL)
        return 0;
    if (list->count == list->capacity) {
        uint32_t capacity = list->capacity == 0 ? 4 : list->capacity * 2;
        struct node **items = arena_alloc(p->arena, capacity * sizeof *items);
        if (items == NULL)
            return -1;
        if (list->count > 0)
            memcpy(items, list->items, list->count * sizeof *items);
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = n;
    return 0;
}

int parser_join(struct parser *p, enum node_type type, const struct node_list *list,
                struct node **out)
{
    *out = list->count == 0 ? NULL : list->items[0];
    if (list->count < 2)
        return 0;
    struct node_list flat = {0};
    for (uint32_t i = 0; i < list->count; i++) {
        struct node *n = list->items[i];
        if (n->type != type) {
            if (parser_push(p, &flat, n) != 0)
                return -1;
            continue;
        }
        for (uint32_t k = 0; k < n->count; k++)
            if (parser_push(p, &flat, n->children[k]) != 0)
                return -1;
    }
    *out = node_new(p, type);
    if (*out == NULL)
        return -1;
    (*out)->children = flat.items;
    (*out)->count = flat.count;
    return 0;
}

/* NOT ${child}; of a NOT its own child. */
static int node_negate(struct parser *p, struct node *child, struct node **out)
{
    if (child->type == NODE_NOT) {
        *out = child->children[0];
        return 0;
    }
    struct node_list one = {0};
    *out = node_new(p, NODE_NOT);
    if (*out == NULL || parser_push(p, &one, child) != 0)
        return -1;
    (*out)->children = one.items;
    (*out)->count = 1;
    return 0;
}

/* ---- terms ---- */

/* Whether letters of the term are told apart by their case. */
static bool is_case_sensitive(const struct parser *p, enum term_type type, struct span text)
{
    switch (p->in->letter_case) {
    case QUERY_CASE_SENSITIVE:
        return true;
    case QUERY_CASE_SMART:
        return type == TERM_LITERAL ? letter_case_has_upper(text)
                                    : letter_case_has_upper_in_regex(text);
    default:
        return false;
    }
}

static struct term term_of(const struct parser *p, enum term_type type, const struct token *token)
{
    struct term t = {.type = type,
                     .text = token->text,
                     .pos = token->pos,
                     .negated = p->negated,
                     .written = token->written,
                     .written_pos = (size_t)(token->written.ptr - p->lexer.text.ptr)};
    if (type == TERM_REGEX && p->in->mode == QUERY_MODE_QUERY) {
        t.flags = token->flags;
        t.case_sensitive = (t.flags & TERM_FLAG_I) == 0;
        return t;
    }
    t.case_sensitive = is_case_sensitive(p, type, t.text);
    if (type == TERM_REGEX)
        t.flags = t.case_sensitive ? 0 : TERM_FLAG_I;
    else
        t.word = p->in->word;
    return t;
}

/* The number of the term among those known so far, from 1; a new one has term_count + 1. */
static int term_number(struct parser *p, const struct term *t, uint32_t *number)
{
    char *key = arena_alloc(p->arena, t->text.len + 1);
    if (key == NULL)
        return -1;
    /* case and word are functions of the text and the input */
    key[0] = (char)('0' + (t->type == TERM_REGEX ? 16 + (int)t->flags : 0));
    memcpy(key + 1, t->text.ptr, t->text.len);
    int rc = intern_put(&p->known, (struct span){key, t->text.len + 1}, number);
    arena_shrink(p->arena, key, t->text.len + 1, 0);
    return rc;
}

static int term_add(struct parser *p, const struct term *t)
{
    if (p->term_count == p->term_capacity) {
        uint32_t capacity = p->term_capacity == 0 ? 8 : p->term_capacity * 2;
        struct term **terms = arena_alloc(p->arena, capacity * sizeof *terms);
        if (terms == NULL)
            return -1;
        if (p->term_count > 0)
            memcpy(terms, p->terms, p->term_count * sizeof *terms);
        p->terms = terms;
        p->term_capacity = capacity;
    }
    struct term *copy = arena_alloc(p->arena, sizeof *copy);
    if (copy == NULL)
        return -1;
    *copy = *t;
    copy->index = p->term_count;
    p->terms[p->term_count++] = copy;
    return 0;
}

int parser_term(struct parser *p, enum term_type type, const struct token *token, struct node **out,
                struct error *err)
{
    struct term t = term_of(p, type, token);
    uint32_t number;
    if (term_number(p, &t, &number) != 0)
        return error_no_memory(err);
    if (number > p->term_count && term_add(p, &t) != 0)
        return error_no_memory(err);
    struct term *known = p->terms[number - 1];
    known->negated = known->negated && t.negated;
    *out = node_new(p, NODE_TERM);
    if (*out == NULL)
        return error_no_memory(err);
    (*out)->term = known;
    return 0;
}

int parser_filter(struct parser *p, const struct filter *f, struct node **out, struct error *err)
{
    *out = node_new(p, NODE_FILTER);
    if (*out == NULL)
        return error_no_memory(err);
    (*out)->filter = f;
    return 0;
}

/* ---- the grammar; ${top}: at the top level, where part: may stand ---- */

static int expected(const struct parser *p, const char *what, struct error *err)
{
    return error_set(err, ERROR_INVALID_QUERY, p->token.pos, "expected %s", what);
}

/* Who searches for the word "or" in capitals must be told that it was taken for something else. */
static int found_operator(const struct parser *p, const char *name, const char *what,
                          struct error *err)
{
    return error_set(err, ERROR_INVALID_QUERY, p->token.pos,
                     "expected %s, found the operator %s (as a word it needs quotes: \"%s\")", what,
                     name, name);
}

static int advance(struct parser *p, struct error *err)
{
    return lexer_next(&p->lexer, &p->token, err);
}

static int parse_or(struct parser *p, bool top, const char *what, struct node **out,
                    struct error *err);

static int part_misplaced(size_t pos, struct error *err)
{
    return error_set(err, ERROR_INVALID_QUERY, pos,
                     "part: applies to the whole query: expected it at the top level, outside "
                     "parentheses, not negated and not beside OR");
}

static int parse_qualifier(struct parser *p, bool top, struct node **out, struct error *err)
{
    struct value_context c = {p->arena, p->in->now_ms, p->in->zone};
    enum field field = p->token.field;
    struct value_set set = {.count = 0};
    struct filter *f;
    if (field == FIELD_PART) {
        if (!top)
            return part_misplaced(p->token.pos, err);
        if (p->part_pos == ERROR_NO_POSITION)
            p->part_pos = p->token.pos;
    }
    if (value_read(&c, &p->lexer, field, &set, err) != 0 ||
        value_filter(&c, field, &set, &f, err) != 0 || parser_filter(p, f, out, err) != 0)
        return -1;
    if (field == FIELD_PART) {
        if (parser_push(p, &p->parts, *out) != 0)
            return error_no_memory(err);
        *out = NULL;
    }
    return advance(p, err);
}

static int deeper(struct parser *p, struct error *err)
{
    if (p->depth == QUERY_MAX_DEPTH)
        return error_set(err, ERROR_INVALID_QUERY, p->token.pos,
                         "expected at most %d parentheses and negations inside one another",
                         QUERY_MAX_DEPTH);
    p->depth++;
    return advance(p, err);
}

static int parse_group(struct parser *p, struct node **out, struct error *err)
{
    size_t open = p->token.pos;
    if (deeper(p, err) != 0 || parse_or(p, false, "a term after (", out, err) != 0)
        return -1;
    if (p->token.type != TOKEN_CLOSE)
        return error_set(err, ERROR_INVALID_QUERY, p->token.pos,
                         "expected a ) for the ( at byte %zu", open);
    p->depth--;
    return advance(p, err);
}

static int parse_text(struct parser *p, enum term_type type, struct node **out, struct error *err)
{
    return parser_term(p, type, &p->token, out, err) != 0 ? -1 : advance(p, err);
}

/* ${what}: what is expected here. */
static int parse_term(struct parser *p, bool top, const char *what, struct node **out,
                      struct error *err)
{
    switch (p->token.type) {
    case TOKEN_OPEN:
        return parse_group(p, out, err);
    case TOKEN_WORD:
    case TOKEN_QUOTED:
        return parse_text(p, TERM_LITERAL, out, err);
    case TOKEN_REGEX:
        return parse_text(p, TERM_REGEX, out, err);
    case TOKEN_QUALIFIER:
        return parse_qualifier(p, top, out, err);
    case TOKEN_AND:
        return found_operator(p, "AND", what, err);
    case TOKEN_OR:
        return found_operator(p, "OR", what, err);
    default:
        return expected(p, what, err);
    }
}

static int parse_not(struct parser *p, bool top, const char *what, struct node **out,
                     struct error *err)
{
    bool minus = p->token.type == TOKEN_MINUS;
    if (!minus && p->token.type != TOKEN_NOT)
        return parse_term(p, top, what, out, err);
    struct node *child = NULL;
    p->negated = !p->negated;
    if (deeper(p, err) != 0)
        return -1;
    if (parse_not(p, false, minus ? "a term after -" : "a term after NOT", &child, err) != 0)
        return -1;
    p->depth--;
    p->negated = !p->negated;
    return node_negate(p, child, out) != 0 ? error_no_memory(err) : 0;
}

static bool ends_and(const struct parser *p)
{
    return p->token.type == TOKEN_OR || p->token.type == TOKEN_CLOSE || p->token.type == TOKEN_END;
}

static int parse_and(struct parser *p, bool top, const char *what, struct node **out,
                     struct error *err)
{
    struct node_list all = {0};
    for (bool first = true; first || !ends_and(p); first = false) {
        if (!first && p->token.type == TOKEN_AND) {
            if (advance(p, err) != 0)
                return -1;
            what = "a term after AND";
        }
        struct node *n = NULL;
        if (parse_not(p, top, what, &n, err) != 0)
            return -1;
        if (parser_push(p, &all, n) != 0)
            return error_no_memory(err);
    }
    return parser_join(p, NODE_AND, &all, out) != 0 ? error_no_memory(err) : 0;
}

static int parse_or(struct parser *p, bool top, const char *what, struct node **out,
                    struct error *err)
{
    struct node_list any = {0};
    for (;;) {
        struct node *n = NULL;
        if (parse_and(p, top, what, &n, err) != 0)
            return -1;
        if (parser_push(p, &any, n) != 0)
            return error_no_memory(err);
        if (p->token.type != TOKEN_OR)
            break;
        if (top && p->part_pos != ERROR_NO_POSITION)
            return part_misplaced(p->part_pos, err);
        top = false;
        what = "a term after OR";
        if (advance(p, err) != 0)
            return -1;
    }
    return parser_join(p, NODE_OR, &any, out) != 0 ? error_no_memory(err) : 0;
}

int parser_query(struct parser *p, struct node **out, struct error *err)
{
    *out = NULL;
    if (advance(p, err) != 0)
        return -1;
    if (p->token.type == TOKEN_END)
        return 0;
    if (p->token.type == TOKEN_CLOSE)
        return expected(p, "a term: this ) has no (", err);
    if (parse_or(p, true, "a term", out, err) != 0)
        return -1;
    if (p->token.type != TOKEN_END)
        return expected(p, "the end or a term: this ) has no (", err);
    return 0;
}
