/* json_write.h: Writing JSON (RFC 8259) straight into a buffer, in order, without a tree.
 *
 * Replies are written this way because building them with a tree library first took longer than the
 * search they answer.  The writer places the commas; the caller must pair begin and end and write
 * a key before each value in an object.  Strings may hold any bytes: ill-formed UTF-8 becomes
 * U+FFFD, so that what is written is always valid.
 */
#ifndef SCROLLBACK_JSON_WRITE_H
#define SCROLLBACK_JSON_WRITE_H

#include "bytes.h"
#include "vocabulary.h"

struct json_writer {
    struct bytes *out;
    bool comma; /* the next key or value follows another one */
};

/* json_begin_object(w) … json_end_array(w): Brackets. */
void json_begin_object(struct json_writer *w);
void json_end_object(struct json_writer *w);
void json_begin_array(struct json_writer *w);
void json_end_array(struct json_writer *w);

/* json_key(w, name): ${name} needs no escaping: a name of our own. */
void json_key(struct json_writer *w, const char *name);

/* json_text(w, s): A string; an absent span (ptr NULL) is null.  json_word(w, s): a string of our
 * own, no escaping, NULL is null. */
void json_text(struct json_writer *w, struct span s);
void json_word(struct json_writer *w, const char *s);

/* json_ms(w, v): Milliseconds to a thousandth.  json_real(w, v): six significant digits or more,
 * null unless finite.  json_money(w, v): picodollars as exact dollars.  json_time(w, ms): RFC 3339,
 * null for INT64_MIN. */
void json_uint(struct json_writer *w, uint64_t v);
void json_bool(struct json_writer *w, bool v);
void json_null(struct json_writer *w);
void json_ms(struct json_writer *w, double v);
void json_real(struct json_writer *w, double v);
void json_money(struct json_writer *w, uint64_t picodollars);
void json_time(struct json_writer *w, int64_t ms);

/* json_text_at(w, name, s) …: A key and its value. */
void json_text_at(struct json_writer *w, const char *name, struct span s);
void json_word_at(struct json_writer *w, const char *name, const char *s);
void json_uint_at(struct json_writer *w, const char *name, uint64_t v);
void json_bool_at(struct json_writer *w, const char *name, bool v);
void json_null_at(struct json_writer *w, const char *name);
void json_ms_at(struct json_writer *w, const char *name, double v);
void json_real_at(struct json_writer *w, const char *name, double v);
void json_money_at(struct json_writer *w, const char *name, uint64_t picodollars);
void json_time_at(struct json_writer *w, const char *name, int64_t ms);

/* json_texts_at(w, name, list, count): An array of strings. */
void json_texts_at(struct json_writer *w, const char *name, const struct span *list, size_t count);

#endif
