#include "record.h"

#include "clock.h"
#include "span.h"
#include "unescape.h"

void record_init(struct record *r)
{
    *r = (struct record){0};
    body_init(&r->body);
}

void record_clear(struct record *r)
{
    body_clear(&r->body);
}

static void record_reset(struct record *r)
{
    body_reset(&r->body);
    struct body body = r->body;
    *r = (struct record){.body = body};
}

static struct span extent_span(const struct json_extent *e)
{
    return (struct span){e->begin, e->begin == NULL ? 0 : (size_t)(e->end - e->begin)};
}

/* A value that matters only as a string; any other must be whole all the same. */
static int read_string(struct json *c, struct json_string *s)
{
    if (json_at(c, '"'))
        return json_string(c, s);
    *s = (struct json_string){NULL, 0, 0};
    return json_at(c, '{') || json_at(c, '[') ? json_skip(c) : json_scalar(c);
}

static int read_extent(struct json *c, struct json_extent *e)
{
    e->begin = c->p;
    int r = json_at(c, '{') || json_at(c, '[') || json_at(c, '"') ? json_skip(c) : json_scalar(c);
    e->end = c->p;
    return r;
}

static int read_bool(struct json *c, bool *out)
{
    struct json_extent e;
    if (read_extent(c, &e) != 0)
        return -1;
    *out = span_equal(extent_span(&e), SPAN("true"));
    return 0;
}

/* Whether the value is the string ${word}. */
static int read_word(struct json *c, struct span word, bool *out)
{
    struct json_string s;
    if (read_string(c, &s) != 0)
        return -1;
    *out = s.ptr != NULL && json_key_is(&s, word);
    return 0;
}

static int read_type(struct json *c, enum record_type *type)
{
    struct json_string s;
    if (read_string(c, &s) != 0)
        return -1;
    *type = RECORD_OTHER;
    if (s.ptr == NULL)
        return 0;
    if (json_key_is(&s, SPAN("user")))
        *type = RECORD_USER;
    else if (json_key_is(&s, SPAN("assistant")))
        *type = RECORD_ASSISTANT;
    else if (json_key_is(&s, SPAN("system")))
        *type = RECORD_SYSTEM;
    else if (json_key_is(&s, SPAN("summary")))
        *type = RECORD_SUMMARY;
    else if (json_key_is(&s, SPAN("attachment")))
        *type = RECORD_ATTACHMENT;
    return 0;
}

static int message_member(struct record *r, struct json *c, const struct json_string *key)
{
    if (json_key_is(key, SPAN("content"))) {
        body_reset(&r->body);
        return body_content(&r->body, c);
    }
    if (json_key_is(key, SPAN("model")))
        return read_string(c, &r->model);
    if (json_key_is(key, SPAN("id")))
        return read_string(c, &r->message_id);
    if (json_key_is(key, SPAN("usage")))
        return read_extent(c, &r->usage);
    return json_skip(c);
}

/* The message of a user or assistant record: an object, or a bare string that is its text. */
static int read_message(struct record *r, struct json *c)
{
    body_reset(&r->body);
    r->model = r->message_id = (struct json_string){NULL, 0, 0};
    r->usage = (struct json_extent){NULL, NULL};
    if (json_at(c, '"'))
        return body_content(&r->body, c);
    if (!json_at(c, '{'))
        return read_string(c, &(struct json_string){NULL, 0, 0});
    if (json_enter(c) != 0)
        return -1;
    struct json_string key;
    bool first = true;
    int result;
    while ((result = json_member(c, &first, &key)) == 1)
        if (message_member(r, c, &key) != 0)
            return -1;
    return result;
}

struct attachment_state {
    bool is_queued_command;
    bool is_prompt; /* by its commandMode */
};

static int attachment_member(struct record *r, struct json *c, const struct json_string *key,
                             struct attachment_state *s)
{
    if (json_key_is(key, SPAN("type")))
        return read_word(c, SPAN("queued_command"), &s->is_queued_command);
    if (json_key_is(key, SPAN("commandMode")))
        return read_word(c, SPAN("prompt"), &s->is_prompt);
    if (json_key_is(key, SPAN("prompt"))) {
        body_reset(&r->body);
        return body_content(&r->body, c);
    }
    return json_skip(c);
}

static int read_attachment(struct record *r, struct json *c)
{
    body_reset(&r->body);
    if (json_enter(c) != 0)
        return -1;
    struct attachment_state s = {.is_prompt = true};
    struct json_string key;
    bool first = true;
    int result;
    while ((result = json_member(c, &first, &key)) == 1)
        if (attachment_member(r, c, &key, &s) != 0)
            return -1;
    r->is_queued_prompt = s.is_queued_command && s.is_prompt;
    return result;
}

