/* fuzz_extract: Any bytes as a transcript.
 *
 * Every set of kernels must read the same values at the same places, whatever follows the line in
 * memory; a text must be valid UTF-8 and lie where it may; and what the kernels skip must be what a
 * walk over every byte finds balanced.  The first byte chooses how the input is used. */
#include "extract.h"

#include "clock.h"
#include "json.h"
#include "line_values.h"
#include "lines.h"
#include "reader.h"
#include "span.h"
#include "unescape.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool what, const char *why)
{
    if (what)
        return;
    fprintf(stderr, "fuzz_extract: %s\n", why);
    abort();
}

/* A copy with exactly the padding promised, filled with bytes that would mislead a reader. */
static char *padded_copy(struct span s, int fill)
{
    char *copy = malloc(s.len + READER_PADDING);
    require(copy != NULL, "no memory");
    memcpy(copy, s.ptr, s.len);
    memset(copy + s.len, fill, READER_PADDING);
    return copy;
}

/* What a line says, as one number. */
static uint64_t add_span(uint64_t hash, struct span s)
{
    return hash_64_seeded(s, hash + (s.ptr != NULL));
}

static uint64_t add_message(uint64_t hash, const struct message *m)
{
    for (int part = 0; part < PART_COUNT; part++) {
        require(utf8_valid_prefix(m->part[part]) == m->part[part].len, "text is not UTF-8");
        hash = add_span(hash, m->part[part]);
    }
    const struct span names[] = {m->uuid, m->session, m->cwd, m->branch, m->model, m->agent};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        require(utf8_valid_prefix(names[i]) == names[i].len, "name is not UTF-8");
        hash = add_span(hash, names[i]);
    }
    for (uint32_t i = 0; i < m->tools.count; i++)
        hash = add_span(hash, m->tools.items[i]);
    for (uint32_t i = 0; i < m->files.count; i++)
        hash = add_span(hash, m->files.items[i]);
    return hash * 31 + m->kind * 7u + m->flags;
}

static uint64_t read_line(struct line_values *v, struct span line, int fill)
{
    char *copy = padded_copy(line, fill);
    uint64_t hash = 0;
    require(line_values_begin(v, (struct span){copy, line.len}, fill == 0) == 0, "no memory");
    for (;;) {
        struct message m;
        enum compose_result made = line_values_next(v, &m);
        require(made != COMPOSE_NO_MEMORY, "no memory");
        if (made == LINE_VALUES_END)
            break;
        hash = hash * 31 + (uint64_t)(v->record.begin - copy);
        hash = hash * 31 + (uint64_t)(v->record.end - copy);
        if (made == COMPOSE_MESSAGE)
            hash = add_message(hash, &m);
    }
    hash += line_values_damaged(v);
    free(copy);
    return hash;
}

/* All kernels read a line alike, whatever stands behind it. */
static void compare_lines(struct span line)
{
    size_t count;
    const struct json_kernels *const *all = json_kernels_all(&count);
    uint64_t first = 0;
    static const int fills[] = {'"', '}', '\\'};
    for (size_t i = 0; i < count; i++) {
        struct line_values v;
        line_values_init(&v);
        v.compose.kernels = all[i];
        v.compose.in_place_above = 0;
        for (size_t k = 0; k < sizeof fills / sizeof fills[0]; k++) {
            uint64_t hash = read_line(&v, line, fills[k]);
            if (i == 0 && k == 0)
                first = hash;
            require(hash == first, all[i]->name);
            v.compose.in_place_above = COMPOSE_KEEP_RAW;
        }
        line_values_clear(&v);
    }
}

/* A walk over every byte, for the kernels' skip. */
static const char *naive_skip(const char *p, const char *end, unsigned limit)
{
    unsigned depth = 0;
    bool inside = false;
    for (; p < end; p++) {
        if (inside) {
            if (*p == '\\')
                p++;
            else if (*p == '"')
                inside = false;
        } else if (*p == '"') {
            inside = true;
        } else if (*p == '\\') {
            p += p + 1 < end && (p[1] == '"' || p[1] == '\\');
        } else if (*p == '{' || *p == '[') {
            if (++depth > limit)
                return NULL;
        } else if ((*p == '}' || *p == ']') && --depth == 0) {
            return p + 1;
        }
    }
    return NULL;
}

static void compare_kernels(struct span s, unsigned limit)
{
    size_t count;
    const struct json_kernels *const *all = json_kernels_all(&count);
    char *copy = padded_copy(s, ']');
    const char *end = copy + s.len;
    for (size_t i = 0; i < count; i++) {
        const char *fail, *plain_fail;
        unsigned flags = 0, plain_flags = 0;
        if (s.len > 0 && (*copy == '{' || *copy == '[')) {
            const char *behind = all[i]->skip(copy, end, limit, &fail);
            require(behind == naive_skip(copy, end, limit), "skip");
            require(behind == all[0]->skip(copy, end, limit, &plain_fail), "skip");
            require(behind != NULL || fail == plain_fail, "place of failure");
        }
        const char *quote = all[i]->string_end(copy, end, &flags);
        require(quote == all[0]->string_end(copy, end, &plain_flags), "string_end");
        require(quote == NULL || flags == plain_flags, "flags");
    }
    free(copy);
}

static void compare_unescape(struct span s)
{
    size_t count;
    const struct json_kernels *const *all = json_kernels_all(&count);
    char *copy = padded_copy(s, '\\');
    char *plain = malloc(s.len + UNESCAPE_ROOM), *other = malloc(s.len + UNESCAPE_ROOM);
    require(plain != NULL && other != NULL, "no memory");
    struct span in = {copy, s.len};
    size_t len = unescape_copy(in, plain);
    require((len != UNESCAPE_INVALID) == unescape_check(in), "unescape_check");
    for (size_t i = 0; i < count; i++) {
        size_t n = all[i]->unescape(in, other);
        require(n == len, "length of text");
        require(n == UNESCAPE_INVALID || memcmp(plain, other, n) == 0, "text");
    }
    if (len != UNESCAPE_INVALID)
        require(unescape_move(in, copy) == len && memcmp(copy, plain, len) == 0, "in place");
    free(plain);
    free(other);
    free(copy);
}

static int count_text(void *arg, const struct message *m)
{
    uint64_t *sum = arg;
    for (int part = 0; part < PART_COUNT; part++)
        *sum += m->part[part].len;
    return 0;
}

/* The whole way, line by line. */
static void extract_all(struct span text)
{
    struct source source = {.session = SPAN("s"), .mtime_ns = 1};
    struct facts facts = {.project = SPAN("/p"), .first_time = TIME_NONE};
    struct extractor *x;
    uint64_t sum = 0;
    require(extractor_new(&x) == 0, "no memory");
    require(extract_begin(x, &source, &facts, NULL) == 0, "no memory");
    char *copy = padded_copy(text, 0);
    struct span rest = {copy, text.len}, line;
    while (lines_next(&rest, &line)) {
        bool unterminated = line.ptr + line.len == copy + text.len;
        uint64_t offset = (uint64_t)(line.ptr - copy);
        require(extract_line(x, line, offset, 0, unterminated, count_text, &sum) == 0, "line");
    }
    require(extract_counts(x)->text_bytes == sum, "bytes of text");
    free(copy);
    extractor_free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct span s = {(const char *)data + 1, size - 1};
    switch (data[0] % 4) {
    case 0:
        compare_lines(s);
        break;
    case 1:
        compare_kernels(s, data[0] < 128 ? 512 : data[0] % 8);
        break;
    case 2:
        compare_unescape(s);
        break;
    default:
        extract_all(s);
        break;
    }
    return 0;
}
