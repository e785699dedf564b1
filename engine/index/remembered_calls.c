#include "remembered_calls.h"

#include "error.h"

/* The file's own place, or the one that was not used for the longest time. */
static struct remembered_file *find_file(struct remembered_calls *m, uint64_t version)
{
    struct remembered_file *oldest = &m->files[0];
    for (size_t i = 0; i < REMEMBERED_FILES; i++) {
        if (m->files[i].version == version)
            return &m->files[i];
        if (m->files[i].used < oldest->used)
            oldest = &m->files[i];
    }
    tool_calls_free(oldest->calls);
    *oldest = (struct remembered_file){.version = version};
    return oldest;
}

int remembered_calls_find(struct remembered_calls *m, struct reader *r, const struct source *s,
                          uint64_t version, uint64_t end, const struct tool_calls **out,
                          struct error *err)
{
    struct remembered_file *f = find_file(m, version);
    struct tool_calls *more;
    f->used = ++m->clock;
    if (f->calls == NULL || f->end < end) {
        if (tool_calls_read(r, s, f->end, end, &more, err) != 0)
            return -1;
        if (f->calls == NULL) {
            f->calls = more;
        } else {
            int rc = tool_calls_join(f->calls, more);
            tool_calls_free(more);
            if (rc != 0) {
                /* It may have some of them, and must not get them twice. */
                tool_calls_free(f->calls);
                *f = (struct remembered_file){.version = 0};
                return error_no_memory(err);
            }
        }
        f->end = end;
    }
    *out = f->calls;
    return 0;
}

void remembered_calls_clear(struct remembered_calls *m)
{
    for (size_t i = 0; i < REMEMBERED_FILES; i++)
        tool_calls_free(m->files[i].calls);
    *m = (struct remembered_calls){0};
}
