#include "compare.h"

#include "same.h"

#include <stdio.h>

static bool same_snippets(const struct reply_hit *a, const struct reply_hit *b)
{
    if (a->snippet_count != b->snippet_count)
        return false;
    for (uint32_t i = 0; i < a->snippet_count; i++) {
        const struct reply_snippet *x = &a->snippets[i], *y = &b->snippets[i];
        if (x->part != y->part || !same(x->tool, y->tool) || x->matches != y->matches ||
            x->truncated != y->truncated || x->count != y->count)
            return false;
        for (uint32_t k = 0; k < x->count; k++)
            if (x->segments[k].match != y->segments[k].match ||
                !same(x->segments[k].text, y->segments[k].text))
                return false;
    }
    return true;
}

static bool same_copies(const struct reply_hit *a, const struct reply_hit *b)
{
    if (a->also_in_count != b->also_in_count)
        return false;
    for (uint32_t i = 0; i < a->also_in_count; i++)
        if (!same(a->also_in[i].source, b->also_in[i].source) ||
            !same(a->also_in[i].session, b->also_in[i].session) ||
            a->also_in[i].line != b->also_in[i].line)
            return false;
    return true;
}

/* The first field that differs, or NULL. */
static const char *hit_difference(const struct reply_hit *a, const struct reply_hit *b)
{
    if (!same(a->source, b->source) || a->line != b->line || a->position != b->position)
        return "place";
    if (!same(a->id, b->id))
        return "id";
    if (a->time_ms != b->time_ms)
        return "time";
    if (!same(a->session, b->session) || !same(a->project, b->project) || !same(a->cwd, b->cwd))
        return "session, project or cwd";
    if (a->role != b->role || a->kind != b->kind || a->flags != b->flags)
        return "role, kind or flags";
    if (!same(a->model, b->model) || !same(a->branch, b->branch) || !same(a->agent, b->agent))
        return "model, branch or agent";
    if (!same_list(a->tools, a->tool_count, b->tools, b->tool_count))
        return "tools";
    if (!same_list(a->files, a->file_count, b->files, b->file_count))
        return "files";
    if (a->has_score != b->has_score || a->score < b->score || a->score > b->score)
        return "score";
    if (a->group_count != b->group_count)
        return "group count";
    if (!same_copies(a, b))
        return "also_in";
    return same_snippets(a, b) ? NULL : "snippets";
}

static int compare_facets(const struct search_reply *a, const struct search_reply *b, char *why,
                          size_t size)
{
    for (uint32_t f = 0; f < a->facet_count && f < b->facet_count; f++) {
        const struct reply_facet *x = &a->facets[f], *y = &b->facets[f];
        bool equal = x->facet == y->facet && x->count == y->count && x->others == y->others;
        for (uint32_t i = 0; equal && i < x->count; i++)
            equal = x->buckets[i].count == y->buckets[i].count &&
                    same(x->buckets[i].value, y->buckets[i].value);
        if (!equal) {
            (void)snprintf(why, size, "facet %s differs", vocabulary_facet_name(x->facet));
            return -1;
        }
    }
    return a->facet_count == b->facet_count ? 0 : -1;
}

int compare_replies(const struct search_reply *a, const struct search_reply *b, char *why,
                    size_t size)
{
    why[0] = '\0';
    /* The limits of a regex are those of time and of backtracking in one text.  A way that finds
     * out by an automaton or a required literal that a text cannot match spends none on it, so one
     * answer may say "limited" where the other is whole; it is then right to differ. */
    if (a->incomplete_reason == INCOMPLETE_REGEX_LIMIT ||
        b->incomplete_reason == INCOMPLETE_REGEX_LIMIT)
        return COMPARE_LIMITED;
    if (a->total != b->total || a->hit_count != b->hit_count || a->complete != b->complete) {
        (void)snprintf(why, size, "total %llu, %u hits against %llu, %u hits",
                       (unsigned long long)a->total, a->hit_count, (unsigned long long)b->total,
                       b->hit_count);
        return -1;
    }
    for (uint32_t i = 0; i < a->hit_count; i++) {
        const char *what = hit_difference(&a->hits[i], &b->hits[i]);
        if (what == NULL)
            continue;
        (void)snprintf(why, size, "hit %u: %s differs (%.*s:%llu, %.*s:%llu)", i, what,
                       (int)a->hits[i].source.len, a->hits[i].source.ptr,
                       (unsigned long long)a->hits[i].line, (int)b->hits[i].source.len,
                       b->hits[i].source.ptr, (unsigned long long)b->hits[i].line);
        return -1;
    }
    if ((a->next_cursor.len == 0) != (b->next_cursor.len == 0)) {
        (void)snprintf(why, size, "one answer ends, the other goes on");
        return -1;
    }
    return compare_facets(a, b, why, size);
}
