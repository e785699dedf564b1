/* sessions_api.h: Sessions and their messages, whole.
 *
 * A session is everything that carries one sessionId, in whichever files it stands, and what else stands in a
 * file named after it (exec/session_matches.h).  Its main thread is what is in main transcripts, its agents are
 * the sub-agent files (exec/session_thread.h); copies are shown once in a thread.
 */
#ifndef SCROLLBACK_SESSIONS_API_H
#define SCROLLBACK_SESSIONS_API_H

#include "stats_api.h"

enum sessions_sort { SESSIONS_NEWEST, SESSIONS_OLDEST, SESSIONS_LONGEST, SESSIONS_COSTLIEST };

struct sessions_request {
    struct request_query query;
    enum sessions_sort sort; /* last time, last time, messages, cost */
    uint32_t limit;          /* 0-1,000 */
    struct span cursor;
};

/* sessions_request_init(r): The defaults of GET /sessions. */
void sessions_request_init(struct sessions_request *r);

/* One session.  Counts and tokens are those of the whole session, agents included; copies once. */
struct reply_session {
    struct span id;
    struct span title; /* custom title, else summary, else the first prompt, cut; absent: none */
    struct span project;
    struct span cwd;    /* the first one in its main transcript; absent: null */
    struct span branch; /* of its last message; absent: null */
    const struct span *models;
    uint32_t model_count;
    int64_t first_ms;
    int64_t last_ms;
    uint64_t messages;
    uint64_t prompts;
    uint64_t tool_calls;
    uint64_t errors;
    struct reply_tokens tokens;
    uint64_t cost_picodollars;
    const struct span *unpriced_models;
    uint32_t unpriced_count;
    uint32_t agents;     /* sub-agents with a transcript */
    struct span source;  /* main file, else the first with its messages */
    uint64_t size_bytes; /* of all its files */
    struct span resume;  /* cd '<cwd>' && claude --resume <id>, quoted for a POSIX shell */
    bool resumable;      /* the directory and the main file exist */
    bool has_matches;    /* a query or filter was given */
    uint64_t matches;    /* its messages that match, copies once */
};

/* A sub-agent's thread and the tool call that started it. */
struct reply_agent {
    struct span agent;
    struct span source;
    uint64_t messages;
    int64_t first_ms;
    int64_t last_ms;
    struct span tool_use_id;     /* absent where it is not known */
    struct span tool_message_id; /* the message with that call */
    struct span agent_type;      /* from the file's .meta.json, or absent */
    struct span description;
};

struct sessions_reply {
    const struct reply_session *sessions;
    uint32_t count;
    uint64_t total;
    struct span next_cursor;
    const struct reply_agent *agents; /* only for one session */
    uint32_t agent_count;
    bool complete;
    enum incomplete_reason incomplete_reason;
    double took_ms;
    const struct span *warnings;
    uint32_t warning_count;
};

/* sessions_reply_free(r): NULL does nothing. */
void sessions_reply_free(struct sessions_reply *r);

enum block_type {
    BLOCK_TEXT,
    BLOCK_THINKING,
    BLOCK_SUMMARY,
    BLOCK_SYSTEM,
    BLOCK_TOOL_USE,
    BLOCK_TOOL_RESULT,
    BLOCK_IMAGE
};

/* What a message shows, in its own order. */
struct reply_block {
    enum block_type type;
    struct span text;    /* of all but tool_use and image; perhaps cut */
    uint64_t size_bytes; /* of the whole text; of an image its decoded size */
    bool truncated;
    struct span id; /* tool_use: its id; tool_result: that of the call it answers */
    /* tool_use: the tool; tool_result: the tool that it answers, or absent; image: media type */
    struct span name;
    struct span input; /* tool_use: one valid JSON value in valid UTF-8 */
    bool is_error;     /* tool_result */
    uint32_t images;   /* tool_result: how many it holds */
};

struct reply_part {
    enum part part;
    struct span text;
    uint64_t size_bytes;
    bool truncated;
};

struct reply_message {
    struct reply_hit hit; /* place and names; no snippets */
    struct span parent;   /* parentUuid; absent: null */
    struct span version;
    bool has_tokens;
    struct reply_tokens tokens; /* as the record tells them */
    const struct reply_part *parts;
    uint32_t part_count;
    const struct reply_block *blocks;
    uint32_t block_count;
    struct span raw; /* the source line as it stands, only where asked for */
};

#define MESSAGES_MAX_LIMIT 1000
#define MESSAGES_TEXT_CUT 65536 /* bytes of a part or block, unless full */

struct messages_request {
    struct span session; /* exact id or unique prefix */
    struct span agent;   /* an agent's id; absent: the main thread, or with around or cursor the one
                            that holds the message */
    bool main_only;      /* the main thread in any case */
    struct span around;  /* a message id: a page around it; absent or empty: from the beginning */
    struct span cursor;  /* next_cursor or prev_cursor of an earlier page; not beside around */
    uint32_t limit;      /* 1-1,000 */
    bool full;
    bool raw;
};

/* messages_request_init(r): The defaults of GET /sessions/{id}/messages. */
void messages_request_init(struct messages_request *r);

struct messages_reply {
    const struct reply_message *messages;
    uint32_t count;
    uint64_t total; /* of the thread */
    uint64_t first; /* number of the first one shown, from 0 */
    struct span next_cursor;
    struct span prev_cursor;
    double took_ms;
    const struct span *warnings;
    uint32_t warning_count;
};

/* messages_reply_free(r): NULL does nothing. */
void messages_reply_free(struct messages_reply *r);

/* For engine_tail(): hits that were appended since. */
struct tail_request {
    struct request_query query;
    uint32_t snippet_chars;
    struct span position; /* one of an earlier reply; absent or forgotten: from now */
    uint32_t limit;       /* look at no more at once; the rest comes next time */
};

struct tail_reply {
    const struct reply_hit *hits; /* oldest first */
    uint32_t count;
    const struct span *positions; /* of each hit: to go on from behind it */
    struct span position;         /* to go on from behind all; never absent */
    bool more;                    /* there may be some already: ask again at once */
};

/* tail_reply_free(r): NULL does nothing. */
void tail_reply_free(struct tail_reply *r);

#endif
