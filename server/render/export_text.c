#include "export_text.h"

#include "text.h"

#include <string.h>

static bool holds(struct span s, const char *word)
{
    return s.len > 0 && memmem(s.ptr, s.len, word, strlen(word)) != NULL;
}

/* Lines that open or close a fence; with an odd number one stays open and swallows what follows. */
static unsigned fence_lines(struct span text)
{
    unsigned n = 0;
    struct span line;
    while (text_split(&text, '\n', &line)) {
        line = text_trim(line);
        n += line.len >= 3 && (memcmp(line.ptr, "```", 3) == 0 || memcmp(line.ptr, "~~~", 3) == 0);
    }
    return n;
}

/* Without '<' there is no HTML and no autolink, without "](", "][" and "]:" no link and no image
 * (CommonMark 0.31: 6.3, 6.4, 4.7); an entity cannot make structure. */
static bool is_harmless(struct span text)
{
    return !holds(text, "<") && !holds(text, "](") && !holds(text, "][") && !holds(text, "]:") &&
           fence_lines(text) % 2 == 0;
}

static size_t longest_run(struct span text, char c)
{
    size_t longest = 0;
    size_t run = 0;
    for (size_t i = 0; i < text.len; i++) {
        run = text.ptr[i] == c ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

static void add_fenced(struct span text, struct bytes *out)
{
    size_t n = longest_run(text, '`') + 1;
    n = n < 3 ? 3 : n;
    for (size_t i = 0; i < n; i++)
        bytes_add_byte(out, '`');
    bytes_add_byte(out, '\n');
    bytes_add_span(out, text);
    if (text.len == 0 || text.ptr[text.len - 1] != '\n')
        bytes_add_byte(out, '\n');
    for (size_t i = 0; i < n; i++)
        bytes_add_byte(out, '`');
    bytes_add_text(out, "\n\n");
}

void export_text_prose(struct span text, struct bytes *out)
{
    if (!is_harmless(text)) {
        add_fenced(text, out);
        return;
    }
    bytes_add_span(out, text);
    bytes_add_text(out, "\n\n");
}

/* A name in a line of ours: nothing in it may begin something. */
static void add_name(struct span name, struct bytes *out)
{
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (c < 0x20 || c == 0x7F)
            continue;
        if (strchr("\\`*_{}[]<>()#+!|~&:", c) != NULL)
            bytes_add_byte(out, '\\');
        bytes_add_byte(out, (char)c);
    }
}

static const char *speaker(const struct reply_message *m)
{
    switch (m->hit.role) {
    case ROLE_USER:
        return m->hit.kind == KIND_TOOL_RESULT ? "Result"
               : m->hit.kind == KIND_META      ? "Context"
                                               : "User";
    case ROLE_ASSISTANT:
        return "Assistant";
    case ROLE_SUMMARY:
        return "Summary";
    case ROLE_SYSTEM:
    case ROLE_COUNT:
        break;
    }
    return "System";
}

static void markdown_block(const struct reply_block *b, struct bytes *out)
{
    switch (b->type) {
    case BLOCK_TOOL_USE:
        bytes_add_text(out, "**Tool: ");
        add_name(b->name, out);
        bytes_add_text(out, "**\n\n");
        add_fenced(b->input, out);
        return;
    case BLOCK_TOOL_RESULT:
        bytes_add_text(out, b->is_error ? "**Error**\n\n" : "**Output**\n\n");
        add_fenced(b->text, out);
        return;
    case BLOCK_THINKING:
        bytes_add_text(out, "*Thinking*\n\n");
        break;
    case BLOCK_IMAGE:
        bytes_add_text(out, "*Image*\n\n");
        return;
    case BLOCK_TEXT:
    case BLOCK_SUMMARY:
    case BLOCK_SYSTEM:
        break;
    }
    if (b->text.len > 0)
        export_text_prose(b->text, out);
}

void export_text_markdown(const struct reply_message *message, struct bytes *out)
{
    char time[TEXT_TIME_SIZE];
    text_time(message->hit.time_ms, time);
    bytes_printf(out, "## %s · %s\n\n", speaker(message), time);
    for (uint32_t i = 0; i < message->block_count; i++)
        markdown_block(&message->blocks[i], out);
}

void export_text_escape(struct span text, struct bytes *out)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '<')
            bytes_add_text(out, "&lt;");
        else if (c == '>')
            bytes_add_text(out, "&gt;");
        else if (c == '&')
            bytes_add_text(out, "&amp;");
        else if (c == '"')
            bytes_add_text(out, "&quot;");
        else if (c == '\'')
            bytes_add_text(out, "&#39;");
        else if ((unsigned char)c >= 0x20 || c == '\n' || c == '\t')
            bytes_add_byte(out, c);
    }
}

static void html_block(const struct reply_block *b, struct bytes *out)
{
    static const char *const classes[] = {"text",     "thinking",    "summary", "system",
                                          "tool-use", "tool-result", "image"};
    bytes_printf(out, "<div class=\"%s%s\">", classes[b->type], b->is_error ? " error" : "");
    if (b->type == BLOCK_TOOL_USE) {
        bytes_add_text(out, "<b>");
        export_text_escape(b->name, out);
        bytes_add_text(out, "</b><pre>");
        export_text_escape(b->input, out);
        bytes_add_text(out, "</pre>");
    } else if (b->type == BLOCK_IMAGE) {
        bytes_add_text(out, "<i>image</i>");
    } else {
        bytes_add_text(out, "<pre>");
        export_text_escape(b->text, out);
        bytes_add_text(out, "</pre>");
    }
    bytes_add_text(out, "</div>\n");
}

void export_text_html(const struct reply_message *message, struct bytes *out)
{
    char time[TEXT_TIME_SIZE];
    text_time(message->hit.time_ms, time);
    bytes_printf(out, "<article class=\"%s\"><h2>%s <time>%s</time></h2>\n",
                 vocabulary_role_name(message->hit.role), speaker(message), time);
    for (uint32_t i = 0; i < message->block_count; i++)
        html_block(&message->blocks[i], out);
    bytes_add_text(out, "</article>\n");
}

void export_text_html_begin(struct span title, struct bytes *out)
{
    bytes_add_text(
        out, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
             "'unsafe-inline'\">\n"
             "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    export_text_escape(title, out);
    bytes_add_text(
        out,
        "</title>\n<style>\n"
        ":root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;"
        "margin:2rem auto;padding:0 1rem}\n"
        "pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:.3rem 0}\n"
        ".tool-use pre,.tool-result pre{font:13px/1.4 monospace;background:#8882;padding:.6rem}\n"
        ".thinking{opacity:.75}.error{border-left:3px solid #c33;padding-left:.6rem}\n"
        "article{border-top:1px solid #8886;padding:.5rem 0}h2{font-size:1rem}time{font-weight:"
        "normal;opacity:.7}\n</style></head><body>\n<h1>");
    export_text_escape(title, out);
    bytes_add_text(out, "</h1>\n");
}

void export_text_html_end(struct bytes *out)
{
    bytes_add_text(out, "</body></html>\n");
}
