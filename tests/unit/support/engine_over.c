#include "engine_over.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

struct engine *engine_over(const struct temp_tree *t, const struct engine_config *config)
{
    struct engine_config own;
    struct engine *e = NULL;
    struct error err = {0};
    const char *root = t->path;
    engine_config_init(&own);
    own.threads = 1;
    if (config != NULL)
        own = *config;
    own.roots = &root;
    own.root_count = 1;
    assert_int_equal(engine_open(&own, &e, &err), 0);
    return e;
}

struct engine *engine_over_index(const struct temp_tree *t)
{
    struct engine_config config;
    engine_config_init(&config);
    config.threads = 1;
    config.index = true;
    struct engine *e = engine_over(t, &config);
    for (bool ready = false; !ready; (void)usleep(10000)) {
        struct engine_status *status = NULL;
        struct error err = {0};
        assert_int_equal(engine_status(e, false, NULL, &status, &err), 0);
        ready = status->state.ready;
        engine_status_free(status);
    }
    engine_refresh(e);
    return e;
}

void engine_refresh(struct engine *e)
{
    struct search_request r;
    struct search_reply *reply;
    struct error err = {0};
    search_request_init(&r);
    r.limit = 0;
    assert_int_equal(engine_search(e, &r, NULL, &reply, &err), 0);
    search_reply_free(reply);
}
