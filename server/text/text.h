/* text.h: Checking and writing of small texts: UTF-8, percent-encoding, numbers, times.
 *
 * The server's own few helpers; the engine keeps its libraries to itself.
 */
#ifndef SCROLLBACK_TEXT_H
#define SCROLLBACK_TEXT_H

#include "bytes.h"
#include "vocabulary.h"

#define TEXT(literal) ((struct span){(literal), sizeof(literal) - 1})
#define TEXT_NOWHERE SIZE_MAX

static inline struct span text_of(const char *s)
{
    return (struct span){s, s == NULL ? 0 : __builtin_strlen(s)};
}

/* text_is(s, word): Equal bytes?  text_is_like(s, word): equal but for the case of ASCII letters? */
bool text_is(struct span s, const char *word);
bool text_is_like(struct span s, const char *word);

/* text_trim(s): Without blanks and tabs at both ends. */
struct span text_trim(struct span s);

/* text_split(rest, separator, item): Cut the next item off ${rest}; false when nothing is left.
 * An absent ${rest} (ptr NULL) has no item, an empty one has one empty item. */
bool text_split(struct span *rest, char separator, struct span *item);

/* text_utf8_length(s): Bytes of the well-formed UTF-8 sequence at the start of ${s} (1-4), or 0 if
 * what stands there is ill-formed (Unicode 15, table 3-7).  ${s} is not empty. */
size_t text_utf8_length(struct span s);

/* text_utf8_fault(s): Position of the first byte that is not valid UTF-8, or TEXT_NOWHERE. */
size_t text_utf8_fault(struct span s);

/* text_percent_decode(s, plus, out, fault): Append the decoding of ${s} to ${out}; ${plus}: '+' is a
 * blank.  Return 0, or -1 at a '%' without two hexadecimal digits, its position in ${fault}. */
int text_percent_decode(struct span s, bool plus, struct bytes *out, size_t *fault);

/* text_number(s, max, out): Decimal digits only, no sign, at most ${max}.  Return 0 or -1. */
int text_number(struct span s, uint64_t max, uint64_t *out);

#define TEXT_TIME_SIZE 32

/* text_time(ms, out): "2026-01-02T03:04:05.678Z" from milliseconds since 1970. */
void text_time(int64_t ms, char out[TEXT_TIME_SIZE]);

/* text_decimal(ms, out): Write ${value} / 10^${digits} exactly, without trailing zeros; ${digits}
 * at most 18. */
void text_decimal(struct bytes *out, uint64_t value, unsigned digits);

#endif
