#include "regex_set.h"

#include "code_point.h"
#include "fold.h"

#include <stdlib.h>

void regex_set_init(struct regex_set *s)
{
    *s = (struct regex_set){.ranges = NULL};
}

void regex_set_clear(struct regex_set *s)
{
    free(s->ranges);
    regex_set_init(s);
}

static bool grow(struct regex_set *s)
{
    uint32_t capacity = s->capacity == 0 ? 16 : s->capacity * 2;
    struct syntax_range *ranges = NULL;
    if (capacity <= REGEX_SET_MAX)
        ranges = realloc(s->ranges, capacity * sizeof(*ranges));
    if (ranges == NULL) {
        s->failed = true;
        return false;
    }
    s->ranges = ranges;
    s->capacity = capacity;
    return true;
}

void regex_set_add(struct regex_set *s, uint32_t low, uint32_t high)
{
    if (s->failed || (s->count == s->capacity && !grow(s)))
        return;
    s->ranges[s->count++] = (struct syntax_range){low, high};
}

void regex_set_add_caseless(struct regex_set *s, uint32_t low, uint32_t high)
{
    regex_set_add(s, low, high);
    for (uint32_t cp = low; cp <= high && cp < 0x20000 && !s->failed; cp++) {
        uint32_t class[FOLD_CLASS_MAX];
        unsigned n = fold_class(cp, class);
        for (unsigned i = 0; i < n; i++)
            if (class[i] < low || class[i] > high)
                regex_set_add(s, class[i], class[i]);
    }
}

bool regex_set_add_escape(struct regex_set *s, char name)
{
    switch (name) {
    case 'd':
        regex_set_add(s, '0', '9');
        return true;
    case 'D':
        regex_set_add(s, 0, '0' - 1);
        regex_set_add(s, '9' + 1, CODE_POINT_MAX);
        return true;
    case 'w':
        regex_set_add(s, '0', '9');
        regex_set_add(s, 'A', 'Z');
        regex_set_add(s, '_', '_');
        regex_set_add(s, 'a', 'z');
        return true;
    case 'W':
        regex_set_add(s, 0, '0' - 1);
        regex_set_add(s, '9' + 1, 'A' - 1);
        regex_set_add(s, 'Z' + 1, '_' - 1);
        regex_set_add(s, '_' + 1, 'a' - 1);
        regex_set_add(s, 'z' + 1, CODE_POINT_MAX);
        return true;
    case 's':
        regex_set_add(s, '\t', '\r');
        regex_set_add(s, ' ', ' ');
        return true;
    case 'S':
        regex_set_add(s, 0, '\t' - 1);
        regex_set_add(s, '\r' + 1, ' ' - 1);
        regex_set_add(s, ' ' + 1, CODE_POINT_MAX);
        return true;
    default:
        return false;
    }
}

static int compare(const void *a, const void *b)
{
    const struct syntax_range *x = a, *y = b;
    return (x->low > y->low) - (x->low < y->low);
}

static void join(struct regex_set *s)
{
    uint32_t n = 0;
    qsort(s->ranges, s->count, sizeof(s->ranges[0]), compare);
    for (uint32_t i = 1; i < s->count; i++) {
        if (s->ranges[i].low > s->ranges[n].high + 1)
            s->ranges[++n] = s->ranges[i];
        else if (s->ranges[i].high > s->ranges[n].high)
            s->ranges[n].high = s->ranges[i].high;
    }
    s->count = n + 1;
}

static void complement(struct regex_set *s)
{
    uint32_t n = s->count, next = 0, kept = 0;
    regex_set_add(s, 0, 0); /* room for one range more */
    if (s->failed)
        return;
    for (uint32_t i = 0; i < n; i++) {
        struct syntax_range r = s->ranges[i];
        if (r.low > next)
            s->ranges[kept++] = (struct syntax_range){next, r.low - 1};
        next = r.high + 1;
    }
    if (next <= CODE_POINT_MAX)
        s->ranges[kept++] = (struct syntax_range){next, CODE_POINT_MAX};
    s->count = kept;
}

void regex_set_finish(struct regex_set *s, bool negated)
{
    if (s->failed)
        return;
    if (s->count > 0)
        join(s);
    if (negated)
        complement(s);
}
