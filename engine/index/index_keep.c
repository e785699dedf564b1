#include "index_inner.h"

#include "clock.h"
#include "retained.h"
#include "span.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPARE_FILES 2048 /* more than the server admits connections */

#define DEBTS_MOST 1024 /* deleted transcripts that wait to be put away: each is a descriptor */
#define RETRY_FIRST_NS UINT64_C(1000000000)
#define RETRY_MOST_NS (600 * UINT64_C(1000000000))

/* Whether the file has no name any more; one that was moved or may not be read now still stands. */
static bool is_deleted(const struct catalog_entry *e)
{
    struct stat st;
    return e->keep_fd >= 0 && fstat(e->keep_fd, &st) == 0 && st.st_nlink == 0;
}

/* For the log; names may be long. */
static void tell(const struct index *ix, const struct source *s, const char *what, const char *why)
{
    index_say(ix, INDEX_LOG_WARN, "retain: %.*s was deleted and %s: %s",
              (int)(s->name.len > 200 ? 200 : s->name.len), s->name.ptr, what, why);
}

/* --- what could not be put away yet -------------------------------------------------------------- */

/* Take the entry's descriptor over.  Return 0, or -1 without memory. */
static int owe(struct index *ix, struct catalog_entry *e, const char *why)
{
    struct keep_debts *d = &ix->debts;
    if (d->count == DEBTS_MOST) {
        tell(ix, &e->source, "is lost", why);
        return 0;
    }
    void *p = realloc(d->items, (d->count + 1u) * sizeof *d->items);
    if (p == NULL)
        return -1;
    d->items = p;
    if (d->count == 0) {
        tell(ix, &e->source, "cannot be kept yet, nor can what else is deleted, maybe", why);
        d->pause_ns = RETRY_FIRST_NS;
        d->retry_ns = clock_monotonic_ns() + d->pause_ns;
    }
    d->items[d->count++] = (struct keep_debt){e->source, e->keep_fd};
    e->keep_fd = -1;
    return 0;
}

static int settle(struct index *ix, struct keep_debt *debt, struct error *err)
{
    *err = (struct error){.code = ERROR_NONE};
    if (retained_keep(ix->retained, &debt->source, debt->fd, err) != 0)
        return -1;
    close(debt->fd);
    return 0;
}

/* Try them in turn up to the first that fails again, which goes to the end: it may be a large one. */
static void settle_some(struct index *ix)
{
    struct keep_debts *d = &ix->debts;
    struct error err;
    uint32_t done = 0;
    while (done < d->count && settle(ix, &d->items[done], &err) == 0)
        done++;
    d->count -= done;
    memmove(d->items, d->items + done, d->count * sizeof *d->items);
    if (d->count > 0) {
        struct keep_debt first = d->items[0];
        memmove(d->items, d->items + 1, (d->count - 1) * sizeof *d->items);
        d->items[d->count - 1] = first;
    }
    d->pause_ns = done > 0 ? RETRY_FIRST_NS : 2 * d->pause_ns;
    if (d->pause_ns > RETRY_MOST_NS)
        d->pause_ns = RETRY_MOST_NS;
    d->retry_ns = clock_monotonic_ns() + d->pause_ns;
}

bool index_keep_due(const struct index *ix)
{
    return ix->debts.count > 0 && clock_monotonic_ns() >= ix->debts.retry_ns;
}

void index_keep_close(struct index *ix)
{
    struct keep_debts *d = &ix->debts;
    struct error err;
    for (uint32_t i = 0; i < d->count; i++)
        if (settle(ix, &d->items[i], &err) != 0) {
            tell(ix, &d->items[i].source, "is lost", err.msg);
            close(d->items[i].fd);
        }
    free(d->items);
    *d = (struct keep_debts){0};
}

/* --- putting away -------------------------------------------------------------------------------- */

/* Return 0, or -1 if it must be tried again before the entry may go. */
static int keep(struct index *ix, struct catalog_entry *e)
{
    struct error err = {.code = ERROR_NONE};
    if (retained_keep(ix->retained, &e->source, e->keep_fd, &err) == 0)
        return 0;
    return source_is_shortage(errno) ? -1 : owe(ix, e, err.msg);
}

int index_keep_gone(struct index *ix, struct source_list *list)
{
    const struct catalog *c = &ix->catalog;
    if (ix->retained == NULL)
        return 0;
    if (index_keep_due(ix))
        settle_some(ix);
    for (uint32_t i = 0; i < c->count; i++) {
        struct catalog_entry *e = c->entries[i];
        if (!e->source.is_retained && source_find(list, e->source.name) == NULL && is_deleted(e) &&
            keep(ix, e) != 0)
            return -1;
    }
    return retained_list(ix->retained, (const char *const *)ix->roots, ix->root_count, list);
}

/* --- holding ------------------------------------------------------------------------------------- */

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
    uint32_t most = index_hold_most(), held = ix->debts.count, left = 0;
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
