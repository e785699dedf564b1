#include "engine_inner.h"

#include "discover.h"

static const char sample_text[] =
    "no transcripts were found: this is the sample that comes with scrollback; start it with "
    "--root DIR to search your own";
static const struct span sample_warning = {sample_text, sizeof sample_text - 1};

int view_open(struct engine *e, enum strategy strategy, struct view *v, struct error *err)
{
    const char *only = e->sample;
    (void)strategy;
    *v = (struct view){0};
    if (discover_sources((const char *const *)e->roots, e->root_count, &v->sources, err) != 0)
        return -1;
    if (v->sources->count == 0 && e->sample != NULL) {
        source_list_free(v->sources);
        v->sample = true;
        if (discover_sources(&only, 1, &v->sources, err) != 0)
            return -1;
    }
    v->env = (struct environment){
        .sources = v->sources, .walks = e->walks, .strategy = e->strategy, .threads = e->threads};
    return 0;
}

void view_close(struct view *v)
{
    source_list_free(v->sources);
    *v = (struct view){0};
}

void view_warnings(const struct view *v, const struct span **warnings, uint32_t *count)
{
    *warnings = &sample_warning;
    *count = v->sample;
}
