#include "usage.h"

#include "span.h"

#define LARGEST UINT64_C(1000000000000000)

static uint64_t usage_number(struct span s)
{
    if (s.len >= 2 && s.ptr[0] == '"') {
        s.ptr++;
        s.len -= 2;
    }
    uint64_t n = 0;
    for (size_t i = 0; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++) {
        n = n * 10 + (uint64_t)(s.ptr[i] - '0');
        if (n > LARGEST)
            return LARGEST;
    }
    return n;
}

/* A name and where its number goes. */
struct usage_field {
    struct span name;
    uint64_t *to;
};

struct usage_numbers {
    uint64_t input, output, cache_write, cache_read, tier_5m, tier_1h;
};

/* Read an object's numbers; ${nested} is the object under "cache_creation". */
static bool usage_object(struct json *c, const struct usage_field *fields, size_t count,
                         struct json_extent *nested)
{
    struct json_string key;
    bool first = true;
    if (!json_at(c, '{') || json_enter(c) != 0)
        return false;
    while (json_member(c, &first, &key) == 1) {
        const char *begin = c->p;
        if (json_skip(c) != 0)
            return true; /* balanced, but not JSON inside: what was read counts */
        struct json_extent value = {begin, c->p};
        if (nested != NULL && json_key_is(&key, SPAN("cache_creation")))
            *nested = value;
        for (size_t i = 0; i < count; i++)
            if (json_key_is(&key, fields[i].name))
                *fields[i].to = usage_number((struct span){begin, (size_t)(c->p - begin)});
    }
    return true;
}

static struct json usage_cursor(const struct json_extent *e)
{
    return (struct json){.p = e->begin, .end = e->end, .kernels = json_kernels_best()};
}

bool usage_read(const struct json_extent *e, struct usage *u)
{
    if (e->begin == NULL)
        return false;
    struct usage_numbers n = {0};
    const struct usage_field fields[] = {
        {SPAN("input_tokens"), &n.input},
        {SPAN("output_tokens"), &n.output},
        {SPAN("cache_creation_input_tokens"), &n.cache_write},
        {SPAN("cache_read_input_tokens"), &n.cache_read},
    };
    const struct usage_field tiers[] = {
        {SPAN("ephemeral_5m_input_tokens"), &n.tier_5m},
        {SPAN("ephemeral_1h_input_tokens"), &n.tier_1h},
    };
    struct json_extent nested = {NULL, NULL};
    struct json c = usage_cursor(e);
    if (!usage_object(&c, fields, sizeof fields / sizeof fields[0], &nested))
        return false;
    if (nested.begin != NULL) {
        c = usage_cursor(&nested);
        (void)usage_object(&c, tiers, sizeof tiers / sizeof tiers[0], NULL);
    }
    uint64_t tiered = n.tier_5m + n.tier_1h;
    uint64_t rest = n.cache_write > tiered ? n.cache_write - tiered : 0;
    *u = (struct usage){n.input, n.output, n.tier_5m + rest, n.tier_1h, n.cache_read};
    return true;
}
