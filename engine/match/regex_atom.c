#include "regex_atom.h"

#include "code_point.h"
#include "query.h"
#include "span.h"
#include "utf8.h"

static bool looking_at(const struct regex_reader *r, const char *what)
{
    return span_starts_with((struct span){r->at, (size_t)(r->end - r->at)}, span_of(what));
}

bool regex_atom_skip(struct regex_reader *r, const char *what)
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

static void set_character(struct regex_atom *a, uint32_t cp)
{
    a->type = REGEX_ATOM_CHARACTER;
    a->size = utf8_encode(cp, a->bytes);
}

/* White space beyond ASCII, which versions of the library take differently under flag x. */
static bool at_doubtful_blank(const struct regex_reader *r)
{
    static const char *const blanks[] = {"\xc2\x85",     "\xc2\xa0",     "\xe2\x80\x8e",
                                         "\xe2\x80\x8f", "\xe2\x80\xa8", "\xe2\x80\xa9"};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (looking_at(r, blanks[i]))
            return true;
    return false;
}

/* Skip what flag x ignores. */
static bool skip_ignored(struct regex_reader *r, unsigned flags)
{
    while ((flags & TERM_FLAG_X) != 0 && r->at < r->end) {
        if (*r->at == '#') {
            const char *newline = memchr(r->at, '\n', (size_t)(r->end - r->at));
            r->at = newline == NULL ? r->end : newline + 1;
        } else if (*r->at == ' ' || (*r->at >= '\t' && *r->at <= '\r'))
            r->at++;
        else
            return !at_doubtful_blank(r);
    }
    return true;
}

/* \xhh with up to two digits, \x{h...}: r->at is behind the x. */
static bool read_hex(struct regex_reader *r, struct regex_atom *a)
{
    uint32_t cp = 0;
    bool braces = regex_atom_skip(r, "{");
    size_t digits = 0;
    for (; r->at < r->end && hex_value(*r->at) >= 0 && (braces || digits < 2); digits++) {
        if (cp > 0x10ffff)
            return false;
        cp = cp * 16 + (uint32_t)hex_value(*r->at++);
    }
    if (digits == 0 || (braces && !regex_atom_skip(r, "}")))
        return false;
    if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
        return false;
    set_character(a, cp);
    return true;
}

/* \pL, \p{...}: r->at is behind the p. */
static bool read_property(struct regex_reader *r, struct regex_atom *a)
{
    a->type = REGEX_ATOM_OPAQUE;
    if (r->at < r->end && is_letter(*r->at)) {
        r->at++;
        return true;
    }
    if (!regex_atom_skip(r, "{"))
        return false;
    const char *close = memchr(r->at, '}', (size_t)(r->end - r->at));
    if (close == NULL)
        return false;
    r->at = close + 1;
    return true;
}

/* A letter or digit behind a backslash. */
static bool read_named_escape(struct regex_reader *r, char c, struct regex_atom *a)
{
    static const char controls[] = "t\tn\nr\rf\fa\ae\x1b";
    for (size_t i = 0; controls[i] != '\0'; i += 2)
        if (controls[i] == c) {
            set_character(a, (unsigned char)controls[i + 1]);
            return true;
        }
    if (c == 'x')
        return read_hex(r, a);
    if (c == 'p' || c == 'P')
        return read_property(r, a);
    if (strchr("dDwWsShHvVRX", c) != NULL || (c == 'N' && !looking_at(r, "{"))) {
        a->type = REGEX_ATOM_OPAQUE;
        return true;
    }
    if (strchr("bBAzZG", c) != NULL) {
        a->type = REGEX_ATOM_EMPTY;
        return true;
    }
    return false;
}

static void read_plain(struct regex_reader *r, struct regex_atom *a)
{
    uint32_t cp;
    r->at += code_point_read(r->at, &cp);
    set_character(a, cp);
}

/* r->at is at the backslash. */
static bool read_escape(struct regex_reader *r, struct regex_atom *a)
{
    r->at++;
    if (r->at == r->end)
        return false;
    char c = *r->at;
    if (!is_letter(c) && !is_digit(c)) {
        read_plain(r, a);
        return true;
    }
    r->at++;
    return read_named_escape(r, c, a);
}

/* [:name:] inside a class: r->at is at the bracket. */
static bool skip_posix(struct regex_reader *r)
{
    r->at += 2;
    regex_atom_skip(r, "^");
    while (r->at < r->end && is_letter(*r->at))
        r->at++;
    return regex_atom_skip(r, ":]");
}

/* r->at is at the opening bracket. */
static bool read_class(struct regex_reader *r, struct regex_atom *a)
{
    a->type = REGEX_ATOM_OPAQUE;
    r->at++;
    regex_atom_skip(r, "^");
    regex_atom_skip(r, "]");
    while (r->at < r->end && *r->at != ']') {
        if (looking_at(r, "\\Q") || looking_at(r, "\\E") || looking_at(r, "\\c") ||
            looking_at(r, "[.") || looking_at(r, "[="))
            return false;
        if (looking_at(r, "[:")) {
            if (!skip_posix(r))
                return false;
            continue;
        }
        r->at += *r->at == '\\' ? 2 : 1;
    }
    if (r->at >= r->end)
        return false;
    r->at++;
    return true;
}

