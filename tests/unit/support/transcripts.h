/* transcripts.h: Small transcripts made up by a test.
 *
 * Texts, names and times are the caller's and must need no escaping in JSON. */
#ifndef SCROLLBACK_TRANSCRIPTS_H
#define SCROLLBACK_TRANSCRIPTS_H

#include "buf.h"
#include "temp_tree.h"

/* One record. Zero and NULL leave a member out. */
struct transcript_line {
    bool assistant;
    unsigned id; /* gives the uuid */
    const char *session;
    int64_t time_ms;
    const char *text;
    const char *cwd;
    const char *branch;
    const char *model;
    const char *tool;    /* it also calls this tool */
    unsigned message_id; /* with a usage of the tokens below */
    unsigned input, output;
};

/* transcript_add(b, line): Append the record and a line feed.
 * transcript_uuid(id, out): The uuid of a record. */
void transcript_add(struct buf *b, const struct transcript_line *line);
void transcript_uuid(unsigned id, char out[37]);

/* transcript_append(t, name, b): Append the buffer to a file of the tree and empty it. */
void transcript_append(const struct temp_tree *t, const char *name, struct buf *b);

/* transcript_roll(state, n): A number below ${n}, the next of a sequence (xorshift64*). */
unsigned transcript_roll(uint64_t *state, unsigned n);

/* transcript_random(state, from_ms, length_ms, line): A record with whatever a record may have; its
 * strings are constants.  Many have equal times, and some the id of another. */
void transcript_random(uint64_t *state, int64_t from_ms, int64_t length_ms,
                       struct transcript_line *line);

/* transcript_write_random(t, state, from_ms, length_ms, files, lines): Several files of such. */
void transcript_write_random(const struct temp_tree *t, uint64_t *state, int64_t from_ms,
                             int64_t length_ms, unsigned files, unsigned lines);

#endif
