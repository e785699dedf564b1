#include "render_stats.h"

#include "render_search.h"
#include "text.h"

#include <inttypes.h>

/* The counts of a row, in the order in which they are written. */
static const struct {
    const char *name;
    size_t offset;
} counts[] = {
    {"messages", offsetof(struct reply_stats_row, messages)},
    {"sessions", offsetof(struct reply_stats_row, sessions)},
    {"projects", offsetof(struct reply_stats_row, projects)},
    {"files", offsetof(struct reply_stats_row, files)},
    {"prompts", offsetof(struct reply_stats_row, prompts)},
    {"tool_calls", offsetof(struct reply_stats_row, tool_calls)},
    {"errors", offsetof(struct reply_stats_row, errors)},
};
#define COUNTS (sizeof(counts) / sizeof(counts[0]))

/* Tokens: nested in the totals under the second name, flat in a row under the first. */
static const struct {
    const char *flat;
    const char *nested;
    size_t offset;
} tokens[] = {
    {"tokens_input", "input", offsetof(struct reply_tokens, input)},
    {"tokens_output", "output", offsetof(struct reply_tokens, output)},
    {"tokens_cache_write_5m", "cache_write_5m", offsetof(struct reply_tokens, cache_write_5m)},
    {"tokens_cache_write_1h", "cache_write_1h", offsetof(struct reply_tokens, cache_write_1h)},
    {"tokens_cache_read", "cache_read", offsetof(struct reply_tokens, cache_read)},
};
#define TOKENS (sizeof(tokens) / sizeof(tokens[0]))

static uint64_t count_at(const void *base, size_t offset)
{
    return *(const uint64_t *)(const void *)((const char *)base + offset);
}

static void write_counts(struct jsonw *w, const struct reply_stats_row *r)
{
    for (size_t i = 0; i < COUNTS; i++)
        jsonw_uint_at(w, counts[i].name, count_at(r, counts[i].offset));
    jsonw_time_at(w, "first_time", r->first_ms);
    jsonw_time_at(w, "last_time", r->last_ms);
}

void render_tokens(struct jsonw *w, const struct reply_tokens *t)
{
    jsonw_key(w, "tokens");
    jsonw_begin_object(w);
    for (size_t i = 0; i < TOKENS; i++)
        jsonw_uint_at(w, tokens[i].nested, count_at(t, tokens[i].offset));
    jsonw_end_object(w);
}

static void write_totals(struct jsonw *w, const struct reply_stats_row *r)
{
    jsonw_begin_object(w);
    write_counts(w, r);
    render_tokens(w, &r->tokens);
    jsonw_money_at(w, "cost_usd", r->cost_picodollars);
    jsonw_texts_at(w, "unpriced_models", r->unpriced_models, r->unpriced_count);
    jsonw_end_object(w);
}

static void write_key(struct jsonw *w, enum facet by, struct span key)
{
    uint64_t n;
    jsonw_key(w, vocabulary_facet_name(by));
    if (by == FACET_HOUR && text_number(key, 23, &n) == 0)
        jsonw_uint(w, n);
    else
        jsonw_text(w, key);
}

