/* query.h: The query language: text and filters in, a tree out.
 *
 * (The implementer documents the grammar here.)
 *
 * A query is immutable once parsed and may be read by any number of threads.
 */
#ifndef SCROLLBACK_QUERY_H
#define SCROLLBACK_QUERY_H

#include "vocabulary.h"
#include "zone.h"

#define QUERY_MAX_BYTES 4096
#define QUERY_MAX_VALUES 32 /* of one filter */
#define QUERY_MAX_DEPTH 100 /* of parentheses and negations */

enum query_mode { QUERY_MODE_QUERY, QUERY_MODE_LITERAL, QUERY_MODE_REGEX };
enum query_case { QUERY_CASE_INSENSITIVE, QUERY_CASE_SENSITIVE, QUERY_CASE_SMART };

/* What can be filtered, by a qualifier in the text or a parameter beside it. */
enum field {
    FIELD_ROLE,
    FIELD_KIND,
    FIELD_PART,
    FIELD_TOOL,
    FIELD_PROJECT,
    FIELD_SESSION,
    FIELD_BRANCH,
    FIELD_MODEL,
    FIELD_FILE,
    FIELD_AGENT,
    FIELD_SINCE,
    FIELD_UNTIL,
    FIELD_IS,
    FIELD_HAS,
    FIELD_ID, /* not a qualifier: a query that is a whole UUID also means this */
    FIELD_COUNT
};

/* One value of a filter; which member counts depends on the field. */
struct filter_value {
    struct span
        text; /* as written, unquoted (tool, project, session, branch, model, file, agent, id) */
    unsigned bits;   /* role, kind: 1 << value; is, has: message flags (any of them) */
    int64_t time_ms; /* since (inclusive), until (exclusive) */
    size_t pos;      /* byte offset in q, or ERROR_NO_POSITION for a parameter */
};

struct filter {
    enum field field;
    struct filter_value *values; /* alternatives */
    uint32_t count;
};

enum term_type { TERM_LITERAL, TERM_REGEX };

/* Regex flags as written after the closing slash. */
enum { TERM_FLAG_I = 1, TERM_FLAG_M = 2, TERM_FLAG_S = 4, TERM_FLAG_X = 8 };

struct term {
    enum term_type type;
    struct span
        text; /* what to look for, escapes resolved; a regex as PCRE2 reads it; never empty */
    bool case_sensitive; /* of a literal, after "smart" was decided; of a regex: no flag i */
    bool word;           /* literal: no ASCII letter, digit or '_' may adjoin */
    unsigned flags;      /* of a regex */
    uint32_t index;      /* its place in struct query.terms */
    size_t pos;          /* byte offset in q, for errors */
    bool negated;        /* stands under an odd number of NOTs: never highlighted */
};

enum node_type {
    NODE_ALL, /* every message */
    NODE_AND,
    NODE_OR,
    NODE_NOT, /* one child */
    NODE_TERM,
    NODE_FILTER
};

struct node {
    enum node_type type;
    struct node **children; /* AND, OR: 2 or more */
    uint32_t count;
    const struct term *term;
    const struct filter *filter;
};

struct query {
    struct node *root;         /* the parameters' filters are ANDed in */
    const struct term **terms; /* all text terms in order of appearance, equal ones once */
    uint32_t term_count;
    unsigned parts; /* mask of enum part in which the terms are looked for */
    const struct filter **filters;
    uint32_t filter_count; /* all filters in the tree */
    bool needs_tools;      /* a filter or term asks for tool names (tool:) */
    bool prefix_sessions;  /* a session filter has a value that may be a prefix (not 36 bytes) */
    void *storage;
};

/* Everything a query may be written with. Values of parameters are alternatives; different
 * parameters are ANDed. */
struct query_input {
    struct span text; /* q */
    enum query_mode mode;
    enum query_case letter_case;
    bool word;
    const struct span *values[FIELD_COUNT]; /* URL parameters by field */
    uint32_t value_count[FIELD_COUNT];
    int64_t now_ms;          /* what relative times count from */
    const struct zone *zone; /* for dates without a time, today, yesterday; NULL is UTC */
};

/* query_parse(in, out, err): Parse and check.  *${out} is independent of ${in} and the caller's to
 * query_free().  Return 0, or -1 with ERROR_INVALID_QUERY (pos in q, parameter "q"), or
 * ERROR_INVALID_PARAMETER (parameter named), or ERROR_NO_MEMORY.  Regexes are not compiled here. */
int query_parse(const struct query_input *in, struct query **out, struct error *err);
void query_free(struct query *q); /* NULL does nothing */

/* query_pin_sessions(q, sessions, count, err): Replace session values that are prefixes by the one
 * full id of ${sessions} they fit (an exact id wins over longer ones).  A prefix that fits several
 * is ERROR_INVALID_PARAMETER or _QUERY; one that fits none stays and matches nothing. */
int query_pin_sessions(struct query *q, const struct span *sessions, size_t count,
                       struct error *err);

/* query_describe(q): A canonical text of the tree, for logs of tests and for binding cursors to
 * their query; owned by ${q}. */
struct span query_describe(struct query *q);

#endif
