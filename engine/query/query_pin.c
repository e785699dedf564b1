#include "query.h"

#include "error.h"
#include "query_storage.h"
#include "span.h"

/* How many of ${sessions} begin with ${prefix}, and the last of them; an equal one is the only. */
static size_t fitting(struct span prefix, const struct span *sessions, size_t count,
                      struct span *found)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (!span_starts_with(sessions[i], prefix))
            continue;
        *found = sessions[i];
        if (sessions[i].len == prefix.len)
            return 1;
        n++;
    }
    return n;
}

static int pin_value(struct query_storage *s, struct filter_value *v, const struct span *sessions,
                     size_t count, struct error *err)
{
    struct span found;
    size_t n = fitting(v->text, sessions, count, &found);
    if (n == 0)
        return 0;
    if (n > 1) {
        bool in_text = v->pos != ERROR_NO_POSITION;
        error_set(err, in_text ? ERROR_INVALID_QUERY : ERROR_INVALID_PARAMETER, v->pos,
                  "%zu sessions begin so: expected a whole id or a longer prefix", n);
        error_parameter(err, in_text ? "q" : "session");
        return -1;
    }
    if (arena_copy(&s->arena, found, &v->text) != 0)
        return error_no_memory(err);
    v->exact = true;
    return 0;
}

int query_pin_sessions(struct query *q, const struct span *sessions, size_t count,
                       struct error *err)
{
    for (uint32_t i = 0; i < q->filter_count; i++) {
        const struct filter *f = q->filters[i];
        for (uint32_t k = 0; f->field == FIELD_SESSION && k < f->count; k++)
            if (!f->values[k].exact &&
                pin_value(q->storage, &f->values[k], sessions, count, err) != 0)
                return -1;
    }
    return 0;
}
