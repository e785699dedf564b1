/* pitfalls.h: Small files, each holding one broken or odd shape that transcripts take. */
#ifndef GEN_PITFALLS_H
#define GEN_PITFALLS_H

#include "record.h"

#include <stddef.h>

struct pitfall {
    const char *name; /* of the file, without .jsonl */
    const char *bytes;
    size_t len;
    unsigned messages, other_records, malformed_lines;
    unsigned copies; /* of the messages */
};

/* The two tables, and where they end. */
extern const struct pitfall pitfall_damage[];
extern const size_t pitfall_damage_count;
extern const struct pitfall pitfall_shapes[];
extern const size_t pitfall_shapes_count;

/* pitfalls_write(root, counts): Write them all as a project of ${root}, with links, loops, an
 * unreadable file and some that must be computed (deep nesting, long keys). */
void pitfalls_write(const char *root, struct counts *counts);

/* The pieces of the tables: a user record with uuid number ${n} (two digits), written as JSON
 * text; ${text} is escaped already. */
#define PITFALL_UUID(n) "00000000-0000-4000-8000-0000000000" n
#define PITFALL_HEAD                                                                           \
    "{\"parentUuid\":null,\"isSidechain\":false,\"cwd\":\"/home/mia/pitfalls\",\"sessionId\":" \
    "\"00000000-0000-4000-9000-000000000000\",\"gitBranch\":\"main\""
#define PITFALL_TAIL(n) \
    ",\"uuid\":\"" PITFALL_UUID(n) "\",\"timestamp\":\"2026-01-02T03:04:05.6" n "Z\"}"
#define PITFALL_USER(n, text)                                                            \
    PITFALL_HEAD ",\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"" text \
                 "\"}" PITFALL_TAIL(n)
#define PITFALL_CONTENT(n, type, content)                                                     \
    PITFALL_HEAD ",\"message\":{\"role\":\"" type                                             \
                 "\",\"model\":\"claude-opus-4-6\",\"content\":" content "},\"type\":\"" type \
                 "\"" PITFALL_TAIL(n)
#define PITFALL(name, bytes, messages, others, malformed)              \
    {                                                                  \
        name, bytes, sizeof(bytes) - 1, messages, others, malformed, 0 \
    }

#endif
