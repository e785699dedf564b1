/* jsonw.h: Writing JSON (RFC 8259) straight into a buffer, in order, without a tree.
 *
 * Replies are written this way because building them with a tree library first took longer than the
 * search they answer.  The writer places the commas; the caller must pair begin and end and write
 * a key before each value in an object.  Strings may hold any bytes: ill-formed UTF-8 becomes
 * U+FFFD, so that what is written is always valid.
 */
#ifndef SCROLLBACK_JSONW_H
#define SCROLLBACK_JSONW_H

#include "bytes.h"
#include "vocabulary.h"

struct jsonw {
    struct bytes *out;
    bool comma; /* the next key or value follows another one */
};

/* jsonw_begin_object(w) … jsonw_end_array(w): Brackets. */
void jsonw_begin_object(struct jsonw *w);
void jsonw_end_object(struct jsonw *w);
void jsonw_begin_array(struct jsonw *w);
void jsonw_end_array(struct jsonw *w);

/* jsonw_key(w, name): ${name} needs no escaping: a name of our own. */
void jsonw_key(struct jsonw *w, const char *name);

/* jsonw_text(w, s): A string; an absent span (ptr NULL) is null.  jsonw_word(w, s): a string of our
 * own, no escaping, NULL is null. */
void jsonw_text(struct jsonw *w, struct span s);
void jsonw_word(struct jsonw *w, const char *s);

/* jsonw_verbatim(w, s): A value that is JSON already. */
void jsonw_verbatim(struct jsonw *w, struct span s);

/* jsonw_ms(w, v): Milliseconds to a thousandth.  jsonw_real(w, v): six significant digits or more,
 * null unless finite.  jsonw_money(w, v): picodollars as exact dollars.  jsonw_time(w, ms): RFC 3339,
 * null for INT64_MIN. */
void jsonw_uint(struct jsonw *w, uint64_t v);
void jsonw_bool(struct jsonw *w, bool v);
void jsonw_null(struct jsonw *w);
void jsonw_ms(struct jsonw *w, double v);
void jsonw_real(struct jsonw *w, double v);
void jsonw_money(struct jsonw *w, uint64_t picodollars);
void jsonw_time(struct jsonw *w, int64_t ms);

/* jsonw_text_at(w, name, s) …: A key and its value. */
void jsonw_text_at(struct jsonw *w, const char *name, struct span s);
void jsonw_word_at(struct jsonw *w, const char *name, const char *s);
void jsonw_uint_at(struct jsonw *w, const char *name, uint64_t v);
void jsonw_bool_at(struct jsonw *w, const char *name, bool v);
void jsonw_null_at(struct jsonw *w, const char *name);
void jsonw_ms_at(struct jsonw *w, const char *name, double v);
void jsonw_real_at(struct jsonw *w, const char *name, double v);
void jsonw_money_at(struct jsonw *w, const char *name, uint64_t picodollars);
void jsonw_time_at(struct jsonw *w, const char *name, int64_t ms);

/* jsonw_texts_at(w, name, list, count): An array of strings. */
void jsonw_texts_at(struct jsonw *w, const char *name, const struct span *list, size_t count);

#endif