static void write_rows(struct jsonw *w, const struct stats_reply *r)
{
    jsonw_key(w, "rows");
    jsonw_begin_array(w);
    for (uint32_t i = 0; i < r->row_count; i++) {
        const struct reply_stats_row *row = &r->rows[i];
        jsonw_begin_object(w);
        write_key(w, r->by, row->key);
        write_counts(w, row);
        for (size_t k = 0; k < TOKENS; k++)
            jsonw_uint_at(w, tokens[k].flat, count_at(&row->tokens, tokens[k].offset));
        jsonw_money_at(w, "cost_usd", row->cost_picodollars);
        jsonw_texts_at(w, "unpriced_models", row->unpriced_models, row->unpriced_count);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

static void write_sources(struct jsonw *w, const struct engine_status *s)
{
    jsonw_key(w, "sources");
    jsonw_begin_object(w);
    jsonw_uint_at(w, "files", s->state.files);
    jsonw_uint_at(w, "bytes", s->state.bytes);
    if (s->state.counted) {
        jsonw_uint_at(w, "malformed_lines", s->state.malformed_lines);
        jsonw_uint_at(w, "other_records", s->state.other_records);
    } else {
        jsonw_null_at(w, "malformed_lines");
        jsonw_null_at(w, "other_records");
    }
    jsonw_key(w, "unreadable");
    jsonw_begin_array(w);
    for (uint32_t i = 0; i < s->unreadable_count; i++) {
        jsonw_begin_object(w);
        jsonw_text_at(w, "source", s->unreadable[i].source);
        jsonw_text_at(w, "reason", s->unreadable[i].reason);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
    jsonw_bool_at(w, "sample", s->state.sample);
    jsonw_end_object(w);
}

static void write_index(struct jsonw *w, const struct engine_state *s)
{
    jsonw_key(w, "index");
    jsonw_begin_object(w);
    jsonw_bool_at(w, "enabled", s->index_enabled);
    jsonw_uint_at(w, "messages", s->index_messages);
    jsonw_uint_at(w, "text_bytes", s->index_text_bytes);
    jsonw_uint_at(w, "segments", s->index_segments);
    jsonw_uint_at(w, "disk_bytes", s->index_disk_bytes);
    jsonw_uint_at(w, "memory_bytes", s->index_memory_bytes);
    jsonw_time_at(w, "last_refresh",
                  s->index_last_refresh_ms <= 0 ? INT64_MIN : s->index_last_refresh_ms);
    jsonw_real_at(w, "progress", s->progress);
    jsonw_end_object(w);
}

static void write_profiles(struct jsonw *w, const struct engine_status *s)
{
    jsonw_key(w, "strategies");
    jsonw_begin_array(w);
    for (uint32_t i = 0; i < s->profile_count; i++) {
        const struct reply_profile *p = &s->profiles[i];
        jsonw_begin_object(w);
        jsonw_word_at(w, "strategy", vocabulary_strategy_name(p->strategy));
        jsonw_uint_at(w, "runs", p->runs);
        jsonw_word_at(w, "io", p->io);
        jsonw_key(w, "profile");
        jsonw_begin_array(w);
        for (uint32_t k = 0; k < p->phase_count; k++) {
            jsonw_begin_object(w);
            jsonw_word_at(w, "phase", p->phases[k].phase);
            jsonw_ms_at(w, "ms", p->phases[k].ms);
            jsonw_real_at(w, "share", p->phases[k].share);
            jsonw_uint_at(w, "bytes", p->phases[k].bytes);
            jsonw_uint_at(w, "records", p->phases[k].records);
            jsonw_end_object(w);
        }
        jsonw_end_array(w);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

void render_stats_json(const struct stats_reply *reply, const struct engine_status *status,
                       double queue_ms, struct bytes *out)
{
    struct jsonw w = {.out = out};
    jsonw_begin_object(&w);
    jsonw_key(&w, "totals");
    write_totals(&w, &reply->totals);
    write_rows(&w, reply);
    render_complete(&w, reply->complete, reply->incomplete_reason);
    jsonw_ms_at(&w, "took_ms", reply->took_ms);
    jsonw_ms_at(&w, "queue_ms", queue_ms);
    jsonw_word_at(&w, "strategy", vocabulary_strategy_name(reply->strategy));
    render_scanned(&w, &reply->scanned);
    jsonw_key(&w, "engine");
    jsonw_begin_object(&w);
    write_sources(&w, status);
    write_index(&w, &status->state);
    write_profiles(&w, status);
    jsonw_end_object(&w);
    jsonw_texts_at(&w, "warnings", reply->warnings, reply->warning_count);
    jsonw_end_object(&w);
    bytes_add_byte(out, '\n');
}

static void csv_time(struct bytes *out, int64_t ms)
{
    char text[TEXT_TIME_SIZE] = "";
    if (ms != INT64_MIN)
        text_time(ms, text);
    render_csv_text(out, text_of(text), false);
}

static void csv_row(struct bytes *out, const struct reply_stats_row *r)
{
    for (size_t i = 0; i < COUNTS; i++)
        bytes_printf(out, ",%" PRIu64, count_at(r, counts[i].offset));
    csv_time(out, r->first_ms);
    csv_time(out, r->last_ms);
    for (size_t i = 0; i < TOKENS; i++)
        bytes_printf(out, ",%" PRIu64, count_at(&r->tokens, tokens[i].offset));
    bytes_add_byte(out, ',');
    text_decimal(out, r->cost_picodollars, 12);
    render_csv_texts(out, r->unpriced_models, r->unpriced_count);
    render_csv_end(out);
}

void render_stats_csv(const struct stats_reply *reply, struct bytes *out)
{
    bool grouped = reply->by != FACET_NONE;
    bytes_add_text(out, grouped ? vocabulary_facet_name(reply->by) : "total");
    for (size_t i = 0; i < COUNTS; i++)
        bytes_printf(out, ",%s", counts[i].name);
    bytes_add_text(out, ",first_time,last_time");
    for (size_t i = 0; i < TOKENS; i++)
        bytes_printf(out, ",%s", tokens[i].flat);
    bytes_add_text(out, ",cost_usd,unpriced_models\r\n");
    for (uint32_t i = 0; i < reply->row_count; i++) {
        render_csv_text(out, reply->rows[i].key, true);
        csv_row(out, &reply->rows[i]);
    }
    if (!grouped) {
        bytes_add_text(out, "total");
        csv_row(out, &reply->totals);
    }
}
