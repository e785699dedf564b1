#include "compare_threads.h"

#include "same.h"

#include <stdio.h>

static bool same_parts(const struct reply_message *a, const struct reply_message *b)
{
    bool equal = a->part_count == b->part_count;
    for (uint32_t i = 0; equal && i < a->part_count; i++)
        equal = a->parts[i].part == b->parts[i].part && same(a->parts[i].text, b->parts[i].text) &&
                a->parts[i].size_bytes == b->parts[i].size_bytes;
    return equal;
}

static bool same_block(const struct reply_block *a, const struct reply_block *b)
{
    return a->type == b->type && same(a->text, b->text) && a->size_bytes == b->size_bytes &&
           a->truncated == b->truncated && same(a->id, b->id) && same(a->name, b->name) &&
           same(a->input, b->input) && a->is_error == b->is_error && a->images == b->images;
}

static bool same_blocks(const struct reply_message *a, const struct reply_message *b)
{
    bool equal = a->block_count == b->block_count;
    for (uint32_t i = 0; equal && i < a->block_count; i++)
        equal = same_block(&a->blocks[i], &b->blocks[i]);
    return equal;
}

static bool same_place(const struct reply_hit *a, const struct reply_hit *b)
{
    return same(a->source, b->source) && a->line == b->line && a->offset == b->offset &&
           a->position == b->position && a->time_ms == b->time_ms;
}

static bool same_kind(const struct reply_hit *a, const struct reply_hit *b)
{
    return a->role == b->role && a->kind == b->kind && a->flags == b->flags &&
           same(a->session, b->session) && same(a->project, b->project) && same(a->cwd, b->cwd) &&
           same(a->model, b->model) && same(a->branch, b->branch) && same(a->agent, b->agent);
}

/* The first field that differs, or NULL. */
static const char *difference(const struct reply_message *a, const struct reply_message *b)
{
    const struct reply_hit *x = &a->hit, *y = &b->hit;
    if (!same(x->id, y->id) || !same(a->parent, b->parent))
        return "id or parent";
    if (!same_place(x, y))
        return "place or time";
    if (!same_kind(x, y) || !same(a->version, b->version))
        return "kind, role or names";
    if (!same_list(x->tools, x->tool_count, y->tools, y->tool_count) ||
        !same_list(x->files, x->file_count, y->files, y->file_count))
        return "tools or files";
    if (a->has_tokens != b->has_tokens || !same_tokens(&a->tokens, &b->tokens))
        return "tokens";
    if (!same_parts(a, b))
        return "parts";
    if (!same_blocks(a, b))
        return "blocks";
    return same(a->raw, b->raw) ? NULL : "source line";
}

int compare_threads(const struct messages_reply *a, const struct messages_reply *b, char *why,
                    size_t size)
{
    if (a->count != b->count || a->total != b->total || a->first != b->first) {
        (void)snprintf(why, size, "%u messages of %llu against %u of %llu", a->count,
                       (unsigned long long)a->total, b->count, (unsigned long long)b->total);
        return -1;
    }
    for (uint32_t i = 0; i < a->count; i++) {
        const char *what = difference(&a->messages[i], &b->messages[i]);
        if (what == NULL)
            continue;
        (void)snprintf(why, size, "message %u (%.*s line %llu): %s differs", i,
                       (int)a->messages[i].hit.source.len, a->messages[i].hit.source.ptr,
                       (unsigned long long)a->messages[i].hit.line, what);
        return -1;
    }
    if (same(a->next_cursor, b->next_cursor) && same(a->prev_cursor, b->prev_cursor))
        return 0;
    (void)snprintf(why, size, "cursors differ");
    return -1;
}
