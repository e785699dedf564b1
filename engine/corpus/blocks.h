/* blocks.h: What a message shows, block by block, in its own order: for views of whole messages.
 *
 * The parts of a message (message.h) are what is searched; blocks keep what they leave out: the
 * order, tool inputs as JSON, which call a result answers, images.  Read from the record's own bytes
 * (message.raw with extractor_keep_raw()).
 */
#ifndef SCROLLBACK_BLOCKS_H
#define SCROLLBACK_BLOCKS_H

#include "arena.h"
#include "message.h"

enum content_type {
    CONTENT_TEXT,
    CONTENT_THINKING,
    CONTENT_SUMMARY,
    CONTENT_SYSTEM,
    CONTENT_TOOL_USE,
    CONTENT_TOOL_RESULT,
    CONTENT_IMAGE
};

struct content_block {
    enum content_type type;
    struct span text;  /* mended UTF-8; absent for tool_use, image and a result without text */
    struct span id;    /* tool_use: its id; tool_result: the id it answers */
    struct span name;  /* tool_use: the tool; image: media type */
    struct span input; /* tool_use: valid JSON in valid UTF-8, written anew; "null" if it was not */
    bool is_error;     /* tool_result */
    uint32_t images;   /* in a tool_result */
    uint64_t image_size; /* image: bytes that its base64 stands for */
};

/* blocks_read(m, arena, out, count): The blocks of ${m}, all in ${arena}, read by the code that
 * finds what is searched (body.h).  Blocks of unknown types are left out, and what stands behind the
 * first BODY_BLOCKS_AT_MOST blocks.  None if m->raw is absent.  Return 0 or -1 without memory. */
int blocks_read(const struct message *m, struct arena *arena, struct content_block **out,
                size_t *count);

#endif
