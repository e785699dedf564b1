#include "make_query.h"

#include "clock.h"
#include "span.h"
#include "utf8.h"

#include <stdio.h>

struct maker {
    const struct sample *sample;
    uint64_t *state;
    struct buf *out;
};

static uint64_t roll(struct maker *k, uint64_t n)
{
    return sample_random(k->state) % n;
}

static struct span pick(struct maker *k, const struct sample_list *list)
{
    return list->count == 0 ? SPAN("nothing") : list->items[roll(k, list->count)];
}

/* In quotes, with what must be escaped there; NUL cannot be written and ends the value. */
static void quoted(struct maker *k, struct span s)
{
    buf_append_byte(k->out, '"');
    for (size_t i = 0; i < s.len && s.ptr[i] != '\0'; i++) {
        if (s.ptr[i] == '"' || s.ptr[i] == '\\')
            buf_append_byte(k->out, '\\');
        buf_append_byte(k->out, s.ptr[i]);
    }
    if (s.len == 0 || s.ptr[0] == '\0')
        buf_append_byte(k->out, 'x');
    buf_append_byte(k->out, '"');
}

static void regex(struct maker *k)
{
    static const char *const fixed[] = {"[0-9a-f]{7,40}",
                                        "err(or)?s?\\b",
                                        "^\\s*(def|fn|func)\\s",
                                        "\\d{4}-\\d{2}-\\d{2}",
                                        "TODO|FIXME|XXX",
                                        "(?:a|b)c+d?",
                                        "\\w+\\.(c|h|rs|ts)\\b",
                                        "[^\\x00-\\x7f]{2}",
                                        "foo.{0,10}bar",
                                        "^.",
                                        "(\\w)\\1\\1",
                                        "https?://[^\\s\"]+",
                                        "stra(ss|ß)e",
                                        "\\p{Lu}{4}",
                                        "end$",
                                        "(?<!x)test(?=s)",
                                        "[k-s]elvin",
                                        "caf\\x{e9}",
                                        "\\bimport\\b.*\\bfrom\\b",
                                        "a{3,}"};
    static const char *const flags[] = {"", "i", "s", "im", "is", "ims"};
    buf_append_byte(k->out, '/');
    if (roll(k, 3) == 0) {
        struct span word = pick(k, &k->sample->words);
        for (size_t i = 0; i < word.len; i++) {
            unsigned char c = (unsigned char)word.ptr[i];
            if (c < 0x80 &&
                !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')))
                buf_printf(k->out, "\\x%02x", c);
            else
                buf_append_byte(k->out, (char)c);
        }
    } else {
        buf_append_span(k->out, span_of(fixed[roll(k, sizeof fixed / sizeof fixed[0])]));
    }
    buf_printf(k->out, "/%s", flags[roll(k, 6)]);
}

static void time_value(struct maker *k)
{
    char text[CLOCK_RFC3339_SIZE];
    int64_t t = k->sample->time_count == 0 ? 0 : k->sample->times[roll(k, k->sample->time_count)];
    if (roll(k, 3) == 0) {
        buf_printf(k->out, "%d%c", (int)roll(k, 400), "mhdw"[roll(k, 4)]);
        return;
    }
    clock_format_rfc3339(t, text);
    buf_append(k->out, text, roll(k, 2) == 0 ? 10 : 24);
}

static void named(struct maker *k, const char *name, const struct sample_list *list)
{
    struct span value = pick(k, list);
    buf_printf(k->out, "%s:", name);
    if (roll(k, 4) == 0 && value.len > 4)
        value.len = utf8_valid_prefix(
            (struct span){value.ptr, value.len - 1 - (size_t)roll(k, value.len / 2)});
    quoted(k, value);
    if (roll(k, 5) == 0) {
        buf_append_byte(k->out, ',');
        quoted(k, pick(k, list));
    }
}

static void qualifier(struct maker *k)
{
    static const char *const roles[] = {"user", "assistant", "system", "summary"};
    static const char *const kinds[] = {"prompt",      "reply", "thinking", "tool_use",
                                        "tool_result", "meta",  "summary",  "system"};
    static const char *const is[] = {"error", "sidechain", "meta", "compact"};
    static const char *const has[] = {"thinking", "image", "tool"};
    const struct sample *s = k->sample;
    switch (roll(k, 14)) {
    case 0:
    case 1:
        buf_printf(k->out, "role:%s", roles[roll(k, 4)]);
        return;
    case 2:
        buf_printf(k->out, "kind:%s,%s", kinds[roll(k, 8)], kinds[roll(k, 8)]);
        return;
    case 3:
        buf_printf(k->out, "is:%s", is[roll(k, 4)]);
        return;
    case 4:
        buf_printf(k->out, "has:%s", has[roll(k, 3)]);
        return;
    case 5:
        named(k, "tool", &s->tools);
        return;
    case 6:
        named(k, "project", &s->projects);
        return;
    case 7:
        buf_append_span(k->out, SPAN("session:"));
        quoted(k, pick(k, &s->sessions));
        return;
    case 8:
        named(k, "branch", &s->branches);
        return;
    case 9:
        named(k, "model", &s->models);
        return;
    case 10:
        named(k, "file", &s->files);
        return;
    case 11:
        if (roll(k, 2) == 0)
            named(k, "agent", &s->agents);
        else
            buf_printf(k->out, "agent:%s", roll(k, 2) == 0 ? "only" : "none");
        return;
    default:
        buf_append_span(k->out, roll(k, 2) == 0 ? SPAN("since:") : SPAN("until:"));
        time_value(k);
        return;
    }
}

static void leaf(struct maker *k)
{
    if (roll(k, 6) == 0)
        buf_append_byte(k->out, '-');
    switch (roll(k, 8)) {
    case 0:
        regex(k);
        return;
    case 1:
    case 2:
        qualifier(k);
        return;
    case 3:
        quoted(k, SPAN("zebracorn"));
        return;
    default:
        quoted(k, pick(k, &k->sample->words));
        return;
    }
}

static void tree(struct maker *k, unsigned depth)
{
    unsigned n = depth == 0 ? 1 : 1 + (unsigned)roll(k, 3);
    for (unsigned i = 0; i < n; i++) {
        if (i > 0)
            buf_append_span(k->out, roll(k, 3) == 0   ? SPAN(" OR ")
                                    : roll(k, 3) == 0 ? SPAN(" AND ")
                                                      : SPAN(" "));
        if (roll(k, 12) == 0)
            buf_append_span(k->out, SPAN("NOT "));
        if (depth > 0 && roll(k, 4) == 0) {
            buf_append_byte(k->out, '(');
            tree(k, depth - 1);
            buf_append_byte(k->out, ')');
        } else {
            leaf(k);
        }
    }
}

static void part(struct maker *k)
{
    static const char *const parts[] = {"text",        "thinking", "tool_input",
                                        "tool_result", "summary",  "system"};
    buf_printf(k->out, " %spart:%s", roll(k, 4) == 0 ? "-" : "", parts[roll(k, 6)]);
}

void make_query(const struct sample *sample, uint64_t *state, struct buf *text,
                struct search_request *out)
{
    struct maker k = {sample, state, text};
    text->len = 0;
    search_request_init(out);
    switch (roll(&k, 10)) {
    case 0:
        break; /* everything */
    case 1:
        buf_append_span(text,
                        roll(&k, 2) == 0 ? pick(&k, &sample->uuids) : pick(&k, &sample->sessions));
        out->query.mode = MODE_LITERAL;
        break;
    case 2:
        out->query.mode = MODE_LITERAL;
        quoted(&k, pick(&k, &sample->words));
        break;
    default:
        buf_append_byte(text, '(');
        tree(&k, 2);
        buf_append_byte(text, ')');
        if (roll(&k, 5) == 0)
            part(&k);
    }
    out->query.q = buf_span(text);
    out->query.letter_case = (enum request_case)roll(&k, 3);
    out->query.word = roll(&k, 5) == 0;
    out->query.dedupe = roll(&k, 6) != 0;
    out->query.now_ms = INT64_C(1780000000000);
    out->query.tz = roll(&k, 3) == 0 ? SPAN("Europe/Berlin") : SPAN("UTC");
    out->sort = (enum request_sort)roll(&k, 3);
    out->limit = roll(&k, 4) == 0 ? SEARCH_UNLIMITED : (uint32_t)roll(&k, 60);
    out->facets = (1u << (FACET_DAY + 1)) - 1;
    out->facet_limit = 1 + (uint32_t)roll(&k, 100);
    out->group_by_session = roll(&k, 6) == 0;
}
