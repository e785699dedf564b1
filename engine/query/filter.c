#include "filter.h"

#include "code_point.h"
#include "span.h"

#include <assert.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool has_byte(struct span s, char c)
{
    return s.len > 0 && memchr(s.ptr, c, s.len) != NULL;
}

static struct span drop(struct span s, size_t n)
{
    return (struct span){s.ptr + n, s.len - n};
}

/* ---- globs: the pattern is cut at its stars into pieces, which are found one after the other,
 * each at the earliest place (a later one would leave less for the rest) ---- */

static size_t code_point_size(const char *p, const char *end)
{
    const char *q = p + 1;
    while (q < end && code_point_is_inner(*q))
        q++;
    return (size_t)(q - p);
}

/* How many bytes of ${value} the piece takes at its front, or -1 if it does not fit there. */
static ptrdiff_t piece_front(struct span piece, struct span value)
{
    const char *p = value.ptr, *end = value.ptr + value.len;
    for (size_t i = 0; i < piece.len; i++) {
        if (p == end)
            return -1;
        if (piece.ptr[i] == '?')
            p += code_point_size(p, end);
        else if (piece.ptr[i] == *p)
            p++;
        else
            return -1;
    }
    return p - value.ptr;
}

/* Whether the piece fits the end of ${value}. */
static bool piece_fits_end(struct span piece, struct span value)
{
    const char *p = value.ptr + value.len;
    for (size_t i = piece.len; i-- > 0;) {
        if (p == value.ptr)
            return false;
        p--;
        if (piece.ptr[i] == '?')
            while (p > value.ptr && (*p & 0xc0) == 0x80)
                p--;
        else if (piece.ptr[i] != *p)
            return false;
    }
    return true;
}

/* Remove everything up to the end of the piece's first occurrence from ${value}. */
static bool piece_find(struct span piece, bool joker, struct span *value)
{
    if (piece.len == 0)
        return true;
    if (!joker || !has_byte(piece, '?')) {
        const char *p =
            value->len == 0 ? NULL : memmem(value->ptr, value->len, piece.ptr, piece.len);
        if (p == NULL)
            return false;
        *value = drop(*value, (size_t)(p - value->ptr) + piece.len);
        return true;
    }
    while (value->len > 0) {
        ptrdiff_t n = piece_front(piece, *value);
        if (n >= 0) {
            *value = drop(*value, (size_t)n);
            return true;
        }
        *value = drop(*value, code_point_size(value->ptr, value->ptr + value->len));
    }
    return false;
}

/* ${joker}: whether '?' is special. */
static bool glob(struct span pattern, bool joker, struct span value)
{
    bool first = true;
    for (;;) {
        const char *star = pattern.len == 0 ? NULL : memchr(pattern.ptr, '*', pattern.len);
        struct span piece = {pattern.ptr,
                             star == NULL ? pattern.len : (size_t)(star - pattern.ptr)};
        if (first) {
            bool plain = !joker || !has_byte(piece, '?');
            ptrdiff_t n = plain ? (span_starts_with(value, piece) ? (ptrdiff_t)piece.len : -1)
                                : piece_front(piece, value);
            if (n < 0)
                return false;
            if (star == NULL)
                return (size_t)n == value.len;
            value = drop(value, (size_t)n);
        } else if (star == NULL) {
            bool plain = !joker || !has_byte(piece, '?');
            return plain ? span_ends_with(value, piece) : piece_fits_end(piece, value);
        } else if (!piece_find(piece, joker, &value)) {
            return false;
        }
        first = false;
        pattern = drop(pattern, piece.len + 1);
    }
}

bool filter_glob(struct span pattern, struct span value)
{
    return glob(pattern, true, value);
}

/* ---- one field each ---- */

static bool tool_fits(const struct filter_value *v, struct span tool)
{
    return has_byte(v->text, '*') ? glob(v->text, false, tool) : span_equal(v->text, tool);
}

static struct span without_last_slashes(struct span path)
{
    while (path.len > 1 && path.ptr[path.len - 1] == '/')
        path.len--;
    return path;
}

static bool is_component(struct span name, struct span path)
{
    while (path.len > 0) {
        const char *slash = memchr(path.ptr, '/', path.len);
        size_t n = slash == NULL ? path.len : (size_t)(slash - path.ptr);
        if (span_equal(name, (struct span){path.ptr, n}))
            return true;
        path = drop(path, slash == NULL ? n : n + 1);
    }
    return false;
}

