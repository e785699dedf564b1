#include "regex_syntax.h"

#include "code_point.h"
#include "fold.h"
#include "query.h"
#include "regex_set.h"

#include <string.h>

#define DEPTH_MAX 50u
#define CHILDREN_MAX 4096u

/* Why reading stops before the end. */
enum status { FINE, FOREIGN, NO_MEMORY };

struct reader {
    const char *p;
    const char *end;
    bool caseless;
    bool dotall;
    struct arena *arena;
    enum status status;
    unsigned depth;
};

static struct syntax *stop(struct reader *r, enum status why)
{
    if (r->status == FINE)
        r->status = why;
    return NULL;
}

static struct syntax *new_node(struct reader *r, enum syntax_type type)
{
    struct syntax *s = arena_zalloc(r->arena, sizeof(*s));
    if (s == NULL)
        return stop(r, NO_MEMORY);
    s->type = type;
    return s;
}

/* Make a node of a set that is complete; empties the set. */
static struct syntax *new_set(struct reader *r, struct regex_set *set)
{
    struct syntax *s = NULL;
    if (set->failed || set->count == 0) /* none matches nothing: too odd to bother */
        stop(r, FOREIGN);
    else
        s = new_node(r, SYNTAX_SET);
    if (s != NULL) {
        size_t size = set->count * sizeof(set->ranges[0]);
        s->ranges = arena_alloc(r->arena, size);
        if (s->ranges != NULL) {
            memcpy(s->ranges, set->ranges, size);
            s->range_count = set->count;
        } else {
            s = stop(r, NO_MEMORY);
        }
    }
    regex_set_clear(set);
    return s;
}

static struct syntax *new_char(struct reader *r, uint32_t cp)
{
    struct regex_set set;
    regex_set_init(&set);
    if (r->caseless)
        regex_set_add_caseless(&set, cp, cp);
    else
        regex_set_add(&set, cp, cp);
    regex_set_finish(&set, false);
    return new_set(r, &set);
}

