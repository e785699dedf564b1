#include "line_values.h"

#include "clock.h"

void line_values_init(struct line_values *v)
{
    record_init(&v->record);
    compose_init(&v->compose);
    v->walk = (struct record_walk){0};
    v->watch = NULL;
}

void line_values_clear(struct line_values *v)
{
    record_clear(&v->record);
    compose_clear(&v->compose);
}

static int next_record(struct line_values *v)
{
    if (v->watch == NULL)
        return record_walk_next(&v->walk, &v->record);
    uint64_t started = clock_monotonic_ns();
    int r = record_walk_next(&v->walk, &v->record);
    v->watch->parse_ns += clock_monotonic_ns() - started;
    return r;
}

static enum compose_result compose_record(struct line_values *v, struct message *m)
{
    if (v->watch == NULL)
        return compose_message(&v->compose, &v->record, m);
    uint64_t started = clock_monotonic_ns();
    enum compose_result made = compose_message(&v->compose, &v->record, m);
    v->watch->compose_ns += clock_monotonic_ns() - started;
    return made;
}

enum compose_result line_values_next(struct line_values *v, struct message *m)
{
    int r;
    while ((r = next_record(v)) == 1) {
        enum compose_result made = compose_record(v, m);
        if (made != COMPOSE_INVALID)
            return made;
        record_walk_reject(&v->walk, &v->record);
    }
    return r < 0 ? COMPOSE_NO_MEMORY : LINE_VALUES_END;
}

/* Whether all of the line is values.  1 or 0, or -1 without memory. */
static int is_whole(struct line_values *v)
{
    struct message ignored;
    enum compose_result made;
    do
        made = line_values_next(v, &ignored);
    while ((made == COMPOSE_MESSAGE || made == COMPOSE_OTHER) && !v->walk.damaged);
    return made == COMPOSE_NO_MEMORY ? -1 : !v->walk.damaged;
}

int line_values_begin(struct line_values *v, struct span line, bool unterminated)
{
    compose_reset(&v->compose);
    record_walk_begin(&v->walk, line, v->compose.kernels);
    if (!unterminated)
        return 0;
    bool leaves_texts = v->compose.leaves_texts;
    v->compose.leaves_texts = true; /* the line is read once more */
    int whole = is_whole(v);
    v->compose.leaves_texts = leaves_texts;
    compose_reset(&v->compose);
    record_walk_begin(&v->walk, (struct span){line.ptr, whole == 1 ? line.len : 0},
                      v->compose.kernels);
    return whole < 0 ? -1 : 0;
}
