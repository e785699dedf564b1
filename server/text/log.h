/* log.h: Structured lines on standard error, one per event.
 *
 * A line is key=value pairs, or one JSON object with --log-format json:
 *     2026-01-02T03:04:05.678Z info listening url=http://127.0.0.1:7717
 * Queries and text of transcripts are never logged above debug.  One line is one write(2), so lines of
 * several threads do not mix.  Safe from any thread once log_init() has run.
 */
#ifndef SCROLLBACK_LOG_H
#define SCROLLBACK_LOG_H

#include "vocabulary.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_TEXT, LOG_JSON };

/* One pair of a line; build with LOG_S and LOG_U. */
struct log_pair {
    const char *key;
    struct span text;
    uint64_t number;
    bool is_number;
};

#define LOG_S(k, s) ((struct log_pair){.key = (k), .text = (s)})
#define LOG_C(k, s) ((struct log_pair){.key = (k), .text = {(s), __builtin_strlen(s)}})
#define LOG_U(k, n) ((struct log_pair){.key = (k), .number = (n), .is_number = true})

/* log_init(level, format): What is written from now on, and how. */
void log_init(enum log_level level, enum log_format format);

/* log_wants(level): Would such a line be written? */
bool log_wants(enum log_level level);

/* log_event(level, event, pair, ...): Write a line of ${event} and the pairs. */
void log_event_pairs(enum log_level level, const char *event, const struct log_pair *pairs,
                     size_t count);
#define log_event(level, event, ...)                                          \
    log_event_pairs((level), (event), (const struct log_pair[]){__VA_ARGS__}, \
                    sizeof((const struct log_pair[]){__VA_ARGS__}) / sizeof(struct log_pair))

/* log_transient(text): Show ${text} as the last line of a terminal, until the next event or the next
 * such text takes its place; "" removes it. Nothing where standard error is no terminal, or lines are
 * JSON or below info. Return whether it is shown. */
bool log_transient(const char *text);

#endif
