#include "catalog.h"

#include "clock.h"
#include "hash.h"
#include "span.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_SECOND INT64_C(1000000000)

void catalog_init(struct catalog *c)
{
    *c = (struct catalog){0};
    intern_init(&c->strings);
}

static void free_entry(struct catalog_entry *e)
{
    if (e == NULL)
        return;
    if (e->keep_fd >= 0)
        close(e->keep_fd);
    free(e);
}

void catalog_clear(struct catalog *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        free_entry(c->entries[i]);
    free(c->entries);
    free(c->by_path);
    intern_clear(&c->strings);
    catalog_init(c);
}

int catalog_keep(struct catalog *c, struct span s, struct span *out)
{
    uint32_t id;
    if (intern_put(&c->strings, s, &id) != 0)
        return -1;
    *out = intern_get(&c->strings, id);
    return 0;
}

static int reserve(struct catalog *c, uint32_t more)
{
    if (c->capacity - c->count >= more)
        return 0;
    uint32_t capacity = c->count + more + c->capacity / 2;
    void *p = realloc(c->entries, capacity * sizeof *c->entries);
    if (p == NULL)
        return -1;
    c->entries = p;
    c->capacity = capacity;
    return 0;
}

int catalog_add(struct catalog *c, const struct catalog_entry *e)
{
    struct catalog_entry *copy = malloc(sizeof *copy);
    if (copy == NULL || reserve(c, 1) != 0) {
        free(copy);
        return -1;
    }
    *copy = *e;
    copy->source.id = c->count;
    c->entries[c->count++] = copy;
    return 0;
}

/* Copy what discovery says of a source's place and names; stamps are for catalog_look(). */
static int describe(struct catalog *c, const struct source *s, struct catalog_entry *e)
{
    e->source.root = s->root;
    e->source.is_agent = s->is_agent;
    e->source.is_retained = s->is_retained;
    return catalog_keep(c, s->name, &e->source.name) != 0 ||
                   catalog_keep(c, s->path, &e->source.path) != 0 ||
                   catalog_keep(c, s->folder, &e->source.folder) != 0 ||
                   catalog_keep(c, s->session, &e->source.session) != 0 ||
                   catalog_keep(c, s->stem, &e->source.stem) != 0 ||
                   catalog_keep(c, s->agent, &e->source.agent) != 0
               ? -1
               : 0;
}

static struct catalog_entry *new_entry(struct catalog *c, const struct source *s)
{
    struct catalog_entry *e = calloc(1, sizeof *e);
    if (e == NULL)
        return NULL;
    e->first_time = TIME_NONE;
    e->keep_fd = -1;
    e->source.size = s->size; /* until catalog_look(): tells the large ones from the small */
    e->source.mtime_ns = s->mtime_ns;
    e->source.device = s->device;
    e->source.inode = s->inode;
    if (describe(c, s, e) != 0 || catalog_keep(c, s->folder, &e->project) != 0) {
        free(e);
        return NULL;
    }
    return e;
}

/* The places of ${entries} by path, as in struct catalog; NULL without memory. */
static uint32_t *table_of_paths(struct catalog_entry *const *entries, uint32_t count,
                                uint32_t *slots)
{
    *slots = 16;
    while (*slots < 2 * count)
        *slots *= 2;
    uint32_t *table = calloc(*slots, sizeof *table);
    for (uint32_t i = 0; table != NULL && i < count; i++) {
        uint32_t at = (uint32_t)hash_64(entries[i]->source.path) & (*slots - 1);
        while (table[at] != 0)
            at = (at + 1) & (*slots - 1);
        table[at] = i + 1;
    }
    return table;
}

static void use_table(struct catalog *c, uint32_t *table, uint32_t slots)
{
    free(c->by_path);
    c->by_path = table;
    c->path_slots = slots;
}

int catalog_index_paths(struct catalog *c)
{
    uint32_t slots;
    uint32_t *table = table_of_paths(c->entries, c->count, &slots);
    if (table == NULL)
        return -1;
    use_table(c, table, slots);
    return 0;
}

/* Whether an entry tells of ${s}, so that what was read of it holds.  A transcript and what is retained of it are two
 * things: the rows differ in a flag.  Of one name several may be retained one after the other; none of those files ever
 * changes, so catalog_look() looks at none. */
