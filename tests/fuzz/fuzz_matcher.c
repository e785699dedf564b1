/* fuzz_matcher.c: Whatever the query and the text, the fast matcher says what PCRE2 says.
 *
 * The first byte chooses mode, case and word; a NUL ends q and begins the text of a message, which
 * may hold NUL.  Positions, counts, what the query requires and the raw prefilter are checked
 * too. */
#include "buf.h"
#include "matcher.h"
#include "prefilter.h"
#include "regex_scan.h"
#include "snippet.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(truth) \
    do {               \
        if (!(truth))  \
            abort();   \
    } while (0)

struct side {
    struct matcher *matcher;
    struct match_scratch *scratch;
};

static int open_side(struct side *s, const struct query *q, unsigned flags)
{
    struct error err = {.code = ERROR_NONE};
    if (matcher_new(q, flags, &s->matcher, &err) != 0) {
        REQUIRE(err.code == ERROR_INVALID_REGEX && err.pos <= QUERY_MAX_BYTES);
        return -1;
    }
    REQUIRE(match_scratch_new(s->matcher, NULL, &s->scratch) == 0);
    return 0;
}

static void close_side(struct side *s)
{
    match_scratch_free(s->scratch);
    matcher_free(s->matcher);
}

static bool limited(const struct side *fast, const struct side *oracle)
{
    return match_scratch_limited(fast->scratch) || match_scratch_limited(oracle->scratch);
}

static void check_term(struct side *fast, struct side *oracle, uint32_t term, struct span text)
{
    size_t from = 0, b1 = 0, e1 = 0, b2 = 0, e2 = 0;
    for (unsigned i = 0; i < 20 && from <= text.len; i++) {
        int one = matcher_find(fast->matcher, fast->scratch, term, text, from, &b1, &e1);
        int two = matcher_find(oracle->matcher, oracle->scratch, term, text, from, &b2, &e2);
        if (limited(fast, oracle))
            return;
        REQUIRE(one == two);
        if (!one)
            break;
        REQUIRE(b1 == b2 && e1 == e2 && e1 <= text.len);
        if (e1 <= from)
            break;
        from = e1;
    }
    uint64_t one = matcher_count(fast->matcher, fast->scratch, term, text);
    uint64_t two = matcher_count(oracle->matcher, oracle->scratch, term, text);
    REQUIRE(limited(fast, oracle) || one == two);
}

/* The text as a JSON string in a line: a match must make it a candidate. */
static void check_prefilter(const struct matcher *m, struct span text, bool match)
{
    static const char hex[] = "0123456789abcdef";
    struct prefilter *p;
    struct buf line;
    REQUIRE(prefilter_new(m, &p) == 0);
    if (p == NULL)
        return;
    buf_init(&line);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\' || c == '/')
            buf_append_byte(&line, '\\');
        if (c == '\n' || c == '\t') {
            buf_append(&line, c == '\n' ? "\\n" : "\\t", 2);
        } else if (c < 0x20) {
            char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            buf_append(&line, escape, sizeof(escape));
        } else {
            buf_append_byte(&line, (char)c);
        }
    }
    size_t at = prefilter_next(p, buf_span(&line), 0);
    REQUIRE(at <= line.len && (!match || at < line.len));
    buf_clear(&line);
    prefilter_free(p);
}

static void check_snippet(struct side *fast, const struct message *msg, size_t chars)
{
    struct snippet out[PART_COUNT];
    struct arena arena;
    uint32_t count;
    arena_init(&arena);
    REQUIRE(snippet_make(fast->matcher, fast->scratch, msg, chars, &arena, out, &count) == 0);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < out[i].count; k++)
            REQUIRE(utf8_valid_prefix(out[i].segments[k].text) == out[i].segments[k].text.len);
    arena_clear(&arena);
}

/* Automata are compiled after much text only: have them at hand at once. */
static struct regex_scan *warm(const struct term *t)
{
    const struct syntax *syntax;
    struct regex_scan *scan = NULL;
    struct arena arena;
    struct buf spelled;
    arena_init(&arena);
    buf_init(&spelled);
    if (regex_syntax_parse(t->text, t->flags, &arena, &syntax) == 1 &&
        regex_scan_spell(syntax, &spelled))
        scan = regex_scan_new(buf_span(&spelled));
    buf_clear(&spelled);
    arena_clear(&arena);
    return scan;
}

static void warm_all(const struct query *q)
{
    struct side probe = {NULL, NULL};
    if (open_side(&probe, q, MATCHER_ORACLE) == 0) /* only what PCRE2 accepts may be parsed */
        for (uint32_t i = 0; i < q->term_count; i++)
            if (q->terms[i]->type == TERM_REGEX)
                regex_scan_free(warm(q->terms[i]));
    close_side(&probe);
}

static void check(const struct query *q, struct span text, size_t chars)
{
    struct side fast = {NULL, NULL}, oracle = {NULL, NULL};
    struct message msg = {.role = ROLE_USER, .session = {"s", 1}, .project = {"p", 1}};
    msg.part[PART_TEXT] = text;
    msg.parts = text.len > 0 ? 1u << PART_TEXT : 0;
    warm_all(q);
    int one = open_side(&fast, q, MATCHER_FAST), two = open_side(&oracle, q, MATCHER_ORACLE);
    REQUIRE(one == two);
    if (one == 0) {
        bool a = matcher_test(fast.matcher, fast.scratch, &msg);
        bool b = matcher_test(oracle.matcher, oracle.scratch, &msg);
        REQUIRE(limited(&fast, &oracle) || a == b);
        check_prefilter(fast.matcher, text, a);
        for (uint32_t i = 0; i < q->term_count && !limited(&fast, &oracle); i++)
            check_term(&fast, &oracle, i, text);
        check_snippet(&fast, &msg, chars);
    }
    close_side(&fast);
    close_side(&oracle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 4096)
        return 0;
    const char *q = (const char *)data + 1;
    const char *end = memchr(q, 0, size - 1);
    struct query_input in = {.text = {q, end == NULL ? size - 1 : (size_t)(end - q)}};
    struct span raw = {end == NULL ? "" : end + 1, end == NULL ? 0 : size - 2 - in.text.len};
    in.mode = (enum query_mode)(data[0] & 3u) > QUERY_MODE_REGEX ? QUERY_MODE_QUERY
                                                                 : (enum query_mode)(data[0] & 3u);
    in.letter_case = data[0] & 4u ? QUERY_CASE_SENSITIVE : QUERY_CASE_INSENSITIVE;
    in.word = (data[0] & 8u) != 0;
    struct query *query = NULL;
    if (utf8_valid_prefix(in.text) != in.text.len || query_parse(&in, &query, NULL) != 0)
        return 0;
    size_t len = utf8_mended_size(raw);
    char *text = malloc(len + 1);
    REQUIRE(text != NULL);
    utf8_mend(raw, text);
    check(query, (struct span){text, len}, data[0] >> 4);
    free(text);
    query_free(query);
    return 0;
}
