#include "cold.h"

#define UUID_TEXT 36
#define UUID_BYTES 16

/* What stands first in a uuid's record; plain strings follow as cold_put_string() writes them. */
enum { UUID_PLAIN = 0, UUID_PACKED = 1 };

static bool is_dash(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

/* HEX_DIGIT and the value, or 0 for what is no digit of a packed uuid; capitals are none. */
static const uint8_t hex_values[256] = {
    ['0'] = 0x10, ['1'] = 0x11, ['2'] = 0x12, ['3'] = 0x13, ['4'] = 0x14, ['5'] = 0x15,
    ['6'] = 0x16, ['7'] = 0x17, ['8'] = 0x18, ['9'] = 0x19, ['a'] = 0x1A, ['b'] = 0x1B,
    ['c'] = 0x1C, ['d'] = 0x1D, ['e'] = 0x1E, ['f'] = 0x1F,
};
#define HEX_DIGIT 0x10u

/* Only what unpacking gives back byte by byte is packed. */
static bool pack(struct span s, uint8_t out[UUID_BYTES])
{
    static const uint8_t first[UUID_BYTES] = {0,  2,  4,  6,  9,  11, 14, 16,
                                              19, 21, 24, 26, 28, 30, 32, 34};
    uint8_t all = HEX_DIGIT;
    if (s.len != UUID_TEXT || s.ptr[8] != '-' || s.ptr[13] != '-' || s.ptr[18] != '-' ||
        s.ptr[23] != '-')
        return false;
    for (size_t i = 0; i < UUID_BYTES; i++) {
        uint8_t high = hex_values[(uint8_t)s.ptr[first[i]]];
        uint8_t low = hex_values[(uint8_t)s.ptr[first[i] + 1]];
        all &= high & low;
        out[i] = (uint8_t)((unsigned)high << 4 | (low & 15u));
    }
    return (all & HEX_DIGIT) != 0;
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
