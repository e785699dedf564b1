/* letter_case.h: Upper-case letters, for smart case. */
#ifndef SCROLLBACK_LETTER_CASE_H
#define SCROLLBACK_LETTER_CASE_H

#include "vocabulary.h"

/* letter_case_has_upper(s): Whether valid UTF-8 holds a character of category Lu or Lt. */
bool letter_case_has_upper(struct span s);

/* letter_case_has_upper_in_regex(s): The same outside of a pattern's escapes: not in \S, \x{AB},
 * \p{Lu}; what \Q and \E enclose counts. */
bool letter_case_has_upper_in_regex(struct span s);

#endif
