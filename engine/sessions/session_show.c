#include "session_show.h"

#include "buf.h"
#include "error.h"
#include "fetch.h"
#include "reader.h"
#include "session_matches.h"
#include "span.h"
#include "title.h"
#include "utf8.h"

#include <stdlib.h>
#include <sys/stat.h>

/* A message that is read to show a row: its first prompt, or the summary that names it. */
struct wish {
    struct reply_session *session;
    bool is_summary;
};

struct showing {
    struct arena *arena;
    struct wish *wishes;
};

static int take(void *arg, size_t i, const struct message *m, struct span line)
{
    struct showing *s = arg;
    struct wish *w = &s->wishes[i];
    (void)line;
    if (w->session->title.ptr != NULL && !w->is_summary)
        return 0; /* it has a better one */
    struct span title;
    if (title_from_text(m->part[w->is_summary ? PART_SUMMARY : PART_TEXT], s->arena, &title) != 0)
        return -1;
    if (title.len > 0)
        w->session->title = title;
    return 0;
}

/* A summary is a better title than a prompt, so prompts are read first and overwritten. */
static int read_titles(const struct environment *env, const struct tally *t,
                       const struct session_row *const *rows, size_t n, struct arena *arena,
                       struct reply_session *out, struct error *err)
{
    const struct match **list = malloc((n + 1) * sizeof *list);
    struct showing s = {arena, calloc(n + 1, sizeof(struct wish))};
    int rc = list == NULL || s.wishes == NULL ? error_no_memory(err) : 0;
    for (int summaries = 0; rc == 0 && summaries < 2; summaries++) {
        size_t k = 0;
        for (size_t i = 0; i < n; i++) {
            uint32_t at = summaries ? rows[i]->summary : rows[i]->first_prompt;
            if (at == NO_MATCH)
                continue;
            s.wishes[k] = (struct wish){&out[i], summaries != 0};
            list[k++] = &t->results.all[at];
        }
        rc = fetch_messages(env->sources, NULL, list, k, take, &s, err);
    }
    free(list);
    free(s.wishes);
    return rc;
}

/* Who pastes the command types its control characters: an interrupt would end the line and run the
 * rest as another.  So they are spelled; a line feed inside quotes does no harm. */
static void quote(struct buf *b, struct span s)
{
    buf_append_byte(b, '\'');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '\'')
            buf_append(b, "'\\''", 4);
        else if ((c > 0 && c < 0x20 && c != '\n') || c == 0x7f)
            buf_printf(b, "'\"$(printf '\\%03o')\"'", c);
        else if (c != 0) /* no file name and no argument can hold one */
            buf_append_byte(b, s.ptr[i]);
    }
    buf_append_byte(b, '\'');
}

static bool is_plain(struct span s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '_' || (c == '-' && i > 0)))
            return false;
    }
    return s.len > 0;
}

int session_resume(struct span cwd, struct span id, struct arena *arena, struct span *out)
{
    struct buf b;
    buf_init(&b);
    if (cwd.ptr != NULL) {
        buf_append_span(&b, SPAN("cd "));
        if (span_starts_with(cwd, SPAN("-")))
            buf_append_span(&b, SPAN("./")); /* it would be an option */
        quote(&b, cwd);
        buf_append_span(&b, SPAN(" && "));
    }
    /* An id with a dash in front would be an option of its own. */
    bool dash = span_starts_with(id, SPAN("-"));
    buf_append_span(&b, dash ? SPAN("claude --resume=") : SPAN("claude --resume "));
    if (is_plain(id))
        buf_append_span(&b, id);
    else
        quote(&b, id);
    int rc = buf_failed(&b) ? -1 : arena_copy(arena, buf_span(&b), out);
    buf_clear(&b);
    return rc;
}

