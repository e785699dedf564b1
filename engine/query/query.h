/* query.h: The query language: text and filters in, a tree out.
 *
 * GRAMMAR (blanks are space, tab, LF, CR, VT, FF; they separate terms and are otherwise free)
 *
 *   query  = [ or ]                      nothing at all: every message
 *   or     = and { "OR" and }
 *   and    = not { [ "AND" ] not }       side by side means AND
 *   not    = ( "NOT" | "-" ) not | term
 *   term   = "(" or ")" | word | quoted | regex | qualifier
 *
 * A term begins where the one before has ended, with or without a blank.  What it is, is decided
 * at its first byte, in this order:
 *
 *   1. '(' opens a group, ')' closes one.
 *   2. '-' negates the term after it; but before another '-', a blank, ')' or the end it is the
 *      first byte of a word ("--force", "a - b").
 *   3. '"' or '\'' opens a quoted literal, which ends at the next such quote.  Inside, \" \\ \n \t
 *      (and \' in '...') mean what they mean in C; any other backslash stands for itself.
 *   4. '/' opens a regex if the next unescaped '/' is followed by flags (any of i, m, s, x) and
 *      then a blank, ')' or the end, and something stands between the two.  "\/" in it is '/';
 *      everything else reaches PCRE2 as written.  Otherwise ("/usr/bin", "//") it is part of a word.
 *   5. One of the names of query_field_name() and ':' is a qualifier, exact in case.  Its values
 *      follow at once, with commas between them; each is quoted (as in 3, and then a comma, a
 *      blank, ')' or the end follows) or runs up to a comma, a blank, the end, or a ')' without its '('.
 *   6. Anything else is a word: all up to a blank, the end, or a ')' that has no '(' in the word.
 *      Quotes, slashes, colons, backslashes and '(' in it are text ("don't", "main()", "f(").
 *      The words AND, OR and NOT are operators; "or" and "ANDY" are not.
 *
 * MEANING
 *
 * The values of one qualifier or of one parameter are alternatives; qualifiers side by side are
 * ANDed like other terms, and so are all parameters.  A parameter's value is written as in 5, but
 * blanks and ')' in it are text.
 * "part:" stands at the top level only: outside parentheses, not negated, not beside an OR.  If
 * the query has a text term (a literal or a regex), it and the parameter of that name leave the
 * tree and say where all text terms are looked for; several of them leave what they have in
 * common, which may be nothing.  Without a text term they ask that such a part exist.
 * A query that is nothing but one bare UUID (mode query only) is that literal OR the message or
 * session of that id.
 * Times: RFC 3339 (without an offset: in the zone); a date: the beginning of that day in the
 * zone; a number: Unix seconds, or milliseconds above 1e11; <n>m, h, d, w before now, each of fixed
 * length (a day is 24 hours); today, yesterday: the beginning of that day in the zone.
 * Smart case: a literal with a character of category Lu or Lt is case-sensitive, each by itself.
 * In mode regex the whole q is one pattern without slashes; under smart case letters in escapes
 * (\S, \x{AB}, \p{Lu}) do not count.  A regex in slashes obeys its flag i alone.
 *
 * Parsing takes linear time and bounded stack.  A query is immutable once parsed and pinned, and
 * may then be read by any number of threads.
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
    struct span text; /* as written, unquoted; of model: in lower case (ASCII) */
    bool exact;       /* session: a whole id, not a prefix: 36 bytes long, or pinned */
    unsigned bits;    /* role, kind, part: 1 << value; is, has: a message flag */
    int64_t time_ms;  /* since (inclusive), until (exclusive) */
    size_t pos;       /* byte offset in q, or ERROR_NO_POSITION for a parameter */
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
    struct span text;    /* what to look for, escapes resolved; never empty */
    bool case_sensitive; /* of a literal, after "smart" was decided; of a regex: no flag i */
    bool word;           /* literal: no ASCII letter, digit or '_' may adjoin */
    unsigned flags;      /* of a regex */
    uint32_t index;      /* its place in struct query.terms */
    size_t pos;          /* byte offset in q of its first byte, quote and slash included */
    bool negated;        /* stands only under odd numbers of NOTs: never highlighted */
    struct span written; /* what stands in q for ${text}, between quotes or slashes */
    size_t written_pos;
};

enum node_type {
    NODE_ALL, /* every message */
    NODE_AND,
    NODE_OR,
    NODE_NOT, /* one child, itself no NOT */
    NODE_TERM,
    NODE_FILTER
};

struct node {
    enum node_type type;
    struct node **children; /* AND, OR: 2 or more, none of the same type */
    uint32_t count;
    const struct term *term;
    const struct filter *filter;
};

struct query {
    struct node *root;         /* the parameters' filters are ANDed in */
    const struct term **terms; /* all text terms in order of appearance, equal ones once */
    uint32_t term_count;
    unsigned parts; /* mask of enum part in which the terms are looked for; may be 0 */
    const struct filter **filters;
    uint32_t filter_count; /* all filters in the tree */
    bool needs_tools;      /* a filter asks for tool names */
    bool prefix_sessions;  /* a session filter has a value that may be a prefix */
    void *storage;
};

/* Everything a query may be written with. */
struct query_input {
    struct span text; /* q: at most QUERY_MAX_BYTES of UTF-8 without NUL */
    enum query_mode mode;
    enum query_case letter_case;
    bool word;
    const struct span *values[FIELD_COUNT]; /* one value each; none for FIELD_ID */
    uint32_t value_count[FIELD_COUNT];
    int64_t now_ms;          /* what relative times count from */
    const struct zone *zone; /* for times without an offset; NULL is UTC */
};

/* query_parse(in, out, err): Parse and check.  *${out} is independent of ${in} and the caller's to
 * query_free().  Return 0, or -1 with ERROR_INVALID_QUERY (pos: the byte of q where the text stops
 * making sense, or the quote that is never closed; the message says what was expected there;
 * parameter "q"), ERROR_INVALID_PARAMETER (parameter named; pos in its value) or ERROR_NO_MEMORY.
 * Regexes are not compiled here. */
int query_parse(const struct query_input *in, struct query **out, struct error *err);
void query_free(struct query *q); /* NULL does nothing */

/* query_pin_sessions(q, sessions, count, err): Replace session values that are prefixes by the one
 * full id of ${sessions} (distinct ids) they fit; an exact id wins over longer ones.  A prefix that
 * fits several is ERROR_INVALID_PARAMETER or _QUERY; one that fits none stays and matches nothing.
 * Return 0 or -1.  Before the query is shared between threads. */
int query_pin_sessions(struct query *q, const struct span *sessions, size_t count,
                       struct error *err);

/* query_describe(q): A canonical text of the tree, equal for queries that mean the same by their
 * structure, for logs of tests and for binding cursors to their query; owned by ${q}; absent
 * without memory.  Relative times stand in it resolved, prefixes as pinned at its first call: who
 * continues a walk parses with the now_ms it began with.  One thread at a time. */
struct span query_describe(struct query *q);

/* query_term_position(t, offset): Where in q byte ${offset} of t->text was written, for faults that
 * are found later (a regex that does not compile); ${offset} at most t->text.len. */
size_t query_term_position(const struct term *t, size_t offset);

/* query_field_name(f): The name as qualifier and parameter; "id" for FIELD_ID. */
const char *query_field_name(enum field f);

#endif
