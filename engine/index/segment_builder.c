#include "segment_builder.h"

#include "clock.h"
#include "cold.h"
#include "intern.h"
#include "segment_file.h"
#include "signature.h"
#include "span.h"
#include "wide_hash.h"

#include <sys/mman.h>
#include <unistd.h>

/* Columns that hold string numbers, and others in the cold record: each remembers its last value,
 * since the next message mostly has the same. */
enum slot {
    SLOT_SESSION,
    SLOT_MODEL,
    SLOT_BRANCH,
    SLOT_AGENT,
    SLOT_TOOLS,
    SLOT_FILES,
    SLOT_CWD,
    SLOT_VERSION,
    SLOT_SLOT_TOOL,
    SLOT_RESULT_TOOL,
    SLOTS
};

struct segment_builder {
    const char *folder;
    uint64_t limit; /* full beyond so many bytes */
    uint64_t most;  /* of a section: what is addressed, less in tests */
    struct segment_file file;
    struct buf column[SEGMENT_SECTIONS]; /* TEXT: what is not in the file yet */
    uint64_t text_written;
    XXH3_state_t *text_hash; /* of text_written */
    struct intern strings;
    uint32_t last[SLOTS];
    struct buf list; /* a list being made one string */
    struct buf fold;
    struct signature_map *map;
    struct segment_block block; /* the open one */
    uint64_t block_text;
    uint64_t version;
    bool run_open; /* RUNS has an entry for version */
    uint32_t rows;
    uint32_t calls;
};

int segment_builder_new(const char *folder, struct segment_builder **out)
{
    struct segment_builder *b = calloc(1, sizeof *b);
    if (b == NULL)
        return -1;
    b->folder = folder;
    segment_builder_limit(b, SEGMENT_MAX_TEXT);
    segment_file_init(&b->file);
    b->text_hash = XXH3_createState();
    b->map = aligned_alloc(_Alignof(struct signature_map), sizeof *b->map);
    if (b->text_hash == NULL || b->map == NULL) {
        segment_builder_free(b);
        return -1;
    }
    XXH3_64bits_reset(b->text_hash);
    memset(b->map, 0, sizeof *b->map);
    intern_init(&b->strings);
    *out = b;
    return 0;
}

static void reset(struct segment_builder *b)
{
    segment_file_close(&b->file);
    for (int i = 0; i < SEGMENT_SECTIONS; i++)
        buf_clear(&b->column[i]);
    intern_clear(&b->strings);
    buf_clear(&b->list);
    buf_clear(&b->fold);
    memset(b->last, 0, sizeof b->last);
    XXH3_64bits_reset(b->text_hash);
    memset(b->map, 0, sizeof *b->map);
    b->text_written = b->block_text = b->version = 0;
    b->block = (struct segment_block){0};
    b->run_open = false;
    b->rows = b->calls = 0;
}

void segment_builder_free(struct segment_builder *b)
{
    if (b == NULL)
        return;
    if (b->text_hash != NULL && b->map != NULL)
        reset(b);
    XXH3_freeState(b->text_hash);
    free(b->map);
    free(b);
}

uint64_t segment_builder_text(const struct segment_builder *b)
{
    return b->text_written + b->column[SEGMENT_TEXT].len;
}

bool segment_builder_full(const struct segment_builder *b)
{
    return segment_builder_text(b) > b->limit || b->column[SEGMENT_COLD].len > b->limit ||
           b->column[SEGMENT_CALL].len > b->limit || b->strings.arena.total > b->limit ||
           b->rows > UINT32_MAX / 8;
}

void segment_builder_limit(struct segment_builder *b, uint64_t bytes)
{
    b->limit = bytes < SEGMENT_MAX_TEXT ? bytes : SEGMENT_MAX_TEXT;
    b->most = 4 * b->limit < UINT32_MAX ? 4 * b->limit : UINT32_MAX;
}

uint64_t segment_builder_most(const struct segment_builder *b)
{
    return b->most;
}

bool segment_builder_has_room(const struct segment_builder *b, const struct message *m)
{
    uint64_t names = segment_names_size(m);
    return segment_builder_text(b) + segment_text_size(m) <= b->most &&
           b->column[SEGMENT_COLD].len + names <= b->most &&
           b->column[SEGMENT_CALL].len + names <= b->most &&
           b->strings.arena.total + names <= b->most;
}

