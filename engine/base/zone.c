#include "zone.h"

#include "buf.h"
#include "clock.h"
#include "error.h"
#include "span.h"
#include "zone_rule.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZONE_DEFAULT_DIR "/usr/share/zoneinfo"
#define ZONE_MAX_NAME 64
#define ZONE_MAX_FILE ((size_t)1 << 20)
/* RFC 8536, section 3.2: offsets lie between -25:59:59 and +25:59:59. */
#define ZONE_MAX_OFFSET (26 * 3600 - 1)
/* Far outside of years 1 to 9999, near enough that no sum overflows. */
#define ZONE_MAX_SECONDS INT64_C(1000000000000)
#define TZIF_HEADER 44
#define MS_PER_DAY INT64_C(86400000)

struct zone {
    uint32_t count;   /* of changes */
    int64_t *times;   /* epoch seconds, not decreasing */
    int32_t *offsets; /* offsets[i] holds before times[i], offsets[count] after the last */
    bool has_rule;    /* ${rule} holds after the last change instead */
    struct zone_rule rule;
};

/* ---- reading a file ---- */

static bool name_is_safe(struct span name)
{
    if (name.len == 0 || name.len > ZONE_MAX_NAME)
        return false;
    char before = '/';
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '+' || c == '-';
        if (!word && (c != '/' || before == '/'))
            return false;
        before = c;
    }
    return before != '/';
}

