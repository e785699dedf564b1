#include "index_inner.h"

#include "retained.h"
#include "span.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the file has no name any more; one that was moved or may not be read now still stands. */
static bool is_deleted(const struct catalog_entry *e)
{
    struct stat st;
    return e->keep_fd >= 0 && fstat(e->keep_fd, &st) == 0 && st.st_nlink == 0;
}

static void keep(struct index *ix, const struct catalog_entry *e)
{
    struct error err = {.code = ERROR_NONE};
    if (retained_keep(ix->retained, &e->source, e->keep_fd, &err) != 0)
        index_say(ix, INDEX_LOG_WARN, "retain: %.*s was deleted and cannot be kept: %s",
                  (int)(e->source.name.len > 200 ? 200 : e->source.name.len), e->source.name.ptr,
                  err.msg);
}

int index_keep_gone(struct index *ix, struct source_list *list)
{
    const struct catalog *c = &ix->catalog;
    if (ix->retained == NULL)
        return 0;
    for (uint32_t i = 0; i < c->count; i++) {
        const struct catalog_entry *e = c->entries[i];
        if (!e->source.is_retained && source_find(list, e->source.name) == NULL && is_deleted(e))
            keep(ix, e);
    }
    return retained_list(ix->retained, (const char *const *)ix->roots, ix->root_count, list);
}

/* Have the file open that its name stands for now. */
static int hold(struct catalog_entry *e)
{
    struct stat st;
    if (e->keep_fd >= 0 && fstat(e->keep_fd, &st) == 0 && st.st_dev == e->source.device &&
        st.st_ino == e->source.inode)
        return 0;
    if (e->keep_fd >= 0)
        close(e->keep_fd);
    e->keep_fd = source_open(e->source.path.ptr, NULL);
    return e->keep_fd >= 0 || errno == ENOENT ? 0 : -1;
}

void index_hold(struct index *ix)
{
    if (ix->retained == NULL)
        return;
    for (uint32_t i = 0; i < ix->catalog.count; i++) {
        struct catalog_entry *e = ix->catalog.entries[i];
        if (e->source.is_retained || hold(e) == 0 || ix->keep_told)
            continue;
        index_say(ix, INDEX_LOG_WARN, "retain: cannot keep every transcript open: %s",
                  strerror(errno));
        ix->keep_told = true;
    }
}
