#include "log.h"

#include "jsonw.h"
#include "text.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#define CLEAR_LINE "\r\033[K"

static _Atomic int wanted_level = LOG_INFO;
static _Atomic int wanted_format = LOG_TEXT;

static atomic_bool transient_shown;

static const char *const level_names[] = {"error", "warn", "info", "debug"};

void log_init(enum log_level level, enum log_format format)
{
    atomic_store(&wanted_level, (int)level);
    atomic_store(&wanted_format, (int)format);
}

bool log_wants(enum log_level level)
{
    return (int)level <= atomic_load_explicit(&wanted_level, memory_order_relaxed);
}

/* Bare where nothing in it could be mistaken for the next pair, else as a JSON string: controls and
 * escape sequences never reach the terminal. */
static void write_text(struct bytes *out, struct span s)
{
    bool bare = s.len > 0;
    for (size_t i = 0; i < s.len && bare; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bare = c > ' ' && c < 0x7F && c != '"' && c != '\\' && c != '=';
    }
    if (bare) {
        bytes_add_span(out, s);
        return;
    }
    struct jsonw w = {.out = out};
    jsonw_text(&w, s.ptr == NULL ? TEXT("") : s);
}

static void write_text_line(struct bytes *out, const char *time, const char *level,
                            const char *event, const struct log_pair *pairs, size_t count)
{
    bytes_printf(out, "%s %s %s", time, level, event);
    for (size_t i = 0; i < count; i++) {
        bytes_printf(out, " %s=", pairs[i].key);
        if (pairs[i].is_number)
            bytes_printf(out, "%" PRIu64, pairs[i].number);
        else
            write_text(out, pairs[i].text);
    }
}

static void write_json_line(struct bytes *out, const char *time, const char *level,
                            const char *event, const struct log_pair *pairs, size_t count)
{
    struct jsonw w = {.out = out};
    jsonw_begin_object(&w);
    jsonw_word_at(&w, "time", time);
    jsonw_word_at(&w, "level", level);
    jsonw_word_at(&w, "event", event);
    for (size_t i = 0; i < count; i++) {
        if (pairs[i].is_number)
            jsonw_uint_at(&w, pairs[i].key, pairs[i].number);
        else
            jsonw_text_at(&w, pairs[i].key, pairs[i].text);
    }
    jsonw_end_object(&w);
}

void log_event_pairs(enum log_level level, const char *event, const struct log_pair *pairs,
                     size_t count)
{
    struct bytes line = {0};
    struct timespec now;
    char time[TEXT_TIME_SIZE];

    if (!log_wants(level))
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    text_time((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000, time);
    if (atomic_exchange(&transient_shown, false))
        bytes_add_text(&line, CLEAR_LINE);
    if (atomic_load(&wanted_format) == LOG_JSON)
        write_json_line(&line, time, level_names[level], event, pairs, count);
    else
        write_text_line(&line, time, level_names[level], event, pairs, count);
    bytes_add_byte(&line, '\n');
    /* A log that cannot be written is no reason to stop serving. */
    if (!line.failed && write(STDERR_FILENO, line.ptr, line.len) < 0)
        (void)0;
    bytes_clear(&line);
}

bool log_transient(const char *text)
{
    struct bytes line = {0};
    bool wanted = log_wants(LOG_INFO) && atomic_load(&wanted_format) == LOG_TEXT &&
                  isatty(STDERR_FILENO) == 1;
    if (!wanted)
        return false;
    if (atomic_exchange(&transient_shown, text[0] != '\0') || text[0] != '\0')
        bytes_printf(&line, CLEAR_LINE "%s", text);
    if (line.len > 0 && write(STDERR_FILENO, line.ptr, line.len) < 0)
        (void)0;
    bytes_clear(&line);
    return true;
}