static void put_32(struct segment_builder *b, enum segment_section i, uint64_t v)
{
    uint32_t n = (uint32_t)v;
    buf_append(&b->column[i], &n, sizeof n);
}

/* --- text ---------------------------------------------------------------------------------------- */

static int spill(struct segment_builder *b)
{
    struct buf *text = &b->column[SEGMENT_TEXT];
    if (b->file.fd < 0 && segment_file_open(&b->file, b->folder) != 0)
        return -1;
    if (segment_file_write(&b->file, text->ptr, text->len, SEGMENT_HEADER + b->text_written) != 0)
        return -1;
    XXH3_64bits_update(b->text_hash, text->ptr, text->len);
    b->text_written += text->len;
    text->len = 0;
    return 0;
}

static int add_text(struct segment_builder *b, const struct message *m)
{
    for (unsigned p = 0; p < PART_COUNT; p++) {
        if (!(m->parts >> p & 1))
            continue;
        if (buf_append_span(&b->column[SEGMENT_TEXT], m->part[p]) != 0 ||
            signature_add_folded(b->map, m->part[p], &b->fold) != 0)
            return -1;
        put_32(b, SEGMENT_PART, m->part[p].len);
        b->block_text += m->part[p].len;
    }
    return b->column[SEGMENT_TEXT].len < SEGMENT_SPILL ? 0 : spill(b);
}

/* --- columns ------------------------------------------------------------------------------------- */

static int put_string(struct segment_builder *b, enum slot slot, struct span s, uint32_t *id)
{
    struct span last = intern_get(&b->strings, b->last[slot]);
    *id = b->last[slot];
    if ((s.ptr == NULL) == (last.ptr == NULL) && span_equal(s, last))
        return 0;
    if (intern_put(&b->strings, s, id) != 0)
        return -1;
    b->last[slot] = *id;
    return 0;
}

static int put_list(struct segment_builder *b, enum slot slot, struct span_list list, uint32_t *id)
{
    *id = INTERN_NONE;
    if (list.count == 0)
        return 0;
    b->list.len = 0;
    cold_put_list(&b->list, list);
    return buf_failed(&b->list) ? -1 : put_string(b, slot, buf_span(&b->list), id);
}

static int add_strings(struct segment_builder *b, const struct message *m)
{
    static const enum segment_section section[] = {SEGMENT_SESSION, SEGMENT_MODEL, SEGMENT_BRANCH,
                                                   SEGMENT_AGENT,   SEGMENT_TOOLS, SEGMENT_FILES};
    uint32_t id[SLOT_FILES + 1];
    if (put_string(b, SLOT_SESSION, m->session, &id[SLOT_SESSION]) != 0 ||
        put_string(b, SLOT_MODEL, m->model, &id[SLOT_MODEL]) != 0 ||
        put_string(b, SLOT_BRANCH, m->branch, &id[SLOT_BRANCH]) != 0 ||
        put_string(b, SLOT_AGENT, m->agent, &id[SLOT_AGENT]) != 0 ||
        put_list(b, SLOT_TOOLS, m->tools, &id[SLOT_TOOLS]) != 0 ||
        put_list(b, SLOT_FILES, m->files, &id[SLOT_FILES]) != 0)
        return -1;
    for (int i = 0; i <= SLOT_FILES; i++)
        put_32(b, section[i], id[i]);
    return 0;
}

static void add_numbers(struct segment_builder *b, const struct message *m, unsigned rank)
{
    bool has_uuid = m->uuid.ptr != NULL;
    struct hash128 identity = has_uuid ? message_identity(m) : (struct hash128){0, 0};
    struct segment_bits bits = {(uint8_t)m->kind, (uint8_t)m->flags, (uint8_t)m->parts,
                                (uint8_t)(rank | (has_uuid ? SEGMENT_HAS_UUID : 0))};
    buf_append(&b->column[SEGMENT_IDENTITY], &identity, sizeof identity);
    buf_append(&b->column[SEGMENT_TIME], &m->time_ms, sizeof m->time_ms);
    buf_append(&b->column[SEGMENT_OFFSET], &m->offset, sizeof m->offset);
    buf_append(&b->column[SEGMENT_BITS], &bits, sizeof bits);
    put_32(b, SEGMENT_LINE, m->line);
    put_32(b, SEGMENT_POSITION, m->position);
}

