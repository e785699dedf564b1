#include "mapped_scan.h"

#include "error.h"
#include "loop.h"
#include "team.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define BEHIND ((uint64_t)32 << 10) /* of a range, for the line that crosses its end */

/* What a unit is made of: ranges of files. */
static void each_range(struct loop *l, size_t step, void (*fn)(void *arg, const struct portion *p),
                       void *arg)
{
    const struct unit *u = &l->units.items[step];
    for (uint32_t i = u->first; i < u->first + u->count; i++) {
        const struct source *s = &l->scan->sources->items[i];
        struct portion p = {.unit = u, .source = s, .begin = 0, .end = s->size};
        if (u->split != NULL) {
            p.begin = u->begin;
            p.end = u->end;
        }
        if (p.begin < p.end)
            fn(arg, &p);
    }
}

struct mapping {
    struct loop *loop;
    struct worker *worker;
};

/* The bytes of ${p} from the page that they begin in, with a page of nothing behind: whoever reads on
 * beyond the end of a file that fills its last page must find something. */
static char *map(const struct portion *p, uint64_t begin, uint64_t stop, size_t *size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), length = (size_t)(stop - begin);
    *size = (length + 2 * page - 1) / page * page;
    int fd = open(p->source->path.ptr, O_RDONLY | O_CLOEXEC);
    char *at =
        fd < 0 ? MAP_FAILED : mmap(NULL, *size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at != MAP_FAILED && mmap(at, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, fd,
                                 (off_t)begin) == MAP_FAILED) {
        munmap(at, *size);
        at = MAP_FAILED;
    }
    if (fd >= 0)
        close(fd);
    return at == MAP_FAILED ? NULL : at;
}

static void map_range(void *arg, const struct portion *p)
{
    struct mapping *m = arg;
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), offset = p->begin == 0 ? 0 : p->begin - 1;
    uint64_t begin = offset / page * page;
    uint64_t stop = p->source->size - p->end < BEHIND ? p->source->size : p->end + BEHIND;
    size_t size;
    char *at = p->source->is_retained ? NULL : map(p, begin, stop, &size);
    struct portion mapped = *p;
    if (at == NULL) {
        worker_reads_portion(m->worker, &m->loop->units, p);
        return;
    }
    mapped.bytes = at + (offset - begin);
    mapped.size = (size_t)(stop - offset);
    worker_portion(m->worker, &m->loop->units, &mapped);
    munmap(at, size);
}

static void map_unit(void *arg, unsigned worker, size_t step)
{
    struct loop *l = arg;
    struct mapping m = {l, l->workers[worker]};
    each_range(l, step, map_range, &m);
}

int mapped_scan(const struct scan *scan, struct scan_outcome *out, struct error *err)
{
    struct loop l;
    *out = (struct scan_outcome){0};
    if (loop_begin(&l, scan, err) == 0)
        team_for(scan->team, scan->threads, l.units.count, map_unit, &l);
    return loop_end(&l, out, err);
}

struct reading {
    struct loop loop;
    char **buffers; /* one a thread */
};

static void read_range(void *arg, const struct portion *p)
{
    char *buffer = arg;
    int fd = open(p->source->path.ptr, O_RDONLY | O_CLOEXEC);
    for (uint64_t at = p->begin; fd >= 0 && at < p->end;) {
        size_t want = p->end - at < READER_CHUNK ? (size_t)(p->end - at) : READER_CHUNK;
        ssize_t got = pread(fd, buffer, want, (off_t)at);
        if (got <= 0)
            break;
        at += (uint64_t)got;
    }
    if (fd >= 0)
        close(fd);
}

static void read_unit(void *arg, unsigned worker, size_t step)
{
    struct reading *r = arg;
    each_range(&r->loop, step, read_range, r->buffers[worker]);
}

int reading_scan(const struct scan *scan, struct scan_outcome *out, struct error *err)
{
    struct reading r = {.buffers = calloc(scan->threads, sizeof(char *))};
    *out = (struct scan_outcome){0};
    int rc = r.buffers == NULL ? error_no_memory(err) : loop_begin(&r.loop, scan, err);
    for (unsigned i = 0; rc == 0 && i < scan->threads; i++)
        if ((r.buffers[i] = malloc(READER_CHUNK)) == NULL)
            rc = error_no_memory(err);
    if (rc == 0)
        team_for(scan->team, scan->threads, r.loop.units.count, read_unit, &r);
    for (unsigned i = 0; r.buffers != NULL && i < scan->threads; i++)
        free(r.buffers[i]);
    if (r.buffers != NULL && loop_end(&r.loop, out, err) != 0)
        rc = -1;
    free(r.buffers);
    return rc;
}
