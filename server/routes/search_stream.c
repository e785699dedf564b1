#include "search_stream.h"

#include "problem.h"
#include "text.h"

#include <stdlib.h>

struct search_stream {
    struct stream stream; /* first */
    struct search_reply *reply;
    struct render_context context;
    enum search_lines lines;
    uint32_t next; /* hit to write */
};

static void write_error(struct bytes *out)
{
    struct jsonw w = {.out = out};
    struct problem p = {0};
    problem_set(&p, PROBLEM_OVERLOADED, "there is no memory for the rest of this reply");
    problem_write_line(&p, TEXT("/search"), &w);
    bytes_add_byte(out, '\n');
}

static void write_hit(const struct search_stream *s, const struct reply_hit *h, struct bytes *out)
{
    if (s->lines == SEARCH_LINES_CSV)
        render_search_csv_hit(h, &s->context, out);
    else
        render_search_ndjson_hit(h, &s->context, out);
}

static enum stream_state write_piece(struct search_stream *s, struct bytes *out)
{
    while (s->next < s->reply->hit_count && out->len < SEARCH_STREAM_PIECE && !out->failed)
        write_hit(s, &s->reply->hits[s->next++], out);
    bool end = s->next == s->reply->hit_count;
    if (end && s->lines == SEARCH_LINES_NDJSON)
        render_search_ndjson_end(s->reply, &s->context, out);
    return end ? STREAM_END : STREAM_MORE;
}

static enum stream_state produce(struct stream *stream, struct request *r, bool last,
                                 struct bytes *out)
{
    struct search_stream *s = (struct search_stream *)(void *)stream;
    (void)r;
    (void)last; /* an answer that began is sent to its end while the time to stop lasts */
    enum stream_state state = write_piece(s, out);
    if (!out->failed)
        return state;
    if (s->lines == SEARCH_LINES_CSV)
        return STREAM_FAIL;
    /* The pieces before were whole lines, and the room of the last one is still here. */
    out->len = 0;
    out->failed = false;
    write_error(out);
    return STREAM_END;
}

static void stream_free(struct stream *stream)
{
    struct search_stream *s = (struct search_stream *)(void *)stream;
    search_reply_free(s->reply);
    free(s);
}

struct stream *search_stream_new(struct search_reply *reply, const struct render_context *context,
                                 enum search_lines lines, struct bytes *out)
{
    struct search_stream *s = calloc(1, sizeof(*s));
    if (s == NULL)
        return NULL;
    s->stream.produce = produce;
    s->stream.free = stream_free;
    s->reply = reply;
    s->context = *context;
    s->lines = lines;
    if (lines == SEARCH_LINES_CSV)
        render_search_csv_head(context, out);
    s->stream.state = write_piece(s, out);
    return &s->stream;
}
