#include "lexer.h"

#include "error.h"
#include "span.h"

static int lex_fault(const struct lexer *l, size_t pos, const char *expected, struct error *err)
{
    return error_set(err, l->fault, pos, "%s", expected);
}

bool lexer_is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Whether at ${i} a term may end: a blank, ')' or the end. */
static bool is_boundary(const struct lexer *l, size_t i)
{
    return i >= l->text.len || lexer_is_blank(l->text.ptr[i]) || l->text.ptr[i] == ')';
}

static struct span slice(const struct lexer *l, size_t from, size_t to)
{
    return (struct span){l->text.ptr + from, to - from};
}

/* ---- quoted literals ---- */

/* What the backslash and ${c} mean inside quotes ${quote}, or 0: the backslash stands for itself. */
static char escaped(char c, char quote)
{
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case '\\':
    case '"':
        return c;
    default:
        return c == quote ? c : '\0';
    }
}

/* Copy ${raw} with its escapes resolved. */
static int unescape(struct lexer *l, struct span raw, char quote, struct span *out)
{
    char *to = arena_alloc(l->arena, raw.len + 1);
    if (to == NULL)
        return -1;
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        char c = raw.ptr[i];
        char e = c == '\\' && i + 1 < raw.len ? escaped(raw.ptr[i + 1], quote) : '\0';
        if (e != '\0')
            i++;
        to[n++] = e != '\0' ? e : c;
    }
    *out = (struct span){to, n};
    return 0;
}

/* Read what the quote at l->at opens. */
static int lex_quoted(struct lexer *l, struct token *t, struct error *err)
{
    size_t open = l->at, i = open + 1;
    char quote = l->text.ptr[open];
    bool escapes = false;
    for (; i < l->text.len && l->text.ptr[i] != quote; i++)
        if (l->text.ptr[i] == '\\' && i + 1 < l->text.len &&
            escaped(l->text.ptr[i + 1], quote) != '\0') {
            escapes = true;
            i++;
        }
    if (i >= l->text.len)
        return error_set(err, l->fault, open, "this quote is never closed: expected another %c",
                         quote);
    if (i == open + 1)
        return lex_fault(l, i, "expected some text between the quotes", err);
    t->type = TOKEN_QUOTED;
    t->pos = open;
    t->text = t->written = slice(l, open + 1, i);
    l->at = i + 1;
    return escapes && unescape(l, t->written, quote, &t->text) != 0 ? error_no_memory(err) : 0;
}

/* ---- regexes ---- */

static unsigned regex_flag(char c)
{
    switch (c) {
    case 'i':
        return TERM_FLAG_I;
    case 'm':
        return TERM_FLAG_M;
    case 's':
        return TERM_FLAG_S;
    case 'x':
        return TERM_FLAG_X;
    default:
        return 0;
    }
}

/* Copy ${raw} with each "\/" as "/". */
static int unslash(struct lexer *l, struct span raw, struct span *out)
{
    char *to = arena_alloc(l->arena, raw.len);
    if (to == NULL)
        return -1;
    size_t n = 0;
    for (size_t i = 0; i < raw.len; i++) {
        bool pair = raw.ptr[i] == '\\' && i + 1 < raw.len;
        if (pair && raw.ptr[i + 1] != '/')
            to[n++] = raw.ptr[i];
        i += pair;
        to[n++] = raw.ptr[i];
    }
    *out = (struct span){to, n};
    return 0;
}

/* Read the regex that the slash at l->at opens.  Return 1, 0 if it opens none, or -1.
 * The look-ahead ends at the next slash that a term could begin with, so that all look-aheads
 * together are linear. */
static int lex_regex(struct lexer *l, struct token *t, struct error *err)
{
    size_t open = l->at, close = open + 1;
    while (close < l->text.len && l->text.ptr[close] != '/')
        close += l->text.ptr[close] == '\\' ? 2 : 1;
    if (close >= l->text.len || close == open + 1)
        return 0;
    size_t end = close + 1;
    unsigned flags = 0;
    while (end < l->text.len && regex_flag(l->text.ptr[end]) != 0)
        flags |= regex_flag(l->text.ptr[end++]);
    if (!is_boundary(l, end))
        return 0;
    t->type = TOKEN_REGEX;
    t->pos = open;
    t->flags = flags;
    t->written = slice(l, open + 1, close);
    l->at = end;
    return unslash(l, t->written, &t->text) != 0 ? error_no_memory(err) : 1;
}

