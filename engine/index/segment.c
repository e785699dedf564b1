#include "segment.h"

#include "hash.h"
#include "signature.h"
#include "span.h"
#include "wide_hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define VERIFY_CHUNK (1u << 20)

static void release_bytes(const char *base, size_t size, bool mapped)
{
    if (mapped)
        munmap((void *)(uintptr_t)base, size);
    else
        free((void *)(uintptr_t)base);
}

static uint64_t header_checksum(const struct segment_header *h)
{
    return hash_64((struct span){(const char *)h, offsetof(struct segment_header, checksum)});
}

static int damaged(struct error *err, const char *what)
{
    return error_set(err, ERROR_IO, ERROR_NO_POSITION, "segment: %s", what);
}

static int check_header(const struct segment_header *h, uint64_t size, struct error *err)
{
    if (memcmp(h->magic, SEGMENT_MAGIC, sizeof h->magic) != 0)
        return damaged(err, "not a segment");
    if (h->format != SEGMENT_FORMAT || h->byte_order != SEGMENT_BYTE_ORDER)
        return damaged(err, "written by another version or machine");
    if (h->checksum != header_checksum(h))
        return damaged(err, "the header is damaged");
    if (h->block_bytes != SEGMENT_BLOCK || h->signature_rows != SIGNATURE_ROWS)
        return damaged(err, "written with other settings");
    if (h->size != size)
        return damaged(err, "wrong size");
    uint64_t at = SEGMENT_HEADER;
    for (int i = 0; i < SEGMENT_SECTIONS; i++) {
        const struct segment_place *p = &h->section[i];
        if (p->offset < at || p->offset % SEGMENT_ALIGN != 0 || p->offset > size ||
            p->size + SEGMENT_ALIGN > size - p->offset)
            return damaged(err, "a section lies outside");
        at = p->offset + p->size;
    }
    return 0;
}

/* How many bytes each section must have; UINT64_MAX where any number will do. */
static uint64_t section_size(const struct segment_header *h, enum segment_section i)
{
    uint64_t rows = h->rows;
    switch (i) {
    case SEGMENT_IDENTITY:
        return rows * sizeof(struct hash128);
    case SEGMENT_TIME:
    case SEGMENT_OFFSET:
        return rows * 8;
    case SEGMENT_TEXT_AT:
    case SEGMENT_PART_AT:
    case SEGMENT_COLD_AT:
        return (rows + 1) * 4;
    case SEGMENT_LINE:
    case SEGMENT_POSITION:
    case SEGMENT_SESSION:
    case SEGMENT_MODEL:
    case SEGMENT_BRANCH:
    case SEGMENT_AGENT:
    case SEGMENT_TOOLS:
    case SEGMENT_FILES:
    case SEGMENT_BITS:
        return rows * 4;
    case SEGMENT_STRING_AT:
        return ((uint64_t)h->strings + 1) * 4;
    case SEGMENT_CALL_AT:
        return ((uint64_t)h->calls + 1) * 4;
    case SEGMENT_BLOCKS:
        return ((uint64_t)h->blocks + 1) * sizeof(struct segment_block);
    case SEGMENT_RUNS:
        return h->runs * sizeof(struct segment_run);
    case SEGMENT_SIGNATURE:
        return signature_size(h->blocks);
    case SEGMENT_TEXT:
    case SEGMENT_PART:
    case SEGMENT_COLD:
    case SEGMENT_STRING:
    case SEGMENT_CALL:
    case SEGMENT_SECTIONS:
        break;
    }
    return UINT64_MAX;
}

static const void *section(const struct segment *s, enum segment_section i)
{
    const struct segment_header *h = (const struct segment_header *)(const void *)s->base;
    return s->base + h->section[i].offset;
}

static void point(struct segment *s)
{
    const struct segment_header *h = (const struct segment_header *)(const void *)s->base;
    s->rows = h->rows;
    s->blocks = h->blocks;
    s->runs = h->runs;
    s->strings = h->strings;
    s->text = section(s, SEGMENT_TEXT);
    s->identity = section(s, SEGMENT_IDENTITY);
    s->time = section(s, SEGMENT_TIME);
    s->offset = section(s, SEGMENT_OFFSET);
    s->line = section(s, SEGMENT_LINE);
    s->position = section(s, SEGMENT_POSITION);
    s->text_at = section(s, SEGMENT_TEXT_AT);
    s->part_at = section(s, SEGMENT_PART_AT);
    s->part = section(s, SEGMENT_PART);
    s->session = section(s, SEGMENT_SESSION);
    s->model = section(s, SEGMENT_MODEL);
    s->branch = section(s, SEGMENT_BRANCH);
    s->agent = section(s, SEGMENT_AGENT);
    s->tools = section(s, SEGMENT_TOOLS);
    s->files = section(s, SEGMENT_FILES);
    s->bits = section(s, SEGMENT_BITS);
    s->cold_at = section(s, SEGMENT_COLD_AT);
    s->cold = section(s, SEGMENT_COLD);
    s->string_at = section(s, SEGMENT_STRING_AT);
    s->string = section(s, SEGMENT_STRING);
    s->call_at = section(s, SEGMENT_CALL_AT);
    s->call = section(s, SEGMENT_CALL);
    s->block = section(s, SEGMENT_BLOCKS);
    s->run = section(s, SEGMENT_RUNS);
    s->signature = section(s, SEGMENT_SIGNATURE);
}

