#include "catalog_file.h"

#include "cold.h"
#include "disk.h"
#include "hash.h"
#include "span.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAGIC "sbkcat\r\n"
#define FILE_FORMAT 1u
#define FILE_BYTE_ORDER 0x01020304u
#define FILE_MAX (1u << 30)

struct file_header {
    char magic[8];
    uint32_t format;
    uint32_t byte_order;
    uint64_t program; /* program_hash */
    uint64_t size;    /* of what follows */
    uint64_t checksum;
};

/* --- which program ------------------------------------------------------------------------------- */

static size_t align_4(size_t n)
{
    return (n + 3) & ~(size_t)3;
}

static void add_notes(struct buf *b, const char *p, size_t size)
{
    while (size >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) n;
        memcpy(&n, p, sizeof n);
        size_t name = align_4(n.n_namesz), desc = align_4(n.n_descsz);
        if (name + desc > size - sizeof n)
            return;
        if (n.n_type == NT_GNU_BUILD_ID && n.n_namesz == 4 && memcmp(p + sizeof n, "GNU", 4) == 0)
            buf_append(b, p + sizeof n + name, n.n_descsz);
        p += sizeof n + name + desc;
        size -= sizeof n + name + desc;
    }
}

static int add_object(struct dl_phdr_info *info, size_t size, void *arg)
{
    (void)size;
    for (size_t i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_NOTE)
            add_notes(arg, (const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr),
                      info->dlpi_phdr[i].p_memsz);
    return 0;
}

/* A hash of the build ids of the program and of every library that it was started with.  Taken at the start: what a
 * library loads later (a sanitizer's helpers, say) is there when a file is written and not yet when it is read. */
static uint64_t program_hash;

__attribute__((constructor)) static void hash_program(void)
{
    struct buf ids;
    buf_init(&ids);
    dl_iterate_phdr(add_object, &ids);
    program_hash = hash_64(buf_span(&ids));
    buf_clear(&ids);
}

/* --- writing ------------------------------------------------------------------------------------- */

static void put_counts(struct buf *b, const struct extract_counts *n)
{
    cold_put_number(b, n->messages);
    cold_put_number(b, n->other_records);
    cold_put_number(b, n->malformed_lines);
    cold_put_number(b, n->text_bytes);
    cold_put_number(b, n->lines);
}

static void put_entry(struct buf *b, const struct catalog_entry *e)
{
    const struct source *s = &e->source;
    cold_put_string(b, s->name);
    cold_put_string(b, s->path);
    cold_put_string(b, s->folder);
    cold_put_string(b, s->session);
    cold_put_string(b, s->stem);
    cold_put_string(b, s->agent);
    cold_put_string(b, e->project);
    cold_put_number(b, s->root);
    cold_put_number(b, (s->is_agent ? 1u : 0u) | (s->is_retained ? 2u : 0u) |
                           (e->unsettled || e->unreadable.ptr != NULL ? 4u : 0u) |
                           (e->indexed ? 8u : 0u) | (e->borrowed ? 16u : 0u));
    cold_put_number(b, s->size);
    cold_put_number(b, (uint64_t)s->mtime_ns);
    cold_put_number(b, (uint64_t)e->ctime_ns);
    cold_put_number(b, s->device);
    cold_put_number(b, s->inode);
    cold_put_number(b, e->solid_version);
    cold_put_number(b, e->solid_end);
    cold_put_number(b, e->solid_hash);
    cold_put_number(b, e->lines);
    cold_put_number(b, e->loose_version);
    cold_put_number(b, e->read_end);
    cold_put_number(b, e->loose_hash);
    cold_put_number(b, (uint64_t)e->first_time);
    put_counts(b, &e->solid);
    put_counts(b, &e->loose);
}

static void put_file(struct buf *b, const struct catalog_file *f,
                     const struct catalog_entry *entries, uint32_t count)
{
    cold_put_number(b, f->root_count);
    for (size_t i = 0; i < f->root_count; i++)
        cold_put_string(b, span_of(f->roots[i]));
    cold_put_number(b, f->next_version);
    cold_put_number(b, f->segment_count);
    for (uint32_t i = 0; i < f->segment_count; i++) {
        cold_put_number(b, f->segments[i].id);
        cold_put_number(b, f->segments[i].size);
        cold_put_number(b, f->segments[i].checksum);
    }
    cold_put_number(b, count);
    for (uint32_t i = 0; i < count; i++)
        put_entry(b, &entries[i]);
}

