#include "line_clock.h"

#include "extract.h"

static uint64_t named_ns(const struct line_clock *c)
{
    return c->line.parse_ns + c->extract_ns + c->match_ns;
}

void line_clock_begin(struct line_clock *c, struct extractor *x)
{
    if (c->off)
        return;
    c->on = c->runs++ % PROFILE_WATCH == 0;
    extractor_watch(x, c->on ? &c->line : NULL);
    c->named_before = named_ns(c);
    c->began = clock_monotonic_ns();
}

void line_clock_end(struct line_clock *c)
{
    if (c->off)
        return;
    uint64_t took = clock_monotonic_ns() - c->began, named = named_ns(c) - c->named_before;
    c->all_ns += took;
    if (c->on)
        c->split_ns += took > named ? took - named : 0;
}

void line_clock_divide(const struct line_clock *c, struct profile *p)
{
    uint64_t sum = c->split_ns + named_ns(c);
    double scale = sum == 0 ? 0 : (double)c->all_ns / (double)sum;
    uint64_t parse = (uint64_t)((double)c->line.parse_ns * scale);
    uint64_t extract = (uint64_t)((double)c->extract_ns * scale);
    uint64_t match = (uint64_t)((double)c->match_ns * scale);
    uint64_t named = parse + extract + match;
    p->ns[PHASE_PARSE] += parse;
    p->ns[PHASE_EXTRACT] += extract;
    p->ns[PHASE_MATCH] += match;
    p->ns[PHASE_SPLIT] += c->all_ns > named ? c->all_ns - named : 0;
}
