#include "body.h"

#include "span.h"
#include "vector.h"

#include <stdlib.h>

#define KEEP_PIECES 65536 /* more than this is given back after the record */

/* A block while its keys are read, in whatever order they come.  The value that may be large is
 * walked at once if the type is known by then, else noted and walked at the end. */
struct block_state {
    enum body_block_type type;
    enum body_block_type walked; /* whose value made the pieces since first_piece */
    size_t first_piece;
    struct json_string text;
    struct json_string thinking;
    struct json_string name;
    struct json_string id;
    struct json_string result_id;
    bool is_error;
    uint32_t images;
    struct json_extent input;
    struct json_extent content;
    struct input_paths paths;
};

void body_init(struct body *b)
{
    *b = (struct body){0};
}

void body_clear(struct body *b)
{
    free(b->pieces);
    free(b->calls);
    free(b->results);
    free(b->paths);
    free(b->keys);
    free(b->blocks);
    body_init(b);
}

void body_reset(struct body *b)
{
    if (b->piece_capacity > KEEP_PIECES || b->call_capacity > KEEP_PIECES ||
        b->result_capacity > KEEP_PIECES || b->path_capacity > KEEP_PIECES ||
        b->key_capacity > KEEP_PIECES || b->block_capacity > KEEP_PIECES) {
        bool keeps_blocks = b->keeps_blocks;
        body_clear(b);
        b->keeps_blocks = keeps_blocks;
    }
    b->piece_count = b->call_count = b->result_count = b->path_count = b->key_count = 0;
    b->block_count = 0;
    b->has_text_block = b->has_result_error = b->has_image = b->has_result_image = false;
    b->no_memory = false;
}

static int body_room(struct body *b, void *items, size_t *capacity, size_t count, size_t size)
{
    if (vector_room(items, capacity, count, size) == 0)
        return 0;
    b->no_memory = true;
    return -1;
}

int body_piece(struct body *b, const struct json_string *s, enum part part)
{
    if (body_room(b, &b->pieces, &b->piece_capacity, b->piece_count, sizeof *b->pieces) != 0)
        return -1;
    b->pieces[b->piece_count++] =
        (struct piece){.ptr = s->ptr, .len = s->len, .flags = s->flags, .part = part};
    return 0;
}

/* A block of its own: left out if it is empty. */
static int text_piece(struct body *b, const struct json_string *s, enum part part)
{
    return s->ptr == NULL || s->len == 0 ? 0 : body_piece(b, s, part);
}

/* The end of a block whose text is the pieces from ${first} on: left out if all it has is one empty
 * string. */
static void close_block(struct body *b, size_t first)
{
    if (b->piece_count == first + 1 && b->pieces[first].len == 0)
        b->piece_count = first;
}

/* Read a string if there is one; any other value leaves it absent. */
static int optional_string(struct json *c, struct json_string *s)
{
    if (json_at(c, '"'))
        return json_string(c, s);
    *s = (struct json_string){NULL, 0, 0};
    return json_skip(c);
}

static enum body_block_type block_type(const struct json_string *s)
{
    if (s->ptr == NULL)
        return BODY_OTHER;
    if (json_key_is(s, SPAN("text")))
        return BODY_TEXT;
    if (json_key_is(s, SPAN("thinking")))
        return BODY_THINKING;
    if (json_key_is(s, SPAN("tool_use")))
        return BODY_CALL;
    if (json_key_is(s, SPAN("tool_result")))
        return BODY_RESULT;
    return json_key_is(s, SPAN("image")) ? BODY_IMAGE : BODY_OTHER;
}

/* An item of a tool_result's array: only texts and images count. */
static int result_item(struct body *b, struct json *c, uint32_t *images)
{
    struct json_string text = {NULL, 0, 0}, key;
    if (json_at(c, '"'))
        return json_string(c, &text) != 0 ? -1 : body_piece(b, &text, PART_TOOL_RESULT);
    if (!json_at(c, '{'))
        return json_skip(c);
    enum body_block_type type = BODY_OTHER;
    bool first = true;
    int r;
    if (json_enter(c) != 0)
        return -1;
    while ((r = json_member(c, &first, &key)) == 1) {
        struct json_string name;
        if (json_key_is(&key, SPAN("text"))) {
            r = optional_string(c, &text);
        } else if (json_key_is(&key, SPAN("type"))) {
            r = optional_string(c, &name);
            if (r == 0)
                type = block_type(&name);
        } else {
            r = json_skip(c);
        }
        if (r != 0)
            return -1;
    }
    *images += type == BODY_IMAGE;
    if (r == 0 && type == BODY_TEXT && text.ptr != NULL)
        return body_piece(b, &text, PART_TOOL_RESULT);
    return r;
}