static bool tells_of(const struct catalog_entry *e, const struct source *s)
{
    if (!span_equal(e->source.name, s->name) || e->source.is_retained != s->is_retained)
        return false;
    return !s->is_retained || (e->source.size == s->size && e->source.mtime_ns == s->mtime_ns &&
                               e->source.device == s->device && e->source.inode == s->inode);
}

/* The entries that an update will leave, made before anything is changed. */
struct update {
    struct catalog_entry **entries;
    bool *fresh; /* of each: made for it */
    uint32_t count, kept;
    uint32_t *table;
    uint32_t slots;
};

static int make_entries(struct catalog *c, const struct source_list *list, struct update *u)
{
    uint32_t old = 0;
    u->entries = calloc(list->count + 1u, sizeof(struct catalog_entry *));
    u->fresh = calloc(list->count + 1u, sizeof *u->fresh);
    if (u->entries == NULL || u->fresh == NULL)
        return -1;
    for (; u->count < list->count; u->count++) {
        const struct source *s = &list->items[u->count];
        while (old < c->count && span_compare(c->entries[old]->source.name, s->name) < 0)
            old++;
        bool known = old < c->count && tells_of(c->entries[old], s);
        struct catalog_entry *e = known ? c->entries[old] : new_entry(c, s);
        if (e == NULL || (known && describe(c, s, e) != 0))
            return -1;
        u->entries[u->count] = e;
        u->fresh[u->count] = !known;
        u->kept += known;
    }
    u->table = table_of_paths(u->entries, u->count, &u->slots);
    return u->table == NULL ? -1 : 0;
}

static void drop_update(struct update *u)
{
    for (uint32_t i = 0; i < u->count; i++)
        if (u->fresh[i])
            free(u->entries[i]);
    free(u->entries);
    free(u->fresh);
}

int catalog_update(struct catalog *c, const struct source_list *list, uint32_t *gone)
{
    struct update u = {0};
    if (make_entries(c, list, &u) != 0) {
        drop_update(&u);
        return -1;
    }
    /* Nothing can fail any more: free those that are not taken over. */
    for (uint32_t i = 0, n = 0; i < c->count; i++) {
        while (n < u.count &&
               span_compare(u.entries[n]->source.name, c->entries[i]->source.name) < 0)
            n++;
        if (n == u.count || u.entries[n] != c->entries[i])
            free_entry(c->entries[i]);
    }
    *gone = c->count - u.kept;
    free(c->entries);
    free(u.fresh);
    c->entries = u.entries;
    c->count = u.count;
    c->capacity = list->count + 1u;
    for (uint32_t i = 0; i < c->count; i++)
        c->entries[i]->source.id = i;
    use_table(c, u.table, u.slots);
    return 0;
}

struct catalog_entry *catalog_find_path(const struct catalog *c, struct span path)
{
    if (c->path_slots == 0)
        return NULL;
    uint32_t at = (uint32_t)hash_64(path) & (c->path_slots - 1);
    for (; c->by_path[at] != 0; at = (at + 1) & (c->path_slots - 1)) {
        struct catalog_entry *e = c->entries[c->by_path[at] - 1];
        if (span_equal(e->source.path, path))
            return e;
    }
    return NULL;
}

static int64_t nanoseconds(struct timespec t)
{
    return (int64_t)t.tv_sec * NS_PER_SECOND + t.tv_nsec;
}

int catalog_look(struct catalog_entry *e)
{
    struct source *s = &e->source;
    struct stat st;
    struct timespec now;
    if (s->is_retained) {
        bool was_read = e->indexed && !e->unsettled;
        e->unsettled = false;
        return was_read;
    }
    if (stat(s->path.ptr, &st) != 0)
        return -1;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t mtime = nanoseconds(st.st_mtim), ctime = nanoseconds(st.st_ctim);
    bool same = s->size == (uint64_t)st.st_size && s->mtime_ns == mtime && e->ctime_ns == ctime &&
                s->device == st.st_dev && s->inode == st.st_ino;
    s->size = (uint64_t)st.st_size;
    s->mtime_ns = mtime;
    s->device = st.st_dev;
    s->inode = st.st_ino;
    e->ctime_ns = ctime;
    bool was_unsettled = e->unsettled;
    e->unsettled = nanoseconds(now) - ctime < CATALOG_SETTLED_NS;
    return same && !was_unsettled;
}
