#include "serve_progress.h"

#include "log.h"
#include "text.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#define TICK_MS 250        /* between two looks at a terminal */
#define LOG_EVERY_MS 10000 /* between two lines of a log */

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void serve_progress_text(const struct engine_state *state, char *out, size_t size)
{
    char left[40] = "";
    if (state->eta_s >= 90)
        snprintf(left, sizeof left, ", %.0f min left", ceil(state->eta_s / 60));
    else if (state->eta_s >= 0)
        snprintf(left, sizeof left, ", %.0f s left", ceil(state->eta_s));
    snprintf(out, size, "reading transcripts: %.0f %%, %.0f of %.0f MB%s", state->progress * 100,
             (double)state->bytes_done / 1e6, (double)state->bytes / 1e6, left);
}

/* What was found where; where nothing was, what is shown instead and what helps. */
static void tell_roots(const struct config *config, const struct engine_status *status)
{
    for (size_t i = 0; i < config->roots.count; i++) {
        bool known = !status->state.sample && i < status->root_count;
        log_event(LOG_INFO, "root", LOG_C("path", config->roots.items[i]),
                  LOG_U("files", known ? status->roots[i].files : 0),
                  LOG_U("bytes", known ? status->roots[i].bytes : 0));
    }
    for (size_t i = config->roots.count == 1 ? 1 : 0; i < config->missing.count; i++)
        log_event(LOG_INFO, "no_root", LOG_C("path", config->missing.items[i]));
    if (status->state.files > 0 && !status->state.sample)
        return;
    log_event(LOG_WARN, "no_transcripts",
              LOG_S("shown", text_of(status->state.sample ? config->sample : "nothing")),
              LOG_C("remedy",
                    "name their folder with --root DIR; \"scrollback doctor\" tells more; "
                    "what Claude Code writes from now on is found"));
}

/* Tell how far the index is; true once it is complete. */
static bool tell_progress(const struct engine_state *state, int64_t *logged_ms)
{
    char line[80];

    if (state->ready)
        return log_transient(""), true;
    serve_progress_text(state, line, sizeof line);
    if (log_transient(line) || now_ms() - *logged_ms < LOG_EVERY_MS)
        return false;
    *logged_ms = now_ms();
    log_event(LOG_INFO, "indexing", LOG_S("progress", text_of(line)));
    return false;
}

int serve_progress_wait(struct engine *engine, const struct config *config, const sigset_t *stop)
{
    const struct timespec tick = {0, TICK_MS * 1000000L};
    struct engine_status *status = NULL;
    struct engine_state state;
    struct error err = {0};
    int64_t logged = now_ms();
    int got = -1;

    if (engine_status(engine, false, NULL, &status, &err) == 0) {
        tell_roots(config, status);
        engine_status_free(status);
    }
    for (;;) {
        engine_state(engine, &state);
        if (tell_progress(&state, &logged))
            break;
        if ((got = sigtimedwait(stop, NULL, &tick)) > 0)
            return log_transient(""), got;
    }
    while (sigwait(stop, &got) != 0)
        ;
    return got;
}