static int result_content(struct body *b, struct json *c, struct block_state *s)
{
    struct json_string text;
    s->images = 0;
    if (json_at(c, '"'))
        return json_string(c, &text) != 0 ? -1 : body_piece(b, &text, PART_TOOL_RESULT);
    if (!json_at(c, '['))
        return json_skip(c);
    if (json_enter(c) != 0)
        return -1;
    bool first = true;
    int r;
    while ((r = json_item(c, &first)) == 1)
        if (result_item(b, c, &s->images) != 0)
            return -1;
    return r;
}

/* Walk the value that makes a block of ${type}, in place of any walked before. */
static int walk_value(struct body *b, struct json *c, struct block_state *s,
                      enum body_block_type type)
{
    b->piece_count = s->first_piece;
    s->walked = type;
    return type == BODY_CALL ? body_input(b, c, &s->paths) : result_content(b, c, s);
}

static int block_value(struct body *b, struct json *c, struct block_state *s,
                       struct json_extent *extent, enum body_block_type type)
{
    extent->begin = c->p;
    int r;
    if (s->type == type) {
        r = walk_value(b, c, s, type);
    } else {
        if (s->walked == type)
            s->walked = BODY_OTHER; /* what was walked is not the last of its name */
        r = json_skip(c);
    }
    extent->end = c->p;
    return r;
}

/* true, false, or anything else: false. */
static int block_bool(struct json *c, bool *out)
{
    const char *begin = c->p;
    if (json_skip(c) != 0)
        return -1;
    *out = span_equal((struct span){begin, (size_t)(c->p - begin)}, SPAN("true"));
    return 0;
}

static int block_member(struct body *b, struct json *c, struct block_state *s,
                        const struct json_string *key)
{
    struct json_string text;
    if (json_key_is(key, SPAN("type"))) {
        if (optional_string(c, &text) != 0)
            return -1;
        s->type = block_type(&text);
        return 0;
    }
    if (json_key_is(key, SPAN("text")))
        return optional_string(c, &s->text);
    if (json_key_is(key, SPAN("thinking")))
        return optional_string(c, &s->thinking);
    if (json_key_is(key, SPAN("input")))
        return block_value(b, c, s, &s->input, BODY_CALL);
    if (json_key_is(key, SPAN("content")))
        return block_value(b, c, s, &s->content, BODY_RESULT);
    if (json_key_is(key, SPAN("tool_use_id")))
        return optional_string(c, &s->result_id);
    if (json_key_is(key, SPAN("id")))
        return optional_string(c, &s->id);
    if (json_key_is(key, SPAN("name")))
        return optional_string(c, &s->name);
    if (json_key_is(key, SPAN("is_error")))
        return block_bool(c, &s->is_error);
    return json_skip(c);
}

/* Make sure that the pieces are those of the block's own value, whatever order its keys had. */
static int finish_value(struct body *b, const struct json *c, struct block_state *s)
{
    bool large = s->type == BODY_CALL || s->type == BODY_RESULT;
    if (large && s->walked == s->type)
        return 0;
    b->piece_count = s->first_piece;
    const struct json_extent *value = s->type == BODY_CALL ? &s->input : &s->content;
    if (!large || value->begin == NULL)
        return 0;
    struct json again = *c;
    again.p = value->begin;
    again.end = value->end;
    again.depth++; /* the block was left */
    return walk_value(b, &again, s, s->type);
}

