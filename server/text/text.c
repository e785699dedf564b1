#include "text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

bool text_is(struct span s, const char *word)
{
    return s.len == strlen(word) && memcmp(s.ptr, word, s.len) == 0;
}

bool text_is_like(struct span s, const char *word)
{
    return s.len == strlen(word) && strncasecmp(s.ptr, word, s.len) == 0;
}

struct span text_trim(struct span s)
{
    while (s.len > 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t')) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
        s.len--;
    return s;
}

bool text_split(struct span *rest, char separator, struct span *item)
{
    if (rest->ptr == NULL)
        return false;
    const char *end = memchr(rest->ptr, separator, rest->len);
    if (end == NULL) {
        *item = *rest;
        *rest = (struct span){NULL, 0};
        return true;
    }
    *item = (struct span){rest->ptr, (size_t)(end - rest->ptr)};
    *rest = (struct span){end + 1, rest->len - item->len - 1};
    return true;
}

/* The second byte of a sequence is narrower than 80-BF after these first bytes. */
static bool second_byte_fits(unsigned char first, unsigned char second)
{
    switch (first) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return second >= 0x80 && second <= 0xBF;
    }
}

size_t text_utf8_length(struct span s)
{
    const unsigned char *p = (const unsigned char *)s.ptr;
    assert(s.len > 0);
    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return 0;
    size_t n = p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (n > s.len || !second_byte_fits(p[0], p[1]))
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return n;
}

size_t text_utf8_fault(struct span s)
{
    for (size_t i = 0; i < s.len;) {
        size_t n = text_utf8_length((struct span){s.ptr + i, s.len - i});
        if (n == 0)
            return i;
        i += n;
    }
    return TEXT_NOWHERE;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int text_percent_decode(struct span s, bool plus, struct bytes *out, size_t *fault)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '+' && plus) {
            bytes_add_byte(out, ' ');
        } else if (s.ptr[i] != '%') {
            bytes_add_byte(out, s.ptr[i]);
        } else {
            int high = i + 2 < s.len ? hex_digit(s.ptr[i + 1]) : -1;
            int low = i + 2 < s.len ? hex_digit(s.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) {
                *fault = i;
                return -1;
            }
            bytes_add_byte(out, (char)(high * 16 + low));
            i += 2;
        }
    }
    return 0;
}

int text_number(struct span s, uint64_t max, uint64_t *out)
{
    uint64_t n = 0;
    if (s.len == 0 || s.len > 20)
        return -1;
    for (size_t i = 0; i < s.len; i++) {
        unsigned digit = (unsigned)(unsigned char)s.ptr[i] - '0';
        if (digit > 9 || n > (UINT64_MAX - digit) / 10)
            return -1;
        n = n * 10 + digit;
    }
    if (n > max)
        return -1;
    *out = n;
    return 0;
}

/* Civil date from days since 1970, proleptic Gregorian (Hinnant, "chrono-compatible low-level date
 * algorithms", 2013): days are counted from 0000-03-01 in eras of 400 years. */
static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t of_era = z - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * shifted + 2) / 5 + 1);
    *month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static char *put_digits(char *p, int value, int width)
{
    for (int i = width - 1; i >= 0; i--) {
        p[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return p + width;
}

/* Written by hand because every hit carries a time: printf was a visible share of a reply. */
void text_time(int64_t ms, char out[TEXT_TIME_SIZE])
{
    int64_t days = ms / 86400000;
    int64_t rest = ms % 86400000;
    int year, month, day;

    if (rest < 0) {
        rest += 86400000;
        days--;
    }
    civil_from_days(days, &year, &month, &day);
    char *p = put_digits(out, year < 0 ? 0 : year > 9999 ? 9999 : year, 4);
    *p++ = '-';
    p = put_digits(p, month, 2);
    *p++ = '-';
    p = put_digits(p, day, 2);
    *p++ = 'T';
    p = put_digits(p, (int)(rest / 3600000), 2);
    *p++ = ':';
    p = put_digits(p, (int)(rest / 60000 % 60), 2);
    *p++ = ':';
    p = put_digits(p, (int)(rest / 1000 % 60), 2);
    *p++ = '.';
    p = put_digits(p, (int)(rest % 1000), 3);
    *p++ = 'Z';
    *p = '\0';
}

void text_decimal(struct bytes *out, uint64_t value, unsigned digits)
{
    char fraction[19];
    uint64_t scale = 1;
    unsigned used = digits;

    assert(digits <= 18);
    for (unsigned i = 0; i < digits; i++)
        scale *= 10;
    bytes_printf(out, "%" PRIu64, value / scale);
    uint64_t rest = value % scale;
    for (unsigned i = digits; i-- > 0;) {
        fraction[i] = (char)('0' + rest % 10);
        rest /= 10;
    }
    while (used > 0 && fraction[used - 1] == '0')
        used--;
    if (used > 0) {
        bytes_add_byte(out, '.');
        bytes_add(out, fraction, used);
    }
}
