#include "text.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *pick(struct rng *r, const char *const *from, size_t count)
{
    return from[rng_below(r, count)];
}
#define PICK(r, array) pick(r, array, COUNT(array))

static void put_word(struct out *o, struct rng *r, enum language language)
{
    struct word w = words_pick(r, language);
    memcpy(out_room(o, 40), w.text, w.len);
    out_used(o, w.len);
}

/* A word spelled as other writers may: ASCII as \u00xx. */
static void put_escaped_word(struct out *o, struct rng *r)
{
    struct word w = words_pick(r, LANGUAGE_ENGLISH);
    for (size_t i = 0; i < w.len; i++) {
        char spelled[7] = "\\u0000";
        spelled[4] = "01234567"[(unsigned char)w.text[i] >> 4];
        spelled[5] = "0123456789aBcDeF"[w.text[i] & 15];
        if (rng_chance(r, 50))
            out_bytes(o, spelled, 6);
        else
            out_bytes(o, &w.text[i], 1);
    }
}

static void put_odd(struct out *o, struct rng *r)
{
    static const char *const odd[] = {"\\ud83d",        "\\udc00 end",   "\\ud83d\\ude00",
                                      "\u212a",         "wor\u212atree", "\u017fe\u017f\u017fion",
                                      "stra\u00dfe",    "STRASSE",       "\u0130stanbul",
                                      "\u0131",         "\\u0000",       "\\u001b[31mred",
                                      "caf\u00e9",      "cafe\u0301",    "\u03a3\u03c3\u03c2",
                                      "\\\\ud83d",      "\\/usr\\/bin",  "\\\"quoted\\\"",
                                      "\ufb01le",       "\u200b\u202e",  "\\b\\f",
                                      "\\uD83D\\uDE80", "\\u006bey",     "C:\\\\new",
                                      "\u0149"};
    if (rng_chance(r, 50))
        put_escaped_word(o, r);
    else
        out_text(o, PICK(r, odd));
}

static void put_separator(struct out *o, struct rng *r, enum language language)
{
    static const char *const emoji[] = {" \U0001f680", " \u2705", " \U0001f642", " \u26a0\ufe0f"};
    uint64_t dice = rng_below(r, 256);
    if (dice < 16)
        out_text(o, language == LANGUAGE_CHINESE ? "\u3002" : ". ");
    else if (dice < 32)
        out_text(o, language == LANGUAGE_CHINESE ? "\uff0c" : ", ");
    else if (dice == 32)
        out_text(o, PICK(r, emoji));
    else if (dice < 38)
        out_text(o, "\\n");
    else if (language != LANGUAGE_CHINESE)
        out_bytes(o, " ", 1);
}

void text_prose(struct out *o, struct rng *r, struct text_style style, uint64_t bytes)
{
    uint64_t end = o->written + bytes;
    do {
        bool technical = style.language != LANGUAGE_ENGLISH && rng_chance(r, 10);
        if (style.escapes && rng_chance(r, 8))
            put_odd(o, r);
        else
            put_word(o, r, technical ? LANGUAGE_ENGLISH : style.language);
        put_separator(o, r, technical ? LANGUAGE_ENGLISH : style.language);
    } while (o->written < end);
    put_word(o, r, style.language);
}

void text_title(struct out *o, struct rng *r, struct text_style style)
{
    for (uint64_t i = rng_between(r, 3, 7); i > 0; i--) {
        put_word(o, r, style.language);
        out_text(o, i > 1 ? " " : "");
    }
}

void text_path(struct out *o, struct rng *r)
{
    static const char *const folders[] = {"src", "lib", "internal", "web", "tests", "docs", "cmd"};
    static const char *const ends[] = {".c",  ".h",  ".ts", ".tsx", ".py",
                                       ".go", ".rs", ".md", ".json"};
    out_text(o, PICK(r, folders));
    for (uint64_t i = rng_between(r, 1, 3); i > 0; i--) {
        out_text(o, "/");
        put_word(o, r, LANGUAGE_ENGLISH);
    }
    out_text(o, PICK(r, ends));
}

