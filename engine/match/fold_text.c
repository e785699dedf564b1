#include "fold.h"

#include "code_point.h"
#include "fold_table.h"
#include "vector16.h"

/* Capitals become small; bytes of other characters stay. */
static v16 fold_ascii(v16 v)
{
    v16 capital = (v16)(v - 'A' <= 25);
    return v | (capital & 0x20);
}

static char fold_byte(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static bool may_have_case(const uint64_t *pairs, const char *p)
{
    return (pairs[(unsigned char)p[0] - 0xC0u] >> ((unsigned char)p[1] & 63u) & 1u) != 0;
}

/* Fold one character; return the bytes read, move ${out} by the bytes written. */
static size_t fold_one(const uint64_t *pairs, const char *p, char **out)
{
    uint32_t cp;
    size_t n = code_point_length(*p);
    if (n == 1) {
        *(*out)++ = fold_byte(*p);
        return 1;
    }
    if (may_have_case(pairs, p)) {
        n = code_point_read(p, &cp);
        *out += code_point_write(fold_code_point(cp), *out);
        return n;
    }
    memcpy(*out, p, n);
    *out += n;
    return n;
}

/* The first lane of ${leads} where a character begins that may have another case, else V16. */
static unsigned first_cased(const uint64_t *pairs, const char *p, uint64_t leads)
{
    for (; leads != 0; leads &= leads - 1) {
        unsigned lane = v16_lane(leads);
        if (may_have_case(pairs, p + lane))
            return lane;
    }
    return V16;
}

/* Vector by vector: ASCII is folded, everything else copied, up to the first character that may
 * have another case.  A character may reach across the border: its later bytes are copied in the
 * next round, or by the last loop, which sees them as characters of one byte. */
size_t fold_into(struct span s, char *out)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    const uint64_t *pairs = NULL;
    char *o = out;
    while (end - p >= V16) {
        v16 v = v16_load(p);
        uint64_t leads = v16_mask((v16)(v >= 0xC0));
        unsigned n = V16;
        v16_store(o, fold_ascii(v));
        if (leads != 0) {
            pairs = pairs != NULL ? pairs : fold_table_pairs();
            n = first_cased(pairs, p, leads);
        }
        p += n;
        o += n;
        if (n < V16)
            p += fold_one(pairs, p, &o);
    }
    while (p < end) {
        if ((unsigned char)*p >= 0xC0)
            pairs = pairs != NULL ? pairs : fold_table_pairs();
        p += fold_one(pairs, p, &o);
    }
    return (size_t)(o - out);
}

static bool is_cased(const uint64_t *pairs, const char *p)
{
    uint32_t cp;
    if (!may_have_case(pairs, p))
        return false;
    code_point_read(p, &cp);
    return fold_code_point(cp) != cp;
}

static bool any_cased(const uint64_t *pairs, const char *p, uint64_t leads)
{
    for (; leads != 0; leads &= leads - 1)
        if (is_cased(pairs, p + v16_lane(leads)))
            return true;
    return false;
}

/* The first of whole vectors with bytes beyond ASCII, or one of the last three. */
static const char *skip_ascii(const char *p, const char *end)
{
    for (; end - p >= 4 * V16; p += 4 * V16) {
        v16 all = v16_load(p) | v16_load(p + V16) | v16_load(p + 2 * V16) | v16_load(p + 3 * V16);
        if (v16_mask((v16)(all >= 0x80)) != 0)
            break;
    }
    return p;
}

bool fold_only_ascii(struct span s)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    const uint64_t *pairs = NULL;
    while (end - p >= V16) {
        uint64_t leads = v16_mask((v16)(v16_load(p) >= 0xC0));
        if (leads == 0) {
            p = skip_ascii(p + V16, end);
            continue;
        }
        pairs = pairs != NULL ? pairs : fold_table_pairs();
        if (any_cased(pairs, p, leads))
            return false;
        p += V16;
    }
    for (; p < end; p++)
        if ((unsigned char)*p >= 0xC0 && is_cased(fold_table_pairs(), p))
            return false;
    return true;
}

int fold_text(struct span s, struct buf *out)
{
    if (buf_reserve(out, s.len + FOLD_SLACK) != 0)
        return -1;
    out->len += fold_into(s, out->ptr + out->len);
    return 0;
}
