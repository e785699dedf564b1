/* engine.h: The search engine behind every endpoint and the command line.
 *
 * This is the only header of the engine that server/ includes.  The engine never prints, exits or
 * knows HTTP.  All functions may be called by several threads at once on one engine; a call works
 * on a snapshot taken when it starts and holds no lock while it searches.
 *
 * An engine has two teams of engine_config.threads: one reads files, one asks the index.  A call that
 * finds its team at work for another call works in its own thread alone: so there are never more threads than
 * those of the callers, a few times those of the two teams (base/team.h), and what builds the index.
 */
#ifndef SCROLLBACK_ENGINE_H
#define SCROLLBACK_ENGINE_H

#include "cancel.h"
#include "search_api.h"
#include "sessions_api.h"
#include "stats_api.h"
#include "timeseries_api.h"
#include "vocabulary.h"

struct engine;

enum engine_log_level { ENGINE_LOG_ERROR, ENGINE_LOG_WARN, ENGINE_LOG_INFO, ENGINE_LOG_DEBUG };

/* Called from any thread with one line for people, no newline; must be quick. */
typedef void engine_log_fn(void *arg, enum engine_log_level level, const char *line);

struct engine_config {
    const char *const *roots; /* folders or files, NUL-terminated paths */
    size_t root_count;
    const char *sample; /* served when no root holds a transcript; NULL: nothing is */
    unsigned threads;   /* of a team; 0: one a core */
    bool index;         /* keep a resident index; strategy says how files are read into it */
    /* What STRATEGY_AUTO stands for; AUTO and INDEX: what suits the files. */
    enum strategy strategy;
    const char *cache_dir; /* of the index; NULL: in memory only */
    const char *data_dir;  /* of retained transcripts; used with retain */
    const char *pricing;   /* a price table to use instead of the one built in; NULL: that one */
    bool retain;
    engine_log_fn *log;
    void *log_arg;
};

/* engine_config_init(c): No roots, no index; files read directly, by whichever strategy suits them. */
void engine_config_init(struct engine_config *c);

/* engine_open(config, out, err): Start; returns at once, the index is built in the background.
 * The config's memory may go away afterwards.  Return 0 or -1. */
int engine_open(const struct engine_config *config, struct engine **out, struct error *err);

/* engine_close(e): Stop the background work and free all; no call may be running.  NULL does nothing. */
void engine_close(struct engine *e);

/* The requests.  What all of them share:
 *
 * ${request} is borrowed for the call.  ${cancel} (cancel.h; NULL: never) is polled; any thread may use it to end
 * the call early, and it carries the deadline.  Return 0 with *${out} the caller's to give to the reply's
 * own *_reply_free() or engine_status_free(): it owns all that it points to and may outlive the engine.
 * Or return -1 with ${err} set (which may be NULL) and nothing to free. */

/* engine_search(e, request, cancel, out, err): Find messages.  A request that times out or is
 * cancelled still answers, with complete false. */
int engine_search(struct engine *e, const struct search_request *request, struct cancel *cancel,
                  struct search_reply **out, struct error *err);

/* engine_stats(e, request, cancel, out, err): Count what matches; complete as of engine_search(). */
int engine_stats(struct engine *e, const struct stats_request *request, struct cancel *cancel,
                 struct stats_reply **out, struct error *err);

/* engine_timeseries(e, request, cancel, out, err): Count what matches over time; complete as of engine_search(). */
int engine_timeseries(struct engine *e, const struct timeseries_request *request,
                      struct cancel *cancel, struct timeseries_reply **out, struct error *err);

/* engine_sessions(e, request, cancel, out, err): The sessions with a message that matches; complete as of
 * engine_search().
 * engine_session(e, id, cancel, out, err): One session, by its id or a unique prefix, with its
 * agents; ERROR_NOT_FOUND if there is none.  Always whole: one that is cancelled is ERROR_TIMEOUT or
 * ERROR_CANCELLED. */
int engine_sessions(struct engine *e, const struct sessions_request *request, struct cancel *cancel,
                    struct sessions_reply **out, struct error *err);
int engine_session(struct engine *e, struct span id, struct cancel *cancel,
                   struct sessions_reply **out, struct error *err);

/* engine_messages(e, request, cancel, out, err): A page of a session's thread, in order.
 * engine_message(e, id, full, raw, cancel, out, err): One message; ${full}: with texts whole, however long;
 * ${raw}: with its line as it stands in the file.
 * Both: ERROR_NOT_FOUND if there is none; a half-read thread is no answer, so one that is cancelled is
 * ERROR_TIMEOUT or ERROR_CANCELLED. */
int engine_messages(struct engine *e, const struct messages_request *request, struct cancel *cancel,
                    struct messages_reply **out, struct error *err);
int engine_message(struct engine *e, struct span id, bool full, bool raw, struct cancel *cancel,
                   struct messages_reply **out, struct error *err);

/* engine_thread_open(e, request, cancel, out, err): A thread of a session as it is now, to be read to its end however
 * long it is: ${request} says session, agent, limit (of a page), full, raw.  Errors as of engine_messages().
 * engine_thread_next(t, cancel, out, err): The next page, without cursors; shorter where messages are gone from their
 * files meanwhile.  engine_thread_ended(t): there is no more.  Each page costs its own messages where the index
 * holds them.  A thread belongs to one thread at a time, and is closed before the engine. */
struct engine_thread;
int engine_thread_open(struct engine *e, const struct messages_request *request,
                       struct cancel *cancel, struct engine_thread **out, struct error *err);
int engine_thread_next(struct engine_thread *t, struct cancel *cancel, struct messages_reply **out,
                       struct error *err);
bool engine_thread_ended(const struct engine_thread *t);
void engine_thread_close(struct engine_thread *t); /* NULL does nothing */

/* engine_tail(e, request, cancel, out, err): What matches among the messages that were appended
 * since request->position; returns at once, also with none.  One that is cancelled has read nothing: it returns
 * request->position again, so that nothing is lost. */
int engine_tail(struct engine *e, const struct tail_request *request, struct cancel *cancel,
                struct tail_reply **out, struct error *err);

/* engine_state(e, out): What is known without looking at a file or waiting for anybody: as the last call that
 * looked found it, or, with an index, its own look (once a second, where the kernel tells of changes).
 * All zeros but ready before the first look. */
void engine_state(struct engine *e, struct engine_state *out);

/* engine_status(e, counts, cancel, out, err): The state after a look at the files.  ${counts}: also count messages,
 * malformed lines and other records, by a pass over the files where they are not known yet; without it,
 * and if the pass is cancelled, they are told where they are known. */
int engine_status(struct engine *e, bool counts, struct cancel *cancel, struct engine_status **out,
                  struct error *err);

/* engine_retain_most(): How many transcripts a process with this one's limits can retain: each is an open file,
 * and others need some too. */
unsigned engine_retain_most(void);

/* engine_features(out, size): Write, as one line for people, for which instructions of this machine
 * there is code, what runs the loops and which libraries match, to ${out}; cut off at ${size}. */
void engine_features(char *out, size_t size);

/* engine_processors(): How many processors this process may use, at least 1: what a number of threads
 * left at 0 means. */
unsigned engine_processors(void);

#endif
