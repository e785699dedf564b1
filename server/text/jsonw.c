#include "jsonw.h"

#include "text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void before_value(struct jsonw *w)
{
    if (w->comma)
        bytes_add_byte(w->out, ',');
    w->comma = true;
}

static void bracket_open(struct jsonw *w, char c)
{
    before_value(w);
    bytes_add_byte(w->out, c);
    w->comma = false;
}

static void bracket_close(struct jsonw *w, char c)
{
    bytes_add_byte(w->out, c);
    w->comma = true;
}

void jsonw_begin_object(struct jsonw *w)
{
    bracket_open(w, '{');
}

void jsonw_end_object(struct jsonw *w)
{
    bracket_close(w, '}');
}

void jsonw_begin_array(struct jsonw *w)
{
    bracket_open(w, '[');
}

void jsonw_end_array(struct jsonw *w)
{
    bracket_close(w, ']');
}

void jsonw_key(struct jsonw *w, const char *name)
{
    before_value(w);
    bytes_add_byte(w->out, '"');
    bytes_add_text(w->out, name);
    bytes_add(w->out, "\":", 2);
    w->comma = false;
}

/* Does the byte stand for itself in a JSON string?  ASCII but controls, '"' and '\\'. */
static inline bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void write_escape(struct bytes *out, unsigned char c)
{
    static const char short_forms[] = "btnvfr"; /* 8 to 13; 11 has none */
    if (c == '"' || c == '\\') {
        bytes_add_byte(out, '\\');
        bytes_add_byte(out, (char)c);
    } else if (c >= 8 && c <= 13 && c != 11) {
        bytes_add_byte(out, '\\');
        bytes_add_byte(out, short_forms[c - 8]);
    } else {
        bytes_printf(out, "\\u%04x", c);
    }
}

/* Runs that need no change are copied whole; the rest is looked at byte by byte. */
static void write_string(struct bytes *out, struct span s)
{
    size_t done = 0;
    size_t i = 0;

    bytes_room(out, s.len + 2);
    bytes_add_byte(out, '"');
    while (i < s.len) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (is_plain(c)) {
            i++;
            continue;
        }
        size_t n = c < 0x80 ? 0 : text_utf8_length((struct span){s.ptr + i, s.len - i});
        if (n > 0) {
            i += n;
            continue;
        }
        bytes_add(out, s.ptr + done, i - done);
        if (c < 0x80)
            write_escape(out, c);
        else
            bytes_add(out, "\xEF\xBF\xBD", 3);
        done = ++i;
    }
    bytes_add(out, s.ptr + done, i - done);
    bytes_add_byte(out, '"');
}

void jsonw_text(struct jsonw *w, struct span s)
{
    before_value(w);
    if (s.ptr == NULL)
        bytes_add(w->out, "null", 4);
    else
        write_string(w->out, s);
}

void jsonw_word(struct jsonw *w, const char *s)
{
    before_value(w);
    if (s == NULL) {
        bytes_add(w->out, "null", 4);
        return;
    }
    bytes_add_byte(w->out, '"');
    bytes_add_text(w->out, s);
    bytes_add_byte(w->out, '"');
}

void jsonw_verbatim(struct jsonw *w, struct span s)
{
    before_value(w);
    bytes_add_span(w->out, s);
}

void jsonw_uint(struct jsonw *w, uint64_t v)
{
    char digits[20];
    size_t at = sizeof(digits);

    before_value(w);
    do {
        digits[--at] = (char)('0' + v % 10);
        v /= 10;
    } while (v > 0);
    bytes_add(w->out, digits + at, sizeof(digits) - at);
}

void jsonw_bool(struct jsonw *w, bool v)
{
    before_value(w);
    bytes_add_text(w->out, v ? "true" : "false");
}

void jsonw_null(struct jsonw *w)
{
    before_value(w);
    bytes_add(w->out, "null", 4);
}

void jsonw_ms(struct jsonw *w, double v)
{
    before_value(w);
    double thousandths = isfinite(v) && v > 0 ? v * 1000 + 0.5 : 0;
    text_decimal(w->out, thousandths < 1e18 ? (uint64_t)thousandths : 0, 3);
}

void jsonw_real(struct jsonw *w, double v)
{
    before_value(w);
    if (isfinite(v))
        bytes_printf(w->out, "%.9g", v);
    else
        bytes_add(w->out, "null", 4);
}

void jsonw_money(struct jsonw *w, uint64_t picodollars)
{
    before_value(w);
    text_decimal(w->out, picodollars, 12);
}

void jsonw_time(struct jsonw *w, int64_t ms)
{
    char text[TEXT_TIME_SIZE];
    if (ms == INT64_MIN) {
        jsonw_null(w);
        return;
    }
    text_time(ms, text);
    jsonw_word(w, text);
}

void jsonw_text_at(struct jsonw *w, const char *name, struct span s)
{
    jsonw_key(w, name);
    jsonw_text(w, s);
}

void jsonw_word_at(struct jsonw *w, const char *name, const char *s)
{
    jsonw_key(w, name);
    jsonw_word(w, s);
}

void jsonw_uint_at(struct jsonw *w, const char *name, uint64_t v)
{
    jsonw_key(w, name);
    jsonw_uint(w, v);
}

void jsonw_bool_at(struct jsonw *w, const char *name, bool v)
{
    jsonw_key(w, name);
    jsonw_bool(w, v);
}

void jsonw_null_at(struct jsonw *w, const char *name)
{
    jsonw_key(w, name);
    jsonw_null(w);
}

void jsonw_ms_at(struct jsonw *w, const char *name, double v)
{
    jsonw_key(w, name);
    jsonw_ms(w, v);
}

void jsonw_real_at(struct jsonw *w, const char *name, double v)
{
    jsonw_key(w, name);
    jsonw_real(w, v);
}

void jsonw_money_at(struct jsonw *w, const char *name, uint64_t picodollars)
{
    jsonw_key(w, name);
    jsonw_money(w, picodollars);
}

void jsonw_time_at(struct jsonw *w, const char *name, int64_t ms)
{
    jsonw_key(w, name);
    jsonw_time(w, ms);
}

void jsonw_texts_at(struct jsonw *w, const char *name, const struct span *list, size_t count)
{
    jsonw_key(w, name);
    jsonw_begin_array(w);
    for (size_t i = 0; i < count; i++)
        jsonw_text(w, list[i]);
    jsonw_end_array(w);
}
