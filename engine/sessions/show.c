#include "show.h"

#include "blocks.h"
#include "hits.h"
#include "span.h"
#include "utf8.h"

struct span show_cut(struct span text, size_t limit)
{
    if (text.len <= limit)
        return text;
    return (struct span){text.ptr, utf8_valid_prefix((struct span){text.ptr, limit})};
}

static int copy_cut(struct span text, bool full, struct arena *a, struct span *out, uint64_t *size,
                    bool *truncated)
{
    struct span shown = full ? text : show_cut(text, MESSAGES_TEXT_CUT);
    *size = text.len;
    *truncated = shown.len < text.len;
    return arena_copy(a, shown, out);
}

static int show_parts(const struct message *m, bool full, struct arena *a,
                      struct reply_message *out)
{
    struct reply_part *parts = arena_zalloc(a, PART_COUNT * sizeof *parts);
    if (parts == NULL)
        return -1;
    for (unsigned p = 0; p < PART_COUNT; p++) {
        if (m->part[p].len == 0)
            continue;
        struct reply_part *to = &parts[out->part_count++];
        to->part = (enum part)p;
        if (copy_cut(m->part[p], full, a, &to->text, &to->size_bytes, &to->truncated) != 0)
            return -1;
    }
    out->parts = parts;
    return 0;
}

static const enum block_type block_types[] = {
    [CONTENT_TEXT] = BLOCK_TEXT,         [CONTENT_THINKING] = BLOCK_THINKING,
    [CONTENT_SUMMARY] = BLOCK_SUMMARY,   [CONTENT_SYSTEM] = BLOCK_SYSTEM,
    [CONTENT_TOOL_USE] = BLOCK_TOOL_USE, [CONTENT_TOOL_RESULT] = BLOCK_TOOL_RESULT,
    [CONTENT_IMAGE] = BLOCK_IMAGE};

/* The tool that a result answers: messages with several results name the first one's only. */
static struct span result_tool(const struct message *m, struct span id)
{
    bool first = m->result_ids.count > 0 && span_equal(m->result_ids.items[0], id);
    return first ? m->result_tool : (struct span){NULL, 0};
}

static int show_block(const struct message *m, const struct content_block *c, bool full,
                      struct arena *a, struct reply_block *out)
{
    *out = (struct reply_block){.type = block_types[c->type],
                                .id = c->id,
                                .input = c->input,
                                .is_error = c->is_error,
                                .images = c->images,
                                .size_bytes = c->image_size};
    struct span name = c->type == CONTENT_TOOL_RESULT ? result_tool(m, c->id) : c->name;
    if (arena_copy_any(a, name, &out->name) != 0)
        return -1;
    if (c->text.ptr == NULL)
        return 0;
    return copy_cut(c->text, full, a, &out->text, &out->size_bytes, &out->truncated);
}

static int show_blocks(const struct message *m, bool full, struct arena *a,
                       struct reply_message *out)
{
    struct content_block *content;
    size_t n;
    if (blocks_read(m, a, &content, &n) != 0)
        return -1;
    struct reply_block *blocks = arena_alloc(a, (n + 1) * sizeof *blocks);
    if (blocks == NULL)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (show_block(m, &content[i], full, a, &blocks[i]) != 0)
            return -1;
    out->blocks = blocks;
    out->block_count = (uint32_t)n;
    return 0;
}

int show_message(const struct source_list *list, const struct message *m,
                 const struct show_options *how, struct arena *arena, struct reply_message *out)
{
    *out = (struct reply_message){.has_tokens = m->has_usage};
    if (m->has_usage)
        out->tokens =
            (struct reply_tokens){m->usage.input, m->usage.output, m->usage.cache_write_5m,
                                  m->usage.cache_write_1h, m->usage.cache_read};
    if (hit_from_message(list, m, arena, &out->hit) != 0 ||
        arena_copy_any(arena, m->parent_uuid, &out->parent) != 0 ||
        arena_copy_any(arena, m->version, &out->version) != 0 ||
        arena_copy_any(arena, how->line, &out->raw) != 0 ||
        show_parts(m, how->full, arena, out) != 0)
        return -1;
    return show_blocks(m, how->full, arena, out);
}
