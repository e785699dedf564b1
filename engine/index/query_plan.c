#include "query_plan.h"

/* Costs only order the children; a text costs more than any filter. */
#define COST_FILTER 1u
#define COST_LITERAL 100u
#define COST_REGEX 1000u

static unsigned cost_of(const struct node *n)
{
    if (n->type == NODE_FILTER)
        return COST_FILTER;
    if (n->type == NODE_TERM)
        return n->term->type == TERM_LITERAL ? COST_LITERAL : COST_REGEX;
    return 0;
}

static struct plan_node *copy_node(struct query_plan *p, const struct node *n)
{
    struct plan_node *copy = arena_zalloc(&p->arena, sizeof *copy);
    if (copy == NULL)
        return NULL;
    copy->type = n->type;
    copy->filter = n->filter;
    copy->term = n->type == NODE_TERM ? n->term->index : 0;
    copy->cost = cost_of(n);
    if (n->count == 0)
        return copy;
    copy->children = arena_alloc(&p->arena, n->count * sizeof(struct plan_node *));
    if (copy->children == NULL)
        return NULL;
    for (; copy->count < n->count; copy->count++) {
        struct plan_node *child = copy_node(p, n->children[copy->count]);
        if (child == NULL)
            return NULL;
        copy->cost += child->cost;
        uint32_t k = copy->count;
        for (; k > 0 && copy->children[k - 1]->cost > child->cost; k--)
            copy->children[k] = copy->children[k - 1];
        copy->children[k] = child;
    }
    return copy;
}

/* What the top of the tree demands, ANDs dissolved. */
struct demands {
    const struct node **items;
    uint32_t count;
};

static uint32_t count_demands(const struct node *n)
{
    uint32_t sum = 0;
    if (n->type != NODE_AND)
        return n->type != NODE_ALL;
    for (uint32_t i = 0; i < n->count; i++)
        sum += count_demands(n->children[i]);
    return sum;
}

static void list_demands(const struct node *n, struct demands *d)
{
    if (n->type == NODE_AND)
        for (uint32_t i = 0; i < n->count; i++)
            list_demands(n->children[i], d);
    else if (n->type != NODE_ALL)
        d->items[d->count++] = n;
}

/* The longest literal without conditions on its neighbours: the blocks' text has others there. */
static void choose_driver(struct query_plan *p, const struct demands *d)
{
    size_t longest = 0;
    p->driver = QUERY_PLAN_NO_DRIVER;
    for (uint32_t i = 0; i < d->count; i++) {
        const struct node *n = d->items[i];
        if (n->type != NODE_TERM || n->term->type != TERM_LITERAL || n->term->word)
            continue;
        if (n->term->text.len > longest) {
            longest = n->term->text.len;
            p->driver = n->term->index;
        }
    }
}

static int make_rest(struct query_plan *p, const struct demands *d)
{
    struct node **children = arena_alloc(&p->arena, (d->count + 1) * sizeof *children);
    struct node all = {.type = NODE_AND, .children = children};
    if (children == NULL)
        return -1;
    for (uint32_t i = 0; i < d->count; i++) {
        if (d->items[i]->type == NODE_FILTER)
            p->gates[p->gate_count++] = d->items[i]->filter;
        else
            children[all.count++] = (struct node *)(uintptr_t)d->items[i];
    }
    p->driver_decides = all.count == 1 && p->driver != QUERY_PLAN_NO_DRIVER;
    if (all.count == 0)
        return 0;
    p->rest = copy_node(p, all.count == 1 ? children[0] : &all);
    return p->rest == NULL ? -1 : 0;
}

int query_plan_init(struct query_plan *p, const struct matcher *m)
{
    *p = (struct query_plan){.matcher = m, .query = matcher_query(m)};
    arena_init(&p->arena);
    uint32_t count = count_demands(p->query->root);
    struct demands d = {arena_alloc(&p->arena, (count + 1) * sizeof *d.items), 0};
    p->gates = arena_alloc(&p->arena, (count + 1) * sizeof *p->gates);
    if (d.items == NULL || p->gates == NULL)
        goto fail;
    list_demands(p->query->root, &d);
    choose_driver(p, &d);
    if (make_rest(p, &d) != 0)
        goto fail;
    return 0;

fail:
    query_plan_clear(p);
    return -1;
}

void query_plan_clear(struct query_plan *p)
{
    arena_clear(&p->arena);
}
