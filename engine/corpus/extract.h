/* extract.h: From a line to the messages on it.
 *
 * A line holds one JSON value as a rule, a record.  These rules say which records are messages and
 * what can be found in them; index and scan read all lines through here, so they cannot disagree.
 *
 *   record                             role        parts
 *   type "user"                        user        text: a content that is a string, text blocks;
 *                                                  tool_result: the content of tool_result blocks
 *   type "assistant"                   assistant   text: likewise; thinking: thinking blocks;
 *                                                  tool_input: every string inside the input of
 *                                                  tool_use blocks, no keys, in order
 *   type "system", content a string    system      system
 *   type "summary"                     summary     summary
 *   type "attachment", its type        user        text: the prompt, a string or blocks
 *     "queued_command", its
 *     commandMode "prompt" or none
 *   all other whole JSON values        -           counted as other_records
 *
 * Parts.  Content is message.content, or the message itself if that is a string.  A bare string
 * in place of a block is a text block.  Strings inside one block (of an input, of a result's
 * array) are joined by newlines, empty ones too; then blocks of one part are joined by newlines,
 * empty ones left out.  The content of a tool_result is a string, or an array of strings and text
 * blocks.  Nothing else is text: no other block, no block of another role, no image, no
 * signature, no toolUseResult.  A message may be without text.
 *
 * Text.  Escapes are resolved, a lone surrogate and each maximal subpart of invalid UTF-8 become
 * U+FFFD.  Control characters, which JSON wants escaped, are taken as they are; an escape that
 * JSON does not know makes the record unreadable.
 *
 * Kind.  Of a user record: tool_result if it has such a block; else meta if isMeta or
 * isCompactSummary is true or if its first text that is not empty begins, after blanks, like one
 * of the wrappers listed in compose.c; else prompt.  Of an assistant record: tool_use if it has
 * such a block, else reply if it has a text block, else thinking.
 *
 * Names. tools: names of the tool_use blocks; of a record with tool_result blocks the names of
 * the calls that they answer, which stand earlier in the same file. files: string values of
 * file_path, notebook_path, path at the top of a tool's input.  Empty strings and values that are
 * no strings count as missing. session falls back to the file's, agent likewise.
 *
 * Flags. error: a tool_result with is_error true, isApiErrorMessage true, a system record of
 * level error. compact: isCompactSummary or subtype compact_boundary. has:image: also inside a
 * result.
 *
 * Time.  The record's own timestamp; else that of the nearest record before it in the file that
 * has one, whatever its type; else the first of the file; else the file's mtime.
 *
 * Reading JSON.  Keys stand in any order and may be spelled with escapes, blanks may stand
 * anywhere, the last of duplicate keys wins (at the place where it stands).  A value that the rules
 * do not name need only have balanced brackets, closed strings and a depth of at most 512 levels, those of the
 * record included.
 *
 * Damage.  Blanks, NUL, CR and byte order marks around a value are nothing.  Values may follow
 * each other on a line without anything between them: positions 0, 1, ...  A number or word must
 * end there or be followed by a blank or another value that begins with a bracket or a quote.
 * After an error the next place where {"parentUuid":, {"type": or {"uuid": begins a whole value
 * gives that value, and so on (bounded, see record.h).  A line that yields nothing is malformed;
 * a blank one is nothing.  An unterminated last line counts only if it is whole, without any
 * damage.
 *
 * The extractor keeps what later records of a file need from earlier ones: the nearest time and
 * the names of the tool calls.  Feed it lines in file order.  Where lines are left out on purpose
 * (prefiltering), a message whose time is not time_certain needs facts_time_before(), and the
 * names of the tools that its results answer are known only for calls on lines that were fed or
 * given to extract_begin().
 *
 * Memory.  Nothing is allocated for a line once the extractor is warm.  A text above a megabyte
 * is unescaped inside the line's own bytes where it can be, so that a very long line costs its
 * size once; what a line took beyond a few megabytes is given back with the next one.
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

/* extractor_keep_raw(x, keep): Whether message.raw and the line's bytes must stay intact (the
 * default is no: texts above a megabyte are unescaped inside the line, and raw is then absent). */
void extractor_keep_raw(struct extractor *x, bool keep);

/* extractor_watch(x, watch): Measure the lines that follow into ${watch} (line_values.h); NULL, the default:
 * do not.  Costs some reads of the clock a line. */
struct line_watch;
void extractor_watch(struct extractor *x, struct line_watch *watch);

/* extract_begin(x, s, facts, start): Start on a file or a range of it; ${start} NULL: its
 * beginning.  All three are borrowed until the next extract_begin().  0, or -1 without memory. */
int extract_begin(struct extractor *x, const struct source *s, const struct facts *facts,
                  const struct extract_start *start);

/* extract_line(x, line, offset, number, unterminated, fn, arg): Read one line (without newline, at
 * least READER_PADDING readable bytes behind it) at ${offset}, the ${number}-th of the file (0:
 * not counted).  The line's bytes may be changed.  An unterminated line that is not whole JSON is
 * left alone: no message, not malformed, and messages + other_records do not change.  Return 0,
 * fn's value, or -1 without memory. */
int extract_line(struct extractor *x, struct span line, uint64_t offset, uint64_t number,
                 bool unterminated, extract_fn *fn, void *arg);

/* extract_counts(x): What was read since extractor_new(). */
const struct extract_counts *extract_counts(const struct extractor *x);

/* extract_counts_since(sum, before, now): Add to ${sum} what was counted between two moments. */
void extract_counts_since(struct extract_counts *sum, const struct extract_counts *before,
                          const struct extract_counts *now);

#endif
