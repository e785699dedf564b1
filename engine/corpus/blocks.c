#include "blocks.h"

#include "buf.h"
#include "json_rewrite.h"
#include "reader.h"
#include "record.h"
#include "span.h"

struct blocks {
    struct arena *arena;
    const struct record *record;
    const struct json *cursor; /* over the record's bytes */
    struct content_block *items;
    size_t count;
};

static struct json cursor_at(const struct blocks *b, const struct json_extent *e)
{
    struct json c = *b->cursor;
    c.p = e->begin;
    c.end = e->end;
    c.depth = 0;
    return c;
}

/* The text of a string; absent if it is. */
static int text_of(struct blocks *b, const struct json_string *s, struct span *out)
{
    *out = (struct span){NULL, 0};
    return s->ptr == NULL ? 0 : json_text(s, b->arena, out);
}

/* A block that is a text and nothing else: none if it is absent. */
static int add_text(struct blocks *b, enum content_type type, const struct json_string *s)
{
    if (s->ptr == NULL)
        return 0;
    struct content_block *one = &b->items[b->count++];
    *one = (struct content_block){.type = type};
    return text_of(b, s, &one->text);
}

static int add_call(struct blocks *b, const struct body_block *from)
{
    struct content_block *one = &b->items[b->count++];
    *one = (struct content_block){.type = CONTENT_TOOL_USE, .input = SPAN("null")};
    if (text_of(b, &from->id, &one->id) != 0 || text_of(b, &from->name, &one->name) != 0)
        return -1;
    if (from->input.begin == NULL)
        return 0;
    struct json c = cursor_at(b, &from->input);
    struct buf text;
    int rc = 0;
    buf_init(&text);
    if (json_rewrite(&c, &text) == 0 && !buf_failed(&text))
        rc = arena_copy(b->arena, buf_span(&text), &one->input);
    if (buf_failed(&text))
        rc = -1;
    buf_clear(&text);
    return rc;
}

/* A result's text is its pieces, joined as the part's text is (extract.h). */
static int result_text(struct blocks *b, const struct body_block *from, struct span *out)
{
    struct buf joined;
    int rc = 0;
    buf_init(&joined);
    for (size_t i = 0; rc == 0 && i < from->piece_count; i++) {
        const struct piece *p = &b->record->body.pieces[from->first_piece + i];
        rc = text_of(b, &(struct json_string){p->ptr, p->len, p->flags}, out);
        if (rc != 0 || from->piece_count == 1)
            break;
        if (i > 0)
            buf_append_byte(&joined, '\n');
        buf_append_span(&joined, *out);
    }
    if (buf_failed(&joined))
        rc = -1;
    if (rc == 0 && from->piece_count > 1)
        rc = arena_copy(b->arena, buf_span(&joined), out);
    buf_clear(&joined);
    return rc;
}

static int add_result(struct blocks *b, const struct body_block *from)
{
    struct content_block *one = &b->items[b->count++];
    *one = (struct content_block){
        .type = CONTENT_TOOL_RESULT, .is_error = from->is_error, .images = from->images};
    if (text_of(b, &from->id, &one->id) != 0)
        return -1;
    return result_text(b, from, &one->text);
}

/* Read a string if there is one; any other value leaves it absent. */
static int string_or_skip(struct json *c, struct json_string *s)
{
    *s = (struct json_string){0};
    return json_at(c, '"') ? json_string(c, s) : json_skip(c);
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

/* An image is not searched, so the body does not read what it is. */
static int add_image(struct blocks *b, const struct body_block *from)
{
    struct content_block *one = &b->items[b->count++];
    struct json_string key, media = {0}, data = {0};
    struct json c = cursor_at(b, &from->object);
    bool first = true;
    *one = (struct content_block){.type = CONTENT_IMAGE};
    c.p = member(c, SPAN("source"));
    if (c.p == NULL || !json_at(&c, '{') || json_enter(&c) != 0)
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

static int add_block(struct blocks *b, const struct body_block *from)
{
    switch (from->type) {
    case BODY_TEXT:
        return add_text(b, CONTENT_TEXT, &from->text);
    case BODY_THINKING:
        return add_text(b, CONTENT_THINKING, &from->text);
    case BODY_CALL:
        return add_call(b, from);
    case BODY_RESULT:
        return add_result(b, from);
    case BODY_IMAGE:
        return add_image(b, from);
    case BODY_OTHER:
        break;
    }
    return 0;
}

static int add_record(struct blocks *b)
{
    const struct record *r = b->record;
    if (r->type == RECORD_SUMMARY)
        return add_text(b, CONTENT_SUMMARY, &r->summary);
    if (r->type == RECORD_SYSTEM)
        return add_text(b, CONTENT_SYSTEM, &r->content);
    for (size_t i = 0; i < r->body.block_count; i++)
        if (add_block(b, &r->body.blocks[i]) != 0)
            return -1;
    return 0;
}

/* Read the record once more, by the same code as for what is searched. */
static int read_blocks(struct json *c, struct record *r, struct blocks *b)
{
    if (record_read(r, c) != 0)
        return r->body.no_memory ? -1 : 0;
    b->items = arena_alloc(b->arena, (r->body.block_count + 1) * sizeof *b->items);
    return b->items == NULL ? -1 : add_record(b);
}

int blocks_read(const struct message *m, struct arena *arena, struct content_block **out,
                size_t *count)
{
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
    struct record record;
    struct blocks b = {.arena = arena, .record = &record, .cursor = &c};
    record_init(&record);
    record.body.keeps_blocks = true;
    int rc = read_blocks(&c, &record, &b);
    record_clear(&record);
    *out = b.items;
    *count = rc == 0 ? b.count : 0;
    return rc;
}