/* Read all of a regular file of reasonable size.  Return 0, or -1 (nothing usable there). */
static int read_file(const char *path, struct buf *out)
{
    /* Not blocking: the name may lead to a FIFO. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return -1;
    int rc = -1;
    struct stat st;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (uintmax_t)st.st_size > ZONE_MAX_FILE)
        goto done;
    if (buf_reserve(out, (size_t)st.st_size + 1) != 0)
        goto done;
    while (out->len <= (size_t)st.st_size) {
        ssize_t n = read(fd, out->ptr + out->len, (size_t)st.st_size + 1 - out->len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            goto done;
        if (n == 0)
            break;
        out->len += (size_t)n;
    }
    rc = 0;
done:
    close(fd);
    return rc;
}

/* ---- TZif: all numbers are big-endian ---- */

static int64_t read_be(const char *p, unsigned size)
{
    uint64_t v = (p[0] & 0x80) != 0 ? UINT64_MAX : 0;
    for (unsigned i = 0; i < size; i++)
        v = v << 8 | (unsigned char)p[i];
    return (int64_t)v;
}

/* One data block: how many of each thing it holds and where it begins. */
struct tzif_block {
    uint32_t isut, isstd, leap, time, type, chars;
    const char *data;
    unsigned time_size; /* 4 in the first block, 8 in the second */
    size_t size;
};

/* The block that begins with a header at the front of ${file}. Return 0 or -1. */
static int block_parse(struct span file, unsigned time_size, struct tzif_block *b)
{
    if (file.len < TZIF_HEADER || memcmp(file.ptr, "TZif", 4) != 0)
        return -1;
    uint32_t *const counts[] = {&b->isut, &b->isstd, &b->leap, &b->time, &b->type, &b->chars};
    for (unsigned i = 0; i < 6; i++) {
        int64_t n = read_be(file.ptr + 20 + 4 * i, 4);
        if (n < 0 || (uint64_t)n > ZONE_MAX_FILE)
            return -1;
        *counts[i] = (uint32_t)n;
    }
    b->data = file.ptr + TZIF_HEADER;
    b->time_size = time_size;
    b->size = (size_t)b->time * (time_size + 1) + (size_t)b->type * 6 + b->chars +
              (size_t)b->leap * (time_size + 4) + b->isstd + b->isut;
    return b->size > file.len - TZIF_HEADER ? -1 : 0;
}

static int64_t clamp(int64_t v, int64_t most)
{
    return v < -most ? -most : v > most ? most : v;
}

/* The offset of local time type ${type}. Return 0, or -1 if the file is damaged. */
static int type_offset(const struct tzif_block *b, unsigned type, int32_t *out)
{
    if (type >= b->type)
        return -1;
    const char *types = b->data + (size_t)b->time * (b->time_size + 1);
    int64_t offset = read_be(types + (size_t)type * 6, 4);
    if (offset != clamp(offset, ZONE_MAX_OFFSET))
        return -1;
    *out = (int32_t)offset;
    return 0;
}

/* Fill the table of ${z}.  Return 0, or -1 if the file is damaged. */
static int block_load(const struct tzif_block *b, struct zone *z)
{
    /* Leap seconds make another count of time ("right/" zones) than the one used here. */
    if (b->leap != 0 || type_offset(b, 0, &z->offsets[0]) != 0)
        return -1;
    const char *type = b->data + (size_t)b->time * b->time_size;
    for (uint32_t i = 0; i < b->time; i++) {
        int64_t t = read_be(b->data + (size_t)i * b->time_size, b->time_size);
        z->times[i] = clamp(t, ZONE_MAX_SECONDS);
        if (i > 0 && z->times[i] < z->times[i - 1])
            return -1;
        if (type_offset(b, (unsigned char)type[i], &z->offsets[i + 1]) != 0)
            return -1;
    }
    z->count = b->time;
    return 0;
}

/* The footer: a newline, a POSIX TZ string or nothing, a newline.  Return 0, or -1 if damaged. */
static int footer_load(struct span s, struct zone *z)
{
    if (s.len < 2 || s.ptr[0] != '\n')
        return -1;
    const char *end = memchr(s.ptr + 1, '\n', s.len - 1);
    if (end == NULL)
        return -1;
    struct span rule = {s.ptr + 1, (size_t)(end - s.ptr) - 1};
    z->has_rule = rule.len > 0;
    return z->has_rule ? zone_rule_parse(rule, &z->rule) : 0;
}

static int zone_load(struct span file, struct zone *z, struct error *err)
{
    struct tzif_block b;
    struct span footer = {NULL, 0};
    if (block_parse(file, 4, &b) != 0)
        goto damaged;
    if (file.ptr[4] >= '2') {
        size_t first = TZIF_HEADER + b.size;
        struct span rest = {file.ptr + first, file.len - first};
        if (block_parse(rest, 8, &b) != 0)
            goto damaged;
        footer = (struct span){b.data + b.size, rest.len - TZIF_HEADER - b.size};
    }
    z->times = calloc((size_t)b.time + 1, sizeof *z->times);
    z->offsets = calloc((size_t)b.time + 1, sizeof *z->offsets);
    if (z->times == NULL || z->offsets == NULL)
        return error_no_memory(err);
    if (block_load(&b, z) != 0 || (footer.ptr != NULL && footer_load(footer, z) != 0))
        goto damaged;
    return 0;
damaged:
    return error_set(err, ERROR_INVALID_PARAMETER, ERROR_NO_POSITION,
                     "the time zone's file cannot be used");
}

static int unknown_zone(struct span name, struct error *err)
{
    bool printable = name_is_safe(name);
    return error_set(err, ERROR_INVALID_PARAMETER, ERROR_NO_POSITION,
                     "unknown time zone%s%.*s; expected an IANA name such as Europe/Berlin or UTC",
                     printable ? " " : "", printable ? (int)name.len : 0,
                     printable ? name.ptr : "");
}

static int zone_read(struct span name, struct zone *z, struct error *err)
{
    struct buf path, file;
    buf_init(&path);
    buf_init(&file);
    const char *dir = getenv("TZDIR");
    if (dir == NULL || dir[0] == '\0')
        dir = ZONE_DEFAULT_DIR;
    int rc = -1;
    if (buf_printf(&path, "%s/%.*s", dir, (int)name.len, name.ptr) != 0)
        error_no_memory(err);
    else if (read_file(path.ptr, &file) != 0 || !span_starts_with(buf_span(&file), SPAN("TZif")))
        buf_failed(&file) ? error_no_memory(err) : unknown_zone(name, err);
    else
        rc = zone_load(buf_span(&file), z, err);
    buf_clear(&path);
    buf_clear(&file);
    return rc;
}

int zone_open(struct span name, struct zone **out, struct error *err)
{
    if (!name_is_safe(name))
        return unknown_zone(name, err);
    struct zone *z = calloc(1, sizeof *z);
    if (z == NULL)
        return error_no_memory(err);
    if (span_equal(name, SPAN("UTC")))
        z->has_rule = true; /* all zeros: no offset, no daylight time */
    else if (zone_read(name, z, err) != 0) {
        zone_close(z);
        return -1;
    }
    *out = z;
    return 0;
}

void zone_close(struct zone *z)
{
    if (z == NULL)
        return;
    free(z->times);
    free(z->offsets);
    free(z);
}

/* ---- asking ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* How many changes are at or before ${t}. */
static uint32_t changes_until(const struct zone *z, int64_t t)
{
    uint32_t low = 0, high = z->count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        if (z->times[mid] <= t)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static int32_t offset_at(const struct zone *z, int64_t t)
{
    uint32_t i = changes_until(z, t);
    return i == z->count && z->has_rule ? zone_rule_offset(&z->rule, t) : z->offsets[i];
}

/* The first change after ${t}, or INT64_MAX. */
static int64_t next_change(const struct zone *z, int64_t t)
{
    uint32_t i = changes_until(z, t);
    if (i < z->count)
        return z->times[i];
    return z->has_rule ? zone_rule_next(&z->rule, t) : INT64_MAX;
}

static int64_t clamp_ms(int64_t ms)
{
    return clamp(ms, ZONE_MAX_SECONDS * 1000);
}

int32_t zone_offset(const struct zone *z, int64_t utc_ms)
{
    return offset_at(z, floor_div(clamp_ms(utc_ms), 1000));
}

int64_t zone_local_to_utc(const struct zone *z, int64_t local_ms)
{
    local_ms = clamp_ms(local_ms);
    /* The answer is the first instant whose local time is ${local_ms} or later: walk over the
     * stretches of equal offset, of which few fit between the smallest and the largest offset. */
    int64_t from = floor_div(local_ms, 1000) - ZONE_MAX_OFFSET - 1;
    for (;;) {
        int64_t offset = offset_at(z, from);
        int64_t utc_ms = local_ms - offset * 1000;
        if (utc_ms <= from * 1000)
            return from * 1000; /* the change at ${from} jumped over it */
        int64_t next = next_change(z, from);
        if (next == INT64_MAX || utc_ms < next * 1000)
            return utc_ms;
        from = next;
    }
}

static int64_t local_ms(const struct zone *z, int64_t utc_ms)
{
    return clamp_ms(utc_ms) + zone_offset(z, utc_ms) * INT64_C(1000);
}

int64_t zone_day(const struct zone *z, int64_t utc_ms)
{
    return floor_div(local_ms(z, utc_ms), MS_PER_DAY);
}

int zone_hour(const struct zone *z, int64_t utc_ms)
{
    int64_t local = local_ms(z, utc_ms);
    return (int)((local - floor_div(local, MS_PER_DAY) * MS_PER_DAY) / 3600000);
}

int64_t zone_day_start(const struct zone *z, int64_t day)
{
    return zone_local_to_utc(z, clamp(day, ZONE_MAX_SECONDS / 86400) * MS_PER_DAY);
}
