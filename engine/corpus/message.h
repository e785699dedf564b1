/* message.h: One message as it is read from a record, in index and scan alike.
 *
 * The rules that make a record a message, and its parts, are described in extract.h.  All spans
 * borrow from the extractor's scratch memory or the line itself and are valid until the next line.
 */
#ifndef SCROLLBACK_MESSAGE_H
#define SCROLLBACK_MESSAGE_H

#include "hash.h"
#include "vocabulary.h"

/* Tokens of one API response as the record tells them. */
struct usage {
    uint64_t input;
    uint64_t output;
    uint64_t cache_write_5m; /* cache writes without tiers are counted here */
    uint64_t cache_write_1h;
    uint64_t cache_read;
};

struct span_list {
    const struct span *items;
    uint32_t count;
};

struct message {
    /* where it stands */
    uint32_t source;   /* struct source.id */
    uint32_t position; /* of the value on its line: 0, or more on a damaged line */
    uint64_t offset;   /* of the line's first byte in the file */
    uint64_t line;     /* from 1; 0 where the reader did not count lines (see lines.h) */

    /* what it is */
    int64_t time_ms;   /* its own, or borrowed from a neighbour, or the file's mtime */
    bool time_certain; /* its own, or that of an earlier record on its line; false: borrowed from
                          lines before or after, and so wrong if lines were left out */
    enum role role;
    enum kind kind;
    unsigned flags; /* enum message_flag */
    unsigned parts; /* mask of enum part: those not empty */
    struct span part[PART_COUNT];

    /* names; absent spans where the record has none */
    struct span uuid;        /* absent if missing, empty or not a string */
    struct span parent_uuid; /* of a summary its leafUuid: a message of the session that it names */
    struct span session;     /* never absent */
    struct span project;     /* never absent */
    struct span cwd;
    struct span branch; /* absent if missing; "" outside git is absent too */
    struct span model;  /* absent if missing or empty */
    struct span version;
    struct span agent;       /* absent in a main thread */
    struct span slot_tool;   /* name of the first tool_use block, for the tool_input snippet */
    struct span result_tool; /* name of the tool that the first tool_result answers */

    struct span_list tools;      /* distinct names, in order of appearance */
    struct span_list files;      /* distinct paths that its tool_use blocks name */
    struct span_list tool_ids;   /* ids of its tool_use blocks */
    struct span_list result_ids; /* ids that its tool_result blocks answer */
    uint32_t tool_calls;         /* number of tool_use blocks */

    /* accounting */
    bool has_usage;
    struct usage usage;
    struct span message_id; /* of the API response */
    struct span request_id;

    struct span raw; /* the record's own bytes; absent where extractor_keep_raw() was not asked
                        and a long text was unescaped inside of them */
};

/* message_identity(m): The number under which copies are collapsed: a hash of the uuid, or for a
 * message without one of source, offset and position, so that it equals no other. */
struct hash128 message_identity(const struct message *m);

/* message_rank(m, stem, is_agent): Which copy is shown: 0 in a file named after the message's own
 * session, 1 in another main file, 2 in a sub-agent's file; lower wins. */
unsigned message_rank(const struct message *m, struct span stem, bool is_agent);

#endif