/* The number of the message's call, plus one; a response's records follow each other. */
static uint32_t put_call(struct segment_builder *b, const struct message *m)
{
    struct buf *call = &b->column[SEGMENT_CALL];
    struct buf *at = &b->column[SEGMENT_CALL_AT];
    if (m->message_id.ptr == NULL && m->request_id.ptr == NULL)
        return 0;
    size_t start = call->len;
    cold_put_string(call, m->message_id);
    cold_put_string(call, m->request_id);
    if (buf_failed(call))
        return 0;
    size_t size = call->len - start;
    if (b->calls > 0) {
        uint32_t last;
        memcpy(&last, at->ptr + at->len - sizeof last, sizeof last);
        if (start - last == size && memcmp(call->ptr + last, call->ptr + start, size) == 0) {
            call->len = start;
            return b->calls;
        }
    }
    put_32(b, SEGMENT_CALL_AT, start);
    return buf_failed(at) ? 0 : ++b->calls; /* never more than stand there */
}

static int add_cold(struct segment_builder *b, const struct message *m)
{
    struct buf *c = &b->column[SEGMENT_COLD];
    uint32_t cwd, version, slot_tool, result_tool;
    if (put_string(b, SLOT_CWD, m->cwd, &cwd) != 0 ||
        put_string(b, SLOT_VERSION, m->version, &version) != 0 ||
        put_string(b, SLOT_SLOT_TOOL, m->slot_tool, &slot_tool) != 0 ||
        put_string(b, SLOT_RESULT_TOOL, m->result_tool, &result_tool) != 0)
        return -1;
    cold_put_number(
        c, (m->time_certain ? COLD_TIME_CERTAIN : 0u) | (m->uuid.ptr != NULL ? COLD_UUID : 0u) |
               (m->parent_uuid.ptr != NULL ? COLD_PARENT : 0u) | (m->has_usage ? COLD_USAGE : 0u));
    if (m->uuid.ptr != NULL)
        cold_put_uuid(c, m->uuid);
    if (m->parent_uuid.ptr != NULL)
        cold_put_uuid(c, m->parent_uuid);
    cold_put_number(c, cwd);
    cold_put_number(c, version);
    cold_put_number(c, slot_tool);
    cold_put_number(c, result_tool);
    cold_put_number(c, put_call(b, m));
    cold_put_number(c, m->tool_calls);
    cold_put_list(c, m->tool_ids);
    cold_put_list(c, m->result_ids);
    if (m->has_usage) {
        cold_put_number(c, m->usage.input);
        cold_put_number(c, m->usage.output);
        cold_put_number(c, m->usage.cache_write_5m);
        cold_put_number(c, m->usage.cache_write_1h);
        cold_put_number(c, m->usage.cache_read);
    }
    return 0;
}

/* --- rows, runs and blocks ----------------------------------------------------------------------- */

static void close_block(struct segment_builder *b)
{
    struct buf *bits = &b->column[SEGMENT_SIGNATURE];
    if (b->rows == b->block.row)
        return;
    buf_append(&b->column[SEGMENT_BLOCKS], &b->block, sizeof b->block);
    if (buf_reserve(bits, SIGNATURE_BYTES) == 0) {
        signature_take(b->map, (uint8_t *)bits->ptr + bits->len);
        bits->len += SIGNATURE_BYTES;
    }
    b->block = (struct segment_block){.row = b->rows};
    b->block_text = 0;
}

static void count_row(struct segment_builder *b, int64_t time_ms)
{
    struct segment_block *k = &b->block;
    if (k->row == b->rows || time_ms < k->first_ms)
        k->first_ms = time_ms;
    if (k->row == b->rows || time_ms > k->last_ms)
        k->last_ms = time_ms;
    b->rows++;
    if (b->block_text >= SEGMENT_BLOCK || b->rows - k->row >= SEGMENT_BLOCK_ROWS)
        close_block(b);
}

int segment_builder_run(struct segment_builder *b, uint64_t version)
{
    if (!b->run_open || b->version != version)
        b->run_open = false;
    b->version = version;
    return 0;
}