static bool is_folder(struct span path)
{
    struct stat st;
    char copy[4096];
    if (path.ptr == NULL || path.len >= sizeof copy)
        return false;
    memcpy(copy, path.ptr, path.len);
    copy[path.len] = '\0';
    return stat(copy, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The first cwd of the file that ${message} is in.  A project is that, or the name of the folder. */
static struct span first_cwd(const struct environment *env, const struct result_set *r,
                             uint32_t message)
{
    struct span none = {NULL, 0};
    if (message == NO_MATCH)
        return none;
    const struct match *m = &r->all[message];
    struct span folder = env->sources->items[m->source].folder;
    struct span project = intern_get(&r->values, r->place_project[m->place]);
    bool is_text = utf8_valid_prefix(folder) == folder.len; /* else its name is mended */
    return is_text && !span_equal(project, folder) ? project : none;
}

static int show_names(const struct environment *env, const struct tally *t,
                      const struct session_row *row, struct arena *a, struct reply_session *out)
{
    const struct result_set *r = &t->results;
    const struct match *last = &r->all[row->last_message];
    struct span id = intern_get(&r->values, row->session);
    struct span cwd = first_cwd(env, r, row->main_message);
    if (cwd.ptr == NULL)
        cwd = first_cwd(env, r, row->first_message);
    bool has_main = row->main_source != NO_MATCH;
    const struct source *file =
        &env->sources->items[has_main ? row->main_source : row->first_source];
    if (arena_copy_any(a, id, &out->id) != 0 || arena_copy_any(a, cwd, &out->cwd) != 0 ||
        arena_copy_any(a, intern_get(&r->values, r->place_project[last->place]), &out->project) !=
            0 ||
        arena_copy_any(a, intern_get(&r->names.branch, last->branch), &out->branch) != 0 ||
        arena_copy_any(a, file->name, &out->source) != 0 ||
        pair_set_names(&row->models, &r->names.model, a, &out->models, &out->model_count) != 0)
        return -1;
    return pair_set_names(&row->unpriced, &t->responses.models, a, &out->unpriced_models,
                          &out->unpriced_count);
}

static void show_counts(const struct session_row *row, struct reply_session *out)
{
    out->first_ms = row->first_ms;
    out->last_ms = row->last_ms;
    out->messages = row->messages;
    out->prompts = row->prompts;
    out->tool_calls = row->tool_calls;
    out->errors = row->errors;
    out->tokens = row->tokens;
    out->cost_picodollars = row->cost_picodollars;
    out->agents = row->agents;
    out->size_bytes = row->size_bytes;
    out->matches = row->matches;
}

/* The name that a person gave, from the main transcripts: of two copies of one the younger knows best.  *${kept}
 * if one of them is still there: what is kept though it was deleted is nothing to carry on from. */
static int read_name(const struct source_list *list, struct reader *reader, struct arena *a,
                     struct reply_session *out, bool *kept)
{
    int64_t youngest = INT64_MIN;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct source *s = &list->items[i];
        struct span title;
        if (!source_is_named(s, out->id))
            continue;
        if (title_read(reader, s, a, &title) != 0)
            return -1;
        *kept |= !s->is_retained;
        if (title.len == 0 || s->mtime_ns < youngest)
            continue;
        youngest = s->mtime_ns;
        out->title = title;
    }
    return 0;
}

/* What carries on from here, too. */
static int show_files(const struct environment *env, const struct session_row *row,
                      struct reader *reader, struct arena *a, struct reply_session *out)
{
    bool kept = false;
    if (row->main_source != NO_MATCH && read_name(env->sources, reader, a, out, &kept) != 0)
        return -1;
    out->resumable = kept && is_folder(out->cwd);
    return session_resume(out->cwd, out->id, a, &out->resume);
}

int session_show(const struct environment *env, const struct tally *t,
                 const struct session_row *const *rows, size_t n, struct arena *arena,
                 struct reply_session *out, struct error *err)
{
    struct reader *reader = NULL;
    for (size_t i = 0; i < n; i++) {
        out[i] = (struct reply_session){0};
        show_counts(rows[i], &out[i]);
        if (show_names(env, t, rows[i], arena, &out[i]) != 0)
            return error_no_memory(err);
    }
    if (read_titles(env, t, rows, n, arena, out, err) != 0)
        return -1;
    int rc = reader_new(&reader);
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = show_files(env, rows[i], reader, arena, &out[i]);
    reader_free(reader);
    return rc == 0 ? 0 : error_no_memory(err);
}
