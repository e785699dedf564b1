#include "blocks.h"

#include "buf.h"
#include "json.h"
#include "json_rewrite.h"
#include "reader.h"
#include "span.h"
#include "unescape.h"
#include "utf8.h"

#include <stdlib.h>

#define BLOCKS_AT_MOST 100000

struct blocks {
    struct arena *arena;
    struct buf items; /* of struct content_block */
    bool no_memory;
};

static struct json sub_cursor(const struct json *c, const char *begin)
{
    struct json sub = *c;
    sub.p = begin;
    return sub;
}

static int text_of(struct blocks *b, const struct json_string *s, struct span *out)
{
    *out = (struct span){NULL, 0};
    if (s->ptr == NULL)
        return 0;
    if (json_text(s, b->arena, out) == 0)
        return 0;
    b->no_memory = true;
    return -1;
}

/* Read the string at the cursor, or go past what is none. */
static int string_or_skip(struct json *c, struct json_string *s)
{
    *s = (struct json_string){0};
    return json_at(c, '"') ? json_string(c, s) : json_skip(c);
}

static int add(struct blocks *b, const struct content_block *one)
{
    if (b->items.len / sizeof *one >= BLOCKS_AT_MOST)
        return 0;
    if (buf_append(&b->items, one, sizeof *one) == 0)
        return 0;
    b->no_memory = true;
    return -1;
}

static int add_text(struct blocks *b, enum content_type type, const struct json_string *s)
{
    struct content_block one = {.type = type};
    if (s->ptr == NULL)
        return 0;
    return text_of(b, s, &one.text) == 0 ? add(b, &one) : -1;
}

/* The members of a block that matter, wherever they stand. */
struct raw_block {
    struct json_string type, text, thinking, id, name, tool_use_id;
    const char *input;   /* of a tool_use */
    const char *content; /* of a tool_result */
    const char *source;  /* of an image */
    bool is_error;
};

static int read_raw(struct json *c, struct raw_block *out)
{
    const struct {
        struct span name;
        struct json_string *value;
    } strings[] = {{SPAN("type"), &out->type},         {SPAN("text"), &out->text},
                   {SPAN("thinking"), &out->thinking}, {SPAN("id"), &out->id},
                   {SPAN("name"), &out->name},         {SPAN("tool_use_id"), &out->tool_use_id}};
    struct json_string key;
    bool first = true;
    int rc;
    *out = (struct raw_block){0};
    if (json_enter(c) != 0)
        return -1;
    while ((rc = json_member(c, &first, &key)) > 0) {
        struct json_string *value = NULL;
        for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
            if (json_key_is(&key, strings[i].name))
                value = strings[i].value;
        if (json_key_is(&key, SPAN("input")))
            out->input = c->p;
        if (json_key_is(&key, SPAN("content")))
            out->content = c->p;
        if (json_key_is(&key, SPAN("source")))
            out->source = c->p;
        if (json_key_is(&key, SPAN("is_error")))
            out->is_error = json_at(c, 't');
        if (value != NULL ? string_or_skip(c, value) != 0 : json_skip(c) != 0)
            return -1;
    }
    return rc;
}

static bool is_type(const struct raw_block *r, const char *name)
{
    return r->type.ptr != NULL && json_key_is(&r->type, span_of(name));
}

/* A result's content: a string, or texts and images in an array; joined by newlines. */
static int result_text(struct blocks *b, struct json c, struct content_block *one)
{
    struct buf joined;
    bool first = true;
    struct raw_block item;
    struct json_string s;
    int rc = 0;
    if (json_at(&c, '"'))
        return json_string(&c, &s) == 0 ? text_of(b, &s, &one->text) : 0;
    if (!json_at(&c, '[') || json_enter(&c) != 0)
        return 0;
    buf_init(&joined);
    while (rc == 0 && json_item(&c, &first) > 0) {
        struct span text = {NULL, 0};
        s = (struct json_string){0};
        if (json_at(&c, '"')) {
            if (json_string(&c, &s) != 0)
                break;
        } else if (json_at(&c, '{')) {
            if (read_raw(&c, &item) != 0)
                break;
            one->images += is_type(&item, "image");
            if (is_type(&item, "text"))
                s = item.text;
        } else if (json_skip(&c) != 0) {
            break;
        }
        rc = text_of(b, &s, &text);
        if (rc == 0 && text.len > 0) {
            if (joined.len > 0)
                buf_append_byte(&joined, '\n');
            buf_append_span(&joined, text);
        }
    }
    if (rc == 0 && joined.len > 0)
        rc = arena_copy(b->arena, buf_span(&joined), &one->text);
    b->no_memory |= buf_failed(&joined) || rc != 0;
    buf_clear(&joined);
    return b->no_memory ? -1 : 0;
}

static int image_source(struct blocks *b, struct json c, struct content_block *one)
{
    struct json_string key, media = {0}, data = {0};
    bool first = true;
    if (!json_at(&c, '{') || json_enter(&c) != 0)
        return 0;
    while (json_member(&c, &first, &key) > 0) {
        struct json_string *value = json_key_is(&key, SPAN("media_type")) ? &media
                                    : json_key_is(&key, SPAN("data"))     ? &data
                                                                          : NULL;
        if (value != NULL ? string_or_skip(&c, value) != 0 : json_skip(&c) != 0)
            break;
    }
    one->image_size = data.len / 4 * 3;
    return text_of(b, &media, &one->name);
}

