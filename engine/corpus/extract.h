/* extract.h: From a line to the messages on it.
 *
 * (The implementer documents the whole table of records and rules here.)
 *
 * The extractor keeps what later records of a file need from earlier ones: the nearest time and the
 * names of the tool calls.  Feed it lines in file order.  Where lines are left out on purpose
 * (prefiltering), a message whose time is not time_certain needs facts_time_before(), and the names
 * of the tools that its results answer are known only for calls on lines that were fed.
 */
#ifndef SCROLLBACK_EXTRACT_H
#define SCROLLBACK_EXTRACT_H

#include "message.h"
#include "source.h"

struct extractor;

/* What holds for a file as a whole; found by facts_read() (facts.h). */
struct facts {
    struct span project; /* first cwd of the file, else the folder; owned by the holder */
    int64_t first_time;  /* own time of the first record that has one, or TIME_NONE */
};

/* What was known before the first line of a range. */
struct extract_start {
    int64_t last_time;              /* own time of the nearest record before, or TIME_NONE */
    const struct tool_calls *calls; /* calls made before the range (facts.h), or NULL: none */
};

struct extract_counts {
    uint64_t messages;
    uint64_t other_records;   /* whole JSON values that are no message */
    uint64_t malformed_lines; /* lines that yielded nothing */
    uint64_t text_bytes;      /* of all parts of all messages */
    uint64_t lines;           /* lines looked at, blank ones included */
};

/* Called for each message of a line, in order.  ${m} is valid during the call.  Return 0 to go
 * on, anything else ends extract_line() with that value. */
typedef int extract_fn(void *arg, const struct message *m);

int extractor_new(struct extractor **out); /* one per worker */
void extractor_free(struct extractor *x);  /* NULL does nothing */

/* extractor_keep_raw(x, keep): Whether message.raw and the line's bytes must stay intact (the default is
 * no: texts above a megabyte are unescaped inside the line, and raw is then absent). */
void extractor_keep_raw(struct extractor *x, bool keep);

/* extract_begin(x, s, facts, start): Start on a file or a range of it; ${start} NULL: its beginning. */
int extract_begin(struct extractor *x, const struct source *s, const struct facts *facts,
                  const struct extract_start *start);

/* extract_line(x, line, offset, number, unterminated, fn, arg): Read one line (without newline, at
 * least READER_PADDING readable bytes behind it) at ${offset}, the ${number}-th of the file (0:
 * not counted).  The line's bytes may be changed.  An unterminated line that is not whole JSON is
 * left alone: no message, not malformed.  Return 0, fn's value, or -1 without memory. */
int extract_line(struct extractor *x, struct span line, uint64_t offset, uint64_t number,
                 bool unterminated, extract_fn *fn, void *arg);

/* extract_counts(x): What was read since extractor_new(). */
const struct extract_counts *extract_counts(const struct extractor *x);

#endif
