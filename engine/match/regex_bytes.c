#include "regex_bytes.h"

#include "code_point.h"
#include "span.h"

/* A number of classes that stands for "too many". */
#define TOO_MANY (REGEX_BYTES_MAX + 1)

/* The sets with this high range are complete beyond ASCII. */
static bool is_complete(const struct syntax *s)
{
    const struct syntax_range *last = &s->ranges[s->range_count - 1];
    return last->low <= 0x80 && last->high == CODE_POINT_MAX;
}

static void spell_class(const struct syntax_range *bytes, uint32_t count, struct buf *out)
{
    if (count == 1 && bytes[0].low == bytes[0].high) {
        buf_printf(out, "\\x%02x", bytes[0].low);
        return;
    }
    buf_append_byte(out, '[');
    for (uint32_t i = 0; i < count; i++) {
        buf_printf(out, "\\x%02x", bytes[i].low);
        if (bytes[i].high > bytes[i].low)
            buf_printf(out, "-\\x%02x", bytes[i].high);
    }
    buf_append_byte(out, ']');
}

/* The class of the set's ASCII characters and the bytes [low, high]. */
static void spell_wide_class(const struct syntax *s, uint32_t low, uint32_t high, struct buf *out)
{
    buf_append_byte(out, '[');
    for (uint32_t i = 0; i < s->range_count && s->ranges[i].low < 0x80; i++)
        buf_printf(out, "\\x%02x-\\x%02x", s->ranges[i].low,
                   s->ranges[i].high < 0x80 ? s->ranges[i].high : 0x7F);
    buf_printf(out, "\\x%02x-\\x%02x]", low, high);
}

/* Sequences of byte classes, separated by '|', while they are written. */
struct speller {
    struct buf *out;
    unsigned sequences;
    unsigned classes;
};

static void begin_sequence(struct speller *w)
{
    if (w->sequences++ > 0)
        buf_append_byte(w->out, '|');
}

/* Characters [low, high] whose encodings have ${n} bytes each and differ in a way that byte ranges
 * can say; otherwise cut the range in two until that is so. */
static void spell_range(struct speller *w, uint32_t low, uint32_t high, unsigned n)
{
    if (w->classes > REGEX_BYTES_MAX)
        return;
    for (unsigned i = 1; i < n; i++) {
        uint32_t tail = (UINT32_C(1) << (6 * i)) - 1;
        if ((low & ~tail) == (high & ~tail))
            continue;
        if ((low & tail) != 0) {
            spell_range(w, low, low | tail, n);
            spell_range(w, (low | tail) + 1, high, n);
            return;
        }
        if ((high & tail) != tail) {
            spell_range(w, low, (high & ~tail) - 1, n);
            spell_range(w, high & ~tail, high, n);
            return;
        }
    }
    char from[4], to[4];
    code_point_write(low, from);
    code_point_write(high, to);
    begin_sequence(w);
    for (unsigned i = 0; i < n; i++) {
        struct syntax_range byte = {(unsigned char)from[i], (unsigned char)to[i]};
        spell_class(&byte, 1, w->out);
    }
    w->classes += n;
}

/* Cut at the borders between lengths. Surrogates do not occur; code_point_write() spells them
 * alike. */
static void spell_beyond_ascii(struct speller *w, uint32_t low, uint32_t high)
{
    static const uint32_t last[] = {0x7F, 0x7FF, 0xFFFF, CODE_POINT_MAX};
    for (unsigned n = 2; n <= 4; n++) {
        uint32_t a = low > last[n - 2] ? low : last[n - 2] + 1;
        uint32_t b = high < last[n - 1] ? high : last[n - 1];
        if (a <= b)
            spell_range(w, a, b, n);
    }
}

