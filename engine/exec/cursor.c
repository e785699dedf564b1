#include "cursor.h"

#include "buf.h"
#include "error.h"
#include "hash.h"

#include <string.h>

/* base64url without padding (RFC 4648, section 5). */
static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int encode(struct span bytes, struct arena *arena, struct span *out)
{
    char *p = arena_alloc(arena, bytes.len * 4 / 3 + 4);
    size_t n = 0, bits = 0;
    uint32_t held = 0;
    if (p == NULL)
        return -1;
    for (size_t i = 0; i < bytes.len; i++) {
        held = (held << 8 | (unsigned char)bytes.ptr[i]) & 0xffffff;
        for (bits += 8; bits >= 6; bits -= 6)
            p[n++] = alphabet[held >> (bits - 6) & 63];
    }
    if (bits > 0)
        p[n++] = alphabet[held << (6 - bits) & 63];
    *out = (struct span){p, n};
    return 0;
}

static int decode(struct span text, char *out, size_t *len)
{
    uint32_t held = 0;
    size_t bits = 0, n = 0;
    for (size_t i = 0; i < text.len; i++) {
        const char *at = text.ptr[i] == '\0' ? NULL : strchr(alphabet, text.ptr[i]);
        if (at == NULL)
            return -1;
        held = (held << 6 | (uint32_t)(at - alphabet)) & 0xffffff;
        if ((bits += 6) >= 8)
            out[n++] = (char)(held >> (bits -= 8) & 255);
    }
    *len = n;
    return bits < 6 && (held & ((1u << bits) - 1)) == 0 ? 0 : -1; /* one text a value */
}

/* The fixed part, in the byte order of the machine: a cursor does not outlive its server's kind. */
struct packed {
    uint64_t check;
    int64_t now_ms;
    uint64_t walk;
    double score;
    int64_t time_ms;
    uint64_t offset;
    uint64_t messages;
    uint64_t bytes;
    uint32_t position;
    uint32_t term_count;
};

static struct packed pack(const struct cursor *c, uint64_t check)
{
    return (struct packed){check,     c->now_ms,        c->walk,       c->score,    c->time_ms,
                           c->offset, c->sums.messages, c->sums.bytes, c->position, c->term_count};
}

static struct span frequencies(const struct cursor *c)
{
    return (struct span){(const char *)c->sums.frequency,
                         c->term_count * sizeof c->sums.frequency[0]};
}

int cursor_read(struct span text, struct arena *arena, struct cursor *out, uint64_t *check,
                struct error *err)
{
    struct packed p;
    size_t len = 0, terms;
    if (text.len > 16384)
        goto bad;
    char *bytes = arena_alloc(arena, text.len + 1);
    if (bytes == NULL)
        return error_no_memory(err);
    if (decode(text, bytes, &len) != 0 || len < sizeof p)
        goto bad;
    memcpy(&p, bytes, sizeof p);
    terms = p.term_count;
    if (terms > RELEVANCE_MAX_TERMS || len < sizeof p + terms * sizeof out->sums.frequency[0])
        goto bad;
    *out = (struct cursor){.now_ms = p.now_ms,
                           .walk = p.walk,
                           .score = p.score,
                           .time_ms = p.time_ms,
                           .offset = p.offset,
                           .position = p.position,
                           .sums.messages = p.messages,
                           .sums.bytes = p.bytes,
                           .term_count = p.term_count};
    memcpy(out->sums.frequency, bytes + sizeof p, terms * sizeof out->sums.frequency[0]);
    size_t head = sizeof p + terms * sizeof out->sums.frequency[0];
    out->source = (struct span){bytes + head, len - head};
    *check = p.check;
    return 0;
bad:
    error_parameter(err, "cursor");
    return error_set(err, ERROR_INVALID_CURSOR, ERROR_NO_POSITION,
                     "this is not a cursor from an earlier reply; start again without one");
}

uint64_t cursor_check(const struct cursor *c, struct span binding)
{
    struct packed p = pack(c, hash_64(binding));
    uint64_t check =
        hash_64_seeded((struct span){(const char *)&p, sizeof p}, UINT64_C(0x5c7011bac6));
    check = hash_64_seeded(frequencies(c), check);
    return hash_64_seeded(c->source, check);
}

int cursor_write(const struct cursor *c, struct span binding, struct arena *arena, struct span *out)
{
    struct buf b;
    buf_init(&b);
    struct packed p = pack(c, cursor_check(c, binding));
    buf_append(&b, &p, sizeof p);
    buf_append_span(&b, frequencies(c));
    buf_append_span(&b, c->source);
    int rc = buf_failed(&b) ? -1 : encode(buf_span(&b), arena, out);
    buf_clear(&b);
    return rc;
}
