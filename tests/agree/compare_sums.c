#include "compare_sums.h"

#include "compare.h"
#include "sessions_api.h"
#include "same.h"

#include <stdio.h>

/* The first field that differs, or NULL. */
static const char *row_difference(const struct reply_stats_row *a, const struct reply_stats_row *b)
{
    if (!same(a->key, b->key))
        return "key";
    if (a->messages != b->messages || a->prompts != b->prompts)
        return "messages or prompts";
    if (a->sessions != b->sessions || a->projects != b->projects || a->files != b->files)
        return "sessions, projects or files";
    if (a->tool_calls != b->tool_calls || a->errors != b->errors)
        return "tool calls or errors";
    if (a->first_ms != b->first_ms || a->last_ms != b->last_ms)
        return "first or last time";
    if (!same_tokens(&a->tokens, &b->tokens) || a->cost_picodollars != b->cost_picodollars)
        return "tokens or cost";
    if (!same_list(a->unpriced_models, a->unpriced_count, b->unpriced_models, b->unpriced_count))
        return "models without a price";
    return NULL;
}

int compare_stats(const void *a, const void *b, char *why, size_t size)
{
    const struct stats_reply *x = a, *y = b;
    if (x->incomplete_reason == INCOMPLETE_REGEX_LIMIT ||
        y->incomplete_reason == INCOMPLETE_REGEX_LIMIT)
        return COMPARE_LIMITED;
    if (x->complete != y->complete || x->row_count != y->row_count) {
        (void)snprintf(why, size, "%u rows against %u", x->row_count, y->row_count);
        return -1;
    }
    const char *what = row_difference(&x->totals, &y->totals);
    if (what != NULL) {
        (void)snprintf(why, size, "totals: %s differ", what);
        return -1;
    }
    for (uint32_t i = 0; i < x->row_count; i++) {
        what = row_difference(&x->rows[i], &y->rows[i]);
        if (what == NULL)
            continue;
        (void)snprintf(why, size, "row %u (%.*s): %s differs", i, (int)x->rows[i].key.len,
                       x->rows[i].key.ptr == NULL ? "" : x->rows[i].key.ptr, what);
        return -1;
    }
    return 0;
}

/* The first field that differs, or NULL. */
static const char *session_difference(const struct reply_session *a, const struct reply_session *b)
{
    if (!same(a->id, b->id))
        return "id";
    if (!same(a->title, b->title) || !same(a->project, b->project) || !same(a->cwd, b->cwd))
        return "title, project or cwd";
    if (!same(a->branch, b->branch) || !same(a->source, b->source) || !same(a->resume, b->resume))
        return "branch, source or resume";
    if (!same_list(a->models, a->model_count, b->models, b->model_count))
        return "models";
    if (a->first_ms != b->first_ms || a->last_ms != b->last_ms)
        return "first or last time";
    if (a->messages != b->messages || a->prompts != b->prompts || a->agents != b->agents)
        return "messages, prompts or agents";
    if (a->tool_calls != b->tool_calls || a->errors != b->errors)
        return "tool calls or errors";
    if (!same_tokens(&a->tokens, &b->tokens) || a->cost_picodollars != b->cost_picodollars)
        return "tokens or cost";
    if (!same_list(a->unpriced_models, a->unpriced_count, b->unpriced_models, b->unpriced_count))
        return "models without a price";
    if (a->size_bytes != b->size_bytes || a->resumable != b->resumable)
        return "size or resumable";
    if (a->has_matches != b->has_matches || a->matches != b->matches)
        return "matches";
    return NULL;
}

int compare_sessions(const void *a, const void *b, char *why, size_t size)
{
    const struct sessions_reply *x = a, *y = b;
    if (x->incomplete_reason == INCOMPLETE_REGEX_LIMIT ||
        y->incomplete_reason == INCOMPLETE_REGEX_LIMIT)
        return COMPARE_LIMITED;
    if (x->complete != y->complete || x->total != y->total || x->count != y->count) {
        (void)snprintf(why, size, "%u of %llu sessions against %u of %llu", x->count,
                       (unsigned long long)x->total, y->count, (unsigned long long)y->total);
        return -1;
    }
    for (uint32_t i = 0; i < x->count; i++) {
        const char *what = session_difference(&x->sessions[i], &y->sessions[i]);
        if (what == NULL)
            continue;
        (void)snprintf(why, size, "session %u (%.*s): %s differs", i, (int)x->sessions[i].id.len,
                       x->sessions[i].id.ptr, what);
        return -1;
    }
    if ((x->next_cursor.len == 0) != (y->next_cursor.len == 0)) {
        (void)snprintf(why, size, "one answer ends, the other goes on");
        return -1;
    }
    return 0;
}