static int add_tool_use(struct blocks *b, const struct json *c, const struct raw_block *r)
{
    struct content_block one = {.type = CONTENT_TOOL_USE, .input = SPAN("null")};
    if (text_of(b, &r->id, &one.id) != 0 || text_of(b, &r->name, &one.name) != 0)
        return -1;
    if (r->input != NULL) {
        struct json sub = sub_cursor(c, r->input);
        struct buf text;
        buf_init(&text);
        if (json_rewrite(&sub, &text) == 0 && !buf_failed(&text))
            b->no_memory |= arena_copy(b->arena, buf_span(&text), &one.input) != 0;
        b->no_memory |= buf_failed(&text);
        buf_clear(&text);
    }
    return b->no_memory ? -1 : add(b, &one);
}

static int add_block(struct blocks *b, const struct json *c, const struct raw_block *r)
{
    struct content_block one = {0};
    if (is_type(r, "text"))
        return add_text(b, CONTENT_TEXT, &r->text);
    if (is_type(r, "thinking"))
        return add_text(b, CONTENT_THINKING, &r->thinking);
    if (is_type(r, "tool_use"))
        return add_tool_use(b, c, r);
    if (is_type(r, "image")) {
        one.type = CONTENT_IMAGE;
        if (r->source != NULL && image_source(b, sub_cursor(c, r->source), &one) != 0)
            return -1;
        return add(b, &one);
    }
    if (!is_type(r, "tool_result"))
        return 0;
    one.type = CONTENT_TOOL_RESULT;
    one.is_error = r->is_error;
    if (text_of(b, &r->tool_use_id, &one.id) != 0)
        return -1;
    if (r->content != NULL && result_text(b, sub_cursor(c, r->content), &one) != 0)
        return -1;
    return add(b, &one);
}

/* A message's content: a string, or an array of blocks and bare strings. */
static int read_content(struct blocks *b, struct json c)
{
    struct json_string s;
    struct raw_block r;
    bool first = true;
    int rc = 0;
    if (json_at(&c, '"'))
        return json_string(&c, &s) == 0 ? add_text(b, CONTENT_TEXT, &s) : 0;
    if (!json_at(&c, '[') || json_enter(&c) != 0)
        return 0;
    while (rc == 0 && json_item(&c, &first) > 0) {
        if (json_at(&c, '"'))
            rc = json_string(&c, &s) == 0 ? add_text(b, CONTENT_TEXT, &s) : 1;
        else if (json_at(&c, '{'))
            rc = read_raw(&c, &r) == 0 ? add_block(b, &c, &r) : 1;
        else
            rc = json_skip(&c) == 0 ? 0 : 1;
    }
    return b->no_memory ? -1 : 0;
}

/* Where the value of ${name} stands in the object at ${c}; the last of duplicate keys wins. */
static const char *member(struct json c, struct span name)
{
    const char *found = NULL;
    struct json_string key;
    bool first = true;
    if (!json_at(&c, '{') || json_enter(&c) != 0)
        return NULL;
    while (json_member(&c, &first, &key) > 0) {
        if (json_key_is(&key, name))
            found = c.p;
        if (json_skip(&c) != 0)
            break;
    }
    return found;
}

static int add_member_string(struct blocks *b, const struct json *c, struct span name,
                             enum content_type type)
{
    struct json_string s;
    const char *at = member(*c, name);
    struct json sub = sub_cursor(c, at);
    if (at == NULL || !json_at(&sub, '"') || json_string(&sub, &s) != 0)
        return 0;
    return add_text(b, type, &s);
}

static int read_record(struct blocks *b, const struct message *m, const struct json *c)
{
    if (m->role == ROLE_SUMMARY)
        return add_member_string(b, c, SPAN("summary"), CONTENT_SUMMARY);
    if (m->role == ROLE_SYSTEM)
        return add_member_string(b, c, SPAN("content"), CONTENT_SYSTEM);
    const char *message = member(*c, SPAN("message"));
    const char *attachment = member(*c, SPAN("attachment"));
    if (message == NULL && attachment == NULL)
        return 0;
    struct json sub = sub_cursor(c, message != NULL ? message : attachment);
    if (!json_at(&sub, '{'))
        return read_content(b, sub);
    const char *content = member(sub, message != NULL ? SPAN("content") : SPAN("prompt"));
    return content == NULL ? 0 : read_content(b, sub_cursor(c, content));
}

int blocks_read(const struct message *m, struct arena *arena, struct content_block **out,
                size_t *count)
{
    struct blocks b = {.arena = arena};
    int rc = -1;
    *out = NULL;
    *count = 0;
    if (m->raw.ptr == NULL)
        return 0;
    /* The cursor's wide loads need room behind the text, which a borrowed one may not have. */
    char *text = arena_zalloc(arena, m->raw.len + READER_PADDING);
    if (text == NULL)
        return -1;
    memcpy(text, m->raw.ptr, m->raw.len);
    struct json c = {.p = text, .end = text + m->raw.len, .kernels = json_kernels_best()};
    buf_init(&b.items);
    json_space(&c);
    if (read_record(&b, m, &c) == 0 && !buf_failed(&b.items)) {
        *count = b.items.len / sizeof **out;
        *out = arena_alloc(arena, b.items.len + 1);
        if (*out != NULL) {
            if (b.items.len > 0)
                memcpy(*out, b.items.ptr, b.items.len);
            rc = 0;
        }
    }
    buf_clear(&b.items);
    return rc;
}
