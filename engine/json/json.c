#include "json.h"

#include "json_base.h"
#include "json_x86.h"
#include "span.h"
#include "unescape.h"

#include <assert.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

static const char *plain_string_end(const char *p, const char *end, unsigned *flags)
{
    for (; p < end && *p != '"'; p++) {
        if ((unsigned char)*p >= 0x80)
            *flags |= JSON_NON_ASCII;
        if (*p != '\\')
            continue;
        *flags |= JSON_ESCAPED;
        if (++p == end)
            return NULL;
        if ((unsigned char)*p >= 0x80)
            *flags |= JSON_NON_ASCII;
    }
    return p < end ? p : NULL;
}

static const char *plain_skip(const char *p, const char *end, unsigned limit, const char **fail)
{
    unsigned depth = 0, flags = 0;
    for (; p < end; p++) {
        if (*p == '"') {
            p = plain_string_end(p + 1, end, &flags);
            if (p == NULL)
                break;
        } else if (*p == '{' || *p == '[') {
            if (++depth > limit) {
                *fail = p;
                return NULL;
            }
        } else if ((*p == '}' || *p == ']') && --depth == 0) {
            return p + 1;
        } else if (*p == '\\' && end - p > 1 && (p[1] == '"' || p[1] == '\\')) {
            p++;
        }
    }
    *fail = end;
    return NULL;
}

static const struct json_kernels plain = {"plain", plain_string_end, plain_skip, unescape_copy};

const struct json_kernels *json_kernels_best(void)
{
#if defined(__x86_64__)
    if (json_x86_has_vbmi2())
        return &json_x86_vbmi2;
    if (json_x86_has_avx512())
        return &json_x86_avx512;
    return json_x86_has_avx2() ? &json_x86_avx2 : &json_base_simd;
#elif defined(__aarch64__)
    return &json_base_simd;
#else
    return &plain;
#endif
}

const struct json_kernels *const *json_kernels_all(size_t *count)
{
    static const struct json_kernels *const all[] = {
        &plain,
#if defined(__x86_64__)
        &json_base_simd,
        &json_x86_avx2,
        &json_x86_avx512,
        &json_x86_vbmi2,
#elif defined(__aarch64__)
        &json_base_simd,
#endif
    };
    *count = sizeof all / sizeof all[0];
#if defined(__x86_64__)
    *count -= !json_x86_has_vbmi2();
    *count -= !json_x86_has_avx512();
    *count -= !json_x86_has_avx2();
#endif
    return all;
}

int json_string(struct json *c, struct json_string *s)
{
    assert(json_at(c, '"'));
    unsigned flags = 0;
    const char *begin = c->p + 1;
    const char *quote = c->kernels->string_end(begin, c->end, &flags);
    if (quote == NULL) {
        c->p = c->end;
        return -1;
    }
    *s = (struct json_string){begin, (size_t)(quote - begin), flags};
    c->p = quote + 1;
    return 0;
}

static bool is_bare(char b)
{
    switch (b) {
    case ' ':
    case '\t':
    case '\r':
    case '\n':
    case ',':
    case ':':
    case '"':
    case '{':
    case '}':
    case '[':
    case ']':
        return false;
    default:
        return true;
    }
}

int json_skip(struct json *c)
{
    struct json_string ignored;
    if (json_at(c, '"'))
        return json_string(c, &ignored);
    if (json_at(c, '{') || json_at(c, '[')) {
        const char *fail;
        const char *behind = c->kernels->skip(c->p, c->end, JSON_DEPTH_LIMIT - c->depth, &fail);
        c->p = behind != NULL ? behind : fail;
        return behind != NULL ? 0 : -1;
    }
    const char *begin = c->p;
    while (c->p < c->end && is_bare(*c->p))
        c->p++;
    return c->p > begin ? 0 : -1;
}

static bool json_word(struct json *c, struct span word)
{
    struct span rest = {c->p, (size_t)(c->end - c->p)};
    if (!span_starts_with(rest, word))
        return false;
    c->p += word.len;
    return true;
}

/* Go past digits; whether there was one. */
static bool json_digits(struct json *c)
{
    const char *begin = c->p;
    while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
        c->p++;
    return c->p > begin;
}

static bool json_number(struct json *c)
{
    if (json_at(c, '-'))
        c->p++;
    if (json_at(c, '0'))
        c->p++;
    else if (!json_digits(c))
        return false;
    if (json_at(c, '.')) {
        c->p++;
        if (!json_digits(c))
            return false;
    }
    if (json_at(c, 'e') || json_at(c, 'E')) {
        c->p++;
        if (json_at(c, '+') || json_at(c, '-'))
            c->p++;
        if (!json_digits(c))
            return false;
    }
    return true;
}

int json_scalar(struct json *c)
{
    if (json_word(c, SPAN("true")) || json_word(c, SPAN("false")) || json_word(c, SPAN("null")))
        return 0;
    return json_number(c) ? 0 : -1;
}

int json_enter(struct json *c)
{
    assert(json_at(c, '{') || json_at(c, '['));
    if (c->depth == JSON_DEPTH_LIMIT)
        return -1;
    c->depth++;
    c->p++;
    return 0;
}

/* The closing quote of a string of fewer than 16 bytes without escapes, as nearly all keys are; else
 * NULL, and nothing is known. */
static inline const char *short_string_end(const char *p)
{
#if defined(__SSE2__)
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    unsigned quote = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
    unsigned other =
        (unsigned)_mm_movemask_epi8(_mm_or_si128(v, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
    unsigned below = (quote & (0 - quote)) - 1;
    return quote != 0 && (other & below) == 0 ? p + __builtin_ctz(quote) : NULL;
#else
    (void)p;
    return NULL;
#endif
}

static inline int json_key(struct json *c, struct json_string *key)
{
    const char *quote = short_string_end(c->p + 1);
    if (quote == NULL || quote >= c->end)
        return json_string(c, key);
    *key = (struct json_string){c->p + 1, (size_t)(quote - c->p - 1), 0};
    c->p = quote + 1;
    return 0;
}

/* Go to the next element: 1 on it, 0 behind the closing bracket, -1. */
static int json_element(struct json *c, bool *first, char close)
{
    json_space(c);
    if (json_at(c, close)) {
        c->p++;
        c->depth--;
        return 0;
    }
    if (!*first) {
        if (!json_at(c, ','))
            return -1;
        c->p++;
        json_space(c);
    }
    *first = false;
    return 1;
}

int json_member(struct json *c, bool *first, struct json_string *key)
{
    int r = json_element(c, first, '}');
    if (r != 1)
        return r;
    if (!json_at(c, '"') || json_key(c, key) != 0)
        return -1;
    json_space(c);
    if (!json_at(c, ':'))
        return -1;
    c->p++;
    json_space(c);
    return 1;
}

int json_item(struct json *c, bool *first)
{
    return json_element(c, first, ']');
}

bool json_key_is_escaped(const struct json_string *key, struct span name)
{
    char text[128 + UNESCAPE_ROOM];
    if (key->len > 128) /* six bytes spell at least one: longer than any name we know */
        return false;
    size_t len = unescape_copy((struct span){key->ptr, key->len}, text);
    return len != UNESCAPE_INVALID && span_equal((struct span){text, len}, name);
}
