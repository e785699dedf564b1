#include "thread.h"

#include "error.h"
#include "fetch.h"
#include "show.h"

#include <stdlib.h>

struct showing {
    const struct source_list *list;
    const struct thread_page *page;
    struct arena *arena;
    struct reply_message *messages; /* by their place on the page */
    bool *found;
};

static int take(void *arg, size_t i, const struct message *m, struct span line)
{
    struct showing *s = arg;
    struct show_options how = {.full = s->page->full};
    if (s->page->raw)
        how.line = line;
    s->found[i] = true;
    return show_message(s->list, m, &how, s->arena, &s->messages[i]);
}

int thread_read(const struct environment *env, const struct thread_item *items, size_t count,
                const struct thread_page *page, struct cancel *cancel, struct arena *arena,
                struct thread_result *out, struct error *err)
{
    size_t rest = page->first < count ? count - page->first : 0;
    size_t n = rest < page->limit ? rest : page->limit;
    struct showing s = {.list = env->sources,
                        .page = page,
                        .arena = arena,
                        .messages = arena_zalloc(arena, (n + 1) * sizeof *s.messages),
                        .found = calloc(n + 1, sizeof *s.found)};
    const struct match **matches = malloc((n + 1) * sizeof *matches);
    int rc = s.messages == NULL || s.found == NULL || matches == NULL ? error_no_memory(err) : 0;
    *out = (struct thread_result){.messages = s.messages};
    for (size_t i = 0; rc == 0 && i < n; i++)
        matches[i] = items[page->first + i].match;
    if (rc == 0)
        rc = fetch_lines(env->sources, env->snapshot, matches, n, cancel, take, &s, err);
    for (size_t i = 0; rc == 0 && i < n; i++)
        if (s.found[i])
            s.messages[out->count++] = s.messages[i];
    free(matches);
    free(s.found);
    return rc;
}
