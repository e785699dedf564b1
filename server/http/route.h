/* route.h: What is served where: a table of resources, as plain data.
 *
 * The table itself stands above (routes/routes.h) and is given to the service; what answers requests
 * knows only this form of it.  Tables and routes are constant and outlive the service.
 */
#ifndef SCROLLBACK_ROUTE_H
#define SCROLLBACK_ROUTE_H

#include "params.h"
#include "vocabulary.h"

struct request;

enum method { METHOD_GET = 1, METHOD_HEAD = 2, METHOD_POST = 4, METHOD_OPTIONS = 8 };

/* Where a route's work is done. */
enum route_place {
    PLACE_HERE, /* at once, in the HTTP library's thread: microseconds, nobody waited for */
    PLACE_LANE  /* in a lane, chosen by the strategy asked for */
};

/* One resource. */
struct route {
    const char *path;    /* "/sessions/{id}/messages": {…} stands for one non-empty segment */
    unsigned methods;    /* GET, or GET and POST; HEAD and OPTIONS are implied */
    unsigned guard_pass; /* enum guard_pass */
    enum route_place place;
    const struct param_spec *specs;
    const size_t *spec_count; /* NULL: no parameters */
    /* Offered media types, NULL-terminated, in the order of the parameter format's words. */
    const char *const *types;
    void (*run)(struct request *r); /* fill r->answer, or r->problem */
};

struct route_table {
    const struct route *named;
    size_t count;
    const struct route *file;          /* of whatever is_file() knows */
    bool (*is_file)(struct span path); /* a file of the page that the program carries */
};

/* route_find(t, path, any_file, value): The route of ${path} (decoded), or NULL; what stands for its
 * {…} is left in ${value}, which points into ${path}.  With ${any_file} any other path may be a file. */
const struct route *route_find(const struct route_table *t, struct span path, bool any_file,
                               struct span *value);

/* route_at(t, i): The ${i}th route, the last one for files; NULL past the end.
 * route_index(t, route): its inverse. */
const struct route *route_at(const struct route_table *t, size_t i);
size_t route_index(const struct route_table *t, const struct route *route);

/* route_allow(route): The value of Allow: "GET, HEAD, OPTIONS" and perhaps POST; of all of them for NULL. */
const char *route_allow(const struct route *route);

#endif
