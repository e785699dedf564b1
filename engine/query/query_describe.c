#include "query.h"

#include "buf.h"
#include "query_storage.h"
#include "span.h"

#include <inttypes.h>

static void put(struct buf *b, const char *text)
{
    (void)buf_append_span(b, span_of(text));
}

/* In quotes, with everything escaped that is not printable ASCII. */
static void put_string(struct buf *b, struct span s)
{
    put(b, "\"");
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c < 0x20 || c >= 0x7f)
            (void)buf_printf(b, "\\x%02x", c);
        else if (c == '"' || c == '\\')
            (void)buf_printf(b, "\\%c", c);
        else
            (void)buf_append_byte(b, (char)c);
    }
    put(b, "\"");
}

static void put_term(struct buf *b, const struct term *t)
{
    put(b, t->type == TERM_REGEX ? "regex" : "literal");
    put_string(b, t->text);
    if (t->type == TERM_LITERAL) {
        put(b, t->case_sensitive ? "c" : "i");
        put(b, t->word ? "w" : "");
        return;
    }
    put(b, (t->flags & TERM_FLAG_I) != 0 ? "i" : "");
    put(b, (t->flags & TERM_FLAG_M) != 0 ? "m" : "");
    put(b, (t->flags & TERM_FLAG_S) != 0 ? "s" : "");
    put(b, (t->flags & TERM_FLAG_X) != 0 ? "x" : "");
}

static void put_value(struct buf *b, enum field field, const struct filter_value *v)
{
    if (field == FIELD_SINCE || field == FIELD_UNTIL)
        (void)buf_printf(b, "%" PRId64, v->time_ms);
    else
        put_string(b, v->text);
    if (field == FIELD_SESSION && !v->exact)
        put(b, "*");
}

static void put_filter(struct buf *b, const struct filter *f)
{
    put(b, query_field_name(f->field));
    put(b, ":");
    for (uint32_t i = 0; i < f->count; i++) {
        put(b, i == 0 ? "" : ",");
        put_value(b, f->field, &f->values[i]);
    }
}

/* The tree is no deeper than QUERY_MAX_DEPTH allows. */
static void put_node(struct buf *b, const struct node *n)
{
    switch (n->type) {
    case NODE_ALL:
        put(b, "all");
        return;
    case NODE_TERM:
        put_term(b, n->term);
        return;
    case NODE_FILTER:
        put_filter(b, n->filter);
        return;
    default:
        put(b, n->type == NODE_AND ? "and(" : n->type == NODE_OR ? "or(" : "not(");
    }
    for (uint32_t i = 0; i < n->count; i++) {
        put(b, i == 0 ? "" : " ");
        put_node(b, n->children[i]);
    }
    put(b, ")");
}

struct span query_describe(struct query *q)
{
    struct query_storage *s = q->storage;
    if (s->description.ptr != NULL)
        return s->description;
    struct buf b;
    buf_init(&b);
    put_node(&b, q->root);
    if (q->parts != PART_MASK_ALL)
        (void)buf_printf(&b, " in:%x", q->parts);
    if (!buf_failed(&b) && arena_copy(&s->arena, buf_span(&b), &s->description) != 0)
        s->description = (struct span){NULL, 0};
    buf_clear(&b);
    return s->description;
}
