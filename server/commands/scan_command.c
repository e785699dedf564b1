#include "scan_command.h"

#include "engine.h"
#include "render_search.h"
#include "scan_print.h"
#include "text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void on_engine_line(void *arg, enum engine_log_level level, const char *line)
{
    const struct config *config = arg;
    if ((uint32_t)level <= config->log_level && level <= ENGINE_LOG_WARN)
        fprintf(stderr, "scrollback: %s\n", line);
}

static int open_engine(const struct config *config, struct engine **out, struct error *err)
{
    struct engine_config e;
    engine_config_init(&e);
    e.roots = config->roots.items;
    e.root_count = config->roots.count;
    e.threads = config->threads;
    e.strategy = (enum strategy)config->strategy;
    e.log = on_engine_line;
    e.log_arg = (void *)(uintptr_t)config;
    return engine_open(&e, out, err);
}

static void fill_request(const struct config *config, struct search_request *r)
{
    search_request_init(r);
    r->query.q = text_of(config->query);
    r->query.mode = (enum request_mode)config->mode;
    r->query.letter_case = (enum request_case)config->letter_case;
    r->query.word = config->word;
    r->query.dedupe = !config->no_dedupe;
    r->query.tz = text_of(config->tz);
    r->query.strategy = (enum strategy)config->strategy;
    r->query.threads = config->threads;
    r->sort = (enum request_sort)config->sort;
    r->limit = config->count ? 0 : config->limit == 0 ? SEARCH_UNLIMITED : config->limit;
    r->snippet_chars = config->snippet_chars;
}

static bool wants_color(const struct config *config)
{
    const char *none = getenv("NO_COLOR"); /* https://no-color.org */
    const char *term = getenv("TERM");
    if (config->color != COLOR_AUTO)
        return config->color == COLOR_ALWAYS;
    return (none == NULL || none[0] == '\0') && (term == NULL || strcmp(term, "dumb") != 0) &&
           isatty(STDOUT_FILENO) == 1;
}

static int write_all(const struct bytes *b)
{
    size_t done = 0;
    if (b->failed)
        return fprintf(stderr, "scrollback: there is no memory for the reply\n"), -1;
    while (done < b->len) {
        ssize_t n = write(STDOUT_FILENO, b->ptr + done, b->len - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            fprintf(stderr, "scrollback: cannot write: %s\n", strerror(errno));
            return -1;
        }
        done += (size_t)n;
    }
    return 0;
}

static void print_lines(const struct search_reply *reply, const struct render_context *context,
                        struct bytes *out)
{
    for (uint32_t i = 0; i < reply->hit_count; i++)
        render_search_ndjson_hit(&reply->hits[i], context, out);
    render_search_ndjson_end(reply, context, out);
}

static int print_reply(const struct config *config, const struct search_reply *reply)
{
    static const struct render_context context = {0};
    struct bytes out = {0};

    if (config->count)
        bytes_printf(&out, "%" PRIu64 "\n", reply->total);
    else if (config->format == SCAN_JSON)
        render_search_json(reply, &context, &out);
    else if (config->format == SCAN_NDJSON)
        print_lines(reply, &context, &out);
    else
        scan_print_reply(reply, wants_color(config), &out);
    int rc = write_all(&out);
    bytes_clear(&out);
    return rc;
}

/* Where in the query the fault is, with a mark below it. */
static void complain(const struct config *config, const struct error *err)
{
    fprintf(stderr, "scrollback: %s\n", err->msg);
    size_t n = strlen(config->query);
    if (err->pos == ERROR_NO_POSITION || err->pos > n || err->code == ERROR_INVALID_PARAMETER)
        return;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)config->query[i] < ' ' || (unsigned char)config->query[i] >= 0x7F)
            return; /* the mark would stand in the wrong column */
    fprintf(stderr, "    %s\n    %*s^\n", config->query, (int)err->pos, "");
}

/* A table of the phases: threads' time, its shares, and what went through. */
static void print_profile(struct engine *engine)
{
    struct engine_status *status = NULL;
    struct error err = {0};
    if (engine_status(engine, false, NULL, &status, &err) != 0) {
        fprintf(stderr, "scrollback: %s\n", err.msg);
        return;
    }
    for (uint32_t i = 0; i < status->profile_count; i++) {
        const struct reply_profile *p = &status->profiles[i];
        double ms = 0, share = 0;
        fprintf(stderr, "%s (%s)\n%-10s %10s %7s %14s %10s\n",
                vocabulary_strategy_name(p->strategy), p->io, "phase", "ms", "share", "bytes",
                "records");
        for (uint32_t k = 0; k < p->phase_count; k++) {
            const struct reply_phase *f = &p->phases[k];
            fprintf(stderr, "%-10s %10.2f %6.1f%% %14" PRIu64 " %10" PRIu64 "\n", f->phase, f->ms,
                    f->share * 100, f->bytes, f->records);
            ms += f->ms;
            share += f->share;
        }
        fprintf(stderr, "%-10s %10.2f %6.1f%%\n", "all", ms, share * 100);
    }
    engine_status_free(status);
}

/* What a reply without hits would not tell by itself. */
static void warn(const struct search_reply *reply)
{
    for (uint32_t i = 0; i < reply->warning_count; i++)
        fprintf(stderr, "scrollback: %.*s\n", (int)reply->warnings[i].len, reply->warnings[i].ptr);
    if (reply->scanned.files == 0)
        fprintf(stderr, "scrollback: scan: there are no transcripts there; name their folder with "
                        "--root DIR\n");
}

int scan_command_run(const struct config *config)
{
    struct engine *engine = NULL;
    struct search_request request;
    struct search_reply *reply = NULL;
    struct error err = {0};
    int status = 2;

    if (config->roots.count == 0) {
        fprintf(stderr, "scrollback: scan: no transcripts in the usual places; name their folder "
                        "with --root DIR\n");
        return 2;
    }
    fill_request(config, &request);
    if (open_engine(config, &engine, &err) != 0 ||
        engine_search(engine, &request, NULL, &reply, &err) != 0) {
        complain(config, &err);
    } else {
        warn(reply);
        if (print_reply(config, reply) == 0)
            status = !reply->complete ? 2 : reply->total > 0 ? 0 : 1;
        if (config->profile)
            print_profile(engine);
    }
    search_reply_free(reply);
    engine_close(engine);
    return status;
}