/* The letters of (?i-x) or (?i-x:...), up to the ')' or ':'.  "xx" is another flag, which changes
 * how classes are read. */
static bool read_flags(struct regex_reader *r, unsigned *flags)
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
            return false;
        unsigned bit = bits[letter - letters];
        *flags = off ? *flags & ~bit : *flags | bit;
    }
    return r->at < r->end;
}

/* (?<name>, (?'name', (?P<name>: r->at is at the first byte of the name. */
static bool skip_name(struct regex_reader *r, char close)
{
    while (r->at < r->end && (is_letter(*r->at) || is_digit(*r->at) || *r->at == '_'))
        r->at++;
    if (r->at == r->end || *r->at != close)
        return false;
    r->at++;
    return true;
}

/* What begins with the '(' at r->at; goes on to the contents. */
static bool read_group(struct regex_reader *r, unsigned *flags, struct regex_atom *a)
{
    a->type = REGEX_ATOM_GROUP;
    a->flags = *flags;
    r->at++;
    if (!regex_atom_skip(r, "?"))
        return !looking_at(r, "*");
    if (regex_atom_skip(r, "=") || regex_atom_skip(r, "!") || regex_atom_skip(r, "<=") ||
        regex_atom_skip(r, "<!")) {
        a->type = REGEX_ATOM_LOOK;
        return true;
    }
    if (regex_atom_skip(r, ":") || regex_atom_skip(r, ">") || regex_atom_skip(r, "|"))
        return true;
    if (regex_atom_skip(r, "<") || regex_atom_skip(r, "P<"))
        return skip_name(r, '>');
    if (regex_atom_skip(r, "'"))
        return skip_name(r, '\'');
    if (!read_flags(r, &a->flags))
        return false;
    if (*r->at++ == ')') {
        *flags = a->flags;
        a->type = REGEX_ATOM_EMPTY;
    }
    return true;
}

bool regex_atom_read(struct regex_reader *r, unsigned *flags, struct regex_atom *a)
{
    *a = (struct regex_atom){.type = REGEX_ATOM_OPAQUE};
    if (r->quoted) {
        read_plain(r, a);
        return true;
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
        return true;
    case '^':
    case '$':
        r->at++;
        a->type = REGEX_ATOM_EMPTY;
        return true;
    case '*':
    case '+':
    case '?':
        return false; /* nothing to repeat */
    default:
        read_plain(r, a);
        return true;
    }
}

/* {n}, {n,}, {n,m}.  A brace that is none is a character of its own, but the forms that only newer
 * versions understand, "{,m}" and blanks inside, are left alone. */
static bool read_braces(struct regex_reader *r, bool *zero, bool *once)
{
    const char *start = r->at++;
    if (r->at == r->end ||
        (!is_digit(*r->at) && *r->at != ' ' && *r->at != ',' && *r->at != '\t')) {
        r->at = start;
        return true;
    }
    const char *digits = r->at;
    *zero = true;
    for (; r->at < r->end && is_digit(*r->at); r->at++)
        *zero = *zero && *r->at == '0';
    *once = r->at == digits + 1 && *digits == '1';
    if (r->at == digits)
        return false;
    if (regex_atom_skip(r, ",")) {
        *once = false;
        while (r->at < r->end && is_digit(*r->at))
            r->at++;
    }
    return regex_atom_skip(r, "}");
}

/* What may stand between an item and its quantifier. */
static bool skip_between(struct regex_reader *r, unsigned flags)
{
    do {
        if (!skip_ignored(r, flags))
            return false;
    } while (regex_atom_skip(r, "\\E") || regex_atom_skip(r, "\\Q\\E"));
    return true;
}

bool regex_atom_repeats(struct regex_reader *r, unsigned flags, bool *zero, bool *once)
{
    *zero = false;
    *once = true;
    if (r->quoted && !regex_atom_skip(r, "\\E"))
        return true;
    r->quoted = false;
    if (!skip_between(r, flags))
        return false;
    if (r->at == r->end || strchr("*+?{", *r->at) == NULL)
        return true;
    const char *start = r->at;
    if (*r->at == '{') {
        bool understood = read_braces(r, zero, once);
        if (!understood || r->at == start)
            return understood;
    } else {
        *zero = *r->at++ != '+';
        *once = false;
    }
    if (regex_atom_skip(r, "?") || regex_atom_skip(r, "+"))
        return true;
    /* Whether a sign behind white space still belongs to it depends on the version. */
    if (!skip_between(r, flags))
        return false;
    return r->at == r->end || strchr("*+?", *r->at) == NULL;
}

bool regex_atom_find(struct regex_reader *r, unsigned flags, bool *there)
{
    for (;;) {
        if (!r->quoted && !skip_ignored(r, flags))
            return false;
        if (regex_atom_skip(r, "\\E"))
            r->quoted = false;
        else if (!r->quoted && regex_atom_skip(r, "\\Q"))
            r->quoted = true;
        else
            break;
    }
    *there = r->at < r->end && (r->quoted || (*r->at != '|' && *r->at != ')'));
    return true;
}
