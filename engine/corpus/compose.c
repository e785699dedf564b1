#include "compose.h"

#include "compose_text.h"
#include "span.h"
#include "usage.h"

#include <string.h>

void compose_init(struct compose *k)
{
    *k = (struct compose){.kernels = json_kernels_best(), .in_place_above = COMPOSE_IN_PLACE};
    arena_init(&k->arena);
    k->arena.keep = (size_t)2 << 20;
}

void compose_clear(struct compose *k)
{
    arena_clear(&k->arena);
    span_set_clear(&k->tools);
    span_set_clear(&k->files);
    span_set_clear(&k->tool_ids);
    span_set_clear(&k->result_ids);
    span_set_clear(&k->call_names);
}

void compose_reset(struct compose *k)
{
    arena_reset(&k->arena);
}

static enum compose_result failure(int r)
{
    return r < 0 ? COMPOSE_NO_MEMORY : COMPOSE_INVALID;
}

/* Like compose_string, with "" as absent. */
static int compose_name(struct compose *k, const struct json_string *s, struct span *out)
{
    int r = compose_string(k, s, out);
    if (r == 0 && out->len == 0)
        *out = (struct span){NULL, 0};
    return r;
}

static bool role_of(const struct record *r, enum role *role)
{
    switch (r->type) {
    case RECORD_USER:
        *role = ROLE_USER;
        return true;
    case RECORD_ASSISTANT:
        *role = ROLE_ASSISTANT;
        return true;
    case RECORD_SUMMARY:
        *role = ROLE_SUMMARY;
        return true;
    case RECORD_SYSTEM:
        *role = ROLE_SYSTEM;
        return r->content.ptr != NULL;
    case RECORD_ATTACHMENT:
        *role = ROLE_USER;
        return r->is_queued_prompt;
    case RECORD_OTHER:
        break;
    }
    return false;
}

static bool is_meta_text(struct span text)
{
    static const struct span starts[] = {
        SPAN_INIT("<command-name>"),
        SPAN_INIT("<command-message>"),
        SPAN_INIT("<local-command-stdout>"),
        SPAN_INIT("<local-command-caveat>"),
        SPAN_INIT("<bash-input>"),
        SPAN_INIT("<bash-stdout>"),
        SPAN_INIT("<bash-stderr>"),
        SPAN_INIT("<task-notification>"),
        SPAN_INIT("<teammate-message"),
        SPAN_INIT("Caveat: The messages below"),
        SPAN_INIT("[Request interrupted by user"),
        SPAN_INIT("This session is being continued from a previous conversation"),
    };
    while (text.len > 0 && strchr(" \t\n\v\f\r", *text.ptr) != NULL && *text.ptr != '\0') {
        text.ptr++;
        text.len--;
    }
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (span_starts_with(text, starts[i]))
            return true;
    return false;
}

static enum kind user_kind(const struct record *r, struct span first_text)
{
    if (r->type == RECORD_ATTACHMENT)
        return KIND_PROMPT;
    if (r->body.result_count > 0)
        return KIND_TOOL_RESULT;
    return r->is_meta || r->is_compact_summary || is_meta_text(first_text) ? KIND_META
                                                                           : KIND_PROMPT;
}

static enum kind kind_of(const struct record *r, enum role role, struct span first_text)
{
    switch (role) {
    case ROLE_USER:
        return user_kind(r, first_text);
    case ROLE_ASSISTANT:
        if (r->body.call_count > 0)
            return KIND_TOOL_USE;
        return r->body.has_text_block ? KIND_REPLY : KIND_THINKING;
    case ROLE_SUMMARY:
        return KIND_SUMMARY;
    case ROLE_SYSTEM:
    case ROLE_COUNT:
        break;
    }
    return KIND_SYSTEM;
}