static int trouble(struct error *err, const char *what)
{
    return error_set(err, ERROR_IO, ERROR_NO_POSITION, "%s: %s", what, strerror(errno));
}

static int write_bytes(int fd, struct span s)
{
    while (s.len > 0) {
        ssize_t n = write(fd, s.ptr, s.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        s.ptr += n;
        s.len -= (size_t)n;
    }
    return 0;
}

static int replace_file(const char *folder, struct span head, struct span body, struct error *err)
{
    char *path = NULL, *temporary = NULL;
    int fd = -1, rc = -1;
    if (asprintf(&path, "%s/catalog", folder) < 0 ||
        asprintf(&temporary, "%s/tmp-catalog-XXXXXX", folder) < 0) {
        error_no_memory(err);
        goto done;
    }
    fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0) {
        trouble(err, "cannot create a file");
        goto done;
    }
    if (write_bytes(fd, head) != 0 || write_bytes(fd, body) != 0 || fsync(fd) != 0 ||
        rename(temporary, path) != 0) {
        trouble(err, "cannot write");
        unlink(temporary);
        goto done;
    }
    rc = disk_sync(folder) == 0 ? 0 : trouble(err, "cannot write");

done:
    if (fd >= 0)
        close(fd);
    free(path);
    free(temporary);
    return rc;
}

int catalog_file_write(const char *folder, const struct catalog_file *f,
                       const struct catalog_entry *entries, uint32_t count, struct error *err)
{
    struct buf body;
    int rc;
    buf_init(&body);
    put_file(&body, f, entries, count);
    if (buf_failed(&body)) {
        rc = error_no_memory(err);
    } else {
        struct file_header h = {.magic = FILE_MAGIC,
                                .format = FILE_FORMAT,
                                .byte_order = FILE_BYTE_ORDER,
                                .program = program_hash,
                                .size = body.len,
                                .checksum = hash_64(buf_span(&body))};
        rc = replace_file(folder, (struct span){(const char *)&h, sizeof h}, buf_span(&body), err);
    }
    buf_clear(&body);
    return rc;
}

/* --- reading ------------------------------------------------------------------------------------- */

static void take_counts(struct cold_reader *r, struct extract_counts *n)
{
    n->messages = cold_number(r);
    n->other_records = cold_number(r);
    n->malformed_lines = cold_number(r);
    n->text_bytes = cold_number(r);
    n->lines = cold_number(r);
}

static int take_string(struct cold_reader *r, struct catalog *c, struct span *out)
{
    return catalog_keep(c, cold_string(r), out);
}

static int take_entry(struct cold_reader *r, struct catalog *c, struct catalog_entry *e)
{
    struct source *s = &e->source;
    if (take_string(r, c, &s->name) != 0 || take_string(r, c, &s->path) != 0 ||
        take_string(r, c, &s->folder) != 0 || take_string(r, c, &s->session) != 0 ||
        take_string(r, c, &s->stem) != 0 || take_string(r, c, &s->agent) != 0 ||
        take_string(r, c, &e->project) != 0)
        return -1;
    s->root = (uint32_t)cold_number(r);
    uint64_t flags = cold_number(r);
    s->is_agent = flags & 1;
    s->is_retained = (flags & 2) != 0;
    e->unsettled = (flags & 4) != 0;
    e->indexed = (flags & 8) != 0;
    e->borrowed = (flags & 16) != 0;
    s->size = cold_number(r);
    s->mtime_ns = (int64_t)cold_number(r);
    e->ctime_ns = (int64_t)cold_number(r);
    s->device = cold_number(r);
    s->inode = cold_number(r);
    e->solid_version = cold_number(r);
    e->solid_end = cold_number(r);
    e->solid_hash = cold_number(r);
    e->lines = cold_number(r);
    e->loose_version = cold_number(r);
    e->read_end = cold_number(r);
    e->loose_hash = cold_number(r);
    e->first_time = (int64_t)cold_number(r);
    take_counts(r, &e->solid);
    take_counts(r, &e->loose);
    return 0;
}

static int useless(struct error *err, const char *why)
{
    return error_set(err, ERROR_IO, ERROR_NO_POSITION, "%s", why);
}