void text_command(struct out *o, struct rng *r)
{
    static const char *const starts[] = {"git status",
                                         "git worktree add ../",
                                         "npm run ",
                                         "cargo test ",
                                         "go test ./... -run ",
                                         "rg -n \\\"",
                                         "ls -la ",
                                         "cat ",
                                         "make ",
                                         "docker compose ",
                                         "kubectl get pods -n ",
                                         "python3 -m "};
    const char *start = PICK(r, starts);
    out_text(o, start);
    put_word(o, r, LANGUAGE_ENGLISH);
    if (strchr(start, '"'))
        out_text(o, "\\\" ");
    if (rng_chance(r, 60)) {
        out_text(o, " 2>&1 | head -");
        out_emit(o, "%u", rng_between(r, 5, 200));
    }
    if (rng_chance(r, 30)) {
        out_text(o, " && cd ");
        text_path(o, r);
    }
}

static void put_code_line(struct out *o, struct rng *r)
{
    static const char *const forms[] = {"\\tif (%) {\\n\\t\\treturn %;\\n\\t}",
                                        "const % = await %(%);",
                                        "    def %(self, %):",
                                        "\\t%, err := %.%(ctx)",
                                        "  \\\"%\\\": \\\"%\\\",",
                                        "for (size_t i = 0; i < %; i++)",
                                        "// %: % % % % %",
                                        "import { % } from '%';",
                                        "    return % + %[%]",
                                        "#include \\\"%.h\\\"",
                                        "",
                                        "}",
                                        "  <% className=\\\"%\\\">%</%>",
                                        "let % = %.iter().map(|x| x.%()).collect();"};
    for (const char *at = PICK(r, forms); *at;) {
        size_t plain = strcspn(at, "%");
        out_bytes(o, at, plain);
        at += plain;
        if (*at == '%') {
            put_word(o, r, LANGUAGE_ENGLISH);
            at++;
        }
    }
}

void text_code(struct out *o, struct rng *r, uint64_t bytes)
{
    uint64_t end = o->written + bytes;
    do {
        put_code_line(o, r);
        out_text(o, "\\n");
    } while (o->written < end);
}

void text_numbered_code(struct out *o, struct rng *r, uint64_t bytes)
{
    uint64_t end = o->written + bytes;
    for (uint64_t line = rng_between(r, 1, 300); o->written < end; line++) {
        out_emit(o, "%s%u\u2192", line < 10 ? "     " : line < 100 ? "    " : "   ", line);
        put_code_line(o, r);
        out_text(o, "\\n");
    }
    out_text(o, "end");
}

void text_listing(struct out *o, struct rng *r, uint64_t bytes)
{
    uint64_t end = o->written + bytes;
    do {
        switch (rng_below(r, 6)) {
        case 0:
            out_emit(o, "-rw-r--r-- 1 mia mia %u Jan 12 09:41 ", rng_below(r, 100000));
            text_path(o, r);
            break;
        case 1:
            text_path(o, r);
            out_emit(o, ":%u: error: ", rng_below(r, 900));
            put_word(o, r, LANGUAGE_ENGLISH);
            break;
        case 2:
            out_emit(o, "%x", rng_next(r));
            out_emit(o, "%x ", rng_next(r));
            put_word(o, r, LANGUAGE_ENGLISH);
            break;
        case 3:
            out_text(o, "ok      ");
            text_path(o, r);
            out_emit(o, "  0.%us", rng_below(r, 1000));
            break;
        default:
            text_prose(o, r, (struct text_style){LANGUAGE_ENGLISH, false}, 60);
        }
        out_text(o, "\\n");
    } while (o->written < end);
}

void text_markdown(struct out *o, struct rng *r, struct text_style style, uint64_t bytes)
{
    uint64_t end = o->written + bytes;
    for (;;) {
        text_prose(o, r, style, 40 + rng_below(r, 260));
        if (o->written >= end)
            return;
        out_text(o, "\\n\\n");
        switch (rng_below(r, 5)) {
        case 0:
            out_text(o, "## ");
            text_title(o, r, style);
            out_text(o, "\\n\\n");
            break;
        case 1:
            out_text(o, "```ts\\n");
            text_code(o, r, 120);
            out_text(o, "```\\n\\n");
            break;
        case 2:
            out_text(o, "- **");
            put_word(o, r, style.language);
            out_text(o, "**: `");
            put_word(o, r, LANGUAGE_ENGLISH);
            out_text(o, "` ");
            break;
        default:
            break;
        }
    }
}

void text_base64(struct out *o, struct rng *r, uint64_t bytes)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (uint64_t done = 0; done < bytes; done += 8) {
        uint64_t random = rng_next(r);
        char *room = out_room(o, 8);
        for (unsigned i = 0; i < 8; i++)
            room[i] = alphabet[random >> (6 * i) & 63];
        out_used(o, 8);
    }
}
