#include "match_set.h"

#include "buf.h"
#include "span.h"

#include <stdlib.h>

#define CHUNK_MATCHES 1023 /* with its header just under 64 KiB */

struct match_chunk {
    struct match_chunk *next;
    uint64_t count;
    struct match items[CHUNK_MATCHES];
};

void match_set_init(struct match_set *s)
{
    *s = (struct match_set){0};
}

void match_set_clear(struct match_set *s)
{
    for (struct match_chunk *c = s->first, *next; c != NULL; c = next) {
        next = c->next;
        free(c);
    }
    match_set_init(s);
}

struct match *match_set_add(struct match_set *s)
{
    if (s->last == NULL || s->last->count == CHUNK_MATCHES) {
        struct match_chunk *c = malloc(sizeof *c);
        if (c == NULL)
            return NULL;
        c->next = NULL;
        c->count = 0;
        *(s->last == NULL ? &s->first : &s->last->next) = c;
        s->last = c;
    }
    s->count++;
    return &s->last->items[s->last->count++];
}

int match_set_gather(struct match_set *sets, size_t n, struct match **out, uint64_t *count)
{
    *out = NULL;
    *count = 0;
    for (size_t i = 0; i < n; i++)
        *count += sets[i].count;
    struct match *all = malloc((*count == 0 ? 1 : *count) * sizeof *all);
    if (all == NULL)
        return -1;
    uint64_t at = 0;
    for (size_t i = 0; i < n; i++) {
        for (struct match_chunk *c = sets[i].first, *next; c != NULL; c = next) {
            next = c->next;
            memcpy(all + at, c->items, c->count * sizeof *all);
            at += c->count;
            free(c);
        }
        match_set_init(&sets[i]);
    }
    *out = all;
    return 0;
}

void match_names_init(struct match_names *n)
{
    intern_init(&n->place);
    intern_init(&n->model);
    intern_init(&n->branch);
    intern_init(&n->tools);
}

void match_names_clear(struct match_names *n)
{
    intern_clear(&n->place);
    intern_clear(&n->model);
    intern_clear(&n->branch);
    intern_clear(&n->tools);
}

/* A place is the session's length in 4 bytes, the session, the project: any byte may occur in
 * either.  It is put together for every match, so places of the usual size need no allocation. */
int match_place_put(struct match_names *n, struct span session, struct span project, uint32_t *id)
{
    char usual[512];
    uint32_t len = (uint32_t)session.len;
    size_t size = sizeof len + session.len + project.len;
    char *place = size <= sizeof usual ? usual : malloc(size);
    if (place == NULL)
        return -1;
    memcpy(place, &len, sizeof len);
    if (session.len > 0)
        memcpy(place + sizeof len, session.ptr, session.len);
    if (project.len > 0)
        memcpy(place + sizeof len + session.len, project.ptr, project.len);
    int rc = intern_put(&n->place, (struct span){place, size}, id);
    if (place != usual)
        free(place);
    return rc;
}

void match_place_get(const struct match_names *n, uint32_t id, struct span *session,
                     struct span *project)
{
    struct span s = intern_get(&n->place, id);
    uint32_t len;
    memcpy(&len, s.ptr, sizeof len);
    *session = (struct span){s.ptr + sizeof len, len};
    *project = (struct span){s.ptr + sizeof len + len, s.len - sizeof len - len};
}

/* Each name is preceded by its length in 4 bytes. */
int match_tools_put(struct match_names *n, struct span_list tools, uint32_t *id)
{
    *id = INTERN_NONE;
    if (tools.count == 0)
        return 0;
    struct buf b;
    buf_init(&b);
    for (uint32_t i = 0; i < tools.count; i++) {
        uint32_t len = (uint32_t)tools.items[i].len;
        buf_append(&b, &len, sizeof len);
        buf_append_span(&b, tools.items[i]);
    }
    int rc = buf_failed(&b) ? -1 : intern_put(&n->tools, buf_span(&b), id);
    buf_clear(&b);
    return rc;
}

int match_tools_next(struct span *rest, struct span *name)
{
    uint32_t len;
    if (rest->len < sizeof len)
        return 0;
    memcpy(&len, rest->ptr, sizeof len);
    *name = (struct span){rest->ptr + sizeof len, len};
    *rest = (struct span){name->ptr + len, rest->len - sizeof len - len};
    return 1;
}

int match_fill(struct match *m, const struct message *msg, unsigned rank, struct match_names *n,
               bool with_tools)
{
    *m = (struct match){.identity = message_identity(msg),
                        .time_ms = msg->time_ms,
                        .offset = msg->offset,
                        .source = msg->source,
                        .position = msg->position,
                        .kind = (uint8_t)msg->kind,
                        .flags = (uint8_t)msg->flags,
                        .parts = (uint8_t)msg->parts,
                        .rank = (uint8_t)rank,
                        .row = ROW_NONE};
    if (match_place_put(n, msg->session, msg->project, &m->place) != 0 ||
        intern_put(&n->model, msg->model, &m->model) != 0 ||
        intern_put(&n->branch, msg->branch, &m->branch) != 0)
        return -1;
    return with_tools ? match_tools_put(n, msg->tools, &m->tools) : 0;
}
