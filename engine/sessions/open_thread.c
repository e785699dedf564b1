#include "open_thread.h"

#include "error.h"
#include "locate.h"

int open_thread_find(const struct environment *env, struct span id, struct cancel *cancel,
                     struct open_thread *out, struct error *err)
{
    *out = (struct open_thread){0};
    arena_init(&out->arena);
    if (locate_session(env, id, cancel, &out->arena, &out->session, err) != 0 ||
        session_matches_find(env, &out->session, 1, cancel, &out->matches, err) != 0)
        return -1;
    return out->matches.count == 0 ? locate_no_session(out->session, err) : 0;
}

void open_thread_clear(struct open_thread *t)
{
    session_thread_clear(&t->thread);
    session_matches_clear(&t->matches);
    arena_clear(&t->arena);
}

int open_thread_choose(struct open_thread *t, const struct source_list *list, struct span agent,
                       struct error *err)
{
    session_thread_clear(&t->thread);
    t->agent = agent;
    if (session_thread_make(list, t->matches.items, t->matches.count, agent, &t->thread) != 0)
        return error_no_memory(err);
    return 0;
}

int open_thread_check(const struct open_thread *t, struct error *err)
{
    if (t->thread.count > 0 || t->agent.ptr == NULL)
        return 0;
    return error_set(err, ERROR_NOT_FOUND, ERROR_NO_POSITION, "the session has no sub-agent %.*s",
                     (int)(t->agent.len > 64 ? 64 : t->agent.len), t->agent.ptr);
}
