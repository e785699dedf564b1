/* vocabulary.h: The words that every layer and every caller of the engine shares.
 *
 * Nothing here allocates or locks: plain types, enumerations and limits, so that the engine's
 * lowest library and the HTTP server can speak of the same things without seeing each other.
 */
#ifndef SCROLLBACK_VOCABULARY_H
#define SCROLLBACK_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A borrowed run of bytes, not terminated; {NULL, 0} is "absent", {"", 0} is "empty". */
struct span {
    const char *ptr;
    size_t len;
};

/* What went wrong. The server maps each to one HTTP status in one table. */
enum error_code {
    ERROR_NONE = 0,
    ERROR_NO_MEMORY,         /* an allocation failed */
    ERROR_IO,                /* the system refused a file, a folder or a socket */
    ERROR_INVALID_PARAMETER, /* an argument is out of its documented range */
    ERROR_INVALID_QUERY,     /* the query text is ungrammatical; pos is a byte offset in it */
    ERROR_INVALID_REGEX,     /* a pattern does not compile; pos is a byte offset in the query */
    ERROR_INVALID_CURSOR,    /* not a cursor of ours, or of another query */
    ERROR_NOT_FOUND,         /* no such session or message */
    ERROR_TIMEOUT,           /* the deadline passed */
    ERROR_CANCELLED,         /* the caller no longer wants the answer */
    ERROR_INTERNAL           /* a bug of ours */
};

#define ERROR_NO_POSITION SIZE_MAX

/* One failure, filled where it is first understood and never overwritten on the way up. */
struct error {
    enum error_code code;
    size_t pos;         /* byte offset of the fault in the input, or ERROR_NO_POSITION */
    char parameter[24]; /* the request parameter at fault ("q", "since", ...), or "" */
    char msg[200];      /* for people: what is wrong and what was expected; no newline */
};

/* Who speaks. */
enum role { ROLE_USER, ROLE_ASSISTANT, ROLE_SYSTEM, ROLE_SUMMARY, ROLE_COUNT };

/* What a message is for its reader; a finer division than the role. */
enum kind {
    KIND_PROMPT, /* typed by a person */
    KIND_REPLY,
    KIND_THINKING,
    KIND_TOOL_USE,
    KIND_TOOL_RESULT,
    KIND_META,
    KIND_SUMMARY,
    KIND_SYSTEM,
    KIND_COUNT
};

/* Where in a message a text stands. A message has at most one text per part. */
enum part {
    PART_TEXT,
    PART_THINKING,
    PART_TOOL_INPUT,
    PART_TOOL_RESULT,
    PART_SUMMARY,
    PART_SYSTEM,
    PART_COUNT
};
#define PART_MASK_ALL ((1u << PART_COUNT) - 1u)

/* Flags of a message. */
enum message_flag {
    MESSAGE_ERROR = 1 << 0,
    MESSAGE_META = 1 << 1,
    MESSAGE_COMPACT = 1 << 2,
    MESSAGE_SIDECHAIN = 1 << 3,
    MESSAGE_HAS_THINKING = 1 << 4,
    MESSAGE_HAS_IMAGE = 1 << 5,
    MESSAGE_HAS_TOOL = 1 << 6,
    MESSAGE_SOURCE_GONE = 1 << 7 /* retained: its transcript no longer exists */
};

/* How the pipeline is scheduled; INDEX does not read the files at all. */
enum strategy {
    STRATEGY_INDEX,
    STRATEGY_AUTO,
    STRATEGY_SERIAL,
    STRATEGY_WORKSHARING,
    STRATEGY_ASYNC,
    STRATEGY_HYBRID,
    STRATEGY_COUNT
};

enum facet {
    FACET_ROLE,
    FACET_KIND,
    FACET_PART,
    FACET_TOOL,
    FACET_PROJECT,
    FACET_SESSION,
    FACET_MODEL,
    FACET_BRANCH,
    FACET_DAY,
    FACET_HOUR,    /* only for statistics */
    FACET_VERSION, /* only for statistics */
    FACET_COUNT,
    FACET_NONE = FACET_COUNT
};

/* The functions below read constant tables: any thread may call them at any time.
 *
 * vocabulary_*_name(v): The name used in requests and replies, static; v must be valid. */
const char *vocabulary_role_name(enum role v);
const char *vocabulary_kind_name(enum kind v);
const char *vocabulary_part_name(enum part v);
const char *vocabulary_strategy_name(enum strategy v);
const char *vocabulary_facet_name(enum facet v);

/* vocabulary_kind_role(k): Each kind belongs to one role. */
enum role vocabulary_kind_role(enum kind k);

/* vocabulary_*_parse(name, out): Find a name, exact in case.  Return 0, or -1 if unknown. */
int vocabulary_role_parse(struct span name, enum role *out);
int vocabulary_kind_parse(struct span name, enum kind *out);
int vocabulary_part_parse(struct span name, enum part *out);
int vocabulary_strategy_parse(struct span name, enum strategy *out);
int vocabulary_facet_parse(struct span name, enum facet *out);

#endif
