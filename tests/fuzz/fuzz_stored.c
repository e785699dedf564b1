/* fuzz_stored.c: Files that others wrote, or that a crash left: the index's catalogue, the store of
 * deleted transcripts, prices, notes beside a sub-agent's transcript.
 *
 * The first byte chooses which.  Where a checksum stands before what matters, it is made right. */
#include "agent_meta.h"
#include "arena.h"
#include "buf.h"
#include "catalog_file.h"
#include "discover.h"
#include "file_at.h"
#include "hash.h"
#include "pricing.h"
#include "reader.h"
#include "retained.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool what, const char *why)
{
    if (what)
        return;
    fprintf(stderr, "fuzz_stored: %s\n", why);
    abort();
}

static const char *const root = "/r";

/* --- the catalogue ---------------------------------------------------------------------------------- */

#define CATALOG_HEADER 40u /* magic, format, byte order, program, size, checksum */

/* The header of a catalogue that this very program wrote, up to its size. */
static const char *catalog_head(void)
{
    static char head[CATALOG_HEADER];
    static bool known;
    char path[512];
    struct catalog_file f = {.roots = &root, .root_count = 1};
    struct error err = {0};
    if (known)
        return head;
    require(catalog_file_write(file_at_folder(), &f, NULL, 0, &err) == 0, err.msg);
    (void)snprintf(path, sizeof path, "%s/catalog", file_at_folder());
    FILE *in = fopen(path, "rb");
    require(in != NULL && fread(head, 1, sizeof head, in) == sizeof head, "no header");
    (void)fclose(in);
    known = true;
    return head;
}

static void read_catalog(struct span body)
{
    struct buf b;
    struct catalog c;
    struct catalog_file f = {.roots = &root, .root_count = 1};
    struct error err = {0};
    uint64_t tail[2] = {body.len, hash_64(body)};
    buf_init(&b);
    buf_append(&b, catalog_head(), CATALOG_HEADER - sizeof tail);
    buf_append(&b, tail, sizeof tail);
    buf_append_span(&b, body);
    (void)file_at("catalog", buf_span(&b));
    catalog_init(&c);
    int rc = catalog_file_read(file_at_folder(), &f, &c, &err);
    require(rc == 1 || (rc == -1 && err.msg[0] != '\0'), "a refusal says why");
    if (rc == 1)
        require(catalog_index_paths(&c) == 0, "no memory");
    for (uint32_t i = 0; rc == 1 && i < c.count; i++)
        require(catalog_find_path(&c, c.entries[i]->source.path) != NULL, "an entry is lost");
    catalog_clear(&c);
    free(f.segments);
    buf_clear(&b);
}

/* --- the store of deleted transcripts --------------------------------------------------------------- */

struct kept_header {
    char magic[8];
    uint32_t format;
    uint32_t name_size;
    uint64_t size;
    int64_t mtime_ns;
    uint32_t root;
    uint32_t unused;
    uint64_t checksum;
};

static void put_kept(struct buf *b, struct span s)
{
    struct kept_header h = {.magic = "sbkret\r\n", .format = 1, .mtime_ns = 5};
    h.name_size = s.len < 1 ? 0 : (unsigned char)s.ptr[0] % 32;
    h.size = s.len < 2 ? 0 : (unsigned char)s.ptr[1] * 16u;
    struct span rest = s.len < 2 ? (struct span){"", 0} : (struct span){s.ptr + 2, s.len - 2};
    struct span name = {rest.ptr, rest.len < h.name_size ? rest.len : h.name_size};
    h.checksum = hash_64_seeded(
        name, hash_64((struct span){(const char *)&h, offsetof(struct kept_header, checksum)}));
    buf_append(b, &h, sizeof h);
    buf_append_span(b, rest);
}

static void read_kept(struct span s)
{
    struct buf b;
    struct source_list *list = NULL;
    struct reader *r;
    struct error err = {0};
    buf_init(&b);
    put_kept(&b, s);
    const char *path = file_at("one.kept", buf_span(&b));
    require(discover_sources(&root, 0, &list, &err) == 0, "an empty list");
    require(retained_list(file_at_folder(), &root, 1, list) == 0, "no memory");
    require(reader_new(&r) == 0, "no memory");
    for (uint32_t i = 0; i < list->count; i++) {
        const struct source *k = &list->items[i];
        struct block block;
        if (reader_open(r, k, 0, k->size, NULL) == 0)
            while (reader_next(r, &block, NULL) > 0)
                require(block.offset + block.len <= k->size, "more than there is");
    }
    int fd = retained_open(path);
    if (fd >= 0)
        (void)close(fd);
    reader_free(r);
    source_list_free(list);
    buf_clear(&b);
}

/* --- prices and notes ------------------------------------------------------------------------------- */

static void read_prices(struct span s)
{
    struct pricing *p = NULL;
    struct error err = {0};
    if (pricing_read(file_at("prices", s), &p, &err) != 0) {
        require(p == NULL && err.msg[0] != '\0', "a refusal says why");
        return;
    }
    const struct usage usage = {UINT64_MAX, 1, UINT64_MAX / 2, 3, 4};
    const struct price *price = pricing_find(p, (struct span){s.ptr, s.len < 20 ? s.len : 20});
    if (price != NULL)
        (void)pricing_cost(price, &usage);
    pricing_free(p);
}

static void read_notes(struct span s)
{
    char path[512];
    struct arena arena;
    struct reply_agent agent = {0};
    (void)file_at("agent-1.meta.json", s);
    int n = snprintf(path, sizeof path, "%s/agent-1.jsonl", file_at_folder());
    struct source source = {.path = {path, (size_t)n}};
    arena_init(&arena);
    require(agent_meta_read(&source, &arena, &agent) == 0, "no memory");
    (void)file_at("main.jsonl", s);
    n = snprintf(path, sizeof path, "%s/main.jsonl", file_at_folder());
    struct source parent = {.path = {path, (size_t)n}, .size = s.len};
    struct reader *r;
    agent = (struct reply_agent){.agent = {"1", 1}};
    require(reader_new(&r) == 0, "no memory");
    require(agent_calls_read(r, &parent, &arena, &agent, 1) == 0, "no memory");
    reader_free(r);
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(struct span) = {read_catalog, read_kept, read_prices,
                                                   read_notes};
    if (size > 0)
        readers[data[0] % 4]((struct span){(const char *)data + 1, size - 1});
    return 0;
}
