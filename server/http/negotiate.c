#include "negotiate.h"

#include "text.h"

#include <string.h>
#include <strings.h>

/* "q=0.25" as thousandths; 1000 without one, 0 for nonsense. */
static int quality(struct span parameters)
{
    struct span item;
    while (text_split(&parameters, ';', &item)) {
        item = text_trim(item);
        if (item.len < 3 || (item.ptr[0] != 'q' && item.ptr[0] != 'Q') || item.ptr[1] != '=')
            continue;
        int value = item.ptr[2] == '1' ? 1000 : 0;
        int scale = 100;
        for (size_t i = 4; i < item.len && i < 7 && item.ptr[2] == '0' && item.ptr[3] == '.'; i++) {
            if (item.ptr[i] < '0' || item.ptr[i] > '9')
                return 0;
            value += (item.ptr[i] - '0') * scale;
            scale /= 10;
        }
        return value;
    }
    return 1000;
}

/* How closely a media range names a type: 3 exactly, 2 "text/ *", 1 any, 0 not at all. */
static int closeness(struct span range, const char *type)
{
    const char *slash = strchr(type, '/');
    const char *end = strchr(type, ';');
    size_t bare = end == NULL ? strlen(type) : (size_t)(end - type);

    if (text_is(range, "*/*") || text_is(range, "*") || strcmp(type, "*/*") == 0)
        return 1;
    if (range.len == bare && strncasecmp(range.ptr, type, bare) == 0)
        return 3;
    if (range.len >= 2 && memcmp(range.ptr + range.len - 2, "/*", 2) == 0 &&
        (size_t)(slash - type) == range.len - 2 && strncasecmp(range.ptr, type, range.len - 2) == 0)
        return 2;
    return 0;
}

/* The quality of ${type}: that of the range that names it most closely. */
static int quality_of(struct span accept, const char *type)
{
    int best_closeness = 0;
    int best = 0;
    struct span range;

    while (text_split(&accept, ',', &range)) {
        struct span rest = range;
        struct span name = {"", 0};
        text_split(&rest, ';', &name);
        int c = closeness(text_trim(name), type);
        if (c > best_closeness) {
            best_closeness = c;
            best = quality(rest);
        }
    }
    return best;
}

int negotiate_type(struct span accept, const char *const *offered)
{
    int chosen = -1;
    int best = 0;

    if (text_trim(accept).len == 0)
        return 0;
    for (int i = 0; offered[i] != NULL; i++) {
        int q = quality_of(accept, offered[i]);
        if (q > best) {
            best = q;
            chosen = i;
        }
    }
    return chosen;
}

bool negotiate_gzip(struct span accept_encoding)
{
    int any = -1;
    struct span item;

    while (text_split(&accept_encoding, ',', &item)) {
        struct span rest = item;
        struct span name = {"", 0};
        text_split(&rest, ';', &name);
        name = text_trim(name);
        if (text_is_like(name, "gzip") || text_is_like(name, "x-gzip"))
            return quality(rest) > 0;
        if (text_is(name, "*"))
            any = quality(rest);
    }
    return any > 0;
}
