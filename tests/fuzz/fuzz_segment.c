/* fuzz_segment.c: No damage to a segment leads outside it, once segment_adopt() has taken it.
 *
 * Random bytes would only ever be refused, so the input is a list of changes to a good segment: a
 * place (two bytes), a width and a value.  The checksum of the header is made right again; those of the
 * sections are not looked at here, as by segment_adopt(). */
#include "segment.h"

#include "arena.h"
#include "hash.h"
#include "segment_builder.h"
#include "span.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct segment *good;

static void require(bool what, const char *why)
{
    if (what)
        return;
    fprintf(stderr, "fuzz_segment: %s\n", why);
    abort();
}

static void add(struct segment_builder *b, unsigned n)
{
    char text[64], uuid[64];
    struct span tools[] = {SPAN("Bash"), SPAN("Edit")}, files[] = {SPAN("/a/b")};
    struct message m = {.position = n % 2,
                        .offset = n * 100u,
                        .line = n,
                        .time_ms = 1700000000000 + n,
                        .role = ROLE_ASSISTANT,
                        .kind = KIND_TOOL_USE,
                        .session = n % 2 == 0 ? SPAN("one") : SPAN("two"),
                        .model = SPAN("opus"),
                        .message_id = n % 4 < 2 ? SPAN("msg_1") : SPAN("msg_2"),
                        .request_id = SPAN("req"),
                        .tools = {tools, n % 3},
                        .files = {files, n % 2},
                        .has_usage = n % 2 != 0,
                        .usage = {n, 2, 3, 4, 5}};
    (void)snprintf(text, sizeof text, "text number %u", n);
    (void)snprintf(uuid, sizeof uuid, "%08x-1111-2222-3333-444444444444", n);
    m.uuid = n % 5 == 0 ? (struct span){NULL, 0} : span_of(uuid);
    m.parts = n % 3 == 0 ? 0 : 1u << PART_TEXT;
    if (m.parts != 0)
        m.part[PART_TEXT] = span_of(text);
    require(segment_builder_add(b, &m, n % 3) == 0, "no memory");
}

static void make_good(void)
{
    struct segment_builder *b;
    struct segment *s;
    struct error err = {0};
    int disk_error;
    require(segment_builder_new(NULL, &b) == 0, "no memory");
    for (unsigned n = 0; n < 24; n++) {
        require(segment_builder_run(b, 1 + n / 10) == 0, "no memory");
        add(b, n);
    }
    require(segment_builder_finish(b, false, &s, &disk_error, &err) == 0, err.msg);
    segment_builder_free(b);
    good = s;
}

static void change(char *base, size_t size, const uint8_t *data, size_t n)
{
    for (; n >= 8; data += 8, n -= 8) {
        size_t at = data[0] | (size_t)data[1] << 8, width = (size_t)1 << (data[2] & 3);
        /* half of the changes go to the header, where they do most */
        at = data[2] & 4 ? at % sizeof(struct segment_header) : at % size;
        uint64_t value = data[4] | (uint64_t)data[5] << 8 | (uint64_t)data[6] << 16;
        if (data[3] & 1)
            value = ~value;
        if (at + width <= size)
            memcpy(base + at, &value, width);
    }
    struct segment_header h;
    memcpy(&h, base, sizeof h);
    h.checksum =
        hash_64((struct span){(const char *)&h, offsetof(struct segment_header, checksum)});
    memcpy(base, &h, sizeof h);
}

/* Touch every byte that a reader could be led to. */
static uint64_t sum_of(struct span s)
{
    return s.len == 0 ? 0 : hash_64(s);
}

static void read_all(const struct segment *s)
{
    struct arena arena;
    uint64_t sum = 0;
    arena_init(&arena);
    for (uint32_t id = 0; id < s->strings; id++)
        sum += sum_of(segment_string(s, id));
    (void)segment_find_string(s, SPAN("two"));
    for (uint32_t row = 0; row < s->rows; row++) {
        struct span part[PART_COUNT];
        struct message m;
        segment_text(s, row, part);
        for (int p = 0; p < PART_COUNT; p++)
            sum += sum_of(part[p]);
        sum += s->run[segment_run_of(s, row)].version;
        if (segment_message(s, row, &arena, &m) == 0)
            for (uint32_t i = 0; i < m.tools.count; i++)
                sum += sum_of(m.tools.items[i]);
        arena_reset(&arena);
    }
    for (uint32_t b = 0; b < s->blocks; b++)
        require(s->block[b].row <= s->block[b + 1].row && s->block[b + 1].row <= s->rows,
                "rows of a block");
    arena_clear(&arena);
    static volatile uint64_t sink;
    sink = sum;
    (void)sink;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct segment *s;
    struct error err = {0};
    if (good == NULL)
        make_good();
    char *copy = malloc(good->size);
    require(copy != NULL, "no memory");
    memcpy(copy, good->base, good->size);
    change(copy, good->size, data, size);
    if (segment_adopt(copy, good->size, false, &s, &err) == 0) {
        read_all(s);
        segment_drop(s);
    } else {
        require(err.code == ERROR_IO && err.msg[0] != '\0', "a refusal says why");
    }
    return 0;
}
