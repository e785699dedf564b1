/* search_api.h: What a search is asked and what it answers.
 *
 * Requests are the caller's and only read.  Replies are made by the engine, immutable, and hold all
 * their memory until reply_free().
 */
#ifndef SCROLLBACK_SEARCH_API_H
#define SCROLLBACK_SEARCH_API_H

#include "vocabulary.h"

/* The qualifiers that are also parameters, in the order of the HTTP contract. */
enum request_filter {
    FILTER_ROLE,
    FILTER_KIND,
    FILTER_PART,
    FILTER_TOOL,
    FILTER_PROJECT,
    FILTER_SESSION,
    FILTER_BRANCH,
    FILTER_MODEL,
    FILTER_FILE,
    FILTER_AGENT,
    FILTER_SINCE,
    FILTER_UNTIL,
    FILTER_IS,
    FILTER_HAS,
    FILTER_COUNT
};

enum request_mode { MODE_QUERY, MODE_LITERAL, MODE_REGEX };
enum request_case { CASE_INSENSITIVE, CASE_SENSITIVE, CASE_SMART };
enum request_sort { SORT_NEWEST, SORT_OLDEST, SORT_RELEVANCE };

#define REQUEST_MAX_QUERY 4096
#define REQUEST_MAX_VALUES 32
#define REQUEST_MAX_LIMIT 1000
#define REQUEST_MAX_CONTEXT 10
#define REQUEST_MAX_SNIPPET 4096
#define REQUEST_MAX_FACETS 100

/* Which messages; shared by all requests. */
struct request_query {
    struct span q;
    enum request_mode mode;
    enum request_case letter_case;
    bool word;
    const struct span *values[FILTER_COUNT]; /* alternatives; NULL where there is none */
    uint32_t value_count[FILTER_COUNT];
    bool dedupe;
    struct span tz; /* an IANA zone; absent is UTC */
    int64_t now_ms; /* 0: the wall clock when the request starts */
    enum strategy strategy;
    unsigned threads; /* 0: the engine's default */
};

/* request_query_init(r): The defaults of the contract. */
void request_query_init(struct request_query *r);

struct search_request {
    struct request_query query;
    enum request_sort sort;
    uint32_t limit;     /* 0 counts only; SEARCH_UNLIMITED: every hit */
    struct span cursor; /* absent or empty: from the beginning */
    uint32_t context;   /* messages of the session either side of a hit */
    uint32_t snippet_chars;
    unsigned facets; /* mask of 1 << enum facet, none beyond FACET_DAY */
    uint32_t facet_limit;
    bool group_by_session;
    bool explain;
};
#define SEARCH_UNLIMITED UINT32_MAX

/* search_request_init(r): The defaults of GET /search. */
void search_request_init(struct search_request *r);

struct reply_segment {
    struct span text;
    bool match;
};

struct reply_snippet {
    enum part part;
    struct span tool; /* absent unless the part belongs to a tool */
    uint64_t matches;
    bool truncated;
    const struct reply_segment *segments;
    uint32_t count;
};

/* Another copy of the same message that matches too. */
struct reply_copy {
    struct span source;
    uint64_t line;
    struct span session;
};

struct reply_hit {
    struct span id; /* uuid, or one made from its place */
    struct span session;
    struct span project;
    struct span cwd; /* absent: null */
    struct span source;
    uint64_t line;   /* from 1 */
    uint64_t offset; /* of that line, in bytes */
    uint32_t position;
    int64_t time_ms;
    enum role role;
    enum kind kind;
    struct span model;  /* absent: null */
    struct span branch; /* absent: null */
    struct span agent;  /* absent: null */
    const struct span *tools;
    uint32_t tool_count;
    const struct span *files;
    uint32_t file_count;
    unsigned flags; /* enum message_flag */
    bool has_score;
    double score;
    uint64_t group_count; /* hits of its session, when grouped */
    const struct reply_copy *also_in;
    uint32_t also_in_count;
    const struct reply_snippet *snippets;
    uint32_t snippet_count;
    struct span text;               /* first 240 characters; only in before and after */
    const struct reply_hit *before; /* oldest first */
    uint32_t before_count;
    const struct reply_hit *after;
    uint32_t after_count;
};

struct reply_bucket {
    struct span value; /* absent: null */
    uint64_t count;
};

struct reply_facet {
    enum facet facet;
    const struct reply_bucket *buckets; /* most frequent first, then by value */
    uint32_t count;
    uint64_t others; /* messages in buckets beyond facet_limit; dimensions with one value only */
};

/* What was looked at; may differ by strategy. */
struct reply_scanned {
    uint64_t files;
    uint64_t bytes;
    uint64_t messages;
    uint64_t malformed_lines;
};

/* One step of the plan, for explain=true. */
struct reply_step {
    struct span step;
    struct span detail;
    uint64_t before; /* candidates going in */
    uint64_t after;  /* candidates left */
    double ms;
};

enum incomplete_reason {
    INCOMPLETE_NONE,
    INCOMPLETE_TIMEOUT,
    INCOMPLETE_REGEX_LIMIT,
    INCOMPLETE_CANCELLED
};

struct search_reply {
    const struct reply_hit *hits;
    uint32_t hit_count;
    uint64_t total; /* exact if complete, else at least this */
    bool complete;
    enum incomplete_reason incomplete_reason;
    struct span next_cursor; /* "" at the end */
    const struct reply_facet *facets;
    uint32_t facet_count;
    double took_ms;
    enum strategy strategy; /* the one that ran */
    struct reply_scanned scanned;
    const struct span *warnings;
    uint32_t warning_count;
    const struct reply_step *plan;
    uint32_t plan_count;
};

/* search_reply_free(r): NULL does nothing. */
void search_reply_free(struct search_reply *r);

#endif
