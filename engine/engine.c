#include "engine.h"

#include "engine_inner.h"
#include "error.h"
#include "retained.h"
#include "team.h"
#include "walks.h"

#include <stdlib.h>
#include <string.h>

void engine_config_init(struct engine_config *c)
{
    *c = (struct engine_config){.strategy = STRATEGY_AUTO};
}

static int copy_roots(struct engine *e, const struct engine_config *c)
{
    e->roots = calloc(c->root_count + 1, sizeof *e->roots);
    for (; e->roots != NULL && e->root_count < c->root_count; e->root_count++)
        if ((e->roots[e->root_count] = strdup(c->roots[e->root_count])) == NULL)
            return -1;
    if (c->sample != NULL && (e->sample = strdup(c->sample)) == NULL)
        return -1;
    return e->roots == NULL ? -1 : 0;
}

static void pass_log(void *arg, enum index_log_level level, const char *line)
{
    const struct engine *e = arg;
    if (e->log != NULL)
        e->log(e->log_arg, (enum engine_log_level)level, line);
}

static int open_index(struct engine *e, const struct engine_config *c, struct error *err)
{
    struct index_config config = {.roots = (const char *const *)e->roots,
                                  .root_count = e->root_count,
                                  .cache_dir = c->cache_dir,
                                  .data_dir = c->retain ? c->data_dir : NULL,
                                  .retain = c->retain,
                                  .threads = e->threads,
                                  .strategy = e->strategy,
                                  .log = pass_log,
                                  .log_arg = e};
    return index_open(&config, &e->index, err);
}

int engine_open(const struct engine_config *config, struct engine **out, struct error *err)
{
    struct engine *e = calloc(1, sizeof *e);
    if (e == NULL)
        return error_no_memory(err);
    e->threads = config->threads != 0 ? config->threads : team_default_threads();
    e->strategy = config->strategy;
    e->log = config->log;
    e->log_arg = config->log_arg;
    e->pricing = pricing_builtin();
    pthread_mutex_init(&e->lock, NULL);
    if (copy_roots(e, config) != 0 || walks_new(&e->walks) != 0 || team_new(&e->team) != 0 ||
        team_new(&e->index_team) != 0) {
        error_no_memory(err);
        goto fail;
    }
    if (config->pricing != NULL) {
        if (pricing_read(config->pricing, &e->own_pricing, err) != 0)
            goto fail;
        e->pricing = e->own_pricing;
    }
    if (config->retain && config->data_dir != NULL) {
        e->retained =
            retained_folder(config->data_dir, (const char *const *)e->roots, e->root_count);
        if (e->retained == NULL) {
            error_no_memory(err);
            goto fail;
        }
    }
    if (config->index && open_index(e, config, err) != 0)
        goto fail;
    *out = e;
    return 0;
fail:
    engine_close(e);
    return -1;
}

void engine_close(struct engine *e)
{
    if (e == NULL)
        return;
    index_close(e->index);
    for (size_t i = 0; i < e->root_count; i++)
        free(e->roots[i]);
    free(e->roots);
    free(e->sample);
    free(e->retained);
    walks_free(e->walks);
    team_free(e->team);
    team_free(e->index_team);
    pricing_free(e->own_pricing);
    pthread_mutex_destroy(&e->lock);
    free(e);
}