static void open_run(struct segment_builder *b)
{
    struct segment_run run = {b->version, b->rows, b->rows};
    buf_append(&b->column[SEGMENT_RUNS], &run, sizeof run);
    b->run_open = true;
}

int segment_builder_add(struct segment_builder *b, const struct message *m, unsigned rank)
{
    if (!b->run_open)
        open_run(b);
    put_32(b, SEGMENT_TEXT_AT, segment_builder_text(b));
    put_32(b, SEGMENT_PART_AT, b->column[SEGMENT_PART].len / sizeof(uint32_t));
    put_32(b, SEGMENT_COLD_AT, b->column[SEGMENT_COLD].len);
    if (add_text(b, m) != 0 || add_strings(b, m) != 0 || add_cold(b, m) != 0)
        return -1;
    add_numbers(b, m, rank);
    count_row(b, m->time_ms);
    return 0;
}

/* --- the end ------------------------------------------------------------------------------------- */

static int finish_strings(struct segment_builder *b)
{
    struct buf *at = &b->column[SEGMENT_STRING_AT], *text = &b->column[SEGMENT_STRING];
    uint32_t count = b->strings.count == 0 ? 1 : b->strings.count;
    for (uint32_t i = 0; i < count; i++) {
        put_32(b, SEGMENT_STRING_AT, text->len);
        struct span s = intern_get(&b->strings, i);
        buf_append(text, s.ptr == NULL ? "" : s.ptr, s.len);
    }
    put_32(b, SEGMENT_STRING_AT, text->len);
    return buf_failed(at) || buf_failed(text) ? -1 : 0;
}

static int finish_signature(struct segment_builder *b, uint32_t blocks)
{
    struct buf *bits = &b->column[SEGMENT_SIGNATURE];
    if (buf_failed(bits) || bits->len != (size_t)blocks * SIGNATURE_BYTES)
        return -1;
    if (signature_stride(blocks) == 0)
        return 0;
    struct buf out;
    buf_init(&out);
    if (buf_reserve(&out, signature_size(blocks)) != 0)
        return -1;
    signature_transpose((const uint8_t *)bits->ptr, blocks, (uint8_t *)out.ptr);
    out.len = signature_size(blocks);
    buf_clear(bits);
    *bits = out;
    return 0;
}

/* Whether 32 bits lead to everything: put_32() cuts off the rest. */
static bool is_addressable(const struct segment_builder *b)
{
    return segment_builder_text(b) <= UINT32_MAX && b->column[SEGMENT_COLD].len <= UINT32_MAX &&
           b->column[SEGMENT_CALL].len <= UINT32_MAX && b->column[SEGMENT_STRING].len <= UINT32_MAX;
}

/* Close all tables; the columns are then the sections. */
static int finish_columns(struct segment_builder *b, uint32_t *blocks)
{
    close_block(b);
    *blocks = (uint32_t)(b->column[SEGMENT_BLOCKS].len / sizeof b->block);
    buf_append(&b->column[SEGMENT_BLOCKS], &(struct segment_block){.row = b->rows},
               sizeof b->block);
    put_32(b, SEGMENT_TEXT_AT, segment_builder_text(b));
    put_32(b, SEGMENT_PART_AT, b->column[SEGMENT_PART].len / sizeof(uint32_t));
    put_32(b, SEGMENT_COLD_AT, b->column[SEGMENT_COLD].len);
    put_32(b, SEGMENT_CALL_AT, b->column[SEGMENT_CALL].len);
    if (finish_strings(b) != 0 || finish_signature(b, *blocks) != 0 || !is_addressable(b))
        return -1;
    for (int i = 0; i < SEGMENT_SECTIONS; i++)
        if (buf_failed(&b->column[i]))
            return -1;
    return 0;
}

/* A run's end is where the next one begins. */
static uint32_t finish_runs(struct segment_builder *b)
{
    struct segment_run *run = (struct segment_run *)(void *)b->column[SEGMENT_RUNS].ptr;
    uint32_t count = (uint32_t)(b->column[SEGMENT_RUNS].len / sizeof *run);
    for (uint32_t i = 0; i < count; i++)
        run[i].end = i + 1 < count ? run[i + 1].row : b->rows;
    return count;
}