static int take_segments(struct cold_reader *r, struct catalog_file *f, struct error *err)
{
    uint32_t count = cold_list_count(r);
    f->segments = calloc(count + 1u, sizeof *f->segments);
    if (f->segments == NULL)
        return error_no_memory(err);
    for (; f->segment_count < count; f->segment_count++) {
        struct catalog_segment *s = &f->segments[f->segment_count];
        s->id = cold_number(r);
        s->size = cold_number(r);
        s->checksum = cold_number(r);
    }
    return 0;
}

static int take_file(struct cold_reader *r, struct catalog_file *f, struct catalog *c,
                     struct error *err)
{
    if (cold_number(r) != f->root_count)
        return useless(err, "it is of other roots");
    for (size_t i = 0; i < f->root_count; i++)
        if (!span_equal(cold_string(r), span_of(f->roots[i])))
            return useless(err, "it is of other roots");
    f->next_version = cold_number(r);
    if (take_segments(r, f, err) != 0)
        return -1;
    uint32_t count = cold_list_count(r);
    for (uint32_t i = 0; i < count; i++) {
        struct catalog_entry e = {.keep_fd = -1};
        if (take_entry(r, c, &e) != 0)
            return error_no_memory(err);
        if (e.source.path.ptr == NULL || e.source.name.ptr == NULL ||
            (i > 0 && span_compare(c->entries[i - 1]->source.name, e.source.name) >= 0))
            return useless(err, "its sources are out of order");
        if (catalog_add(c, &e) != 0)
            return error_no_memory(err);
    }
    if (r->at != r->end)
        return useless(err, "it has a wrong size");
    return catalog_index_paths(c) == 0 ? 1 : error_no_memory(err);
}

static int check_bytes(const struct file_header *h, struct span body, struct error *err)
{
    if (memcmp(h->magic, FILE_MAGIC, sizeof h->magic) != 0)
        return useless(err, "it is not a catalogue");
    if (h->format != FILE_FORMAT || h->byte_order != FILE_BYTE_ORDER || h->program != program_hash)
        return useless(err, "it was written by another version");
    if (h->size != body.len || h->checksum != hash_64(body))
        return useless(err, "it is damaged");
    return 0;
}

/* All bytes of the file behind ${fd}; what is strange about it makes it useless. */
static int read_bytes(int fd, struct buf *b, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return trouble(err, "cannot read");
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
        return useless(err, "it belongs to or can be written by somebody else");
    if (st.st_size < (off_t)sizeof(struct file_header) || st.st_size > FILE_MAX)
        return useless(err, "it has a wrong size");
    if (buf_reserve(b, (size_t)st.st_size) != 0)
        return error_no_memory(err);
    while (b->len < (size_t)st.st_size) {
        ssize_t n = read(fd, b->ptr + b->len, (size_t)st.st_size - b->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return useless(err, "it cannot be read whole");
        b->len += (size_t)n;
    }
    return 0;
}

int catalog_file_read(const char *folder, struct catalog_file *f, struct catalog *c,
                      struct error *err)
{
    char *path = NULL;
    struct buf bytes;
    struct file_header h;
    int rc = -1;
    buf_init(&bytes);
    if (asprintf(&path, "%s/catalog", folder) < 0)
        return error_no_memory(err);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0) {
        rc = errno == ENOENT ? 0 : trouble(err, "cannot open");
        goto done;
    }
    if (read_bytes(fd, &bytes, err) != 0)
        goto done;
    memcpy(&h, bytes.ptr, sizeof h);
    struct span body = {bytes.ptr + sizeof h, bytes.len - sizeof h};
    if (check_bytes(&h, body, err) != 0)
        goto done;
    const uint8_t *p = (const uint8_t *)body.ptr;
    rc = take_file(&(struct cold_reader){p, p + body.len}, f, c, err);

done:
    if (fd >= 0)
        close(fd);
    buf_clear(&bytes);
    free(path);
    return rc;
}

char *catalog_file_segment(const char *folder, uint64_t id)
{
    char *path;
    return asprintf(&path, "%s/seg-%016" PRIx64, folder, id) < 0 ? NULL : path;
}

bool catalog_file_segment_id(const char *name, uint64_t *id)
{
    static const char digits[] = "0123456789abcdef";
    if (strncmp(name, "seg-", 4) != 0 || strspn(name + 4, digits) != 16 || name[20] != '\0')
        return false;
    *id = strtoull(name + 4, NULL, 16);
    return true;
}