static unsigned flags_of(const struct record *r, const struct message *m)
{
    bool user = r->type == RECORD_USER, assistant = r->type == RECORD_ASSISTANT;
    bool system = r->type == RECORD_SYSTEM;
    bool has_body = user || assistant || r->type == RECORD_ATTACHMENT;
    const struct body *b = &r->body;
    unsigned flags = 0;
    if ((user && b->has_result_error) || r->is_api_error || (system && r->is_error_level))
        flags |= MESSAGE_ERROR;
    if (r->is_meta)
        flags |= MESSAGE_META;
    if (r->is_compact_summary || (system && r->is_compact_boundary))
        flags |= MESSAGE_COMPACT;
    if (r->is_sidechain)
        flags |= MESSAGE_SIDECHAIN;
    if ((m->parts & 1u << PART_THINKING) != 0)
        flags |= MESSAGE_HAS_THINKING;
    if (has_body && (b->has_image || (user && b->has_result_image)))
        flags |= MESSAGE_HAS_IMAGE;
    if ((assistant && b->call_count > 0) || (user && b->result_count > 0))
        flags |= MESSAGE_HAS_TOOL;
    return flags;
}

static int compose_calls(struct compose *k, const struct record *r, struct message *m)
{
    const struct body *b = &r->body;
    int result = 0;
    for (size_t i = 0; i < b->call_count && result == 0; i++) {
        struct span name, id;
        if ((result = compose_name(k, &b->calls[i].name, &name)) != 0 ||
            (result = compose_string(k, &b->calls[i].id, &id)) != 0)
            break;
        if (i == 0)
            m->slot_tool = name;
        if (name.len > 0)
            result = span_set_add(&k->tools, name);
        if (result == 0 && id.ptr != NULL)
            result = span_set_append(&k->tool_ids, id);
        if (result == 0 && id.ptr != NULL)
            result = span_set_append(&k->call_names, name);
    }
    for (size_t i = 0; i < b->path_count && result == 0; i++) {
        struct span path;
        result = compose_string(k, &b->paths[i], &path);
        if (result == 0)
            result = span_set_add(&k->files, path);
    }
    m->tool_calls = (uint32_t)b->call_count;
    return result;
}

static int compose_results(struct compose *k, const struct record *r)
{
    int result = 0;
    for (size_t i = 0; i < r->body.result_count && result == 0; i++) {
        struct span id;
        result = compose_string(k, &r->body.results[i].id, &id);
        if (result == 0)
            result = span_set_append(&k->result_ids, id);
    }
    return result;
}

static int compose_lists(struct compose *k, const struct record *r, struct message *m)
{
    span_set_reset(&k->tools);
    span_set_reset(&k->files);
    span_set_reset(&k->tool_ids);
    span_set_reset(&k->result_ids);
    span_set_reset(&k->call_names);
    int result = 0;
    if (r->type == RECORD_ASSISTANT)
        result = compose_calls(k, r, m);
    else if (r->type == RECORD_USER)
        result = compose_results(k, r);
    m->tools = span_set_list(&k->tools);
    m->files = span_set_list(&k->files);
    m->tool_ids = span_set_list(&k->tool_ids);
    m->result_ids = span_set_list(&k->result_ids);
    return result;
}

static int compose_names(struct compose *k, const struct record *r, struct message *m)
{
    const struct {
        const struct json_string *from;
        struct span *to;
    } names[] = {
        {&r->uuid, &m->uuid},
        {r->type == RECORD_SUMMARY ? &r->leaf : &r->parent_uuid, &m->parent_uuid},
        {&r->session, &m->session},
        {&r->cwd, &m->cwd},
        {&r->branch, &m->branch},
        {&r->version, &m->version},
        {&r->agent, &m->agent},
        {&r->model, &m->model},
        {&r->message_id, &m->message_id},
        {&r->request_id, &m->request_id},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int result = compose_name(k, names[i].from, names[i].to);
        if (result != 0)
            return result;
    }
    return 0;
}

enum compose_result compose_message(struct compose *k, struct record *r, struct message *m)
{
    enum role role;
    if (!role_of(r, &role))
        return COMPOSE_OTHER;
    *m = (struct message){.role = role};
    struct span first_text = {NULL, 0};
    int result = compose_names(k, r, m);
    if (result == 0)
        result = compose_lists(k, r, m);
    if (result == 0)
        result = compose_text(k, r, m, &first_text);
    if (result != 0)
        return failure(result);
    m->kind = kind_of(r, role, first_text);
    m->flags = flags_of(r, m);
    if (role == ROLE_ASSISTANT)
        m->has_usage = usage_read(&r->usage, &m->usage);
    return COMPOSE_MESSAGE;
}
