#include "render_session.h"

#include "render_search.h"
#include "render_stats.h"
#include "text.h"

static void write_session(struct jsonw *w, const struct reply_session *s)
{
    jsonw_text_at(w, "id", s->id);
    jsonw_text_at(w, "title", s->title);
    jsonw_text_at(w, "project", s->project);
    jsonw_text_at(w, "cwd", s->cwd);
    jsonw_text_at(w, "branch", s->branch);
    jsonw_texts_at(w, "models", s->models, s->model_count);
    jsonw_time_at(w, "first_time", s->first_ms);
    jsonw_time_at(w, "last_time", s->last_ms);
    jsonw_uint_at(w, "messages", s->messages);
    jsonw_uint_at(w, "prompts", s->prompts);
    jsonw_uint_at(w, "tool_calls", s->tool_calls);
    jsonw_uint_at(w, "errors", s->errors);
    render_tokens(w, &s->tokens);
    jsonw_money_at(w, "cost_usd", s->cost_picodollars);
    jsonw_texts_at(w, "unpriced_models", s->unpriced_models, s->unpriced_count);
    jsonw_uint_at(w, "agents", s->agents);
    jsonw_text_at(w, "source", s->source);
    jsonw_uint_at(w, "size_bytes", s->size_bytes);
    jsonw_text_at(w, "resume", s->resume);
    jsonw_bool_at(w, "resumable", s->resumable);
    if (s->has_matches)
        jsonw_uint_at(w, "matches", s->matches);
    else
        jsonw_null_at(w, "matches");
}