/* Add the paths in the order in which they stand. */
static int add_paths(struct body *b, struct input_paths *paths)
{
    for (;;) {
        struct json_string *next = NULL;
        for (int i = 0; i < INPUT_PATHS; i++) {
            struct json_string *p = &paths->items[i];
            if (p->ptr != NULL && p->len > 0 && (next == NULL || p->ptr < next->ptr))
                next = p;
        }
        if (next == NULL)
            return 0;
        if (body_room(b, &b->paths, &b->path_capacity, b->path_count, sizeof *b->paths) != 0)
            return -1;
        b->paths[b->path_count++] = *next;
        next->ptr = NULL;
    }
}

static int add_call(struct body *b, struct block_state *s)
{
    if (body_room(b, &b->calls, &b->call_capacity, b->call_count, sizeof *b->calls) != 0)
        return -1;
    b->calls[b->call_count++] = (struct call){s->name, s->id};
    close_block(b, s->first_piece);
    return add_paths(b, &s->paths);
}

static int add_result(struct body *b, struct block_state *s)
{
    if (body_room(b, &b->results, &b->result_capacity, b->result_count, sizeof *b->results) != 0)
        return -1;
    b->results[b->result_count++] = (struct result){s->result_id};
    b->has_result_error |= s->is_error;
    b->has_result_image |= s->images > 0;
    close_block(b, s->first_piece);
    return 0;
}

/* Add what the block says to what is searched. */
static int add_block(struct body *b, struct block_state *s)
{
    switch (s->type) {
    case BODY_TEXT:
        b->has_text_block = true;
        return text_piece(b, &s->text, PART_TEXT);
    case BODY_THINKING:
        return text_piece(b, &s->thinking, PART_THINKING);
    case BODY_CALL:
        return add_call(b, s);
    case BODY_RESULT:
        return add_result(b, s);
    case BODY_IMAGE:
        b->has_image = true;
        return 0;
    case BODY_OTHER:
        break;
    }
    return 0;
}

static int keep_block(struct body *b, const struct body_block *block)
{
    if (b->block_count >= BODY_BLOCKS_AT_MOST)
        return 0;
    if (body_room(b, &b->blocks, &b->block_capacity, b->block_count, sizeof *b->blocks) != 0)
        return -1;
    b->blocks[b->block_count++] = *block;
    return 0;
}

static int finish_block(struct body *b, const struct json *c, struct block_state *s,
                        const char *begin)
{
    if (finish_value(b, c, s) != 0 || add_block(b, s) != 0)
        return -1;
    if (!b->keeps_blocks)
        return 0;
    struct body_block block = {
        .type = s->type,
        .is_error = s->is_error,
        .images = s->images,
        .first_piece = s->first_piece,
        .piece_count = b->piece_count - s->first_piece,
        .text = s->type == BODY_THINKING ? s->thinking : s->text,
        .id = s->type == BODY_RESULT ? s->result_id : s->id,
        .name = s->name,
        .object = {begin, c->p},
        .input = s->input,
    };
    return keep_block(b, &block);
}

static int bare_text(struct body *b, struct json *c)
{
    struct json_string text;
    if (json_string(c, &text) != 0)
        return -1;
    b->has_text_block = true;
    if (text_piece(b, &text, PART_TEXT) != 0)
        return -1;
    return b->keeps_blocks ? keep_block(b, &(struct body_block){.type = BODY_TEXT, .text = text})
                           : 0;
}

static int read_block(struct body *b, struct json *c)
{
    if (json_at(c, '"'))
        return bare_text(b, c);
    if (!json_at(c, '{'))
        return json_skip(c);
    const char *begin = c->p;
    if (json_enter(c) != 0)
        return -1;
    struct block_state s = {.first_piece = b->piece_count};
    struct json_string key;
    bool first = true;
    int r;
    while ((r = json_member(c, &first, &key)) == 1)
        if (block_member(b, c, &s, &key) != 0)
            return -1;
    return r != 0 ? -1 : finish_block(b, c, &s, begin);
}

int body_content(struct body *b, struct json *c)
{
    if (json_at(c, '"'))
        return bare_text(b, c);
    if (!json_at(c, '['))
        return json_skip(c);
    if (json_enter(c) != 0)
        return -1;
    bool first = true;
    int r;
    while ((r = json_item(c, &first)) == 1)
        if (read_block(b, c) != 0)
            return -1;
    return r;
}
