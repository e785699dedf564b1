/* json.h: A cursor over JSON text that reads what is asked for and skips the rest at the speed of
 * memory.
 *
 * Nothing is built: strings are returned as they stand between their quotes, with what a reader of
 * them must know.  A skipped container needs balanced brackets and closed strings only (brackets of
 * both shapes count alike, and a backslash hides a quote even outside of strings, so that a torn
 * record in front of a whole one never looks closed); a skipped scalar is any run of bytes up to
 * the next structural one.
 *
 * Contract for all functions: READER_PADDING bytes behind ${end} are readable, whatever they hold;
 * they never count.  A function that returns -1 leaves the cursor where the text goes wrong.
 */
#ifndef SCROLLBACK_JSON_H
#define SCROLLBACK_JSON_H

#include "vocabulary.h"

#include <string.h>

#define JSON_DEPTH_LIMIT 512

enum json_string_flag {
    JSON_ESCAPED = 1 << 0,   /* holds backslashes: see unescape.h */
    JSON_NON_ASCII = 1 << 1, /* holds bytes above 7F, valid UTF-8 or not */
};

/* What stands between two quotes; ptr NULL: absent. */
struct json_string {
    const char *ptr;
    size_t len;
    unsigned flags; /* enum json_string_flag */
};

/* The inner loops, one set per instruction set. */
struct json_kernels {
    const char *name;
    /* string_end(p, end, flags): The closing quote of the string whose first byte is ${p}, or NULL
     * if there is none before ${end}; flags of what stands before it are added. */
    const char *(*string_end)(const char *p, const char *end, unsigned *flags);
    /* skip(p, end, limit, fail): Behind the bracket that closes the one at ${p}, or NULL, with
     * ${fail} at ${end} or at the bracket that opens level ${limit} + 1 (that at p is level 1). */
    const char *(*skip)(const char *p, const char *end, unsigned limit, const char **fail);
    /* unescape(s, out): What unescape_copy() of unescape.h does. */
    size_t (*unescape)(struct span s, char *out);
};

/* json_kernels_best(): The fastest set that this machine can run.  Any thread.
 * json_kernels_all(count): All that this machine can run; the plain byte loops come first. */
const struct json_kernels *json_kernels_best(void);
const struct json_kernels *const *json_kernels_all(size_t *count);

struct json {
    const char *p;
    const char *end;
    unsigned depth; /* containers entered */
    const struct json_kernels *kernels;
};

/* json_space(c): Go past blanks (space, tab, CR, LF).  json_at(c, b): whether byte ${b} is next. */
static inline void json_space(struct json *c)
{
    while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r' || *c->p == '\n'))
        c->p++;
}

static inline bool json_at(const struct json *c, char b)
{
    return c->p < c->end && *c->p == b;
}

/* json_string(c, s): Read the string that begins at the cursor (a quote).  0 or -1. */
int json_string(struct json *c, struct json_string *s);

/* json_skip(c): Go past the value at the cursor.  json_scalar(c): the same for a number, true,
 * false or null, strict by RFC 8259.  0 or -1. */
int json_skip(struct json *c);
int json_scalar(struct json *c);

/* json_enter(c): Enter the container at the cursor; -1 if that is too deep. */
int json_enter(struct json *c);

/* json_member(c, first, key): Go to the next member of the object entered: 1 with the cursor on
 * its value, 0 behind the closing brace, -1.  json_item(c, first): the same for an array.
 * ${first} is true before the first call for a container, and set to false. */
int json_member(struct json *c, bool *first, struct json_string *key);
int json_item(struct json *c, bool *first);

/* json_key_is(key, name): Whether a key is ${name}, however it is spelled. */
bool json_key_is_escaped(const struct json_string *key, struct span name);
static inline bool json_key_is(const struct json_string *key, struct span name)
{
    if ((key->flags & JSON_ESCAPED) != 0)
        return json_key_is_escaped(key, name);
    return key->len == name.len && memcmp(key->ptr, name.ptr, name.len) == 0;
}

#endif
