#include "cold.h"

#define UUID_TEXT 36
#define UUID_BYTES 16

/* What stands first in a uuid's record; plain strings follow as cold_put_string() writes them. */
enum { UUID_PLAIN = 0, UUID_PACKED = 1 };

static bool is_dash(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Only what unpacking gives back byte by byte is packed. */
static bool pack(struct span s, uint8_t out[UUID_BYTES])
{
    size_t nibbles = 0;
    if (s.len != UUID_TEXT)
        return false;
    for (size_t i = 0; i < UUID_TEXT; i++) {
        if (is_dash(i)) {
            if (s.ptr[i] != '-')
                return false;
            continue;
        }
        int v = hex_value(s.ptr[i]);
        if (v < 0)
            return false;
        out[nibbles / 2] = (uint8_t)(nibbles % 2 == 0 ? v << 4 : out[nibbles / 2] | v);
        nibbles++;
    }
    return true;
}

void cold_put_uuid(struct buf *b, struct span s)
{
    uint8_t packed[UUID_BYTES];
    if (s.ptr != NULL && pack(s, packed)) {
        buf_append_byte(b, UUID_PACKED);
        buf_append(b, packed, sizeof packed);
        return;
    }
    buf_append_byte(b, UUID_PLAIN);
    cold_put_string(b, s);
}

struct span cold_uuid(struct cold_reader *r, char text[UUID_TEXT])
{
    if (cold_number(r) != UUID_PACKED)
        return cold_string(r);
    if (r->end - r->at < UUID_BYTES)
        return (struct span){NULL, 0};
    for (size_t i = 0, nibbles = 0; i < UUID_TEXT; i++) {
        if (is_dash(i)) {
            text[i] = '-';
            continue;
        }
        text[i] = "0123456789abcdef"[r->at[nibbles / 2] >> (nibbles % 2 == 0 ? 4 : 0) & 15];
        nibbles++;
    }
    r->at += UUID_BYTES;
    return (struct span){text, UUID_TEXT};
}

void cold_put_list(struct buf *b, struct span_list list)
{
    cold_put_number(b, list.count);
    for (uint32_t i = 0; i < list.count; i++)
        cold_put_string(b, list.items[i]);
}

uint32_t cold_list_count(struct cold_reader *r)
{
    uint64_t n = cold_number(r);
    uint64_t left = (uint64_t)(r->end - r->at);
    return (uint32_t)(n < left ? n : left);
}
