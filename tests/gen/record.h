/* record.h: Single lines of a transcript, in the shape and key order of real ones.
 *
 * A struct session carries what records of one file share.  Every function writes one line and
 * counts it; with damage switched on, lines are glued, torn, padded or oddly ended here, and the
 * counts stay true.
 */
#ifndef GEN_RECORD_H
#define GEN_RECORD_H

#include "out.h"
#include "rng.h"
#include "text.h"

/* What a reader must find. */
struct counts {
    uint64_t files;
    uint64_t messages; /* copies included */
    uint64_t copies;   /* messages whose uuid an earlier file holds */
    uint64_t other_records;
    uint64_t malformed_lines;
    uint64_t rare;   /* prompts with GEN_RARE_WORD, copies left out */
    uint64_t scarce; /* prompts with GEN_SCARCE_WORD, copies left out */
};

/* Planted in one of 31 and one of 997 prompts; GEN_ABSENT_WORD in none. */
#define GEN_RARE_WORD "umbershade"
#define GEN_SCARCE_WORD "quillfeather"
#define GEN_ABSENT_WORD "zebracorn"

struct session {
    struct out out;
    struct rng rng;
    struct counts *counts;
    struct uuid id; /* written as sessionId */
    struct uuid parent;
    bool has_parent;
    bool copying; /* the records being written repeat an earlier file's */
    int64_t now_ms;
    const char *cwd;
    const char *branch;
    const char *version;
    const char *model;
    const char *agent; /* id, or NULL in a main thread */
    struct text_style style;
    struct rng *damage; /* NULL: none.  Not the session's own numbers: copies stay copies */
    bool line_open;     /* a record stands on the current line, its newline was left out */
};

/* One API response: its records repeat the ids, output_tokens grows. */
struct response {
    uint64_t message_id[2];
    uint64_t request_id;
    bool has_request;
    uint64_t input, cache_write, cache_read, output;
};

enum tool {
    TOOL_BASH,
    TOOL_READ,
    TOOL_EDIT,
    TOOL_WRITE,
    TOOL_GREP,
    TOOL_TODO,
    TOOL_SEARCH,
    TOOL_TASK,
    TOOL_MCP,
    TOOL_COUNT
};

/* A call and what its result must repeat. */
struct call {
    enum tool tool;
    uint64_t id;
    struct rng texts; /* state before the input's texts */
    struct uuid assistant;
    char agent[20]; /* of TOOL_TASK */
};

void record_prompt(struct session *s);
void record_meta(struct session *s);    /* a user record that nobody typed */
void record_compact(struct session *s); /* boundary and continuation summary: two records */
void record_queued_prompt(struct session *s);

/* response_begin(s, a): Begin an answer of the model; the records that follow are blocks of it, or
 * the results of its calls. */
void response_begin(struct session *s, struct response *a);
void record_thinking(struct session *s, struct response *a);
void record_reply(struct session *s, struct response *a, bool last);
void record_call(struct session *s, struct response *a, struct call *call);
void record_result(struct session *s, const struct call *call);
void record_long_result(struct session *s, uint64_t bytes);
void record_api_error(struct session *s);

void record_progress(struct session *s, const struct call *call);
void record_attachment(struct session *s);
void record_system_note(struct session *s); /* turn_duration, hook summary, api_error: no message */
void record_system_text(struct session *s); /* local_command, away_summary */
void record_summary(struct session *s);
void record_side(struct session *s); /* snapshots, titles, modes, queue operations … */

/* Line framing, also used by whoever writes records of its own. */
void line_begin(struct session *s);
void line_end(struct session *s, bool message);

/* The pieces that most records share. */
void envelope_begin(struct session *s);
void envelope_end(struct session *s, bool message);         /* uuid, timestamp, end of line */
int64_t session_tick(struct session *s, uint64_t up_to_ms); /* the clock goes on; 1 in 20 back */
struct uuid random_uuid(struct rng *r);

#endif