/* ---- words ---- */

/* Where the word that begins at ${i} ends. */
static size_t word_end(const struct lexer *l, size_t i)
{
    size_t depth = 0;
    for (; i < l->text.len && !lexer_is_blank(l->text.ptr[i]); i++) {
        if (l->text.ptr[i] == '(')
            depth++;
        else if (l->text.ptr[i] == ')' && depth-- == 0)
            break;
    }
    return i;
}

static int lex_word(struct lexer *l, struct token *t)
{
    t->pos = l->at;
    l->at = word_end(l, l->at);
    t->text = t->written = slice(l, t->pos, l->at);
    if (span_equal(t->text, SPAN("AND")))
        t->type = TOKEN_AND;
    else if (span_equal(t->text, SPAN("OR")))
        t->type = TOKEN_OR;
    else if (span_equal(t->text, SPAN("NOT")))
        t->type = TOKEN_NOT;
    else
        t->type = TOKEN_WORD;
    return 0;
}

static bool lex_qualifier(struct lexer *l, struct token *t)
{
    struct span rest = slice(l, l->at, l->text.len);
    for (int f = 0; f < FIELD_ID; f++) {
        struct span name = span_of(query_field_name((enum field)f));
        if (rest.len > name.len && rest.ptr[name.len] == ':' && span_starts_with(rest, name)) {
            t->type = TOKEN_QUALIFIER;
            t->pos = l->at;
            t->field = (enum field)f;
            l->at += name.len + 1;
            return true;
        }
    }
    return false;
}

static int lex_byte(struct lexer *l, struct token *t, enum token_type type)
{
    t->type = type;
    t->pos = l->at++;
    return 0;
}

int lexer_next(struct lexer *l, struct token *t, struct error *err)
{
    *t = (struct token){0};
    while (l->at < l->text.len && lexer_is_blank(l->text.ptr[l->at]))
        l->at++;
    if (l->at == l->text.len) {
        t->pos = l->at;
        return 0;
    }
    switch (l->text.ptr[l->at]) {
    case '(':
        return lex_byte(l, t, TOKEN_OPEN);
    case ')':
        return lex_byte(l, t, TOKEN_CLOSE);
    case '-':
        if (!is_boundary(l, l->at + 1) && l->text.ptr[l->at + 1] != '-')
            return lex_byte(l, t, TOKEN_MINUS);
        return lex_word(l, t);
    case '"':
    case '\'':
        return lex_quoted(l, t, err);
    case '/': {
        int rc = lex_regex(l, t, err);
        return rc != 0 ? (rc > 0 ? 0 : -1) : lex_word(l, t);
    }
    default:
        return lex_qualifier(l, t) ? 0 : lex_word(l, t);
    }
}

/* ---- values ---- */

int lexer_value(struct lexer *l, struct token *t, struct error *err)
{
    *t = (struct token){.type = TOKEN_WORD, .pos = l->at};
    if (l->at < l->text.len && (l->text.ptr[l->at] == '"' || l->text.ptr[l->at] == '\'')) {
        if (lex_quoted(l, t, err) != 0)
            return -1;
        bool over = is_boundary(l, l->at);
        if (!over && l->text.ptr[l->at] != ',')
            return lex_fault(l, l->at, "expected a comma or the end of the value after the quote",
                             err);
        return 0;
    }
    size_t end = word_end(l, l->at);
    const char *comma = end == l->at ? NULL : memchr(l->text.ptr + l->at, ',', end - l->at);
    if (comma != NULL)
        end = (size_t)(comma - l->text.ptr);
    if (end == l->at)
        return lex_fault(l, end, "expected a value", err);
    t->text = t->written = slice(l, l->at, end);
    l->at = end;
    return 0;
}

bool lexer_comma(struct lexer *l)
{
    if (l->at == l->text.len || l->text.ptr[l->at] != ',')
        return false;
    l->at++;
    return true;
}
