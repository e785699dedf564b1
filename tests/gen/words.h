/* words.h: A fixed vocabulary with the distribution of natural language.
 *
 * The word of rank r turns up in proportion to 1/r (Zipf), so that there are words in every other
 * message, words in a handful of messages, and words in none.  The vocabulary does not depend on
 * the seed: a test may look for a word by rank.  Words hold nothing that JSON must escape.
 */
#ifndef GEN_WORDS_H
#define GEN_WORDS_H

#include "rng.h"

#include <stddef.h>

enum language { LANGUAGE_ENGLISH, LANGUAGE_RUSSIAN, LANGUAGE_CHINESE, LANGUAGE_COUNT };

struct word {
    const char *text;
    unsigned char len;
};

/* words_init(): Build the tables; call once before anything else. */
void words_init(void);

/* words_pick(r, language): A word of at most 40 bytes. */
struct word words_pick(struct rng *r, enum language language);

/* words_at(rank): The English word of that rank, below WORDS_COUNT. */
#define WORDS_COUNT 24000
struct word words_at(size_t rank);

#endif
