#include "regex_require.h"

#include "buf.h"
#include "fold.h"
#include "span.h"
#include "utf8.h"

#define MAX_DEPTH 250u /* PCRE2's own default for parentheses */

/* What one step of the reading came to. */
enum outcome { READ = 0, NO_MEMORY = -1, NOT_UNDERSTOOD = -2 };

struct reader {
    const char *at;
    const char *end;
    struct arena *arena;
    struct buf runs; /* the open runs of all sequences around, the innermost last */
    unsigned depth;
    bool quoted; /* between \Q and \E */
};

/* One alternative, while it is read. */
struct sequence {
    struct require **items; /* ANDed */
    uint32_t count;
    uint32_t capacity;
    size_t run; /* where in reader.runs its run begins */
    bool caseless;
};

enum atom_type {
    ATOM_CHARACTER,
    ATOM_GROUP,
    ATOM_OPAQUE, /* takes room, requires nothing */
    ATOM_EMPTY   /* takes no room */
};

struct atom {
    enum atom_type type;
    char bytes[4]; /* of a character */
    size_t size;
    bool caseless;
    struct require *require; /* of a group */
};

static int read_choice(struct reader *r, unsigned flags, struct require **out);

/* ---- building ---- */

static int push(struct reader *r, struct sequence *s, struct require *item)
{
    if (item == NULL)
        return READ;
    if (s->count == s->capacity) {
        uint32_t capacity = s->capacity == 0 ? 4 : s->capacity * 2;
        struct require **items = arena_alloc(r->arena, capacity * sizeof *items);
        if (items == NULL)
            return NO_MEMORY;
        if (s->count > 0)
            memcpy(items, s->items, s->count * sizeof *items);
        s->items = items;
        s->capacity = capacity;
    }
    s->items[s->count++] = item;
    return READ;
}

/* One item stands for itself, none for nothing. */
static int join(struct reader *r, enum require_type type, const struct sequence *s,
                struct require **out)
{
    *out = s->count == 0 ? NULL : s->items[0];
    if (s->count < 2)
        return READ;
    *out = arena_zalloc(r->arena, sizeof **out);
    if (*out == NULL)
        return NO_MEMORY;
    (*out)->type = type;
    (*out)->children = s->items;
    (*out)->count = s->count;
    return READ;
}

static int end_run(struct reader *r, struct sequence *s)
{
    if (r->runs.len == s->run)
        return READ;
    struct span text = {r->runs.ptr + s->run, r->runs.len - s->run};
    struct require *item = arena_zalloc(r->arena, sizeof *item);
    char *copy = arena_alloc(r->arena, text.len + FOLD_SLACK);
    if (item == NULL || copy == NULL)
        return NO_MEMORY;
    item->type = REQUIRE_LITERAL;
    item->case_sensitive = !s->caseless;
    item->literal = (struct span){copy, text.len};
    if (s->caseless)
        item->literal.len = fold_into(text, copy);
    else
        memcpy(copy, text.ptr, text.len);
    r->runs.len = s->run;
    return push(r, s, item);
}

static int extend_run(struct reader *r, struct sequence *s, const struct atom *a)
{
    if (a->caseless != s->caseless && end_run(r, s) != READ)
        return NO_MEMORY;
    s->caseless = a->caseless;
    return buf_append(&r->runs, a->bytes, a->size) == 0 ? READ : NO_MEMORY;
}

/* Add an atom that occurs at least ${min} times, and at most once if ${once}. */
static int add_atom(struct reader *r, struct sequence *s, const struct atom *a, unsigned min,
                    bool once)
{
    if (a->type == ATOM_EMPTY)
        return READ;
    if (a->type == ATOM_CHARACTER && min > 0) {
        if (extend_run(r, s, a) != READ)
            return NO_MEMORY;
        if (once)
            return READ;
        return end_run(r, s) != READ ? NO_MEMORY : extend_run(r, s, a);
    }
    if (end_run(r, s) != READ)
        return NO_MEMORY;
    return a->type == ATOM_GROUP && min > 0 ? push(r, s, a->require) : READ;
}

/* ---- reading: each function moves r->at ---- */

static bool looking_at(const struct reader *r, const char *what)
{
    return span_starts_with((struct span){r->at, (size_t)(r->end - r->at)}, span_of(what));
}

