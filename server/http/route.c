#include "route.h"

#include <string.h>

/* Does ${path} fit the pattern?  {…} takes one segment, not empty. */
static bool path_fits(const char *pattern, struct span path, struct span *value)
{
    size_t i = 0;
    while (*pattern != '\0') {
        if (*pattern == '{') {
            size_t start = i;
            while (i < path.len && path.ptr[i] != '/')
                i++;
            if (i == start)
                return false;
            *value = (struct span){path.ptr + start, i - start};
            pattern = strchr(pattern, '}') + 1;
        } else if (i == path.len || path.ptr[i++] != *pattern++) {
            return false;
        }
    }
    return i == path.len;
}

const struct route *route_find(const struct route_table *t, struct span path, bool any_file,
                               struct span *value)
{
    for (size_t i = 0; i < t->count; i++)
        if (path_fits(t->named[i].path, path, value))
            return &t->named[i];
    return any_file || t->is_file(path) ? t->file : NULL;
}

const struct route *route_at(const struct route_table *t, size_t i)
{
    return i < t->count ? &t->named[i] : i == t->count ? t->file : NULL;
}

size_t route_index(const struct route_table *t, const struct route *route)
{
    return route == t->file ? t->count : (size_t)(route - t->named);
}

const char *route_allow(const struct route *route)
{
    bool post = route == NULL || (route->methods & METHOD_POST) != 0;
    return post ? "GET, HEAD, POST, OPTIONS" : "GET, HEAD, OPTIONS";
}
