#include "serve_fence.h"

#include "build_info.h"
#include "folders.h"
#include "log.h"
#include "sandbox.h"
#include "text.h"

#define MAX_READABLE (CONFIG_MAX_LIST + 4)

/* Sanitizers stop the process's threads and start a symbolizer, which the fences forbid. */
static bool wanted(const struct config *config)
{
    return !config->no_sandbox && BUILD_INFO_SANITIZE[0] == '\0';
}

void serve_fence_files(const struct config *config)
{
    const char *readable[MAX_READABLE], *writable[2];
    const char *const single[] = {config->sample, config->web_root, config->pricing};
    struct sandbox_paths paths = {readable, 0, writable, 0};
    struct error err = {0};
    int version;

    if (!wanted(config))
        return;
    for (size_t i = 0; i < config->roots.count; i++)
        readable[paths.readable_count++] = config->roots.items[i];
    for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++)
        if (single[i] != NULL)
            readable[paths.readable_count++] = single[i];
    if (config->cache_dir != NULL)
        writable[paths.writable_count++] = config->cache_dir;
    if (config->retain && config->data_dir != NULL)
        writable[paths.writable_count++] = config->data_dir;
    for (size_t i = 0; i < paths.writable_count; i++)
        (void)folders_make(writable[i]); /* who writes to it will say what is wrong */

    version = sandbox_files(&paths, &err);
    if (version > 0)
        log_event(LOG_INFO, "sandbox", LOG_C("files", "roots and cache only"),
                  LOG_U("landlock", (uint64_t)version));
    else
        log_event(LOG_WARN, "no_sandbox", LOG_C("for", "files"),
                  LOG_S("why", text_of(version == 0 ? "the kernel has no Landlock" : err.msg)));
}

void serve_fence_calls(const struct config *config)
{
    struct error err = {0};
    int result;

    if (!wanted(config))
        return;
    result = sandbox_calls(&err);
    if (result > 0)
        log_event(LOG_INFO, "sandbox", LOG_C("calls", "no programs, no connections"));
    else
        log_event(LOG_WARN, "no_sandbox", LOG_C("for", "calls"),
                  LOG_S("why", text_of(result == 0 ? "the kernel has no filter" : err.msg)));
}