static bool skip(struct reader *r, const char *what)
{
    bool there = looking_at(r, what);
    if (there)
        r->at += strlen(what);
    return there;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int hex_value(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void set_character(struct atom *a, uint32_t cp)
{
    a->type = ATOM_CHARACTER;
    a->size = utf8_encode(cp, a->bytes);
}

/* White space beyond ASCII, which versions of the library take differently under flag x. */
static bool at_doubtful_blank(const struct reader *r)
{
    static const char *const blanks[] = {"\xc2\x85",     "\xc2\xa0",     "\xe2\x80\x8e",
                                         "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9"};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (looking_at(r, blanks[i]))
            return true;
    return false;
}

/* Skip what flag x ignores. */
static int skip_ignored(struct reader *r, unsigned flags)
{
    while ((flags & TERM_FLAG_X) != 0 && r->at < r->end) {
        if (*r->at == '#') {
            const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at));
            r->at = newline == NULL ? r->end : newline + 1;
        } else if (*r->at == ' ' || (*r->at >= '\t' && *r->at <= '\r'))
            r->at++;
        else
            return at_doubtful_blank(r) ? NOT_UNDERSTOOD : READ;
    }
    return READ;
}

/* \xhh with up to two digits, \x{h...}: r->at is behind the x. */
static int read_hex(struct reader *r, struct atom *a)
{
    uint32_t cp = 0;
    bool braces = skip(r, "{");
    size_t digits = 0;
    for (; r->at < r->end && hex_value(*r->at) >= 0 && (braces || digits < 2); digits++) {
        if (cp > 0x10ffff)
            return NOT_UNDERSTOOD;
        cp = cp * 16 + (uint32_t)hex_value(*r->at++);
    }
    if (digits == 0 || (braces && !skip(r, "}")))
        return NOT_UNDERSTOOD;
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return NOT_UNDERSTOOD;
    set_character(a, cp);
    return READ;
}

/* \pL, \p{...}: r->at is behind the p. */
static int read_property(struct reader *r, struct atom *a)
{
    a->type = ATOM_OPAQUE;
    if (r->at < r->end && is_letter(*r->at)) {
        r->at++;
        return READ;
    }
    if (!skip(r, "{"))
        return NOT_UNDERSTOOD;
    const char *close = memchr(r->at, '}', (size_t)(r->end - r->at));
    if (close == NULL)
        return NOT_UNDERSTOOD;
    r->at = close + 1;
    return READ;
}

/* A letter or digit behind a backslash. */
static int read_named_escape(struct reader *r, char c, struct atom *a)
{
    static const char controls[] = "t\tn\nr\rf\fa\ae\x1b";
    for (size_t i = 0; controls[i] != '\0'; i += 2)
        if (controls[i] == c) {
            set_character(a, (unsigned char)controls[i + 1]);
            return READ;
        }
    if (c == 'x')
        return read_hex(r, a);
    if (c == 'p' || c == 'P')
        return read_property(r, a);
    if (strchr("dDwWsShHvVRX", c) != NULL || (c == 'N' && !looking_at(r, "{"))) {
        a->type = ATOM_OPAQUE;
        return READ;
    }
    if (strchr("bBAzZG", c) != NULL) {
        a->type = ATOM_EMPTY;
        return READ;
    }
    return NOT_UNDERSTOOD;
}

static void read_plain(struct reader *r, struct atom *a)
{
    uint32_t cp;
    r->at += utf8_decode(r->at, r->end, &cp);
    set_character(a, cp);
}

/* r->at is at the backslash. */
static int read_escape(struct reader *r, struct atom *a)
{
    r->at++;
    if (r->at == r->end)
        return NOT_UNDERSTOOD;
    char c = *r->at;
    if (!is_letter(c) && !is_digit(c)) {
        read_plain(r, a);
        return READ;
    }
    r->at++;
    return read_named_escape(r, c, a);
}

/* [:name:] inside a class: r->at is at the bracket. */
static int skip_posix(struct reader *r)
{
    r->at += 2;
    skip(r, "^");
    while (r->at < r->end && is_letter(*r->at))
        r->at++;
    return skip(r, ":]") ? READ : NOT_UNDERSTOOD;
}

/* r->at is at the opening bracket. */
static int read_class(struct reader *r, struct atom *a)
{
    a->type = ATOM_OPAQUE;
    r->at++;
    skip(r, "^");
    skip(r, "]");
    while (r->at < r->end && *r->at != ']') {
        if (looking_at(r, "\\Q") || looking_at(r, "\\E") || looking_at(r, "\\c") ||
            looking_at(r, "[.") || looking_at(r, "[="))
            return NOT_UNDERSTOOD;
        if (looking_at(r, "[:")) {
            if (skip_posix(r) != READ)
                return NOT_UNDERSTOOD;
            continue;
        }
        r->at += *r->at == '\\' ? 2 : 1;
    }
    if (r->at >= r->end)
        return NOT_UNDERSTOOD;
    r->at++;
    return READ;
}

