/* query_plan.h: A query's tree, arranged for columns: filters before texts, and which literal leads.
 *
 * Gates are the filters that every match must pass (they stand at the top of the tree, or below ANDs
 * there): they are evaluated first, and what remains of the tree is the rest.  The *driver* is a
 * literal that every match must hold: it may be looked for in the text of a whole block at once
 * instead of message by message.
 */
#ifndef SCROLLBACK_QUERY_PLAN_H
#define SCROLLBACK_QUERY_PLAN_H

#include "arena.h"
#include "matcher.h"

#define QUERY_PLAN_NO_DRIVER UINT32_MAX

struct plan_node {
    enum node_type type;
    const struct plan_node **children; /* cheapest first */
    uint32_t count;
    uint32_t term;
    const struct filter *filter;
    unsigned cost;
};

struct query_plan {
    const struct matcher *matcher;
    const struct query *query;
    const struct filter **gates;
    uint32_t gate_count;
    const struct plan_node *rest; /* NULL: passing the gates is enough */
    uint32_t driver;              /* number of a term, or QUERY_PLAN_NO_DRIVER */
    bool driver_decides;          /* the rest is the driver alone */
    struct arena arena;
};

/* query_plan_init(p, m), query_plan_clear(p): Constant once made.  Return 0, or -1 without memory. */
int query_plan_init(struct query_plan *p, const struct matcher *m);
void query_plan_clear(struct query_plan *p);

#endif