/* Any other set: its ASCII part as one class, the rest as sequences. */
static unsigned spell_mixed(const struct syntax *s, struct buf *out)
{
    struct speller w = {.out = out};
    struct syntax_range ascii[64];
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->range_count && s->ranges[i].low < 0x80; i++) {
        ascii[n] = s->ranges[i];
        if (ascii[n].high > 0x7F)
            ascii[n].high = 0x7F;
        n++;
    }
    buf_append_span(out, SPAN("(?:"));
    if (n > 0) {
        begin_sequence(&w);
        spell_class(ascii, n, out);
        w.classes++;
    }
    for (uint32_t i = 0; i < s->range_count; i++)
        if (s->ranges[i].high >= 0x80)
            spell_beyond_ascii(&w, s->ranges[i].low < 0x80 ? 0x80 : s->ranges[i].low,
                               s->ranges[i].high);
    buf_append_byte(out, ')');
    return w.classes;
}

static unsigned spell_set(const struct syntax *s, struct buf *out)
{
    if (s->ranges[s->range_count - 1].high < 0x80) {
        spell_class(s->ranges, s->range_count, out);
        return 1;
    }
    if (is_complete(s)) {
        buf_append_span(out, SPAN("(?:"));
        spell_wide_class(s, 0xC2, 0xF4, out);
        buf_append_span(out, SPAN("[\\x80-\\xbf]*)"));
        return 2;
    }
    return spell_mixed(s, out);
}

static unsigned spell(const struct syntax *s, struct buf *out);

static unsigned times(unsigned classes, uint32_t n)
{
    uint64_t all = (uint64_t)classes * (n == 0 ? 1 : n);
    return all > REGEX_BYTES_MAX ? TOO_MANY : (unsigned)all;
}

static unsigned spell_repeat(const struct syntax *s, struct buf *out)
{
    const struct syntax *child = s->children[0];
    unsigned classes = 0;
    if (child->type == SYNTAX_SET && s->max == SYNTAX_UNLIMITED && is_complete(child)) {
        if (s->min > 0) {
            classes = times(spell(child, out), s->min);
            if (s->min > 1)
                buf_printf(out, "{%u}", s->min);
        }
        spell_wide_class(child, 0x80, 0xFF, out);
        buf_append_byte(out, '*');
        return classes + 1;
    }
    buf_append_span(out, SPAN("(?:"));
    classes = spell(child, out);
    buf_append_byte(out, ')');
    if (s->max == SYNTAX_UNLIMITED)
        buf_printf(out, "{%u,}", s->min);
    else
        buf_printf(out, "{%u,%u}", s->min, s->max);
    return times(classes, s->max == SYNTAX_UNLIMITED ? s->min : s->max);
}

static unsigned spell_list(const struct syntax *s, struct buf *out)
{
    unsigned classes = 0;
    bool choice = s->type == SYNTAX_CHOICE;
    if (choice)
        buf_append_span(out, SPAN("(?:"));
    for (uint32_t i = 0; i < s->count && classes <= REGEX_BYTES_MAX; i++) {
        if (choice && i > 0)
            buf_append_byte(out, '|');
        classes += spell(s->children[i], out);
    }
    if (choice)
        buf_append_byte(out, ')');
    return classes;
}

/* Append; return the number of byte classes, more than REGEX_BYTES_MAX if there are too many. */
static unsigned spell(const struct syntax *s, struct buf *out)
{
    switch (s->type) {
    case SYNTAX_SET:
        return spell_set(s, out);
    case SYNTAX_REPEAT:
        return spell_repeat(s, out);
    default:
        return spell_list(s, out);
    }
}

static bool can_be_empty(const struct syntax *s)
{
    switch (s->type) {
    case SYNTAX_SET:
        return false;
    case SYNTAX_REPEAT:
        return s->min == 0 || can_be_empty(s->children[0]);
    case SYNTAX_CHOICE:
        for (uint32_t i = 0; i < s->count; i++)
            if (can_be_empty(s->children[i]))
                return true;
        return false;
    case SYNTAX_CHAIN:
        break;
    }
    for (uint32_t i = 0; i < s->count; i++)
        if (!can_be_empty(s->children[i]))
            return false;
    return true;
}

bool regex_bytes_spell(const struct syntax *s, struct buf *out)
{
    return !can_be_empty(s) && spell(s, out) <= REGEX_BYTES_MAX && !buf_failed(out);
}