/* The letters of (?i-x) or (?i-x:...), up to the ')' or ':'.  "xx" is another flag, which changes
 * how classes are read. */
static int read_flags(struct reader *r, unsigned *flags)
{
    static const char letters[] = "imsx";
    static const unsigned bits[] = {TERM_FLAG_I, TERM_FLAG_M, TERM_FLAG_S, TERM_FLAG_X};
    bool off = false;
    for (; r->at < r->end && *r->at != ')' && *r->at != ':'; r->at++) {
        if (*r->at == '-' && !off) {
            off = true;
            continue;
        }
        const char *letter = memchr(letters, *r->at, sizeof bits / sizeof *bits);
        if (letter == NULL || looking_at(r, "xx"))
            return NOT_UNDERSTOOD;
        unsigned bit = bits[letter - letters];
        *flags = off ? *flags & ~bit : *flags | bit;
    }
    return r->at == r->end ? NOT_UNDERSTOOD : READ;
}

/* (?<name>, (?'name', (?P<name>: r->at is at the first byte of the name. */
static int skip_name(struct reader *r, char close)
{
    while (r->at < r->end && (is_letter(*r->at) || is_digit(*r->at) || *r->at == '_'))
        r->at++;
    if (r->at == r->end || *r->at != close)
        return NOT_UNDERSTOOD;
    r->at++;
    return READ;
}

enum group_type {
    GROUP_PLAIN,
    GROUP_LOOK, /* ahead or behind */
    GROUP_FLAGS /* (?i), no group at all, and read to its end */
};

/* What begins with the '(' at r->at; goes on to the contents. */
static int read_group_type(struct reader *r, unsigned *flags, enum group_type *type)
{
    *type = GROUP_PLAIN;
    r->at++;
    if (!skip(r, "?"))
        return looking_at(r, "*") ? NOT_UNDERSTOOD : READ;
    if (skip(r, "=") || skip(r, "!") || skip(r, "<=") || skip(r, "<!")) {
        *type = GROUP_LOOK;
        return READ;
    }
    if (skip(r, ":") || skip(r, ">") || skip(r, "|"))
        return READ;
    if (skip(r, "<") || skip(r, "P<"))
        return skip_name(r, '>');
    if (skip(r, "'"))
        return skip_name(r, '\'');
    if (read_flags(r, flags) != READ)
        return NOT_UNDERSTOOD;
    if (*r->at++ == ')')
        *type = GROUP_FLAGS;
    return READ;
}

/* ${flags}: those of the sequence, which (?i) changes. */
static int read_group(struct reader *r, unsigned *flags, struct atom *a)
{
    unsigned inner = *flags;
    enum group_type type;
    if (read_group_type(r, &inner, &type) != READ || r->depth == MAX_DEPTH)
        return NOT_UNDERSTOOD;
    a->type = type == GROUP_PLAIN ? ATOM_GROUP : ATOM_EMPTY;
    if (type == GROUP_FLAGS) {
        *flags = inner;
        return READ;
    }
    r->depth++;
    int rc = read_choice(r, inner, &a->require);
    r->depth--;
    return rc == READ && !skip(r, ")") ? NOT_UNDERSTOOD : rc;
}

static int read_atom(struct reader *r, unsigned *flags, struct atom *a)
{
    *a = (struct atom){.caseless = (*flags & TERM_FLAG_I) != 0};
    if (r->quoted) {
        read_plain(r, a);
        return READ;
    }
    switch (*r->at) {
    case '\\':
        return read_escape(r, a);
    case '[':
        return read_class(r, a);
    case '(':
        return read_group(r, flags, a);
    case '.':
        r->at++;
        a->type = ATOM_OPAQUE;
        return READ;
    case '^':
    case '$':
        r->at++;
        a->type = ATOM_EMPTY;
        return READ;
    case '*':
    case '+':
    case '?':
        return NOT_UNDERSTOOD; /* nothing to repeat */
    default:
        read_plain(r, a);
        return READ;
    }
}

/* {n}, {n,}, {n,m}.  A brace that is none is a character of its own, but the forms that only newer
 * versions understand, "{,m}" and blanks inside, are left alone. */
