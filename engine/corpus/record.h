/* record.h: One JSON value on a line, read as a record: its envelope and, if it may be a message,
 * its body.  And the values of a line, damaged ones included.
 *
 * Spans and strings are raw: as they stand in the line, escapes and all.
 */
#ifndef SCROLLBACK_RECORD_H
#define SCROLLBACK_RECORD_H

#include "body.h"

enum record_type {
    RECORD_OTHER,
    RECORD_USER,
    RECORD_ASSISTANT,
    RECORD_SYSTEM,
    RECORD_SUMMARY,
    RECORD_ATTACHMENT,
};

struct record {
    const char *begin; /* of the value */
    const char *end;
    enum record_type type;
    struct json_string uuid;
    struct json_string parent_uuid;
    struct json_string leaf; /* of a summary: the message whose session it names */
    struct json_string session;
    struct json_string cwd;
    struct json_string branch;
    struct json_string version;
    struct json_string agent;
    struct json_string request_id;
    struct json_string content; /* of a system record */
    struct json_string summary;
    struct json_extent timestamp; /* any value; a string with its quotes */
    bool is_sidechain;
    bool is_meta;
    bool is_compact_summary;
    bool is_compact_boundary; /* subtype says so */
    bool is_api_error;
    bool is_error_level;
    struct json_string message_id;
    struct json_string model;
    struct json_extent usage;
    struct json_extent message;
    struct json_extent attachment;
    bool is_queued_prompt; /* an attachment that is a prompt; its body is read */
    struct body body;
};

/* record_init, record_clear: without memory; freed. */
void record_init(struct record *r);
void record_clear(struct record *r);

/* record_read(r, c): Read the value at the cursor, any JSON value, and go past it.  Return 0, or -1
 * if it is not whole (or without memory: body.no_memory). */
int record_read(struct record *r, struct json *c);

/* record_time(r, out): Its own time, in ms.  0, or -1 if it has none. */
int record_time(const struct record *r, int64_t *out);

/* The values of a line, one after the other. */
struct record_walk {
    struct json cursor;
    bool damaged; /* something was passed over */
    bool no_memory;
    uint64_t budget; /* bytes that failing attempts may still look at */
};

/* record_walk_begin(w, line, kernels): Start on a line. */
void record_walk_begin(struct record_walk *w, struct span line, const struct json_kernels *kernels);

/* record_walk_next(w, r): Read the next value of the line: 1, 0 at its end, -1 without memory.
 * After a parse error the next place where {"parentUuid":, {"type": or {"uuid": begins a whole
 * value gives that value.  Attempts that fail may look at RECORD_ATTEMPTS times the length of the
 * line in all (a megabyte at least), so that no line costs more than in proportion to its length:
 * what stands behind that is given up. */
#define RECORD_ATTEMPTS 64
int record_walk_next(struct record_walk *w, struct record *r);

/* record_walk_reject(w, r): The value read last turned out not to be whole (an escape in its text
 * that JSON does not know): go on as after any other error. */
void record_walk_reject(struct record_walk *w, const struct record *r);

#endif
