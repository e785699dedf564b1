#include "engine_inner.h"

#include "clock.h"
#include "discover.h"
#include "error.h"
#include "retained.h"
#include "slice.h"
#include "span.h"

/* In this order, so that any of them and all of them lie side by side. */
static const struct span warnings_known[] = {
    SPAN_INIT(
        "no transcripts were found: this is the sample that comes with scrollback; start it with "
        "--root DIR to search your own"),
    SPAN_INIT(
        "a root cannot be read and what it holds is missing here: /stats names it (unreadable); a "
        "folder that was made anew while the service runs can be read after a restart"),
};

static bool misses_a_root(const struct source_list *list)
{
    for (uint32_t i = 0; i < list->unreadable_count; i++)
        if (list->unreadable[i].is_root)
            return true;
    return false;
}

static int list_files(struct engine *e, struct view *v, struct error *err)
{
    const char *only = e->sample;
    const char *const *roots = (const char *const *)e->roots;
    if (discover_sources(roots, e->root_count, &v->sources, err) != 0)
        return -1;
    if (e->retained != NULL && retained_list(e->retained, roots, e->root_count, v->sources) != 0)
        return error_no_memory(err);
    v->misses_root = misses_a_root(v->sources);
    if (v->sources->count > 0 || e->sample == NULL)
        return 0;
    source_list_free(v->sources);
    v->sources = NULL;
    v->sample = true;
    return discover_sources(&only, 1, &v->sources, err);
}

static void remember(struct engine *e, const struct view *v)
{
    pthread_mutex_lock(&e->lock);
    e->seen = (struct seen){v->env.sources->count, v->env.sources->bytes, v->sample};
    pthread_mutex_unlock(&e->lock);
}

int view_open(struct engine *e, enum strategy strategy, struct view *v, struct error *err)
{
    bool by_index = strategy == STRATEGY_INDEX;
    *v = (struct view){.engine = e};
    uint64_t started = clock_monotonic_ns();
    /* What was deleted a moment ago is put away by the index, for those who read the files too. */
    bool keeps = e->index != NULL && e->retained != NULL && !by_index;
    if (keeps && index_refresh(e->index, &v->snapshot, err) != 0)
        return -1;
    if (keeps) {
        snapshot_release(v->snapshot);
        v->snapshot = NULL;
    }
    if (e->index != NULL && by_index) {
        if (index_refresh(e->index, &v->snapshot, err) != 0)
            return -1;
        v->misses_root = misses_a_root(snapshot_sources(v->snapshot));
        if (snapshot_sources(v->snapshot)->count == 0 && e->sample != NULL) {
            snapshot_release(v->snapshot);
            v->snapshot = NULL;
        }
    }
    if (v->snapshot == NULL && list_files(e, v, err) != 0) {
        source_list_free(v->sources);
        return -1;
    }
    v->env = (struct environment){.sources = v->snapshot != NULL ? snapshot_sources(v->snapshot)
                                                                 : v->sources,
                                  .snapshot = v->snapshot,
                                  .walks = e->walks,
                                  .strategy = e->strategy,
                                  .threads = e->threads,
                                  .team = e->team,
                                  .index_team = e->index_team,
                                  .profile = &v->profile};
    v->profile.ns[PHASE_DISCOVER] = clock_monotonic_ns() - started;
    remember(e, v);
    return 0;
}

void view_close(struct view *v)
{
    source_list_free(v->sources);
    snapshot_release(v->snapshot);
    if (v->profile.runs > 0) {
        pthread_mutex_lock(&v->engine->lock);
        profile_add(&v->engine->profiles[v->profile.strategy], &v->profile);
        pthread_mutex_unlock(&v->engine->lock);
    }
    slice_restore();
    *v = (struct view){0};
}

void view_warnings(const struct view *v, const struct span **warnings, uint32_t *count)
{
    *warnings = warnings_known + (v->sample ? 0 : 1);
    *count = (uint32_t)v->sample + v->misses_root;
}
