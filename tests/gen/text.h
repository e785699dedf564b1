/* text.h: Texts of every sort that transcripts hold, already escaped for a JSON string.
 *
 * Each writes about ${bytes} bytes, at least one word.  The same rng state gives the same text.
 */
#ifndef GEN_TEXT_H
#define GEN_TEXT_H

#include "out.h"
#include "rng.h"
#include "words.h"

struct text_style {
    enum language language;
    bool escapes; /* spell some characters as \u.... and add the odd ones: lone surrogates, K, ſ */
};

void text_prose(struct out *o, struct rng *r, struct text_style style, uint64_t bytes);
void text_markdown(struct out *o, struct rng *r, struct text_style style, uint64_t bytes);
void text_code(struct out *o, struct rng *r, uint64_t bytes);
void text_numbered_code(struct out *o, struct rng *r, uint64_t bytes); /* as the Read tool shows */
void text_listing(struct out *o, struct rng *r, uint64_t bytes);       /* as commands print */
void text_base64(struct out *o, struct rng *r, uint64_t bytes);
void text_path(struct out *o, struct rng *r); /* src/word/word.ext, relative */
void text_title(struct out *o, struct rng *r, struct text_style style);
void text_command(struct out *o, struct rng *r);

#endif
