#include "scan_print.h"

#include "text.h"

#include <inttypes.h>

#define MATCH "\033[1;31m"
#define PLACE "\033[35m"
#define FAINT "\033[2m"
#define PLAIN "\033[0m"

static uint32_t decode(const char *p, size_t n)
{
    const unsigned char *u = (const unsigned char *)p;
    if (n == 1)
        return u[0];
    if (n == 2)
        return (uint32_t)(u[0] & 0x1F) << 6 | (u[1] & 0x3F);
    if (n == 3)
        return (uint32_t)(u[0] & 0x0F) << 12 | (uint32_t)(u[1] & 0x3F) << 6 | (u[2] & 0x3F);
    return (uint32_t)(u[0] & 0x07) << 18 | (uint32_t)(u[1] & 0x3F) << 12 |
           (uint32_t)(u[2] & 0x3F) << 6 | (u[3] & 0x3F);
}

/* C1 controls, line and paragraph separators, and what turns the direction of writing. */
static bool is_dangerous(uint32_t c)
{
    return (c >= 0x80 && c <= 0x9F) || c == 0x061C || c == 0x200E || c == 0x200F ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

void scan_print_safe(struct span text, struct bytes *out)
{
    for (size_t i = 0; i < text.len;) {
        unsigned char first = (unsigned char)text.ptr[i];
        size_t n = text_utf8_length((struct span){text.ptr + i, text.len - i});
        uint32_t c = n == 0 ? 0 : decode(text.ptr + i, n);
        if (n == 0)
            bytes_add(out, "\xEF\xBF\xBD", 3);
        else if (first < 0x20 && first != '\n' && first != '\t')
            bytes_printf(out, "^%c", first + '@');
        else if (first == 0x7F)
            bytes_add(out, "^?", 2);
        else if (is_dangerous(c))
            bytes_printf(out, "<U+%04" PRIX32 ">", c);
        else
            bytes_add(out, text.ptr + i, n);
        i += n == 0 ? 1 : n;
    }
}

static void print_colored(struct bytes *out, bool color, const char *code, struct span text)
{
    if (color)
        bytes_add_text(out, code);
    scan_print_safe(text, out);
    if (color)
        bytes_add_text(out, PLAIN);
}

/* "path:12  2026-01-02T03:04:05.678Z  assistant tool_use Bash" */
static void print_head(const struct reply_hit *h, bool color, struct bytes *out)
{
    char time[TEXT_TIME_SIZE];
    char line[32];
    text_time(h->time_ms, time);
    snprintf(line, sizeof(line), ":%" PRIu64, h->line);
    print_colored(out, color, PLACE, h->source);
    print_colored(out, color, PLACE, text_of(line));
    bytes_printf(out, "  %s  %s", time, vocabulary_role_name(h->role));
    if (h->kind != KIND_SUMMARY && h->kind != KIND_SYSTEM)
        bytes_printf(out, " %s", vocabulary_kind_name(h->kind));
    for (uint32_t i = 0; i < h->tool_count; i++) {
        bytes_add_byte(out, ' ');
        scan_print_safe(h->tools[i], out);
    }
    bytes_add_byte(out, '\n');
}

/* The text of a snippet, indented, its line breaks kept. */
static void print_indented(struct span text, bool match, bool color, struct bytes *out)
{
    struct span rest = text;
    struct span line;
    bool first = true;
    while (text_split(&rest, '\n', &line)) {
        if (!first)
            bytes_add_text(out, "\n    ");
        first = false;
        if (match && line.len > 0)
            print_colored(out, color, MATCH, line);
        else
            scan_print_safe(line, out);
    }
}

static void print_snippet(const struct reply_snippet *s, bool color, struct bytes *out)
{
    char head[64];
    snprintf(head, sizeof(head), "  %s:", vocabulary_part_name(s->part));
    print_colored(out, color, FAINT, text_of(head));
    bytes_add_text(out, "\n    ");
    for (uint32_t i = 0; i < s->count; i++)
        print_indented(s->segments[i].text, s->segments[i].match, color, out);
    bytes_add_text(out, s->truncated ? " …\n" : "\n");
}

void scan_print_reply(const struct search_reply *reply, bool color, struct bytes *out)
{
    for (uint32_t i = 0; i < reply->hit_count; i++) {
        print_head(&reply->hits[i], color, out);
        for (uint32_t k = 0; k < reply->hits[i].snippet_count; k++)
            print_snippet(&reply->hits[i].snippets[k], color, out);
        bytes_add_byte(out, '\n');
    }
    bytes_printf(out, "%s%" PRIu64 " message%s", reply->complete ? "" : "at least ", reply->total,
                 reply->total == 1 ? "" : "s");
    if (reply->hit_count < reply->total)
        bytes_printf(out, ", the first %" PRIu32 " shown", reply->hit_count);
    bytes_printf(out, " (%.1f ms)\n", reply->took_ms);
}
