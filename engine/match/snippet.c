#include "snippet.h"

#include "code_point.h"
#include "span.h"

#include <stdlib.h>

/* A range of bytes of a part. */
struct range {
    size_t begin;
    size_t end;
};

struct ranges {
    struct range *items;
    uint32_t count;
    uint32_t capacity;
};

/* What all steps of one snippet_make() share. */
struct work {
    const struct matcher *matcher;
    struct match_scratch *scratch;
    const struct query *query;
    struct arena *arena;
    size_t chars;
    struct ranges ranges; /* reused from part to part */
};

static int add_range(struct ranges *r, size_t begin, size_t end)
{
    if (r->count == r->capacity) {
        uint32_t capacity = r->capacity == 0 ? 16 : r->capacity * 2;
        struct range *items = realloc(r->items, capacity * sizeof(*items));
        if (items == NULL)
            return -1;
        r->items = items;
        r->capacity = capacity;
    }
    r->items[r->count++] = (struct range){begin, end};
    return 0;
}

/* Move over up to ${chars} code points from ${at}; report how many there were. */
static size_t forward(struct span text, size_t at, size_t chars, size_t *moved)
{
    size_t n = 0;
    while (n < chars && at < text.len) {
        at += code_point_length(text.ptr[at]);
        n++;
    }
    *moved = n;
    return at;
}

