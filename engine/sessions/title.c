#include "title.h"

#include "json.h"
#include "json_rewrite.h"
#include "lines.h"
#include "span.h"
#include "utf8.h"

#include <string.h>

/* The string member ${name} of the object on a line. */
static int member_string(struct span line, struct span name, struct json_string *out)
{
    struct json c = {.p = line.ptr, .end = line.ptr + line.len, .kernels = json_kernels_best()};
    struct json_string key;
    bool first = true, found = false;
    json_space(&c);
    if (!json_at(&c, '{') || json_enter(&c) != 0)
        return -1;
    while (json_member(&c, &first, &key) > 0) {
        if (json_key_is(&key, name) && json_at(&c, '"')) {
            if (json_string(&c, out) != 0)
                return -1;
            found = true;
        } else if (json_skip(&c) != 0) {
            return -1;
        }
    }
    return found ? 0 : -1;
}

struct kind_of_title {
    struct span mark; /* in the raw line */
    struct span member;
};

static const struct kind_of_title kinds[] = {
    {{"\"custom-title\"", 14}, {"customTitle", 11}},
    {{"\"ai-title\"", 10}, {"aiTitle", 7}},
};
#define KINDS (sizeof kinds / sizeof kinds[0])

/* The last title of each kind in a run of lines. */
static int read_block(const struct block *b, struct arena *arena, struct span titles[KINDS])
{
    struct span all = {b->ptr, b->len};
    for (size_t k = 0; k < KINDS; k++) {
        const char *at = all.ptr, *end = all.ptr + all.len;
        while ((at = memmem(at, (size_t)(end - at), kinds[k].mark.ptr, kinds[k].mark.len)) !=
               NULL) {
            struct span line = lines_around(all, (size_t)(at - all.ptr));
            struct json_string s = {0};
            if (member_string(line, kinds[k].member, &s) == 0 && s.len > 0 &&
                json_text(&s, arena, &titles[k]) != 0)
                return -1;
            at = line.ptr + line.len;
        }
    }
    return 0;
}

int title_read(struct reader *r, const struct source *s, struct arena *arena, struct span *out)
{
    struct span titles[KINDS] = {{NULL, 0}, {NULL, 0}};
    struct block b;
    *out = (struct span){NULL, 0};
    if (reader_open(r, s, 0, s->size, NULL) != 0)
        return 0;
    while (reader_next(r, &b, NULL) > 0)
        if (read_block(&b, arena, titles) != 0)
            return -1;
    for (size_t k = 0; k < KINDS; k++)
        if (titles[k].len > 0)
            return title_from_text(titles[k], arena, out);
    return 0;
}

int title_from_text(struct span text, struct arena *arena, struct span *out)
{
    size_t cut = utf8_cut(text, 4 * TITLE_CHARS), n = 0;
    char *p = arena_alloc(arena, cut + 1);
    if (p == NULL)
        return -1;
    for (size_t i = 0; i < cut; i++) {
        bool blank = (unsigned char)text.ptr[i] <= ' ' || text.ptr[i] == 0x7f;
        if (!blank)
            p[n++] = text.ptr[i];
        else if (n > 0 && p[n - 1] != ' ')
            p[n++] = ' ';
    }
    while (n > 0 && p[n - 1] == ' ')
        n--;
    *out = (struct span){p, n};
    out->len = utf8_cut(*out, TITLE_CHARS);
    return 0;
}
