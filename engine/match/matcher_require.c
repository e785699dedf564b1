#include "matcher_require.h"

#include "fold.h"
#include "regex_require.h"

#include <assert.h>

struct builder {
    struct arena *arena;
    bool raw;
    bool names;
};

static int new_literal(struct builder *b, struct span text, bool case_sensitive,
                       struct require **out)
{
    struct require *r = arena_zalloc(b->arena, sizeof(*r));
    if (r == NULL)
        return -1;
    r->type = REQUIRE_LITERAL;
    r->case_sensitive = case_sensitive;
    if (case_sensitive) {
        if (arena_copy(b->arena, text, &r->literal) != 0)
            return -1;
    } else {
        char *folded = arena_alloc(b->arena, text.len + FOLD_SLACK);
        if (folded == NULL)
            return -1;
        r->literal = (struct span){folded, fold_into(text, folded)};
    }
    *out = r;
    return 0;
}

/* One child stands for itself; none is nothing. */
static int new_list(struct builder *b, enum require_type type, struct require **children,
                    uint32_t count, struct require **out)
{
    if (count <= 1) {
        *out = count == 0 ? NULL : children[0];
        return 0;
    }
    struct require *r = arena_zalloc(b->arena, sizeof(*r));
    if (r == NULL)
        return -1;
    r->type = type;
    r->children = children;
    r->count = count;
    *out = r;
    return 0;
}

static int of_id(struct builder *b, const struct filter *f, struct require **out)
{
    struct require **list = arena_alloc(b->arena, f->count * sizeof(struct require *));
    if (list == NULL)
        return -1;
    for (uint32_t i = 0; i < f->count; i++)
        if (new_literal(b, f->values[i].text, false, &list[i]) != 0)
            return -1;
    b->names = true;
    return new_list(b, REQUIRE_OR, list, f->count, out);
}

static int of_node(struct builder *b, const struct node *n, struct require **out);

/* All children that require something; an OR with one that does not requires nothing. */
static int of_children(struct builder *b, const struct node *n, struct require **out)
{
    struct require **list = arena_alloc(b->arena, n->count * sizeof(struct require *));
    bool names = b->names;
    uint32_t count = 0;
    if (list == NULL)
        return -1;
    for (uint32_t i = 0; i < n->count; i++) {
        struct require *child;
        if (of_node(b, n->children[i], &child) != 0)
            return -1;
        if (child != NULL) {
            list[count++] = child;
        } else if (n->type == NODE_OR) {
            b->names = names;
            *out = NULL;
            return 0;
        }
    }
    return new_list(b, n->type == NODE_AND ? REQUIRE_AND : REQUIRE_OR, list, count, out);
}

static int of_node(struct builder *b, const struct node *n, struct require **out)
{
    *out = NULL;
    switch (n->type) {
    case NODE_AND:
    case NODE_OR:
        return of_children(b, n, out);
    case NODE_TERM:
        if (n->term->type == TERM_LITERAL)
            return new_literal(b, n->term->text, n->term->case_sensitive, out);
        return regex_require(n->term->text, n->term->flags, b->arena, out);
    case NODE_FILTER:
        return b->raw && n->filter->field == FIELD_ID ? of_id(b, n->filter, out) : 0;
    case NODE_ALL:
    case NODE_NOT:
        return 0;
    }
    assert(0 && "every node has a type");
    return 0;
}

int matcher_require_build(const struct query *q, bool raw, struct arena *arena,
                          struct require **out, bool *names)
{
    struct builder b = {arena, raw, false};
    if (of_node(&b, q->root, out) != 0)
        return -1;
    *names = b.names && *out != NULL;
    return 0;
}
