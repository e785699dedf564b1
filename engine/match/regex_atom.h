/* regex_atom.h: A regular expression's items, one after the other, as far as regex_require.h uses them.
 *
 * Reading functions move forward and return whether they understood what they read; after false the
 * whole pattern is given up.  See pcre2pattern(3).
 */
#ifndef SCROLLBACK_REGEX_ATOM_H
#define SCROLLBACK_REGEX_ATOM_H

#include "vocabulary.h"

struct regex_reader {
    const char *at;
    const char *end;
    bool quoted; /* between \Q and \E */
};

enum regex_atom_type {
    REGEX_ATOM_CHARACTER,
    REGEX_ATOM_OPAQUE, /* takes room, requires nothing */
    REGEX_ATOM_EMPTY,  /* takes no room: an anchor, \b, (?i) */
    REGEX_ATOM_GROUP,  /* only what stands before its contents was read */
    REGEX_ATOM_LOOK    /* the same, of a look-around */
};

struct regex_atom {
    enum regex_atom_type type;
    char bytes[4]; /* of a character */
    size_t size;
    unsigned flags; /* group, look-around: those of its contents */
};

/* regex_atom_find(r, flags, there): Go to the next item of a sequence, past what stands for nothing;
 * *${there} is false at '|', ')' or the end. */
bool regex_atom_find(struct regex_reader *r, unsigned flags, bool *there);

/* regex_atom_read(r, flags, a): Read the item at r->at; (?i) changes *${flags} (TERM_FLAG_*). */
bool regex_atom_read(struct regex_reader *r, unsigned *flags, struct regex_atom *a);

/* regex_atom_repeats(r, flags, zero, once): Read the quantifier, if there is one: may the item be
 * missing, does it stand exactly once? */
bool regex_atom_repeats(struct regex_reader *r, unsigned flags, bool *zero, bool *once);

/* regex_atom_skip(r, what): Skip ${what}; return whether it was there. */
bool regex_atom_skip(struct regex_reader *r, const char *what);

#endif
