#include "regex_require.h"

#include "buf.h"
#include "fold.h"
#include "regex_atom.h"

#include <string.h>

#define MAX_DEPTH 250u /* PCRE2's own default for parentheses */

/* What one step of the reading came to. */
enum outcome { READ = 0, NO_MEMORY = -1, NOT_UNDERSTOOD = -2 };

struct extractor {
    struct regex_reader reader;
    struct arena *arena;
    struct buf runs; /* the open runs of all sequences around, the innermost last */
    unsigned depth;
};

/* One alternative, while it is read. */
struct sequence {
    struct require **items; /* ANDed */
    uint32_t count;
    uint32_t capacity;
    size_t run; /* where in extractor.runs its run begins */
    bool caseless;
};

static int read_choice(struct extractor *r, unsigned flags, struct require **out);

/* ---- building ---- */

static int push(struct extractor *r, struct sequence *s, struct require *item)
{
    if (item == NULL)
        return READ;
    if (s->count == s->capacity) {
        uint32_t capacity = s->capacity == 0 ? 4 : s->capacity * 2;
        struct require **items = arena_alloc(r->arena, capacity * sizeof *items);
        if (items == NULL)
            return NO_MEMORY;
        if (s->count > 0)
            memcpy(items, s->items, s->count * sizeof *items);
        s->items = items;
        s->capacity = capacity;
    }
    s->items[s->count++] = item;
    return READ;
}

/* One item stands for itself, none for nothing. */
static int join(struct extractor *r, enum require_type type, const struct sequence *s,
                struct require **out)
{
    *out = s->count == 0 ? NULL : s->items[0];
    if (s->count < 2)
        return READ;
    *out = arena_zalloc(r->arena, sizeof **out);
    if (*out == NULL)
        return NO_MEMORY;
    (*out)->type = type;
    (*out)->children = s->items;
    (*out)->count = s->count;
    return READ;
}

static int end_run(struct extractor *r, struct sequence *s)
{
    if (r->runs.len == s->run)
        return READ;
    struct span text = {r->runs.ptr + s->run, r->runs.len - s->run};
    struct require *item = arena_zalloc(r->arena, sizeof *item);
    char *copy = arena_alloc(r->arena, text.len + FOLD_SLACK);
    if (item == NULL || copy == NULL)
        return NO_MEMORY;
    item->type = REQUIRE_LITERAL;
    item->case_sensitive = !s->caseless;
    item->literal = (struct span){copy, text.len};
    if (s->caseless)
        item->literal.len = fold_into(text, copy);
    else
        memcpy(copy, text.ptr, text.len);
    r->runs.len = s->run;
    return push(r, s, item);
}

static int extend_run(struct extractor *r, struct sequence *s, const struct regex_atom *a,
                      bool caseless)
{
    if (caseless != s->caseless && end_run(r, s) != READ)
        return NO_MEMORY;
    s->caseless = caseless;
    return buf_append(&r->runs, a->bytes, a->size) == 0 ? READ : NO_MEMORY;
}

/* A character that may not be missing. */
static int add_character(struct extractor *r, struct sequence *s, const struct regex_atom *a,
                         bool caseless, bool once)
{
    if (extend_run(r, s, a, caseless) != READ)
        return NO_MEMORY;
    if (once)
        return READ;
    return end_run(r, s) != READ ? NO_MEMORY : extend_run(r, s, a, caseless);
}

/* ---- reading ---- */

/* The contents of a group or a look-around, and its ')'. */
static int read_contents(struct extractor *r, unsigned flags, struct require **out)
{
    if (r->depth == MAX_DEPTH)
        return NOT_UNDERSTOOD;
    r->depth++;
    int rc = read_choice(r, flags, out);
    r->depth--;
    return rc == READ && !regex_atom_skip(&r->reader, ")") ? NOT_UNDERSTOOD : rc;
}

static int read_item(struct extractor *r, unsigned *flags, struct sequence *s)
{
    struct regex_atom a;
    struct require *contents = NULL;
    bool zero, once;
    if (!regex_atom_read(&r->reader, flags, &a))
        return NOT_UNDERSTOOD;
    if (a.type == REGEX_ATOM_GROUP || a.type == REGEX_ATOM_LOOK) {
        int rc = read_contents(r, a.flags, &contents);
        if (rc != READ)
            return rc;
    }
    if (!regex_atom_repeats(&r->reader, *flags, &zero, &once))
        return NOT_UNDERSTOOD;
    if (a.type == REGEX_ATOM_EMPTY || a.type == REGEX_ATOM_LOOK)
        return READ;
    if (a.type == REGEX_ATOM_CHARACTER && !zero)
        return add_character(r, s, &a, (*flags & TERM_FLAG_I) != 0, once);
    return end_run(r, s) != READ ? NO_MEMORY : push(r, s, zero ? NULL : contents);
}

/* One alternative. ${flags} changes with each (?i) in it, also for the alternatives that follow. */
static int read_sequence(struct extractor *r, unsigned *flags, struct require **out)
{
    struct sequence s = {.run = r->runs.len};
    for (;;) {
        bool there;
        if (!regex_atom_find(&r->reader, *flags, &there))
            return NOT_UNDERSTOOD;
        if (!there)
            break;
        int rc = read_item(r, flags, &s);
        if (rc != READ)
            return rc;
    }
    return end_run(r, &s) != READ ? NO_MEMORY : join(r, REQUIRE_AND, &s, out);
}

static int read_choice(struct extractor *r, unsigned flags, struct require **out)
{
    struct sequence any = {0};
    bool nothing = false;
    do {
        struct require *one;
        int rc = read_sequence(r, &flags, &one);
        if (rc == READ)
            rc = push(r, &any, one);
        if (rc != READ)
            return rc;
        nothing = nothing || one == NULL;
    } while (regex_atom_skip(&r->reader, "|"));
    *out = NULL;
    return nothing ? READ : join(r, REQUIRE_OR, &any, out);
}

int regex_require(struct span pattern, unsigned flags, struct arena *a, struct require **out)
{
    *out = NULL;
    if (pattern.len == 0 || memchr(pattern.ptr, '\0', pattern.len) != NULL)
        return 0;
    struct extractor r = {.reader = {.at = pattern.ptr, .end = pattern.ptr + pattern.len},
                          .arena = a};
    buf_init(&r.runs);
    int rc = read_choice(&r, flags, out);
    if (rc != READ || r.reader.at != r.reader.end)
        *out = NULL;
    buf_clear(&r.runs);
    return rc == NO_MEMORY ? -1 : 0;
}
