/* regex_set.h: Sets of characters as lists of ranges, while a class is being read. */
#ifndef SCROLLBACK_REGEX_SET_H
#define SCROLLBACK_REGEX_SET_H

#include "regex_syntax.h"

#define REGEX_SET_MAX 4096u /* ranges, overlapping ones included */

struct regex_set {
    struct syntax_range *ranges;
    uint32_t count;
    uint32_t capacity;
    bool failed; /* no memory, or too many ranges */
};

/* regex_set_init(s), regex_set_clear(s): Empty; free. */
void regex_set_init(struct regex_set *s);
void regex_set_clear(struct regex_set *s);

/* regex_set_add(s, low, high): Add characters.  Failure sticks. */
void regex_set_add(struct regex_set *s, uint32_t low, uint32_t high);

/* regex_set_add_caseless(s, low, high): The same with all their partners in case. */
void regex_set_add_caseless(struct regex_set *s, uint32_t low, uint32_t high);

/* regex_set_add_escape(s, name): What \d \D \w \W \s \S stand for.  False: not one of these. */
bool regex_set_add_escape(struct regex_set *s, char name);

/* regex_set_finish(s, negated): Sort, join what touches; replace by the complement if
 * ${negated}. */
void regex_set_finish(struct regex_set *s, bool negated);

#endif
