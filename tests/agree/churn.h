/* churn.h: Everything that happens to transcripts, at random: appended to, cut, rewritten, replaced,
 * deleted, moved, linked, left with half a line. */
#ifndef AGREE_CHURN_H
#define AGREE_CHURN_H

#include "vocabulary.h"

/* churn_once(root, state, what, size): Change something below ${root}; ${what} tells what.  Return 0,
 * or -1 if the system refuses something that it should not. */
int churn_once(const char *root, uint64_t *state, char *what, size_t size);

#endif