static bool project_fits(const struct filter_value *v, struct span project)
{
    struct span value = without_last_slashes(v->text);
    project = without_last_slashes(project);
    if (span_equal(value, project) || is_component(value, project))
        return true;
    if (!span_starts_with(project, value))
        return false;
    return value.ptr[value.len - 1] == '/' || project.ptr[value.len] == '/';
}

static bool session_fits(const struct filter_value *v, struct span session)
{
    return v->exact ? span_equal(v->text, session) : span_starts_with(session, v->text);
}

#define MODEL_WINDOW 8192

/* In windows, so that neither a long name nor a long value costs more than linear time. */
static bool model_fits(const struct filter_value *v, struct span model)
{
    char window[MODEL_WINDOW];
    size_t m = v->text.len;
    assert(m > 0 && m <= MODEL_WINDOW / 2);
    for (size_t at = 0; model.len - at >= m; at += MODEL_WINDOW - m + 1) {
        size_t n = model.len - at < MODEL_WINDOW ? model.len - at : MODEL_WINDOW;
        for (size_t i = 0; i < n; i++)
            window[i] = lower(model.ptr[at + i]);
        if (memmem(window, n, v->text.ptr, m) != NULL)
            return true;
        if (n == model.len - at)
            break;
    }
    return false;
}

static bool file_fits(const struct filter_value *v, struct span path)
{
    if (span_equal(v->text, path))
        return true;
    if (has_byte(v->text, '*') || has_byte(v->text, '?'))
        return glob(v->text, true, path);
    return span_ends_with(path, v->text) && path.ptr[path.len - v->text.len - 1] == '/';
}

static bool agent_fits(const struct filter_value *v, struct span agent)
{
    if (span_equal(v->text, SPAN("none")))
        return agent.ptr == NULL;
    return agent.ptr != NULL && (span_equal(v->text, SPAN("only")) || span_equal(v->text, agent));
}

static bool value_fits(enum field field, const struct filter_value *v, struct span value)
{
    if (field == FIELD_AGENT)
        return agent_fits(v, value);
    if (value.ptr == NULL)
        return false;
    switch (field) {
    case FIELD_TOOL:
        return tool_fits(v, value);
    case FIELD_PROJECT:
        return project_fits(v, value);
    case FIELD_SESSION:
        return session_fits(v, value);
    case FIELD_BRANCH:
        return span_equal(v->text, value);
    case FIELD_MODEL:
        return model_fits(v, value);
    default:
        assert(field == FIELD_FILE);
        return file_fits(v, value);
    }
}

bool filter_text(const struct filter *f, struct span value)
{
    for (uint32_t i = 0; i < f->count; i++)
        if (value_fits(f->field, &f->values[i], value))
            return true;
    return false;
}

static unsigned all_bits(const struct filter *f)
{
    unsigned bits = 0;
    for (uint32_t i = 0; i < f->count; i++)
        bits |= f->values[i].bits;
    return bits;
}

bool filter_bits(const struct filter *f, enum role role, enum kind kind, unsigned flags)
{
    switch (f->field) {
    case FIELD_ROLE:
        return (all_bits(f) & 1u << role) != 0;
    case FIELD_KIND:
        return (all_bits(f) & 1u << kind) != 0;
    default:
        assert(f->field == FIELD_IS || f->field == FIELD_HAS);
        return (all_bits(f) & flags) != 0;
    }
}

bool filter_time(const struct filter *f, int64_t time_ms)
{
    assert(f->field == FIELD_SINCE || f->field == FIELD_UNTIL);
    for (uint32_t i = 0; i < f->count; i++) {
        int64_t limit = f->values[i].time_ms;
        if (f->field == FIELD_SINCE ? time_ms >= limit : time_ms < limit)
            return true;
    }
    return false;
}

bool filter_parts(const struct filter *f, unsigned parts)
{
    assert(f->field == FIELD_PART);
    return (all_bits(f) & parts) != 0;
}

static bool equal_ignoring_case(struct span a, struct span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i]))
            return false;
    return true;
}

bool filter_id(const struct filter *f, struct span uuid, struct span session)
{
    assert(f->field == FIELD_ID);
    for (uint32_t i = 0; i < f->count; i++)
        if (equal_ignoring_case(f->values[i].text, uuid) ||
            equal_ignoring_case(f->values[i].text, session))
            return true;
    return false;
}
