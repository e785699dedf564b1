/* parser.h: Tokens in, a tree out: recursive descent over the grammar at the top of query.h. */
#ifndef SCROLLBACK_PARSER_H
#define SCROLLBACK_PARSER_H

#include "arena.h"
#include "intern.h"
#include "lexer.h"
#include "query.h"
#include "value.h"

struct node_list {
    struct node **items;
    uint32_t count;
    uint32_t capacity;
};

struct parser {
    const struct query_input *in;
    struct arena *arena;
    struct lexer lexer;
    struct token token;  /* the one to be looked at next */
    unsigned depth;      /* of parentheses and negations around it */
    bool negated;        /* under an odd number of NOTs */
    struct intern known; /* terms by their text and kind; number n is terms[n - 1] */
    struct term **terms;
    uint32_t term_count;
    uint32_t term_capacity;
    struct node_list parts; /* the filters of part:, outside the tree */
    size_t part_pos;        /* of the first part:, or ERROR_NO_POSITION */
};

/* parser_init(p, in, text, arena): ${text} is in->text where it lives as long as ${arena}. */
void parser_init(struct parser *p, const struct query_input *in, struct span text,
                 struct arena *arena);
void parser_clear(struct parser *p); /* what it made stays in the arena */

/* parser_query(p, out, err): Parse the whole text; *${out} is NULL if nothing but part: is there.
 * Return 0 or -1. */
int parser_query(struct parser *p, struct node **out, struct error *err);

/* parser_term(p, type, token, out, err): A node for a text term as described by ${token}. */
int parser_term(struct parser *p, enum term_type type, const struct token *token, struct node **out,
                struct error *err);

/* parser_filter(p, f, out, err): A node for a filter. */
int parser_filter(struct parser *p, const struct filter *f, struct node **out, struct error *err);

/* parser_push(p, list, n): Add a node; NULL is left out.  Return 0 or -1. */
int parser_push(struct parser *p, struct node_list *list, struct node *n);

/* parser_join(p, type, list, out): AND or OR of the list, flat; one item is itself, none NULL. */
int parser_join(struct parser *p, enum node_type type, const struct node_list *list,
                struct node **out);

#endif
