#include "compose_text.h"

#include "reader.h"
#include "unescape.h"
#include "utf8.h"

#include <string.h>

static bool is_plain(const struct json_string *s)
{
    if ((s->flags & JSON_ESCAPED) != 0)
        return false;
    struct span raw = {s->ptr, s->len};
    return (s->flags & JSON_NON_ASCII) == 0 || utf8_valid_prefix(raw) == raw.len;
}

/* Room needed to write the text of ${s}, and whether its bytes must be mended first. */
static size_t text_bound(const struct json_string *s, bool *mend)
{
    struct span raw = {s->ptr, s->len};
    *mend = (s->flags & JSON_NON_ASCII) != 0 && utf8_valid_prefix(raw) != raw.len;
    return *mend ? utf8_mended_size(raw) : raw.len;
}

/* Write the text of ${s} to ${out}, which has room for it and UNESCAPE_ROOM bytes.  Escapes are
 * ASCII, so mending the spelling mends the text. */
static int write_text(struct compose *k, const struct json_string *s, bool mend, char *out,
                      size_t *len)
{
    struct span raw = {s->ptr, s->len};
    if (mend) {
        size_t size = utf8_mended_size(raw);
        char *mended =
            (s->flags & JSON_ESCAPED) == 0 ? out : arena_alloc(&k->arena, size + READER_PADDING);
        if (mended == NULL)
            return -1;
        utf8_mend(raw, mended);
        raw = (struct span){mended, size};
    }
    if ((s->flags & JSON_ESCAPED) != 0) {
        *len = k->kernels->unescape(raw, out);
        return *len == UNESCAPE_INVALID ? 1 : 0;
    }
    if (!mend)
        memcpy(out, raw.ptr, raw.len);
    *len = raw.len;
    return 0;
}

int compose_string(struct compose *k, const struct json_string *s, struct span *out)
{
    *out = (struct span){s->ptr, s->len};
    if (s->ptr == NULL || is_plain(s))
        return 0;
    bool mend;
    size_t bound = text_bound(s, &mend) + UNESCAPE_ROOM;
    char *text = arena_alloc(&k->arena, bound);
    if (text == NULL)
        return -1;
    size_t len = 0;
    int r = write_text(k, s, mend, text, &len);
    *out = (struct span){text, len};
    return r;
}

/* What one part is made of. */
struct part_size {
    size_t pieces;
    size_t bytes; /* of the spelling, and the newlines between */
    size_t first; /* number of its first piece */
};

static void measure_parts(const struct body *b, struct part_size sizes[PART_COUNT])
{
    memset(sizes, 0, PART_COUNT * sizeof *sizes);
    for (size_t i = 0; i < b->piece_count; i++) {
        struct part_size *s = &sizes[b->pieces[i].part];
        if (s->pieces++ == 0)
            s->first = i;
        s->bytes += b->pieces[i].len + 1;
    }
}

static struct json_string piece_string(const struct piece *p)
{
    return (struct json_string){p->ptr, p->len, p->flags};
}

static int join_pieces(struct compose *k, const struct body *b, enum part part,
                       const struct part_size *size, struct span *out, size_t *first_len)
{
    size_t bound = size->bytes;
    for (size_t i = size->first; i < b->piece_count; i++) {
        const struct piece *p = &b->pieces[i];
        if (p->part != part || (p->flags & JSON_NON_ASCII) == 0)
            continue;
        bool mend;
        struct json_string s = piece_string(p);
        size_t needed = text_bound(&s, &mend);
        bound += mend ? needed - p->len : 0;
    }
    char *text = arena_alloc(&k->arena, bound + UNESCAPE_ROOM);
    if (text == NULL)
        return -1;
    size_t len = 0;
    for (size_t i = size->first; i < b->piece_count; i++) {
        const struct piece *p = &b->pieces[i];
        if (p->part != part)
            continue;
        if (i != size->first)
            text[len++] = '\n';
        bool mend = false;
        struct json_string s = piece_string(p);
        if ((p->flags & JSON_NON_ASCII) != 0)
            (void)text_bound(&s, &mend);
        size_t n = 0;
        int r = write_text(k, &s, mend, text + len, &n);
        if (r != 0)
            return r;
        len += n;
        if (i == size->first)
            *first_len = n;
    }
    *out = (struct span){text, len};
    return 0;
}

/* Copy those of the strings that lie in [begin, end), where a text is about to be written. */
static int rescue_names(struct compose *k, struct span_set *set, const char *begin, const char *end)
{
    for (size_t i = 0; i < set->count; i++) {
        struct span *item = &set->items[i];
        if (item->ptr >= begin && item->ptr < end && arena_copy(&k->arena, *item, item) != 0)
            return -1;
    }
    return 0;
}

/* Whether a part can be joined in the line's own bytes: nothing in it to mend, nothing of another
 * part between its pieces.  Return 1 or 0, or 2 if a piece is invalid. */
static int may_join_in_place(const struct body *b, enum part part, const struct part_size *size)
{
    size_t left = size->pieces;
    for (size_t i = size->first; left > 0; i++) {
        const struct piece *p = &b->pieces[i];
        struct span raw = {p->ptr, p->len};
        if (p->part != (uint32_t)part)
            return 0;
        if ((p->flags & JSON_NON_ASCII) != 0 && utf8_valid_prefix(raw) != raw.len)
            return 0;
        if ((p->flags & JSON_ESCAPED) != 0 && !unescape_check(raw))
            return 2;
        left--;
    }
    return 1;
}