static void make_header(struct segment_builder *b, uint32_t blocks, struct segment_header *h)
{
    *h = (struct segment_header){.magic = SEGMENT_MAGIC,
                                 .format = SEGMENT_FORMAT,
                                 .byte_order = SEGMENT_BYTE_ORDER,
                                 .rows = b->rows,
                                 .blocks = blocks,
                                 .runs = finish_runs(b),
                                 .strings = b->strings.count == 0 ? 1 : b->strings.count,
                                 .calls = b->calls,
                                 .block_bytes = SEGMENT_BLOCK,
                                 .signature_rows = SIGNATURE_ROWS,
                                 .fold = SEGMENT_FOLD};
    XXH3_64bits_update(b->text_hash, b->column[SEGMENT_TEXT].ptr, b->column[SEGMENT_TEXT].len);
    uint64_t at = SEGMENT_HEADER;
    for (int i = 0; i < SEGMENT_SECTIONS; i++) {
        struct segment_place *p = &h->section[i];
        p->offset = at;
        p->size = i == SEGMENT_TEXT ? segment_builder_text(b) : b->column[i].len;
        p->checksum =
            i == SEGMENT_TEXT ? XXH3_64bits_digest(b->text_hash) : hash_64(buf_span(&b->column[i]));
        at = (at + p->size + 2 * SEGMENT_ALIGN - 1) / SEGMENT_ALIGN * SEGMENT_ALIGN;
    }
    h->size = at;
    h->checksum =
        hash_64((struct span){(const char *)h, offsetof(struct segment_header, checksum)});
}
_Static_assert(sizeof(struct segment_header) <= SEGMENT_HEADER, "the header has its own page");

static int finish_in_memory(struct segment_builder *b, const struct segment_header *h,
                            struct segment **out, struct error *err)
{
    char *base = aligned_alloc(SEGMENT_ALIGN, h->size);
    if (base == NULL)
        return error_no_memory(err);
    memset(base, 0, h->size);
    memcpy(base, h, sizeof *h);
    for (int i = 0; i < SEGMENT_SECTIONS; i++)
        if (b->column[i].len > 0)
            memcpy(base + h->section[i].offset, b->column[i].ptr, b->column[i].len);
    return segment_adopt(base, h->size, false, out, err);
}

static int write_sections(struct segment_builder *b, const struct segment_header *h)
{
    static const char zeros[SEGMENT_ALIGN];
    if (spill(b) != 0)
        return -1;
    for (int i = SEGMENT_TEXT + 1; i < SEGMENT_SECTIONS; i++)
        if (segment_file_write(&b->file, b->column[i].ptr, b->column[i].len,
                               h->section[i].offset) != 0)
            return -1;
    if (segment_file_write(&b->file, zeros, sizeof zeros, h->size - sizeof zeros) != 0)
        return -1;
    return segment_file_write(&b->file, h, sizeof *h, 0);
}

static int finish_in_file(struct segment_builder *b, const struct segment_header *h,
                          struct segment **out, struct error *err)
{
    if (write_sections(b, h) != 0)
        return error_no_memory(err);
    void *base = mmap(NULL, h->size, PROT_READ, MAP_SHARED, b->file.fd, 0);
    if (base == MAP_FAILED)
        return error_no_memory(err);
    if (segment_adopt(base, h->size, true, out, err) != 0)
        return -1;
    (*out)->path = b->file.path;
    b->file.path = NULL;
    return 0;
}

int segment_builder_finish(struct segment_builder *b, bool to_file, struct segment **out,
                           int *disk_error, struct error *err)
{
    struct segment_header h;
    uint32_t blocks;
    int rc = 0;
    *out = NULL;
    *disk_error = 0;
    if (b->rows > 0) {
        bool in_file = b->file.fd >= 0 || (to_file && b->folder != NULL);
        if (finish_columns(b, &blocks) != 0) {
            rc = error_no_memory(err);
        } else {
            make_header(b, blocks, &h);
            rc = in_file ? finish_in_file(b, &h, out, err) : finish_in_memory(b, &h, out, err);
        }
        *disk_error = b->file.disk_error;
    }
    reset(b);
    return rc;
}
