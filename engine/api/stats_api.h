/* stats_api.h: What statistics are asked and answered. */
#ifndef SCROLLBACK_STATS_API_H
#define SCROLLBACK_STATS_API_H

#include "search_api.h"

struct stats_request {
    struct request_query query;
    enum facet by; /* FACET_NONE: totals only; else any but FACET_PART */
};

/* stats_request_init(r): The defaults of GET /stats. */
void stats_request_init(struct stats_request *r);

struct reply_tokens {
    uint64_t input;
    uint64_t output;
    uint64_t cache_write_5m;
    uint64_t cache_write_1h;
    uint64_t cache_read;
};

/* One row, or the totals. Money is in picodollars (1e-12 US dollars): integers add up. */
struct reply_stats_row {
    struct span key; /* absent: null; unused in the totals */
    uint64_t messages;
    uint64_t sessions;
    uint64_t projects;
    uint64_t files;
    uint64_t prompts;
    uint64_t tool_calls;
    uint64_t errors;
    int64_t first_ms; /* TIME_NONE (INT64_MIN) if there is no message */
    int64_t last_ms;
    struct reply_tokens tokens;
    uint64_t cost_picodollars;
    const struct span *unpriced_models;
    uint32_t unpriced_count;
};

struct stats_reply {
    struct reply_stats_row totals;
    const struct reply_stats_row *rows;
    uint32_t row_count;
    enum facet by;
    bool complete;
    enum incomplete_reason incomplete_reason;
    double took_ms;
    enum strategy strategy;
    struct reply_scanned scanned;
    const struct span *warnings;
    uint32_t warning_count;
};

void stats_reply_free(struct stats_reply *r); /* NULL does nothing */

struct reply_unreadable {
    struct span source;
    struct span reason;
};

/* Where the time of one strategy's runs went. */
struct reply_phase {
    const char *phase; /* discover, read, split, parse, extract, match, merge, waiting, locked */
    double ms;
    double share; /* of the strategy's time; all add up to 1 */
    uint64_t bytes;
    uint64_t records;
};

struct reply_profile {
    enum strategy strategy;
    uint64_t runs;
    const char *io; /* how the bytes came in the last run: "read", "io_uring", "readahead" */
    const struct reply_phase *phases;
    uint32_t phase_count;
};

/* What lies below one root. */
struct reply_root {
    uint64_t files;
    uint64_t bytes;
};

/* What the engine reads and keeps, in numbers; a plain value. */
struct engine_state {
    uint64_t files;
    uint64_t bytes;
    bool counted; /* the next three are known */
    uint64_t messages;
    uint64_t malformed_lines;
    uint64_t other_records;
    bool sample;     /* the shipped sample is served, no transcripts were found */
    bool ready;      /* the first index is complete (always, where there is none) */
    double progress; /* 0..1 */
    uint64_t bytes_done;
    double eta_s;       /* < 0: unknown */
    bool index_enabled; /* there is one, of these files; if not, the rest is 0 */
    uint64_t index_messages;
    uint64_t index_text_bytes;
    uint64_t index_segments;
    uint64_t index_disk_bytes;
    uint64_t index_memory_bytes;
    int64_t index_last_refresh_ms;
    uint64_t index_refresh_ns; /* how long that look at the disk took */
};

/* The state and what belongs to it. */
struct engine_status {
    struct engine_state state;
    const struct reply_unreadable *unreadable;
    uint32_t unreadable_count;
    /* In the order in which they were given; with sample, its own. */
    const struct reply_root *roots;
    uint32_t root_count;
    const struct reply_profile *profiles;
    uint32_t profile_count;
};

/* engine_status_free(s): NULL does nothing. */
void engine_status_free(struct engine_status *s);

#endif