/* Join the pieces where they stand.  A text is never longer than its spelling, and at least three
 * bytes lie between two pieces (two quotes and a comma), so writing never overtakes reading. */
static int join_in_place(struct compose *k, const struct body *b, const struct part_size *size,
                         struct message *m, struct span *out, size_t *first_len)
{
    const struct piece *first = &b->pieces[size->first], *last = first + size->pieces - 1;
    const char *begin = first->ptr, *end = last->ptr + last->len;
    if (rescue_names(k, &k->tools, begin, end) != 0 ||
        rescue_names(k, &k->files, begin, end) != 0 ||
        rescue_names(k, &k->tool_ids, begin, end) != 0 ||
        rescue_names(k, &k->result_ids, begin, end) != 0 ||
        rescue_names(k, &k->call_names, begin, end) != 0)
        return -1;
    if (m->slot_tool.len > 0)
        m->slot_tool = k->tools.items[0];
    char *text = (char *)(uintptr_t)begin; /* the line is the extractor's to write: extract.h */
    size_t len = 0;
    for (const struct piece *p = first; p <= last; p++) {
        if (p != first)
            text[len++] = '\n';
        len += unescape_move((struct span){p->ptr, p->len}, text + len);
        if (p == first)
            *first_len = len;
    }
    m->raw = (struct span){NULL, 0};
    *out = (struct span){text, len};
    return 0;
}

static int compose_large(struct compose *k, const struct body *b, enum part part,
                         const struct part_size *size, struct message *m, size_t *first_len)
{
    int may = may_join_in_place(b, part, size);
    if (may == 2)
        return 1;
    return may == 1 ? join_in_place(k, b, size, m, &m->part[part], first_len)
                    : join_pieces(k, b, part, size, &m->part[part], first_len);
}

static int compose_part(struct compose *k, const struct body *b, enum part part,
                        const struct part_size *size, struct message *m, size_t *first_len)
{
    if (size->pieces == 0)
        return 0;
    struct json_string only = piece_string(&b->pieces[size->first]);
    int r;
    if (size->bytes > k->in_place_above) {
        r = compose_large(k, b, part, size, m, first_len);
    } else if (size->pieces > 1) {
        r = join_pieces(k, b, part, size, &m->part[part], first_len);
    } else {
        r = compose_string(k, &only, &m->part[part]);
        *first_len = m->part[part].len;
    }
    if (m->part[part].len > 0)
        m->parts |= 1u << part;
    return r;
}

/* The parts that the pieces of a body may make in a record of this type. */
static unsigned body_parts(enum record_type type)
{
    switch (type) {
    case RECORD_USER:
        return 1u << PART_TEXT | 1u << PART_TOOL_RESULT;
    case RECORD_ASSISTANT:
        return 1u << PART_TEXT | 1u << PART_THINKING | 1u << PART_TOOL_INPUT;
    case RECORD_ATTACHMENT:
        return 1u << PART_TEXT;
    default:
        return 0;
    }
}

/* The text of a record whose only one is a string of its own. */
static int single_text(struct compose *k, struct body *b, const struct json_string *s,
                       enum part part, struct message *m)
{
    size_t ignored = 0;
    body_reset(b);
    if (s->ptr == NULL)
        return 0;
    if (body_piece(b, s, part) != 0)
        return -1;
    struct part_size size = {.pieces = 1, .bytes = s->len};
    return compose_part(k, b, part, &size, m, &ignored);
}

/* Whether the text could be made: as compose_string(). */
static int check_text(const struct json_string *s)
{
    return (s->flags & JSON_ESCAPED) != 0 && !unescape_check((struct span){s->ptr, s->len}) ? 1 : 0;
}

static int check_texts(const struct record *r)
{
    if (r->type == RECORD_SYSTEM)
        return check_text(&r->content);
    if (r->type == RECORD_SUMMARY)
        return check_text(&r->summary);
    unsigned wanted = body_parts(r->type);
    for (size_t i = 0; i < r->body.piece_count; i++) {
        struct json_string s = piece_string(&r->body.pieces[i]);
        if ((wanted & 1u << r->body.pieces[i].part) != 0 && check_text(&s) != 0)
            return 1;
    }
    return 0;
}

int compose_text(struct compose *k, struct record *r, struct message *m, struct span *first)
{
    if (k->leaves_texts)
        return check_texts(r);
    m->raw = (struct span){r->begin, (size_t)(r->end - r->begin)};
    if (r->type == RECORD_SYSTEM)
        return single_text(k, &r->body, &r->content, PART_SYSTEM, m);
    if (r->type == RECORD_SUMMARY)
        return single_text(k, &r->body, &r->summary, PART_SUMMARY, m);
    struct part_size sizes[PART_COUNT];
    measure_parts(&r->body, sizes);
    unsigned wanted = body_parts(r->type);
    for (enum part part = 0; part < PART_COUNT; part++) {
        size_t first_len = 0;
        if ((wanted & 1u << part) == 0)
            continue;
        int result = compose_part(k, &r->body, part, &sizes[part], m, &first_len);
        if (result != 0)
            return result;
        if (part == PART_TEXT)
            *first = (struct span){m->part[part].ptr, first_len};
    }
    return 0;
}
