#include "candidates.h"

#include "filter.h"
#include "fold.h"
#include "signature.h"

#include <stdlib.h>
#include <string.h>

static int fold_literal(struct candidates *c, struct span text, struct span *out)
{
    struct buf folded;
    buf_init(&folded);
    int rc = fold_text(text, &folded);
    if (rc == 0)
        rc = arena_copy(&c->arena, buf_span(&folded), out);
    buf_clear(&folded);
    return rc;
}

static struct require *fold_tree(struct candidates *c, const struct require *r)
{
    struct require *copy = arena_zalloc(&c->arena, sizeof *copy);
    if (copy == NULL)
        return NULL;
    copy->type = r->type;
    copy->count = r->count;
    if (r->type == REQUIRE_LITERAL)
        return fold_literal(c, r->literal, &copy->literal) == 0 ? copy : NULL;
    copy->children = arena_alloc(&c->arena, (r->count + 1) * sizeof(struct require *));
    for (uint32_t i = 0; copy->children != NULL && i < r->count; i++)
        if ((copy->children[i] = fold_tree(c, r->children[i])) == NULL)
            return NULL;
    return copy->children == NULL ? NULL : copy;
}

int candidates_init(struct candidates *c, const struct matcher *m)
{
    *c = (struct candidates){.query = matcher_query(m), .require = matcher_requires(m)};
    arena_init(&c->arena);
    if (c->require == NULL)
        return 0;
    c->folded = fold_tree(c, c->require);
    if (c->folded == NULL) {
        candidates_clear(c);
        return -1;
    }
    return 0;
}

void candidates_clear(struct candidates *c)
{
    arena_clear(&c->arena);
}

/* Whether some time from ${first} to ${last} passes: since asks for late times, until for early ones,
 * so an end of the range decides. */
static bool range_passes(const struct filter *f, int64_t first, int64_t last)
{
    return filter_time(f, f->field == FIELD_SINCE ? last : first);
}

static void time_filter(const struct filter *f, const struct segment *s, uint64_t *set)
{
    for (uint32_t b = 0; b < s->blocks; b++)
        if (!range_passes(f, s->block[b].first_ms, s->block[b].last_ms))
            set[b / 64] &= ~(UINT64_C(1) << b % 64);
}

static void time_node(const struct node *n, const struct segment *s, uint64_t *set)
{
    if (n->type == NODE_AND)
        for (uint32_t i = 0; i < n->count; i++)
            time_node(n->children[i], s, set);
    if (n->type == NODE_FILTER &&
        (n->filter->field == FIELD_SINCE || n->filter->field == FIELD_UNTIL))
        time_filter(n->filter, s, set);
}

void candidates_time(const struct candidates *c, const struct segment *s, uint64_t *set)
{
    time_node(c->query->root, s, set);
}

static int text_node(const struct require *r, const struct segment *s, size_t words, uint64_t *set);

/* The union of what the children leave. */
static int text_or(const struct require *r, const struct segment *s, size_t words, uint64_t *set)
{
    uint64_t *sum = calloc(2 * words + 1, sizeof *sum);
    if (sum == NULL)
        return -1;
    uint64_t *one = sum + words;
    for (uint32_t i = 0; i < r->count; i++) {
        memcpy(one, set, words * sizeof *one);
        if (text_node(r->children[i], s, words, one) != 0) {
            free(sum);
            return -1;
        }
        for (size_t w = 0; w < words; w++)
            sum[w] |= one[w];
    }
    memcpy(set, sum, words * sizeof *set);
    free(sum);
    return 0;
}

static int text_node(const struct require *r, const struct segment *s, size_t words, uint64_t *set)
{
    switch (r->type) {
    case REQUIRE_LITERAL:
        signature_and(s->signature, s->blocks, r->literal, set);
        return 0;
    case REQUIRE_AND:
        for (uint32_t i = 0; i < r->count; i++)
            if (text_node(r->children[i], s, words, set) != 0)
                return -1;
        return 0;
    case REQUIRE_OR:
        return text_or(r, s, words, set);
    }
    return 0;
}

int candidates_text(const struct candidates *c, const struct segment *s, uint64_t *set)
{
    return c->folded == NULL ? 0 : text_node(c->folded, s, (s->blocks + 63) / 64, set);
}