/* Whether ${at}[0..count] never decreases and ends at ${size}. */
static bool rises_to(const uint32_t *at, uint32_t count, uint64_t size)
{
    bool ok = at[0] == 0 && at[count] == size;
    for (uint32_t i = 0; i < count; i++)
        ok = ok && at[i] <= at[i + 1];
    return ok;
}

static bool all_below(const uint32_t *ids, uint32_t count, uint32_t limit)
{
    uint32_t largest = 0;
    for (uint32_t i = 0; i < count; i++)
        largest = ids[i] > largest ? ids[i] : largest;
    return count == 0 || largest < limit;
}

/* Rows in order, each in exactly one run and one block. */
static bool check_groups(const struct segment *s)
{
    uint32_t row = 0;
    for (uint32_t i = 0; i < s->runs; i++) {
        if (s->run[i].row != row || s->run[i].end < row || s->run[i].end > s->rows)
            return false;
        row = s->run[i].end;
    }
    if (row != s->rows || s->block[0].row != 0 || s->block[s->blocks].row != s->rows)
        return false;
    for (uint32_t i = 0; i < s->blocks; i++)
        if (s->block[i].row >= s->block[i + 1].row || s->block[i + 1].row > s->rows ||
            s->block[i + 1].row - s->block[i].row > SEGMENT_BLOCK_ROWS)
            return false;
    return true;
}

static bool check_rows(const struct segment *s)
{
    bool ok = true;
    for (uint32_t r = 0; r < s->rows; r++) {
        uint32_t parts = s->part_at[r + 1] - s->part_at[r];
        uint64_t size = 0;
        for (uint32_t i = s->part_at[r]; i < s->part_at[r + 1]; i++)
            size += s->part[i];
        ok = ok && s->bits[r].parts <= PART_MASK_ALL && s->bits[r].kind < KIND_COUNT &&
             parts == (uint32_t)__builtin_popcount(s->bits[r].parts) &&
             size == s->text_at[r + 1] - s->text_at[r];
    }
    return ok;
}

static int check_structure(const struct segment *s, struct error *err)
{
    const struct segment_header *h = (const struct segment_header *)(const void *)s->base;
    for (int i = 0; i < SEGMENT_SECTIONS; i++) {
        uint64_t expected = section_size(h, (enum segment_section)i);
        if (expected != UINT64_MAX && expected != h->section[i].size)
            return damaged(err, "a section has the wrong size");
    }
    if (h->strings == 0 || h->runs > h->rows + 1 || h->section[SEGMENT_PART].size % 4 != 0)
        return damaged(err, "the numbers do not fit each other");
    if (!rises_to(s->text_at, s->rows, h->section[SEGMENT_TEXT].size) ||
        !rises_to(s->part_at, s->rows, h->section[SEGMENT_PART].size / 4) ||
        !rises_to(s->cold_at, s->rows, h->section[SEGMENT_COLD].size) ||
        !rises_to(s->string_at, h->strings, h->section[SEGMENT_STRING].size) ||
        !rises_to(s->call_at, h->calls, h->section[SEGMENT_CALL].size))
        return damaged(err, "a table of places is out of order");
    const uint32_t *ids[] = {s->session, s->model, s->branch, s->agent, s->tools, s->files};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
        if (!all_below(ids[i], s->rows, s->strings))
            return damaged(err, "a string is missing");
    if (!check_groups(s) || !check_rows(s))
        return damaged(err, "rows, runs and blocks do not fit each other");
    return 0;
}

int segment_adopt(const char *base, size_t size, bool mapped, struct segment **out,
                  struct error *err)
{
    struct segment *s = NULL;
    if (size < SEGMENT_HEADER) {
        damaged(err, "too small");
        goto fail;
    }
    if (check_header((const struct segment_header *)(const void *)base, size, err) != 0)
        goto fail;
    s = calloc(1, sizeof *s);
    if (s == NULL) {
        error_no_memory(err);
        goto fail;
    }
    atomic_init(&s->references, 1);
    s->base = base;
    s->size = size;
    s->mapped = mapped;
    point(s);
    if (check_structure(s, err) != 0)
        goto fail;
    *out = s;
    return 0;

fail:
    free(s);
    release_bytes(base, size, mapped);
    return -1;
}

