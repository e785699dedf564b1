#include "render_search.h"

#include "text.h"

#include <inttypes.h>
#include <string.h>

static void write_snippet(struct jsonw *w, const struct reply_snippet *s)
{
    jsonw_begin_object(w);
    jsonw_word_at(w, "part", vocabulary_part_name(s->part));
    jsonw_text_at(w, "tool", s->tool);
    jsonw_uint_at(w, "matches", s->matches);
    jsonw_bool_at(w, "truncated", s->truncated);
    jsonw_key(w, "segments");
    jsonw_begin_array(w);
    for (uint32_t i = 0; i < s->count; i++) {
        jsonw_begin_array(w);
        jsonw_text(w, s->segments[i].text);
        jsonw_uint(w, s->segments[i].match);
        jsonw_end_array(w);
    }
    jsonw_end_array(w);
    jsonw_end_object(w);
}

static void write_copies(struct jsonw *w, const struct reply_hit *h)
{
    jsonw_key(w, "also_in");
    jsonw_begin_array(w);
    for (uint32_t i = 0; i < h->also_in_count; i++) {
        jsonw_begin_object(w);
        jsonw_text_at(w, "source", h->also_in[i].source);
        jsonw_uint_at(w, "line", h->also_in[i].line);
        jsonw_text_at(w, "session", h->also_in[i].session);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

void render_hit_fields(struct jsonw *w, const struct reply_hit *h)
{
    jsonw_text_at(w, "id", h->id);
    jsonw_text_at(w, "session", h->session);
    jsonw_text_at(w, "project", h->project);
    jsonw_text_at(w, "cwd", h->cwd);
    jsonw_text_at(w, "source", h->source);
    jsonw_uint_at(w, "line", h->line);
    jsonw_uint_at(w, "position", h->position);
    jsonw_time_at(w, "time", h->time_ms);
    jsonw_word_at(w, "role", vocabulary_role_name(h->role));
    jsonw_word_at(w, "kind", vocabulary_kind_name(h->kind));
    jsonw_text_at(w, "model", h->model);
    jsonw_text_at(w, "branch", h->branch);
    jsonw_texts_at(w, "tools", h->tools, h->tool_count);
    jsonw_texts_at(w, "files", h->files, h->file_count);
    jsonw_bool_at(w, "sidechain", (h->flags & MESSAGE_SIDECHAIN) != 0);
    jsonw_text_at(w, "agent", h->agent);
    jsonw_bool_at(w, "error", (h->flags & MESSAGE_ERROR) != 0);
    jsonw_bool_at(w, "source_gone", (h->flags & MESSAGE_SOURCE_GONE) != 0);
    if (h->has_score)
        jsonw_real_at(w, "score", h->score);
    else
        jsonw_null_at(w, "score");
}

/* Messages around a hit: without snippets, but with how their text begins. */
static void write_neighbours(struct jsonw *w, const char *name, const struct reply_hit *list,
                             uint32_t count)
{
    jsonw_key(w, name);
    jsonw_begin_array(w);
    for (uint32_t i = 0; i < count; i++) {
        jsonw_begin_object(w);
        render_hit_fields(w, &list[i]);
        jsonw_text_at(w, "text", list[i].text.ptr == NULL ? TEXT("") : list[i].text);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

void render_hit(struct jsonw *w, const struct reply_hit *h, const struct render_context *c,
                const char *type)
{
    jsonw_begin_object(w);
    if (type != NULL)
        jsonw_word_at(w, "type", type);
    render_hit_fields(w, h);
    write_copies(w, h);
    if (c->grouped)
        jsonw_uint_at(w, "count", h->group_count);
    jsonw_key(w, "snippets");
    jsonw_begin_array(w);
    for (uint32_t i = 0; i < h->snippet_count; i++)
        write_snippet(w, &h->snippets[i]);
    jsonw_end_array(w);
    if (c->context) {
        write_neighbours(w, "before", h->before, h->before_count);
        write_neighbours(w, "after", h->after, h->after_count);
    }
    jsonw_end_object(w);
}

static void write_facets(struct jsonw *w, const struct search_reply *r)
{
    jsonw_key(w, "facets");
    jsonw_begin_object(w);
    for (uint32_t i = 0; i < r->facet_count; i++) {
        const struct reply_facet *f = &r->facets[i];
        jsonw_key(w, vocabulary_facet_name(f->facet));
        jsonw_begin_array(w);
        for (uint32_t k = 0; k < f->count; k++) {
            jsonw_begin_object(w);
            jsonw_text_at(w, "value", f->buckets[k].value);
            jsonw_uint_at(w, "count", f->buckets[k].count);
            jsonw_end_object(w);
        }
        jsonw_end_array(w);
    }
    jsonw_end_object(w);
    jsonw_key(w, "facets_other");
    jsonw_begin_object(w);
    for (uint32_t i = 0; i < r->facet_count; i++)
        if (r->facets[i].facet != FACET_TOOL && r->facets[i].facet != FACET_PART)
            jsonw_uint_at(w, vocabulary_facet_name(r->facets[i].facet), r->facets[i].others);
    jsonw_end_object(w);
}

static void write_plan(struct jsonw *w, const struct search_reply *r)
{
    jsonw_key(w, "plan");
    jsonw_begin_array(w);
    for (uint32_t i = 0; i < r->plan_count; i++) {
        jsonw_begin_object(w);
        jsonw_text_at(w, "step", r->plan[i].step);
        jsonw_text_at(w, "detail", r->plan[i].detail.ptr == NULL ? TEXT("") : r->plan[i].detail);
        jsonw_uint_at(w, "before", r->plan[i].before);
        jsonw_uint_at(w, "after", r->plan[i].after);
        jsonw_ms_at(w, "ms", r->plan[i].ms);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

void render_total(struct jsonw *w, uint64_t value, bool complete)
{
    jsonw_key(w, "total");
    jsonw_begin_object(w);
    jsonw_uint_at(w, "value", value);
    jsonw_word_at(w, "relation", complete ? "eq" : "gte");
    jsonw_end_object(w);
}

const char *render_reason(enum incomplete_reason reason)
{
    switch (reason) {
    case INCOMPLETE_TIMEOUT:
        return "timeout";
    case INCOMPLETE_REGEX_LIMIT:
        return "regex_limit";
    case INCOMPLETE_CANCELLED:
        return "cancelled";
    case INCOMPLETE_NONE:
        break;
    }
    return NULL;
}

void render_complete(struct jsonw *w, bool complete, enum incomplete_reason reason)
{
    jsonw_bool_at(w, "complete", complete);
    jsonw_word_at(w, "incomplete_reason", complete ? NULL : render_reason(reason));
}

void render_scanned(struct jsonw *w, const struct reply_scanned *scanned)
{
    jsonw_key(w, "scanned");
    jsonw_begin_object(w);
    jsonw_uint_at(w, "files", scanned->files);
    jsonw_uint_at(w, "bytes", scanned->bytes);
    jsonw_uint_at(w, "messages", scanned->messages);
    jsonw_uint_at(w, "malformed_lines", scanned->malformed_lines);
    jsonw_end_object(w);
}

static void write_rest(struct jsonw *w, const struct search_reply *r,
                       const struct render_context *c)
{
    render_total(w, r->total, r->complete);
    render_complete(w, r->complete, r->incomplete_reason);
    jsonw_text_at(w, "next_cursor", r->next_cursor.ptr == NULL ? TEXT("") : r->next_cursor);
    write_facets(w, r);
    jsonw_ms_at(w, "took_ms", r->took_ms);
    jsonw_ms_at(w, "queue_ms", c->queue_ms);
    jsonw_word_at(w, "strategy", vocabulary_strategy_name(r->strategy));
    render_scanned(w, &r->scanned);
    jsonw_texts_at(w, "warnings", r->warnings, r->warning_count);
    if (c->explain)
        write_plan(w, r);
}

void render_search_json(const struct search_reply *reply, const struct render_context *context,
                        struct bytes *out)
{
    struct jsonw w = {.out = out};
    jsonw_begin_object(&w);
    jsonw_key(&w, "hits");
    jsonw_begin_array(&w);
    for (uint32_t i = 0; i < reply->hit_count; i++)
        render_hit(&w, &reply->hits[i], context, NULL);
    jsonw_end_array(&w);
    write_rest(&w, reply, context);
    jsonw_end_object(&w);
    bytes_add_byte(out, '\n');
}

void render_search_ndjson_hit(const struct reply_hit *hit, const struct render_context *context,
                              struct bytes *out)
{
    struct jsonw w = {.out = out};
    render_hit(&w, hit, context, "hit");
    bytes_add_byte(out, '\n');
}

void render_search_ndjson_end(const struct search_reply *reply,
                              const struct render_context *context, struct bytes *out)
{
    struct jsonw w = {.out = out};
    jsonw_begin_object(&w);
    jsonw_word_at(&w, "type", "end");
    write_rest(&w, reply, context);
    jsonw_end_object(&w);
    bytes_add_byte(out, '\n');
}

static bool needs_quotes(struct span s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] == '"' || s.ptr[i] == ',' || s.ptr[i] == '\n' || s.ptr[i] == '\r')
            return true;
    return s.len > 0 && (s.ptr[0] == ' ' || s.ptr[s.len - 1] == ' ');
}

void render_csv_text(struct bytes *out, struct span s, bool first)
{
    if (!first)
        bytes_add_byte(out, ',');
    if (!needs_quotes(s)) {
        bytes_add_span(out, s);
        return;
    }
    bytes_add_byte(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"')
            bytes_add_byte(out, '"');
        bytes_add_byte(out, s.ptr[i]);
    }
    bytes_add_byte(out, '"');
}

void render_csv_end(struct bytes *out)
{
    bytes_add(out, "\r\n", 2);
}

static void csv_number(struct bytes *out, uint64_t n)
{
    bytes_printf(out, ",%" PRIu64, n);
}

/* Several values in one field: separated by blanks, as tools and most paths have none. */
void render_csv_texts(struct bytes *out, const struct span *list, uint32_t count)
{
    struct bytes all = {0};
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            bytes_add_byte(&all, ' ');
        bytes_add_span(&all, list[i]);
    }
    if (all.failed)
        out->failed = true;
    render_csv_text(out, bytes_span(&all), false);
    bytes_clear(&all);
}

void render_search_csv_head(const struct render_context *context, struct bytes *out)
{
    bytes_add_text(out, "id,session,project,cwd,source,line,position,time,role,kind,model,branch,"
                        "tools,files,sidechain,agent,error,source_gone,score");
    bytes_add_text(out, context->grouped ? ",count\r\n" : "\r\n");
}

void render_search_csv_hit(const struct reply_hit *h, const struct render_context *c,
                           struct bytes *out)
{
    char time[TEXT_TIME_SIZE];
    text_time(h->time_ms, time);
    render_csv_text(out, h->id, true);
    render_csv_text(out, h->session, false);
    render_csv_text(out, h->project, false);
    render_csv_text(out, h->cwd, false);
    render_csv_text(out, h->source, false);
    csv_number(out, h->line);
    csv_number(out, h->position);
    render_csv_text(out, text_of(time), false);
    render_csv_text(out, text_of(vocabulary_role_name(h->role)), false);
    render_csv_text(out, text_of(vocabulary_kind_name(h->kind)), false);
    render_csv_text(out, h->model, false);
    render_csv_text(out, h->branch, false);
    render_csv_texts(out, h->tools, h->tool_count);
    render_csv_texts(out, h->files, h->file_count);
    bytes_add_text(out, (h->flags & MESSAGE_SIDECHAIN) != 0 ? ",true" : ",false");
    render_csv_text(out, h->agent, false);
    bytes_add_text(out, (h->flags & MESSAGE_ERROR) != 0 ? ",true" : ",false");
    bytes_add_text(out, (h->flags & MESSAGE_SOURCE_GONE) != 0 ? ",true," : ",false,");
    if (h->has_score)
        bytes_printf(out, "%.9g", h->score);
    if (c->grouped)
        csv_number(out, h->group_count);
    render_csv_end(out);
}