static size_t backward(struct span text, size_t at, size_t chars, size_t *moved)
{
    size_t n = 0;
    while (n < chars && at > 0) {
        do
            at--;
        while (at > 0 && code_point_is_inner(text.ptr[at]));
        n++;
    }
    *moved = n;
    return at;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* The beginning of the first word in [at, limit], so that a snippet does not begin inside one. */
static size_t word_start(struct span text, size_t at, size_t limit)
{
    if (at == 0 || is_blank(text.ptr[at - 1]))
        return at;
    for (size_t i = at; i + 1 <= limit; i++)
        if (is_blank(text.ptr[i]) && !is_blank(text.ptr[i + 1]))
            return i + 1;
    return at;
}

/* Which ${chars} code points to show around a first match at ${first}. */
static struct range choose_window(struct span text, size_t first, size_t chars)
{
    size_t context = chars / 4, moved, more;
    size_t begin = backward(text, first, context, &moved);
    if (begin > 0)
        begin = word_start(text, begin, begin + (first - begin) / 2);
    size_t end = forward(text, begin, chars, &moved);
    if (moved < chars) {
        begin = backward(text, begin, chars - moved, &more);
        if (begin > 0)
            begin = word_start(text, begin, begin + (first - begin) / 2);
    }
    return (struct range){begin, end};
}

/* The next match that is not empty. */
static bool next_shown(struct match_walk *walk, size_t *begin, size_t *end)
{
    while (match_walk_next(walk, begin, end) == 1)
        if (*end > *begin)
            return true;
    return false;
}

static bool is_shown(const struct work *w, uint32_t term)
{
    return !w->query->terms[term]->negated;
}

/* Count the matches of all terms; find where the first that can be shown begins. */
static uint64_t count_matches(struct work *w, struct span text, size_t *first)
{
    uint64_t sum = 0;
    *first = text.len;
    for (uint32_t i = 0; i < w->query->term_count; i++) {
        if (!is_shown(w, i))
            continue;
        uint64_t n = matcher_count(w->matcher, w->scratch, i, text);
        struct match_walk walk;
        size_t begin, end;
        match_walk_begin(&walk, w->matcher, w->scratch, i, text, 0);
        if (n > 0 && next_shown(&walk, &begin, &end) && begin < *first)
            *first = begin;
        sum += n;
    }
    if (*first == text.len)
        *first = 0; /* nothing or only empty matches: the beginning */
    return sum;
}

static int gather_matches(struct work *w, struct span text, struct range window)
{
    w->ranges.count = 0;
    for (uint32_t i = 0; i < w->query->term_count; i++) {
        struct match_walk walk;
        size_t begin, end;
        if (!is_shown(w, i))
            continue;
        match_walk_begin(&walk, w->matcher, w->scratch, i, text, window.begin);
        while (next_shown(&walk, &begin, &end) && begin < window.end)
            if (add_range(&w->ranges, begin, end < window.end ? end : window.end) != 0)
                return -1;
    }
    return 0;
}

static int compare_ranges(const void *a, const void *b)
{
    const struct range *x = a, *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

static void merge_ranges(struct ranges *r)
{
    uint32_t n = 0;
    if (r->count == 0)
        return;
    qsort(r->items, r->count, sizeof(r->items[0]), compare_ranges);
    for (uint32_t i = 1; i < r->count; i++) {
        if (r->items[i].begin > r->items[n].end)
            r->items[++n] = r->items[i];
        else if (r->items[i].end > r->items[n].end)
            r->items[n].end = r->items[i].end;
    }
    r->count = n + 1;
}

static void add_segment(struct snippet *s, struct span text, size_t begin, size_t end, bool match)
{
    if (begin < end)
        s->segments[s->count++] = (struct segment){{text.ptr + begin, end - begin}, match};
}

static int cut_segments(struct work *w, struct span text, struct range window, struct snippet *s)
{
    const struct ranges *r = &w->ranges;
    struct span shown;
    s->segments = arena_alloc(w->arena, (2u * (size_t)r->count + 1) * sizeof(struct segment));
    if (s->segments == NULL ||
        arena_copy(w->arena, (struct span){text.ptr + window.begin, window.end - window.begin},
                   &shown) != 0)
        return -1;
    size_t at = 0;
    for (uint32_t i = 0; i < r->count; i++) {
        size_t begin = r->items[i].begin - window.begin, end = r->items[i].end - window.begin;
        add_segment(s, shown, at, begin, false);
        add_segment(s, shown, begin, end, true);
        at = end;
    }
    add_segment(s, shown, at, shown.len, false);
    return 0;
}

static int show(struct work *w, const struct message *msg, enum part part, uint64_t matches,
                size_t first, struct snippet *s)
{
    struct span text = msg->part[part];
    *s = (struct snippet){.part = part, .matches = matches};
    struct span tool = part == PART_TOOL_INPUT    ? msg->slot_tool
                       : part == PART_TOOL_RESULT ? msg->result_tool
                                                  : (struct span){NULL, 0};
    if (tool.ptr != NULL && arena_copy(w->arena, tool, &s->tool) != 0)
        return -1;
    if (w->chars == 0) {
        s->truncated = text.len > 0;
        return 0;
    }
    struct range window = choose_window(text, first, w->chars);
    s->truncated = window.begin > 0 || window.end < text.len;
    w->ranges.count = 0;
    if (matches > 0 && gather_matches(w, text, window) != 0)
        return -1;
    merge_ranges(&w->ranges);
    return cut_segments(w, text, window, s);
}

static int show_parts(struct work *w, const struct message *msg, struct snippet out[PART_COUNT],
                      uint32_t *count)
{
    int fallback = -1;
    *count = 0;
    for (int i = 0; i < PART_COUNT; i++) {
        size_t first;
        if ((w->query->parts >> i & 1u) == 0 || msg->part[i].len == 0)
            continue;
        if (fallback < 0)
            fallback = i;
        uint64_t matches = count_matches(w, msg->part[i], &first);
        if (matches == 0)
            continue;
        if (show(w, msg, (enum part)i, matches, first, &out[*count]) != 0)
            return -1;
        ++*count;
    }
    if (*count > 0 || fallback < 0)
        return 0;
    *count = 1;
    return show(w, msg, (enum part)fallback, 0, 0, &out[0]);
}

int snippet_make(const struct matcher *m, struct match_scratch *s, const struct message *msg,
                 size_t chars, struct arena *arena, struct snippet out[PART_COUNT], uint32_t *count)
{
    struct work w = {
        .matcher = m, .scratch = s, .query = matcher_query(m), .arena = arena, .chars = chars};
    int rc = show_parts(&w, msg, out, count);
    free(w.ranges.items);
    return rc;
}
