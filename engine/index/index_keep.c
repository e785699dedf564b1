#include "index_inner.h"

#include "retained.h"
#include "span.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPARE_FILES 2048 /* more than the server admits connections */

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

/* A fourth of the descriptors, at most SPARE_FILES, is left for connections and for reading. */
uint32_t index_hold_most(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    rlim_t spare = limit.rlim_max / 4 < SPARE_FILES ? limit.rlim_max / 4 : SPARE_FILES;
    rlim_t most = limit.rlim_max - spare;
    return most < UINT32_MAX ? (uint32_t)most : UINT32_MAX;
}

static void tell_not_held(struct index *ix, uint32_t count, int error)
{
    if (count == 0 || ix->keep_told)
        return;
    index_say(ix, INDEX_LOG_WARN,
              "retain: cannot keep every transcript open, %u of %u are not: %s; raise the limit of "
              "open files",
              count, ix->catalog.count, strerror(error));
    ix->keep_told = true;
}

void index_hold(struct index *ix)
{
    uint32_t most = index_hold_most(), held = 0, left = 0;
    int error = EMFILE;
    if (ix->retained == NULL)
        return;
    for (uint32_t i = 0; i < ix->catalog.count; i++)
        held += ix->catalog.entries[i]->keep_fd >= 0;
    for (uint32_t i = 0; i < ix->catalog.count; i++) {
        struct catalog_entry *e = ix->catalog.entries[i];
        bool was_held = e->keep_fd >= 0;
        if (e->source.is_retained)
            continue;
        if (!was_held && held >= most) {
            left++;
            continue;
        }
        if (hold(e) != 0) {
            left++;
            error = errno;
        }
        held = held - was_held + (e->keep_fd >= 0);
    }
    tell_not_held(ix, left, error);
}