static int read_braces(struct reader *r, unsigned *min, bool *once)
{
    const char *start = r->at++;
    if (r->at == r->end ||
        (!is_digit(*r->at) && *r->at != ' ' && *r->at != ',' && *r->at != '\t')) {
        r->at = start;
        return READ;
    }
    const char *digits = r->at;
    bool zero = true;
    for (; r->at < r->end && is_digit(*r->at); r->at++)
        zero = zero && *r->at == '0';
    *once = r->at == digits + 1 && *digits == '1';
    if (r->at == digits)
        return NOT_UNDERSTOOD;
    *min = zero ? 0 : 1;
    if (skip(r, ",")) {
        *once = false;
        while (r->at < r->end && is_digit(*r->at))
            r->at++;
    }
    return skip(r, "}") ? READ : NOT_UNDERSTOOD;
}

/* What may stand between an item and its quantifier. */
static int skip_between(struct reader *r, unsigned flags)
{
    do {
        if (skip_ignored(r, flags) != READ)
            return NOT_UNDERSTOOD;
    } while (skip(r, "\\E") || skip(r, "\\Q\\E"));
    return READ;
}

/* The quantifier at r->at, if there is one: ${min} 0 or more, ${once}: exactly one. */
static int read_quantifier(struct reader *r, unsigned flags, unsigned *min, bool *once)
{
    *min = 1;
    *once = true;
    if (r->quoted && !skip(r, "\\E"))
        return READ;
    r->quoted = false;
    if (skip_between(r, flags) != READ)
        return NOT_UNDERSTOOD;
    if (r->at == r->end || strchr("*+?{", *r->at) == NULL)
        return READ;
    const char *start = r->at;
    if (*r->at == '{') {
        int rc = read_braces(r, min, once);
        if (rc != READ || r->at == start)
            return rc;
    } else {
        *min = *r->at++ == '+';
        *once = false;
    }
    if (skip(r, "?") || skip(r, "+"))
        return READ;
    /* Whether a sign behind white space still belongs to it depends on the version. */
    if (skip_between(r, flags) != READ)
        return NOT_UNDERSTOOD;
    return r->at < r->end && strchr("*+?", *r->at) != NULL ? NOT_UNDERSTOOD : READ;
}

/* Skip to the next item.  Return whether there is one in this sequence, or NOT_UNDERSTOOD. */
static int find_item(struct reader *r, unsigned flags)
{
    for (;;) {
        if (!r->quoted && skip_ignored(r, flags) != READ)
            return NOT_UNDERSTOOD;
        if (skip(r, "\\E"))
            r->quoted = false;
        else if (!r->quoted && skip(r, "\\Q"))
            r->quoted = true;
        else
            return r->at < r->end && (r->quoted || (*r->at != '|' && *r->at != ')'));
    }
}

/* One alternative. ${flags} changes with each (?i) in it, also for the alternatives that follow. */
static int read_sequence(struct reader *r, unsigned *flags, struct require **out)
{
    struct sequence s = {.run = r->runs.len};
    int rc;
    while ((rc = find_item(r, *flags)) > 0) {
        struct atom a;
        unsigned min;
        bool once;
        rc = read_atom(r, flags, &a);
        if (rc == READ)
            rc = read_quantifier(r, *flags, &min, &once);
        if (rc == READ)
            rc = add_atom(r, &s, &a, min, once);
        if (rc != READ)
            return rc;
    }
    if (rc == READ)
        rc = end_run(r, &s);
    return rc == READ ? join(r, REQUIRE_AND, &s, out) : rc;
}

static int read_choice(struct reader *r, unsigned flags, struct require **out)
{
    struct sequence any = {0};
    bool nothing = false;
    do {
        struct require *one;
        int rc = read_sequence(r, &flags, &one);
        if (rc == READ)
            rc = push(r, &any, one);
        if (rc != READ)
            return rc;
        nothing = nothing || one == NULL;
    } while (skip(r, "|"));
    *out = NULL;
    return nothing ? READ : join(r, REQUIRE_OR, &any, out);
}

int regex_require(struct span pattern, unsigned flags, struct arena *a, struct require **out)
{
    *out = NULL;
    if (pattern.len == 0 || memchr(pattern.ptr, '\0', pattern.len) != NULL)
        return 0;
    struct reader r = {.at = pattern.ptr, .end = pattern.ptr + pattern.len, .arena = a};
    buf_init(&r.runs);
    int rc = read_choice(&r, flags, out);
    if (rc != READ || r.at != r.end)
        *out = NULL;
    buf_clear(&r.runs);
    return rc == NO_MEMORY ? -1 : 0;
}
