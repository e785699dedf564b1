#include "segment.h"

#include "clock.h"
#include "cold.h"

/* A row's cold record:
 *   number   COLD_* flags
 *   uuid     of the message, if COLD_UUID
 *   uuid     of its parent, if COLD_PARENT
 *   numbers  of strings: cwd, version, slot tool, result tool
 *   number   of the call + 1, 0 for none (the pair of message.id and request id)
 *   number   of tool_use blocks
 *   list     ids of its calls
 *   list     ids that its results answer
 *   5 numbers of usage, if COLD_USAGE
 * segment_builder.c writes it. */

uint64_t segment_text_size(const struct message *m)
{
    uint64_t sum = 0;
    for (unsigned p = 0; p < PART_COUNT; p++)
        sum += m->parts >> p & 1 ? m->part[p].len : 0;
    return sum;
}

static uint64_t list_size(struct span_list list)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < list.count; i++)
        sum += list.items[i].len + COLD_NUMBER_MAX;
    return sum;
}

uint64_t segment_names_size(const struct message *m)
{
    uint64_t fixed = 32 * COLD_NUMBER_MAX; /* numbers, and the sizes of what follows */
    return fixed + m->session.len + m->model.len + m->branch.len + m->agent.len + m->cwd.len +
           m->version.len + m->slot_tool.len + m->result_tool.len + m->message_id.len +
           m->request_id.len + m->uuid.len + m->parent_uuid.len + list_size(m->tools) +
           list_size(m->files) + list_size(m->tool_ids) + list_size(m->result_ids);
}

static struct span string_or_absent(const struct segment *s, uint64_t id)
{
    return id < s->strings ? segment_string(s, (uint32_t)id) : (struct span){NULL, 0};
}

static int take_list(struct cold_reader *r, struct arena *arena, struct span_list *out)
{
    uint32_t count = cold_list_count(r);
    *out = (struct span_list){NULL, 0};
    if (count == 0)
        return 0;
    struct span *items = arena_alloc(arena, count * sizeof *items);
    if (items == NULL)
        return -1;
    for (uint32_t i = 0; i < count; i++)
        items[i] = cold_string(r);
    *out = (struct span_list){items, count};
    return 0;
}

int segment_list(struct span list, struct arena *arena, struct span_list *out)
{
    const uint8_t *p = (const uint8_t *)list.ptr;
    struct cold_reader r = {p, p == NULL ? NULL : p + list.len};
    return take_list(&r, arena, out);
}

static int take_uuid(struct cold_reader *r, struct arena *arena, struct span *out)
{
    char *text = arena_alloc(arena, 36);
    if (text == NULL)
        return -1;
    *out = cold_uuid(r, text);
    return 0;
}

static void take_call(const struct segment *s, uint64_t call, struct message *out)
{
    const struct segment_header *h = (const struct segment_header *)(const void *)s->base;
    if (call == 0 || call > h->calls)
        return;
    struct cold_reader r = {s->call + s->call_at[call - 1], s->call + s->call_at[call]};
    out->message_id = cold_string(&r);
    out->request_id = cold_string(&r);
}

static int take_cold(const struct segment *s, uint32_t row, struct arena *arena,
                     struct message *out)
{
    struct cold_reader r = {s->cold + s->cold_at[row], s->cold + s->cold_at[row + 1]};
    uint64_t flags = cold_number(&r);
    out->time_certain = (flags & COLD_TIME_CERTAIN) != 0;
    if ((flags & COLD_UUID) && take_uuid(&r, arena, &out->uuid) != 0)
        return -1;
    if ((flags & COLD_PARENT) && take_uuid(&r, arena, &out->parent_uuid) != 0)
        return -1;
    out->cwd = string_or_absent(s, cold_number(&r));
    out->version = string_or_absent(s, cold_number(&r));
    out->slot_tool = string_or_absent(s, cold_number(&r));
    out->result_tool = string_or_absent(s, cold_number(&r));
    take_call(s, cold_number(&r), out);
    out->tool_calls = (uint32_t)cold_number(&r);
    if (take_list(&r, arena, &out->tool_ids) != 0 || take_list(&r, arena, &out->result_ids) != 0)
        return -1;
    if (flags & COLD_USAGE) {
        out->has_usage = true;
        out->usage.input = cold_number(&r);
        out->usage.output = cold_number(&r);
        out->usage.cache_write_5m = cold_number(&r);
        out->usage.cache_write_1h = cold_number(&r);
        out->usage.cache_read = cold_number(&r);
    }
    return 0;
}

int segment_message(const struct segment *s, uint32_t row, struct arena *arena, struct message *out)
{
    struct segment_bits bits = s->bits[row];
    *out = (struct message){.position = s->position[row],
                            .offset = s->offset[row],
                            .line = s->line[row],
                            .time_ms = s->time[row],
                            .kind = (enum kind)bits.kind,
                            .role = vocabulary_kind_role((enum kind)bits.kind),
                            .flags = bits.flags,
                            .parts = bits.parts,
                            .session = segment_string(s, s->session[row]),
                            .model = segment_string(s, s->model[row]),
                            .branch = segment_string(s, s->branch[row]),
                            .agent = segment_string(s, s->agent[row])};
    segment_text(s, row, out->part);
    if (segment_list(segment_string(s, s->tools[row]), arena, &out->tools) != 0 ||
        segment_list(segment_string(s, s->files[row]), arena, &out->files) != 0)
        return -1;
    return take_cold(s, row, arena, out);
}
