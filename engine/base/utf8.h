/* utf8.h: UTF-8 text: checking, mending, cutting.  (Walking over valid text: code_point.h.)
 *
 * Mended text is what the engine stores and searches: valid UTF-8, where every maximal subpart of
 * an ill-formed sequence became U+FFFD (Unicode 15, section 3.9, table 3-8: as browsers do).
 */
#ifndef SCROLLBACK_UTF8_H
#define SCROLLBACK_UTF8_H

#include "vocabulary.h"

/* utf8_valid_prefix(s): Length of the longest valid prefix; == s.len if all is valid.  SIMD where
 * the machine has it: ASCII runs at memory speed. */
size_t utf8_valid_prefix(struct span s);

/* utf8_mended_size(s), utf8_mend(s, out): Size of the mended text; write it to ${out}. */
size_t utf8_mended_size(struct span s);
void utf8_mend(struct span s, char *out);

/* utf8_encode(cp, out): Write 1-4 bytes, return how many; surrogates and values above U+10FFFF
 * become U+FFFD. */
size_t utf8_encode(uint32_t cp, char out[4]);

/* utf8_cut(s, chars): Bytes of the first ${chars} code points of valid text. */
size_t utf8_cut(struct span s, size_t chars);

#endif
