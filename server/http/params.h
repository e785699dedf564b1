/* params.h: The parameters of a request, checked strictly against a table.
 *
 * A route names the parameters it knows in a table of struct param_spec; whatever is not in it, comes
 * twice where once is meant, or lies outside its limits is refused with the name, the reason and
 * the byte position, never ignored or clamped.  The same table reads the query string of a GET and
 * the JSON object of a POST, and is what openapi.yaml is checked against.
 */
#ifndef SCROLLBACK_PARAMS_H
#define SCROLLBACK_PARAMS_H

#include "bytes.h"
#include "problem.h"
#include "vocabulary.h"

#define PARAMS_MAX_BODY (64u * 1024u)
#define PARAMS_MAX_SPECS 48
#define PARAMS_MAX_VALUES 512 /* of one request: each filter may have 32 */

enum param_type {
    PARAM_TEXT,   /* UTF-8 without NUL, at most max bytes */
    PARAM_WORD,   /* one of words */
    PARAM_FLAG,   /* true or false */
    PARAM_NUMBER, /* decimal, min to max */
    PARAM_WORDS,  /* several of words: a comma list, repeated, or a JSON array */
    PARAM_TEXTS   /* several texts, the same way; "…" around one keeps its commas */
};

struct param_spec {
    const char *name;
    enum param_type type;
    uint32_t min;
    uint32_t max;             /* of the number; of the bytes of one text; 0 for words and flags */
    const char *const *words; /* NULL-terminated */
    const char *fallback;     /* default as text, for the documentation; NULL: none */
};

/* The values of one request; offsets into bytes, so that nothing moves under a pointer. */
struct param_value {
    uint32_t offset;
    uint32_t length;
    uint32_t number; /* of a PARAM_NUMBER; index in words; 0 or 1 of a flag */
    uint16_t spec;
};

struct params {
    const struct param_spec *specs;
    size_t spec_count;
    struct bytes bytes; /* decoded values one after another */
    struct param_value *values;
    uint32_t count;
};

/* params_init(p, specs, count): Nothing given yet; ${specs} must outlive ${p}. */
void params_init(struct params *p, const struct param_spec *specs, size_t count);
void params_clear(struct params *p);

/* params_read_query(p, query, problem): Read "a=1&b=2", percent-encoded.  Return 0, or -1 with
 * every fault (up to the problem's limit) listed. */
int params_read_query(struct params *p, struct span query, struct problem *problem);

/* params_read_json(p, body, problem): Read one JSON object: strings, numbers, booleans, and arrays
 * of strings where several values are allowed; duplicate keys, other types, null and trailing bytes
 * are refused.  Return 0 or -1. */
int params_read_json(struct params *p, struct span body, struct problem *problem);

/* params_find(p, name): The first value, or NULL where none was given. */
const struct param_value *params_find(const struct params *p, const char *name);

/* params_text(p, name): The text given, absent if none.  Borrowed from ${p}. */
struct span params_text(const struct params *p, const char *name);

/* params_number(p, name), params_flag, params_word: What was given, else the fallback of the table;
 * params_word gives the index in the parameter's words.  0 where the route has no such parameter. */
uint32_t params_number(const struct params *p, const char *name);
bool params_flag(const struct params *p, const char *name);
uint32_t params_word(const struct params *p, const char *name);

/* params_list(p, name, out, max): All values given for ${name}; return how many (at most ${max}). */
uint32_t params_list(const struct params *p, const char *name, struct span *out, uint32_t max);

/* params_words(p, name): A mask of the words given, bit i for words[i]. */
uint32_t params_words(const struct params *p, const char *name);

#endif