/* Hash one section of ${fd} into ${digest}. */
static int hash_section(int fd, const struct segment_place *p, char *buffer, uint64_t *digest)
{
    XXH3_state_t *state = XXH3_createState();
    if (state == NULL)
        return -1;
    XXH3_64bits_reset(state);
    uint64_t done = 0;
    while (done < p->size) {
        uint64_t left = p->size - done;
        ssize_t n = pread(fd, buffer, left < VERIFY_CHUNK ? (size_t)left : VERIFY_CHUNK,
                          (off_t)(p->offset + done));
        if (n <= 0 && !(n < 0 && errno == EINTR))
            break;
        if (n > 0) {
            XXH3_64bits_update(state, buffer, (size_t)n);
            done += (uint64_t)n;
        }
    }
    *digest = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    return done == p->size ? 0 : -1;
}

static int verify(int fd, uint64_t size, struct error *err)
{
    struct segment_header h;
    char *buffer = NULL;
    int rc = -1;
    if (size < SEGMENT_HEADER || pread(fd, &h, sizeof h, 0) != (ssize_t)sizeof h) {
        damaged(err, "too small");
        goto done;
    }
    if (check_header(&h, size, err) != 0)
        goto done;
    buffer = malloc(VERIFY_CHUNK);
    if (buffer == NULL) {
        error_no_memory(err);
        goto done;
    }
    for (int i = 0; i < SEGMENT_SECTIONS; i++) {
        uint64_t digest = 0;
        if (hash_section(fd, &h.section[i], buffer, &digest) != 0 ||
            digest != h.section[i].checksum) {
            damaged(err, "a section is damaged");
            goto done;
        }
    }
    rc = 0;

done:
    free(buffer);
    return rc;
}

int segment_open(const char *path, struct segment **out, struct error *err)
{
    struct stat st;
    void *base = MAP_FAILED;
    int rc = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0 || fstat(fd, &st) != 0) {
        error_set(err, ERROR_IO, ERROR_NO_POSITION, "segment: cannot open: %s", strerror(errno));
        goto done;
    }
    if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH))) {
        damaged(err, "belongs to or can be written by somebody else");
        goto done;
    }
    if (verify(fd, (uint64_t)st.st_size, err) != 0)
        goto done;
    base = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
    if (base == MAP_FAILED) {
        error_set(err, ERROR_IO, ERROR_NO_POSITION, "segment: cannot map: %s", strerror(errno));
        goto done;
    }
    rc = segment_adopt(base, (size_t)st.st_size, true, out, err);
    if (rc == 0 && ((*out)->path = strdup(path)) == NULL) {
        segment_drop(*out);
        rc = error_no_memory(err);
    }

done:
    if (fd >= 0)
        close(fd);
    return rc;
}

bool segment_is_temporary(const char *path)
{
    const char *slash = strrchr(path, '/');
    return strncmp(slash == NULL ? path : slash + 1, SEGMENT_TEMPORARY,
                   sizeof SEGMENT_TEMPORARY - 1) == 0;
}

struct segment *segment_hold(struct segment *s)
{
    atomic_fetch_add_explicit(&s->references, 1, memory_order_relaxed);
    return s;
}

void segment_drop(struct segment *s)
{
    if (s == NULL || atomic_fetch_sub_explicit(&s->references, 1, memory_order_acq_rel) != 1)
        return;
    release_bytes(s->base, s->size, s->mapped);
    if (s->path != NULL && segment_is_temporary(s->path))
        unlink(s->path);
    free(s->path);
    free(s);
}

uint32_t segment_find_string(const struct segment *s, struct span value)
{
    for (uint32_t i = 1; i < s->strings; i++)
        if (s->string_at[i + 1] - s->string_at[i] == value.len &&
            span_equal(segment_string(s, i), value))
            return i;
    return 0;
}

void segment_text(const struct segment *s, uint32_t row, struct span part[PART_COUNT])
{
    const char *at = s->text + s->text_at[row];
    const uint32_t *size = s->part + s->part_at[row];
    for (unsigned p = 0; p < PART_COUNT; p++) {
        if (!(s->bits[row].parts >> p & 1)) {
            part[p] = (struct span){NULL, 0};
            continue;
        }
        part[p] = (struct span){at, *size};
        at += *size++;
    }
}

uint32_t segment_run_of(const struct segment *s, uint32_t row)
{
    uint32_t low = 0, high = s->runs;
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (s->run[mid].row <= row)
            low = mid;
        else
            high = mid;
    }
    return low;
}