static bool at(const struct reader *r, char c)
{
    return r->p < r->end && *r->p == c;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* Behind "\x": two digits, or any number in braces.  Return whether it is one. */
static bool read_hex(struct reader *r, uint32_t *cp)
{
    bool braces = at(r, '{');
    uint32_t value = 0;
    unsigned digits = 0;
    r->p += braces;
    while (r->p < r->end && hex_value(*r->p) >= 0 && digits < (braces ? 6u : 2u)) {
        value = value << 4 | (uint32_t)hex_value(*r->p++);
        digits++;
    }
    if (digits == 0 || (!braces && digits < 2) || value > CODE_POINT_MAX)
        return false;
    if (braces) {
        if (!at(r, '}'))
            return false;
        r->p++;
    }
    *cp = value;
    return true;
}

/* Behind a backslash: one character, the same inside and outside of classes. */
static bool read_escaped_char(struct reader *r, uint32_t *cp)
{
    static const char names[] = "nrtfea", values[] = "\n\r\t\f\x1b\a";
    char c = *r->p;
    const char *name = c == 0 ? NULL : strchr(names, c);
    if (c == 'x') {
        r->p++;
        return read_hex(r, cp);
    }
    if (name != NULL)
        *cp = (unsigned char)values[name - names];
    else if (c > ' ' && c < 0x7F && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
             !(c >= 'A' && c <= 'Z'))
        *cp = (unsigned char)c;
    else
        return false;
    r->p++;
    return true;
}

/* One member of a class, if it is a single character. 1, 0: it was an escape for many, -1:
 * foreign. */
static int read_member(struct reader *r, struct regex_set *set, uint32_t *cp)
{
    if (*r->p == '\\') {
        if (++r->p == r->end)
            return -1;
        if (regex_set_add_escape(set, *r->p)) {
            r->p++;
            return 0;
        }
        return read_escaped_char(r, cp) ? 1 : -1;
    }
    if (*r->p == '[' && r->end - r->p > 1 && strchr(":.=", r->p[1]) != NULL)
        return -1;
    r->p += code_point_read(r->p, cp);
    return 1;
}

/* A member and, if a hyphen follows that is not the last, the range it begins. */
static bool read_range(struct reader *r, struct regex_set *set)
{
    uint32_t low, high;
    int kind = read_member(r, set, &low);
    bool hyphen = r->end - r->p > 1 && r->p[0] == '-' && r->p[1] != ']';
    if (kind < 0 || (kind == 0 && hyphen))
        return false;
    if (kind == 0)
        return true;
    high = low;
    if (hyphen) {
        r->p++;
        if (read_member(r, set, &high) != 1 || high < low)
            return false;
    }
    if (r->caseless)
        regex_set_add_caseless(set, low, high);
    else
        regex_set_add(set, low, high);
    return true;
}

/* Behind '['. A ']' at once is a member. */
static struct syntax *read_class(struct reader *r)
{
    struct regex_set set;
    bool negated = at(r, '^'), first = true;
    regex_set_init(&set);
    r->p += negated;
    for (; r->p < r->end && (first || *r->p != ']'); first = false)
        if (!read_range(r, &set)) {
            regex_set_clear(&set);
            return stop(r, FOREIGN);
        }
    if (r->p == r->end) {
        regex_set_clear(&set);
        return stop(r, FOREIGN);
    }
    r->p++;
    regex_set_finish(&set, negated);
    return new_set(r, &set);
}

/* Behind a backslash outside of classes. */
static struct syntax *read_escape(struct reader *r)
{
    struct regex_set set;
    uint32_t cp;
    regex_set_init(&set);
    if (r->p == r->end)
        return stop(r, FOREIGN);
    if (regex_set_add_escape(&set, *r->p)) {
        r->p++;
        regex_set_finish(&set, false);
        return new_set(r, &set);
    }
    return read_escaped_char(r, &cp) ? new_char(r, cp) : stop(r, FOREIGN);
}

static struct syntax *read_dot(struct reader *r)
{
    struct regex_set set;
    regex_set_init(&set);
    if (!r->dotall)
        regex_set_add(&set, '\n', '\n');
    regex_set_finish(&set, true);
    return new_set(r, &set);
}

static struct syntax *read_choice(struct reader *r);

/* Behind '('. */
static struct syntax *read_group(struct reader *r)
{
    if (at(r, '*'))
        return stop(r, FOREIGN);
    if (at(r, '?')) {
        if (r->end - r->p < 2 || r->p[1] != ':')
            return stop(r, FOREIGN);
        r->p += 2;
    }
    if (++r->depth > DEPTH_MAX)
        return stop(r, FOREIGN);
    struct syntax *s = read_choice(r);
    r->depth--;
    if (s == NULL)
        return NULL;
    if (!at(r, ')'))
        return stop(r, FOREIGN);
    r->p++;
    return s;
}

static struct syntax *read_atom(struct reader *r)
{
    uint32_t cp;
    char c = *r->p;
    switch (c) {
    case '^':
    case '$':
    case '*':
    case '+':
    case '?':
    case '{':
        return stop(r, FOREIGN);
    case '\\':
        r->p++;
        return read_escape(r);
    case '.':
        r->p++;
        return read_dot(r);
    case '[':
        r->p++;
        return read_class(r);
    case '(':
        r->p++;
        return read_group(r);
    default:
        r->p += code_point_read(r->p, &cp);
        return new_char(r, cp);
    }
}

static bool read_number(struct reader *r, uint32_t *n)
{
    const char *start = r->p;
    *n = 0;
    while (r->p < r->end && *r->p >= '0' && *r->p <= '9' && *n <= SYNTAX_REPEAT_MAX)
        *n = *n * 10 + (uint32_t)(*r->p++ - '0');
    return r->p > start && *n <= SYNTAX_REPEAT_MAX;
}

/* {n}, {n,} or {n,m}, behind the brace. */
static bool read_braces(struct reader *r, uint32_t *min, uint32_t *max)
{
    if (!read_number(r, min))
        return false;
    *max = *min;
    if (at(r, ',')) {
        r->p++;
        *max = SYNTAX_UNLIMITED;
        if (!at(r, '}') && !read_number(r, max))
            return false;
    }
    if (!at(r, '}') || *max < *min)
        return false;
    r->p++;
    return true;
}

static bool is_quantifier(const struct reader *r)
{
    return r->p < r->end && (*r->p == '*' || *r->p == '+' || *r->p == '?' || *r->p == '{');
}

/* An atom and the quantifier behind it.  Greedy or lazy does not matter to whether there is a
 * match; possessive does, and is left over as a second quantifier. */
static struct syntax *read_repeat(struct reader *r)
{
    struct syntax *atom = read_atom(r);
    uint32_t min = 0, max = SYNTAX_UNLIMITED;
    if (atom == NULL || !is_quantifier(r))
        return atom;
    char c = *r->p++;
    if (c == '{') {
        if (!read_braces(r, &min, &max))
            return stop(r, FOREIGN);
    } else {
        min = c == '+';
        max = c == '?' ? 1 : SYNTAX_UNLIMITED;
    }
    if (at(r, '?'))
        r->p++;
    if (is_quantifier(r))
        return stop(r, FOREIGN);
    struct syntax *s = new_node(r, SYNTAX_REPEAT);
    struct syntax **child = arena_alloc(r->arena, sizeof(struct syntax *));
    if (s == NULL || child == NULL)
        return stop(r, NO_MEMORY);
    *child = atom;
    s->children = child;
    s->count = 1;
    s->min = min;
    s->max = max;
    return s;
}

/* Append to a list that doubles inside the arena. */
static bool add_child(struct reader *r, struct syntax *list, struct syntax *child)
{
    if (list->count >= CHILDREN_MAX)
        return stop(r, FOREIGN) != NULL;
    if ((list->count & (list->count - 1)) == 0) {
        size_t capacity = list->count == 0 ? 1 : 2 * (size_t)list->count;
        struct syntax **grown = arena_alloc(r->arena, capacity * sizeof(struct syntax *));
        if (grown == NULL)
            return stop(r, NO_MEMORY) != NULL;
        if (list->count > 0)
            memcpy(grown, list->children, list->count * sizeof(struct syntax *));
        list->children = grown;
    }
    list->children[list->count++] = child;
    return true;
}

static struct syntax *read_chain(struct reader *r)
{
    struct syntax *chain = new_node(r, SYNTAX_CHAIN);
    while (chain != NULL && r->p < r->end && *r->p != '|' && *r->p != ')') {
        struct syntax *s = read_repeat(r);
        if (s == NULL || !add_child(r, chain, s))
            return NULL;
    }
    return chain != NULL && chain->count == 1 ? chain->children[0] : chain;
}

static struct syntax *read_choice(struct reader *r)
{
    struct syntax *choice = NULL, *s = read_chain(r);
    while (s != NULL && at(r, '|')) {
        if (choice == NULL) {
            choice = new_node(r, SYNTAX_CHOICE);
            if (choice == NULL || !add_child(r, choice, s))
                return NULL;
        }
        r->p++;
        s = read_chain(r);
        if (s == NULL || !add_child(r, choice, s))
            return NULL;
    }
    return s == NULL || choice == NULL ? s : choice;
}

int regex_syntax_parse(struct span pattern, unsigned flags, struct arena *arena,
                       const struct syntax **out)
{
    struct reader r = {.p = pattern.ptr,
                       .end = pattern.ptr + pattern.len,
                       .caseless = (flags & TERM_FLAG_I) != 0,
                       .dotall = (flags & TERM_FLAG_S) != 0,
                       .arena = arena};
    if (flags & TERM_FLAG_X)
        return 0;
    struct syntax *s = read_choice(&r);
    if (s == NULL)
        return r.status == NO_MEMORY ? -1 : 0;
    if (r.p != r.end)
        return 0;
    *out = s;
    return 1;
}

/* The character that the set stands for, if it is one, or one in all its cases. */
static bool plain_char(const struct syntax *s, bool caseless, uint32_t *cp)
{
    uint32_t class[FOLD_CLASS_MAX];
    unsigned n = 1, members = 0;
    *cp = s->ranges[0].low;
    if (caseless) {
        *cp = fold_code_point(*cp);
        n = fold_class(*cp, class);
    }
    for (uint32_t i = 0; i < s->range_count; i++)
        members += s->ranges[i].high - s->ranges[i].low + 1;
    if (members != n)
        return false;
    for (uint32_t i = 0; i < s->range_count; i++)
        for (uint32_t c = s->ranges[i].low; c <= s->ranges[i].high; c++)
            if (caseless ? fold_code_point(c) != fold_code_point(*cp) : c != *cp)
                return false;
    return true;
}

static bool append_plain(const struct syntax *s, bool caseless, struct buf *out)
{
    char bytes[4];
    uint32_t cp;
    if (s->type != SYNTAX_SET || !plain_char(s, caseless, &cp) || (cp >= 0xD800 && cp < 0xE000))
        return false;
    return buf_append(out, bytes, code_point_write(cp, bytes)) == 0;
}

bool regex_syntax_plain(const struct syntax *s, bool caseless, struct buf *out)
{
    if (s->type == SYNTAX_SET)
        return append_plain(s, caseless, out);
    if (s->type != SYNTAX_CHAIN || s->count == 0)
        return false;
    for (uint32_t i = 0; i < s->count; i++)
        if (!append_plain(s->children[i], caseless, out))
            return false;
    return true;
}
