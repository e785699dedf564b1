#include "lines.h"

#include <assert.h>
#include <string.h>

int lines_next(struct span *rest, struct span *line)
{
    if (rest->len == 0)
        return 0;
    const char *newline = memchr(rest->ptr, '\n', rest->len);
    size_t len = newline == NULL ? rest->len : (size_t)(newline - rest->ptr);
    *line = (struct span){rest->ptr, len};
    size_t used = newline == NULL ? len : len + 1;
    rest->ptr += used;
    rest->len -= used;
    return 1;
}

/* Sums of single bytes, which compilers turn into vector code: 255 additions fit into each. */
static uint64_t lines_count_piece(const char *p)
{
    unsigned char sums[64] = {0};
    for (size_t round = 0; round < 255; round++, p += sizeof sums)
        for (size_t i = 0; i < sizeof sums; i++)
            sums[i] = (unsigned char)(sums[i] + (p[i] == '\n'));
    uint64_t n = 0;
    for (size_t i = 0; i < sizeof sums; i++)
        n += sums[i];
    return n;
}

uint64_t lines_count(struct span s)
{
    enum { PIECE = 64 * 255 };
    uint64_t n = 0;
    size_t i = 0;
    for (; s.len - i >= PIECE; i += PIECE)
        n += lines_count_piece(s.ptr + i);
    for (; i < s.len; i++)
        n += s.ptr[i] == '\n';
    return n;
}

struct span lines_around(struct span s, size_t at)
{
    assert(at < s.len);
    /* A newline belongs to the line that it ends. */
    const char *before = at == 0 ? NULL : memrchr(s.ptr, '\n', at);
    const char *begin = before == NULL ? s.ptr : before + 1;
    const char *end = memchr(s.ptr + at, '\n', s.len - at);
    return (struct span){begin, (size_t)((end == NULL ? s.ptr + s.len : end) - begin)};
}
