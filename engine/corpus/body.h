/* body.h: What a message says, as raw pieces: the content of its record before any text is copied.
 *
 * A body is filled while the record is walked and may be thrown away again (a later key of the same
 * name wins, or the record turns out to be no message), so nothing here is unescaped or copied:
 * pieces are strings as they stand in the line.  The vectors are kept from record to record.
 */
#ifndef SCROLLBACK_BODY_H
#define SCROLLBACK_BODY_H

#include "json.h"

/* A JSON value as it stands in the line; begin NULL: absent. */
struct json_extent {
    const char *begin;
    const char *end;
};

/* A string of one part's text.  The text of the part is its pieces in order, joined by newlines. */
struct piece {
    const char *ptr;
    size_t len;
    uint32_t flags; /* enum json_string_flag */
    uint32_t part;  /* enum part */
};

struct call { /* a tool_use block */
    struct json_string name;
    struct json_string id;
};

struct result { /* a tool_result block */
    struct json_string id;
};

/* What a block is; those of unknown types are BODY_OTHER. */
enum body_block_type {
    BODY_OTHER,
    BODY_TEXT,
    BODY_THINKING,
    BODY_CALL,   /* tool_use */
    BODY_RESULT, /* tool_result */
    BODY_IMAGE
};

/* A block as it stood in the content, for whoever shows it (blocks.h). */
struct body_block {
    enum body_block_type type;
    bool is_error;      /* of a result */
    uint32_t images;    /* in a result */
    size_t first_piece; /* of a result: the pieces of its text, joined by newlines */
    size_t piece_count;
    struct json_string text;   /* of a text or thinking block */
    struct json_string id;     /* of a call; of a result the one it answers */
    struct json_string name;   /* of a call */
    struct json_extent object; /* the block itself; absent if it is a bare string */
    struct json_extent input;  /* of a call */
};

#define BODY_BLOCKS_AT_MOST 100000 /* are kept; a body with more of them is read all the same */

struct input_key; /* of objects inside a tool's input that are not closed yet */

struct body {
    struct piece *pieces;
    size_t piece_count;
    size_t piece_capacity;
    struct call *calls;
    size_t call_count;
    size_t call_capacity;
    struct result *results;
    size_t result_count;
    size_t result_capacity;
    struct json_string *paths; /* that the inputs of the calls name */
    size_t path_count;
    size_t path_capacity;
    struct input_key *keys;
    size_t key_count;
    size_t key_capacity;
    struct body_block *blocks; /* none unless keeps_blocks */
    size_t block_count;
    size_t block_capacity;
    bool keeps_blocks; /* set by the owner after body_init(); resets leave it as it is */
    bool has_text_block;
    bool has_result_error;
    bool has_image;        /* a block of its own */
    bool has_result_image; /* inside a tool_result */
    bool no_memory;        /* why a function below returned -1 */
};

/* The strings at the top of a tool's input that name files: file_path, notebook_path, path. */
enum { INPUT_PATHS = 3 };
struct input_paths {
    struct json_string items[INPUT_PATHS];
};

/* body_init, body_clear: without memory; freed.  body_reset(b): empty, the memory is kept, unless
 * an unusual record made it large. */
void body_init(struct body *b);
void body_clear(struct body *b);
void body_reset(struct body *b);

/* body_piece(b, s, part): Add a string.  0, or -1 without memory. */
int body_piece(struct body *b, const struct json_string *s, enum part part);

/* body_content(b, c): Read the content at the cursor (a string, an array of blocks, or anything
 * else, which says nothing), and go past it.  0 or -1. */
int body_content(struct body *b, struct json *c);

/* body_input(b, c, paths): Add every string value of the tool input at the cursor as a piece of
 * PART_TOOL_INPUT, find its paths, and go past it.  0 or -1. (body_input.c) */
int body_input(struct body *b, struct json *c, struct input_paths *paths);

#endif
