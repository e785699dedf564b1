/* lexer.h: The query text cut into tokens, by the rules at the top of query.h.
 *
 * Texts of tokens borrow from the query text or, where escapes were resolved, from the arena.
 */
#ifndef SCROLLBACK_LEXER_H
#define SCROLLBACK_LEXER_H

#include "arena.h"
#include "query.h"

enum token_type {
    TOKEN_END,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_MINUS,
    TOKEN_AND,
    TOKEN_OR,
    TOKEN_NOT,
    TOKEN_WORD,
    TOKEN_QUOTED,
    TOKEN_REGEX,
    TOKEN_QUALIFIER /* only name and colon: read its values with lexer_value() */
};

struct token {
    enum token_type type;
    size_t pos;          /* of its first byte */
    struct span text;    /* word, quoted, regex: escapes resolved */
    struct span written; /* the same as it stands, between quotes or slashes */
    unsigned flags;      /* regex */
    enum field field;    /* qualifier */
};

struct lexer {
    struct span text;
    size_t at;             /* the next byte to read */
    enum error_code fault; /* of text that makes no sense */
    bool parameter;        /* the text is a parameter's value, whole */
    struct arena *arena;
};

/* lexer_next(l, t, err): Read one token; at the end TOKEN_END, again and again.  Return 0, or -1
 * with l->fault or ERROR_NO_MEMORY. */
int lexer_next(struct lexer *l, struct token *t, struct error *err);

/* lexer_value(l, t, err): Read one value of a qualifier as TOKEN_WORD or TOKEN_QUOTED;
 * never empty.  lexer_comma(l): skip a comma, true if one was there. */
int lexer_value(struct lexer *l, struct token *t, struct error *err);
bool lexer_comma(struct lexer *l);

/* lexer_is_blank(c): Space, tab, LF, CR, VT or FF. */
bool lexer_is_blank(char c);

#endif