static void write_agents(struct jsonw *w, const struct sessions_reply *r)
{
    jsonw_key(w, "agents_list");
    jsonw_begin_array(w);
    for (uint32_t i = 0; i < r->agent_count; i++) {
        const struct reply_agent *a = &r->agents[i];
        jsonw_begin_object(w);
        jsonw_text_at(w, "agent", a->agent);
        jsonw_text_at(w, "source", a->source);
        jsonw_uint_at(w, "messages", a->messages);
        jsonw_time_at(w, "first_time", a->first_ms);
        jsonw_time_at(w, "last_time", a->last_ms);
        jsonw_text_at(w, "tool_use_id", a->tool_use_id);
        jsonw_text_at(w, "tool_message_id", a->tool_message_id);
        jsonw_text_at(w, "agent_type", a->agent_type);
        jsonw_text_at(w, "description", a->description);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

static void write_end(struct jsonw *w, const struct sessions_reply *r, double queue_ms)
{
    render_complete(w, r->complete, r->incomplete_reason);
    jsonw_ms_at(w, "took_ms", r->took_ms);
    jsonw_ms_at(w, "queue_ms", queue_ms);
    jsonw_texts_at(w, "warnings", r->warnings, r->warning_count);
}

void render_sessions(const struct sessions_reply *reply, double queue_ms, struct bytes *out)
{
    struct jsonw w = {.out = out};
    jsonw_begin_object(&w);
    jsonw_key(&w, "sessions");
    jsonw_begin_array(&w);
    for (uint32_t i = 0; i < reply->count; i++) {
        jsonw_begin_object(&w);
        write_session(&w, &reply->sessions[i]);
        jsonw_end_object(&w);
    }
    jsonw_end_array(&w);
    render_total(&w, reply->total, reply->complete);
    jsonw_text_at(&w, "next_cursor",
                  reply->next_cursor.ptr == NULL ? TEXT("") : reply->next_cursor);
    write_end(&w, reply, queue_ms);
    jsonw_end_object(&w);
    bytes_add_byte(out, '\n');
}

void render_session(const struct sessions_reply *reply, double queue_ms, struct bytes *out)
{
    struct jsonw w = {.out = out};
    jsonw_begin_object(&w);
    write_session(&w, &reply->sessions[0]);
    write_agents(&w, reply);
    write_end(&w, reply, queue_ms);
    jsonw_end_object(&w);
    bytes_add_byte(out, '\n');
}

const char *render_block_name(enum block_type type)
{
    switch (type) {
    case BLOCK_TEXT:
        return "text";
    case BLOCK_THINKING:
        return "thinking";
    case BLOCK_SUMMARY:
        return "summary";
    case BLOCK_SYSTEM:
        return "system";
    case BLOCK_TOOL_USE:
        return "tool_use";
    case BLOCK_TOOL_RESULT:
        return "tool_result";
    case BLOCK_IMAGE:
        return "image";
    }
    return "text";
}

/* The input of a tool is JSON that the engine has checked: it is passed on as it is. */
static void write_input(struct jsonw *w, struct span input)
{
    jsonw_key(w, "input");
    jsonw_verbatim(w, input.ptr == NULL ? TEXT("null") : input);
}

static void write_block(struct jsonw *w, const struct reply_block *b)
{
    jsonw_begin_object(w);
    jsonw_word_at(w, "type", render_block_name(b->type));
    if (b->type == BLOCK_TOOL_USE) {
        jsonw_text_at(w, "id", b->id);
        jsonw_text_at(w, "name", b->name);
        write_input(w, b->input);
    } else if (b->type == BLOCK_IMAGE) {
        jsonw_text_at(w, "media_type", b->name);
    } else {
        jsonw_text_at(w, "text", b->text.ptr == NULL ? TEXT("") : b->text);
    }
    jsonw_uint_at(w, "size_bytes", b->size_bytes);
    jsonw_bool_at(w, "truncated", b->truncated);
    if (b->type == BLOCK_TOOL_RESULT) {
        jsonw_text_at(w, "tool_use_id", b->id);
        jsonw_text_at(w, "tool", b->name);
        jsonw_bool_at(w, "is_error", b->is_error);
        jsonw_uint_at(w, "images", b->images);
    }
    jsonw_end_object(w);
}

static void write_part(struct jsonw *w, const struct reply_part *p)
{
    jsonw_begin_object(w);
    jsonw_word_at(w, "part", vocabulary_part_name(p->part));
    jsonw_text_at(w, "text", p->text.ptr == NULL ? TEXT("") : p->text);
    jsonw_uint_at(w, "size_bytes", p->size_bytes);
    jsonw_bool_at(w, "truncated", p->truncated);
    jsonw_end_object(w);
}

static void write_message(struct jsonw *w, const struct reply_message *message)
{
    render_hit_fields(w, &message->hit);
    jsonw_text_at(w, "parent", message->parent);
    jsonw_text_at(w, "version", message->version);
    if (message->has_tokens)
        render_tokens(w, &message->tokens);
    else
        jsonw_null_at(w, "tokens");
    jsonw_key(w, "parts");
    jsonw_begin_array(w);
    for (uint32_t i = 0; i < message->part_count; i++)
        write_part(w, &message->parts[i]);
    jsonw_end_array(w);
    jsonw_key(w, "blocks");
    jsonw_begin_array(w);
    for (uint32_t i = 0; i < message->block_count; i++)
        write_block(w, &message->blocks[i]);
    jsonw_end_array(w);
    if (message->raw.ptr != NULL)
        jsonw_text_at(w, "raw", message->raw);
}

void render_message(struct jsonw *w, const struct reply_message *message)
{
    jsonw_begin_object(w);
    write_message(w, message);
    jsonw_end_object(w);
}

void render_message_reply(const struct messages_reply *reply, struct bytes *out)
{
    struct jsonw w = {.out = out};
    jsonw_begin_object(&w);
    write_message(&w, &reply->messages[0]);
    jsonw_texts_at(&w, "warnings", reply->warnings, reply->warning_count);
    jsonw_end_object(&w);
    bytes_add_byte(out, '\n');
}

void render_messages(const struct messages_reply *reply, double queue_ms, struct bytes *out)
{
    struct jsonw w = {.out = out};
    jsonw_begin_object(&w);
    jsonw_key(&w, "messages");
    jsonw_begin_array(&w);
    for (uint32_t i = 0; i < reply->count; i++)
        render_message(&w, &reply->messages[i]);
    jsonw_end_array(&w);
    render_total(&w, reply->total, true);
    jsonw_uint_at(&w, "first", reply->first);
    jsonw_text_at(&w, "next_cursor",
                  reply->next_cursor.ptr == NULL ? TEXT("") : reply->next_cursor);
    jsonw_text_at(&w, "prev_cursor",
                  reply->prev_cursor.ptr == NULL ? TEXT("") : reply->prev_cursor);
    jsonw_ms_at(&w, "took_ms", reply->took_ms);
    jsonw_ms_at(&w, "queue_ms", queue_ms);
    jsonw_texts_at(&w, "warnings", reply->warnings, reply->warning_count);
    jsonw_end_object(&w);
    bytes_add_byte(out, '\n');
}