/* What the walk over the record's own keys must remember besides the record. */
struct record_state {
    bool has_type;
    bool body_is_message; /* the body was filled from r->message */
};

/* The message is walked at once unless the type says already that it is not needed. */
static int record_message(struct record *r, struct json *c, struct record_state *s)
{
    r->message.begin = c->p;
    s->body_is_message = !s->has_type || r->type == RECORD_USER || r->type == RECORD_ASSISTANT;
    int result = s->body_is_message ? read_message(r, c) : json_skip(c);
    r->message.end = c->p;
    return result;
}

static int record_member_4(struct record *r, struct json *c, const struct json_string *key,
                           struct record_state *s)
{
    if (memcmp(key->ptr, "uuid", 4) == 0)
        return read_string(c, &r->uuid);
    if (memcmp(key->ptr, "type", 4) != 0)
        return json_skip(c);
    s->has_type = true;
    return read_type(c, &r->type);
}

static int record_member_7(struct record *r, struct json *c, const struct json_string *key,
                           struct record_state *s)
{
    if (memcmp(key->ptr, "message", 7) == 0)
        return record_message(r, c, s);
    if (memcmp(key->ptr, "version", 7) == 0)
        return read_string(c, &r->version);
    if (memcmp(key->ptr, "subtype", 7) == 0)
        return read_word(c, SPAN("compact_boundary"), &r->is_compact_boundary);
    if (memcmp(key->ptr, "agentId", 7) == 0)
        return read_string(c, &r->agent);
    if (memcmp(key->ptr, "content", 7) == 0)
        return read_string(c, &r->content);
    if (memcmp(key->ptr, "summary", 7) == 0)
        return read_string(c, &r->summary);
    return json_skip(c);
}

static int record_member_9(struct record *r, struct json *c, const struct json_string *key)
{
    if (memcmp(key->ptr, "timestamp", 9) == 0)
        return read_extent(c, &r->timestamp);
    if (memcmp(key->ptr, "sessionId", 9) == 0)
        return read_string(c, &r->session);
    if (memcmp(key->ptr, "gitBranch", 9) == 0)
        return read_string(c, &r->branch);
    if (memcmp(key->ptr, "requestId", 9) == 0)
        return read_string(c, &r->request_id);
    return json_skip(c);
}

static int record_member_long(struct record *r, struct json *c, const struct json_string *key)
{
    if (json_key_is(key, SPAN("parentUuid")))
        return read_string(c, &r->parent_uuid);
    if (json_key_is(key, SPAN("isSidechain")))
        return read_bool(c, &r->is_sidechain);
    if (json_key_is(key, SPAN("attachment")))
        return read_extent(c, &r->attachment);
    if (json_key_is(key, SPAN("isCompactSummary")))
        return read_bool(c, &r->is_compact_summary);
    if (json_key_is(key, SPAN("isApiErrorMessage")))
        return read_bool(c, &r->is_api_error);
    return json_skip(c);
}

/* Keys are told apart by length first: most are skipped after one comparison. */
static int record_member(struct record *r, struct json *c, const struct json_string *key,
                         struct record_state *s)
{
    switch (key->len) {
    case 3:
        return memcmp(key->ptr, "cwd", 3) == 0 ? read_string(c, &r->cwd) : json_skip(c);
    case 4:
        return record_member_4(r, c, key, s);
    case 5:
        return memcmp(key->ptr, "level", 5) == 0 ? read_word(c, SPAN("error"), &r->is_error_level)
                                                 : json_skip(c);
    case 6:
        return memcmp(key->ptr, "isMeta", 6) == 0 ? read_bool(c, &r->is_meta) : json_skip(c);
    case 7:
        return record_member_7(r, c, key, s);
    case 8:
        return memcmp(key->ptr, "leafUuid", 8) == 0 ? read_string(c, &r->leaf) : json_skip(c);
    case 9:
        return record_member_9(r, c, key);
    default:
        return key->len > 9 ? record_member_long(r, c, key) : json_skip(c);
    }
}

/* A key spelled with escapes: resolve it first. */
static int record_member_escaped(struct record *r, struct json *c, const struct json_string *key,
                                 struct record_state *s)
{
    char text[128 + UNESCAPE_ROOM];
    if (!unescape_check((struct span){key->ptr, key->len}))
        return -1;
    if (key->len > 128) /* six bytes spell at least one: longer than any name we know */
        return json_skip(c);
    size_t len = unescape_copy((struct span){key->ptr, key->len}, text);
    struct json_string plain = {text, len, 0};
    return record_member(r, c, &plain, s);
}

