#include "json_rewrite.h"

#include "unescape.h"
#include "utf8.h"

#include <stdlib.h>

int json_text(const struct json_string *s, struct arena *arena, struct span *out)
{
    struct span text = {s->ptr, s->len};
    if ((s->flags & JSON_ESCAPED) != 0) {
        char *p = arena_alloc(arena, s->len + UNESCAPE_ROOM);
        if (p == NULL)
            return -1;
        size_t n = unescape_copy(text, p);
        if (n != UNESCAPE_INVALID)
            text = (struct span){p, n};
    }
    size_t size = utf8_mended_size(text);
    char *mended = arena_alloc(arena, size + 1);
    if (mended == NULL)
        return -1;
    utf8_mend(text, mended);
    mended[size] = '\0';
    *out = (struct span){mended, size};
    return 0;
}

/* Escapes are kept as they stand: they were checked; control characters may not stand bare. */
static int rewrite_string(struct json *c, struct buf *out)
{
    struct json_string s;
    if (json_string(c, &s) != 0 || !unescape_check((struct span){s.ptr, s.len}))
        return -1;
    size_t size = utf8_mended_size((struct span){s.ptr, s.len});
    buf_append_byte(out, '"');
    if (buf_reserve(out, size) != 0)
        return -1;
    char *at = out->ptr + out->len;
    utf8_mend((struct span){s.ptr, s.len}, at);
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)at[i] < 0x20)
            at[i] = ' ';
    out->len += size;
    return buf_append_byte(out, '"');
}

static int rewrite_container(struct json *c, struct buf *out)
{
    bool object = json_at(c, '{'), first = true, begun = false;
    struct json_string key;
    int rc;
    if (json_enter(c) != 0)
        return -1;
    buf_append_byte(out, object ? '{' : '[');
    while ((rc = object ? json_member(c, &first, &key) : json_item(c, &first)) > 0) {
        if (begun)
            buf_append_byte(out, ',');
        begun = true;
        if (object) {
            /* The key again, as a value: the cursor is behind it, so from its own bytes. */
            struct json at_key = *c;
            at_key.p = key.ptr - 1;
            if (rewrite_string(&at_key, out) != 0)
                return -1;
            buf_append_byte(out, ':');
        }
        if (json_rewrite(c, out) != 0)
            return -1;
    }
    buf_append_byte(out, object ? '}' : ']');
    return rc;
}

int json_rewrite(struct json *c, struct buf *out)
{
    if (json_at(c, '"'))
        return rewrite_string(c, out);
    if (json_at(c, '{') || json_at(c, '['))
        return rewrite_container(c, out);
    const char *begin = c->p;
    if (json_scalar(c) != 0)
        return -1;
    return buf_append(out, begin, (size_t)(c->p - begin));
}
