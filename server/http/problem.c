#include "problem.h"

#include "text.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct problem_row {
    unsigned status;
    const char *name;
    const char *title;
};

static const struct problem_row problem_rows[PROBLEM_COUNT] = {
    [PROBLEM_NONE] = {200, "ok", "No problem"},
    [PROBLEM_BAD_REQUEST] = {400, "bad_request", "The request is malformed"},
    [PROBLEM_INVALID_PARAMETER] = {400, "invalid_parameter", "A parameter is not valid"},
    [PROBLEM_INVALID_QUERY] = {400, "invalid_query", "The query is not valid"},
    [PROBLEM_INVALID_REGEX] = {400, "invalid_regex", "A regular expression is not valid"},
    [PROBLEM_INVALID_CURSOR] = {400, "invalid_cursor", "The cursor is not valid"},
    [PROBLEM_UNAUTHORIZED] = {401, "unauthorized", "A token is needed"},
    [PROBLEM_HOST_NOT_ALLOWED] = {403, "host_not_allowed", "This Host is not served"},
    [PROBLEM_ORIGIN_NOT_ALLOWED] = {403, "origin_not_allowed", "This Origin is not served"},
    [PROBLEM_NOT_FOUND] = {404, "not_found", "Not found"},
    [PROBLEM_METHOD_NOT_ALLOWED] = {405, "method_not_allowed", "Method not allowed"},
    [PROBLEM_NOT_ACCEPTABLE] = {406, "not_acceptable", "No acceptable format"},
    [PROBLEM_CONTENT_TOO_LARGE] = {413, "content_too_large", "The body is too large"},
    [PROBLEM_UNSUPPORTED_MEDIA_TYPE] = {415, "unsupported_media_type", "Unsupported media type"},
    [PROBLEM_RATE_LIMITED] = {429, "rate_limited", "Too many requests"},
    [PROBLEM_INTERNAL] = {500, "internal", "Internal error"},
    [PROBLEM_OVERLOADED] = {503, "overloaded", "The service is overloaded"},
    [PROBLEM_NOT_READY] = {503, "not_ready", "The service is not ready yet"},
    [PROBLEM_QUERY_TIMEOUT] = {503, "query_timeout", "The query ran out of time"},
};

unsigned problem_status(enum problem_code code)
{
    return problem_rows[code].status;
}

const char *problem_name(enum problem_code code)
{
    return problem_rows[code].name;
}

const char *problem_title(enum problem_code code)
{
    return problem_rows[code].title;
}

int problem_set(struct problem *p, enum problem_code code, const char *format, ...)
{
    va_list args;
    if (p->code != PROBLEM_NONE)
        return -1;
    p->code = code;
    if (code == PROBLEM_OVERLOADED || code == PROBLEM_NOT_READY || code == PROBLEM_QUERY_TIMEOUT ||
        code == PROBLEM_RATE_LIMITED)
        p->retry_after_s = 1;
    va_start(args, format);
    (void)vsnprintf(p->detail, sizeof(p->detail), format, args);
    va_end(args);
    return -1;
}

int problem_fault(struct problem *p, const char *parameter, size_t position, const char *format,
                  ...)
{
    va_list args;
    if (p->fault_count == PROBLEM_MAX_FAULTS)
        return -1;
    struct problem_fault *f = &p->faults[p->fault_count++];
    snprintf(f->parameter, sizeof(f->parameter), "%s", parameter);
    va_start(args, format);
    (void)vsnprintf(f->reason, sizeof(f->reason), format, args);
    va_end(args);
    f->position = position;
    return problem_set(p, PROBLEM_INVALID_PARAMETER, "%s: %s", f->parameter, f->reason);
}

static enum problem_code code_of_error(enum error_code code)
{
    switch (code) {
    case ERROR_INVALID_PARAMETER:
        return PROBLEM_INVALID_PARAMETER;
    case ERROR_INVALID_QUERY:
        return PROBLEM_INVALID_QUERY;
    case ERROR_INVALID_REGEX:
        return PROBLEM_INVALID_REGEX;
    case ERROR_INVALID_CURSOR:
        return PROBLEM_INVALID_CURSOR;
    case ERROR_NOT_FOUND:
        return PROBLEM_NOT_FOUND;
    case ERROR_TIMEOUT:
        return PROBLEM_QUERY_TIMEOUT;
    case ERROR_CANCELLED:
    case ERROR_NO_MEMORY:
        return PROBLEM_OVERLOADED;
    case ERROR_NONE:
    case ERROR_IO:
    case ERROR_INTERNAL:
        break;
    }
    return PROBLEM_INTERNAL;
}

int problem_from_error(struct problem *p, const struct error *err)
{
    enum problem_code code = code_of_error(err->code);
    problem_set(p, code, "%s", err->msg);
    if (problem_status(code) != 400 || p->fault_count == PROBLEM_MAX_FAULTS)
        return -1;
    const char *parameter = err->parameter;
    if (parameter[0] == '\0')
        parameter = code == PROBLEM_INVALID_CURSOR ? "cursor" : "q";
    return problem_fault(p, parameter, err->pos, "%s", err->msg);
}

static void write_faults(const struct problem *p, struct jsonw *w)
{
    jsonw_key(w, "errors");
    jsonw_begin_array(w);
    for (size_t i = 0; i < p->fault_count; i++) {
        const struct problem_fault *f = &p->faults[i];
        jsonw_begin_object(w);
        jsonw_text_at(w, "parameter", text_of(f->parameter));
        jsonw_text_at(w, "reason", text_of(f->reason));
        if (f->position == PROBLEM_NO_POSITION)
            jsonw_null_at(w, "position");
        else
            jsonw_uint_at(w, "position", f->position);
        jsonw_end_object(w);
    }
    jsonw_end_array(w);
}

void problem_write_members(const struct problem *p, struct span instance, struct jsonw *w)
{
    char type[64];
    char id[24];

    assert(p->code != PROBLEM_NONE);
    snprintf(type, sizeof(type), "urn:scrollback:problem:%s", problem_name(p->code));
    jsonw_word_at(w, "type", type);
    jsonw_word_at(w, "title", problem_title(p->code));
    jsonw_uint_at(w, "status", problem_status(p->code));
    jsonw_text_at(w, "detail", text_of(p->detail));
    jsonw_text_at(w, "instance", instance);
    jsonw_word_at(w, "code", problem_name(p->code));
    write_faults(p, w);
    if (p->id != 0) {
        snprintf(id, sizeof(id), "%016llx", (unsigned long long)p->id);
        jsonw_word_at(w, "id", id);
    }
}

void problem_write_line(const struct problem *p, struct span instance, struct jsonw *w)
{
    jsonw_begin_object(w);
    jsonw_word_at(w, "type", "error");
    jsonw_key(w, "problem");
    jsonw_begin_object(w);
    problem_write_members(p, instance, w);
    jsonw_end_object(w);
    jsonw_end_object(w);
}

void problem_write(const struct problem *p, struct span instance, struct bytes *out)
{
    struct jsonw w = {.out = out};
    jsonw_begin_object(&w);
    problem_write_members(p, instance, &w);
    jsonw_end_object(&w);
    bytes_add_byte(out, '\n');
}