/* Walk what the order of the keys made us put off. */
static int record_finish(struct record *r, const struct json *c, struct record_state *s)
{
    struct json again = *c;
    again.depth++; /* the record was left */
    if (r->type == RECORD_USER || r->type == RECORD_ASSISTANT) {
        if (s->body_is_message || r->message.begin == NULL)
            return 0;
        again.p = r->message.begin;
        again.end = r->message.end;
        return read_message(r, &again);
    }
    if (r->type != RECORD_ATTACHMENT || r->attachment.begin == NULL || *r->attachment.begin != '{')
        return 0;
    again.p = r->attachment.begin;
    again.end = r->attachment.end;
    return read_attachment(r, &again);
}

static int record_object(struct record *r, struct json *c)
{
    if (json_enter(c) != 0)
        return -1;
    struct record_state s = {false, false};
    struct json_string key;
    bool first = true;
    int result;
    while ((result = json_member(c, &first, &key)) == 1) {
        bool escaped = (key.flags & JSON_ESCAPED) != 0;
        if ((escaped ? record_member_escaped(r, c, &key, &s) : record_member(r, c, &key, &s)) != 0)
            return -1;
    }
    return result != 0 ? -1 : record_finish(r, c, &s);
}

/* What may stand around a value: blanks, NUL, a byte order mark. */
static bool is_padding(struct json *c)
{
    if (*c->p == '\0') {
        c->p++;
        return true;
    }
    if (c->end - c->p >= 3 && memcmp(c->p, "\xEF\xBB\xBF", 3) == 0) {
        c->p += 3;
        return true;
    }
    return false;
}

static void record_padding(struct json *c)
{
    do
        json_space(c);
    while (c->p < c->end && is_padding(c));
}

/* A number or word is whole only if nothing is glued to it but another value. */
static int record_scalar(struct json *c)
{
    if (json_scalar(c) != 0)
        return -1;
    if (c->p == c->end || strchr(" \t\r\n{[\"", *c->p) != NULL) /* or NUL */
        return 0;
    struct json behind = *c;
    return is_padding(&behind) ? 0 : -1;
}

int record_read(struct record *r, struct json *c)
{
    record_reset(r);
    c->depth = 0;
    r->begin = c->p;
    int result;
    if (json_at(c, '{'))
        result = record_object(r, c);
    else if (json_at(c, '[') || json_at(c, '"'))
        result = json_skip(c);
    else
        result = record_scalar(c);
    r->end = c->p;
    return result;
}

int record_time(const struct record *r, int64_t *out)
{
    struct span s = extent_span(&r->timestamp);
    if (s.len == 0)
        return -1;
    if (s.ptr[0] != '"')
        return clock_parse_number(s, out);
    s.ptr++;
    s.len -= 2;
    char text[128 + UNESCAPE_ROOM];
    if (memchr(s.ptr, '\\', s.len) != NULL) {
        if (s.len > 128)
            return -1;
        s.len = unescape_copy(s, text);
        s.ptr = text;
        if (s.len == UNESCAPE_INVALID)
            return -1;
    }
    return clock_parse_rfc3339(s, out) == 0 ? 0 : clock_parse_number(s, out);
}

void record_walk_begin(struct record_walk *w, struct span line, const struct json_kernels *kernels)
{
    *w = (struct record_walk){
        .cursor = {.p = line.ptr, .end = line.ptr + line.len, .kernels = kernels}};
    w->budget = (line.len < 1u << 20 ? 1u << 20 : line.len) * (uint64_t)RECORD_ATTEMPTS;
}

/* Go to the next place at or behind ${p} where a record seems to begin, or to the end. */
static void record_seek(struct json *c, const char *p)
{
    while (p < c->end && (p = memmem(p, (size_t)(c->end - p), "{\"", 2)) != NULL) {
        struct span rest = {p, (size_t)(c->end - p)};
        if (span_starts_with(rest, SPAN("{\"parentUuid\":")) ||
            span_starts_with(rest, SPAN("{\"type\":")) ||
            span_starts_with(rest, SPAN("{\"uuid\":"))) {
            c->p = p;
            return;
        }
        p++;
    }
    c->p = c->end;
}

int record_walk_next(struct record_walk *w, struct record *r)
{
    struct json *c = &w->cursor;
    record_padding(c);
    while (c->p < c->end) {
        const char *begin = c->p;
        if (record_read(r, c) == 0)
            return 1;
        if (r->body.no_memory) {
            w->no_memory = true;
            return -1;
        }
        w->damaged = true;
        uint64_t cost = (uint64_t)(c->p - begin) + 64;
        if (cost > w->budget)
            break;
        w->budget -= cost;
        record_seek(c, begin + 1);
    }
    c->p = c->end;
    return 0;
}

void record_walk_reject(struct record_walk *w, const struct record *r)
{
    w->damaged = true;
    uint64_t cost = (uint64_t)(r->end - r->begin) + 64;
    w->budget -= cost < w->budget ? cost : w->budget;
    record_seek(&w->cursor, r->begin + 1);
}
