/* problem.h: What went wrong with a request, as the client is told (RFC 9457 problem details).
 *
 * One table holds the status, the code and the title of every problem this service can report; the
 * engine's error codes map into it.  The texts never hold content of transcripts.
 */
#ifndef SCROLLBACK_PROBLEM_H
#define SCROLLBACK_PROBLEM_H

#include "bytes.h"
#include "jsonw.h"
#include "vocabulary.h"

enum problem_code {
    PROBLEM_NONE,
    PROBLEM_BAD_REQUEST, /* the framing of the request */
    PROBLEM_INVALID_PARAMETER,
    PROBLEM_INVALID_QUERY,
    PROBLEM_INVALID_REGEX,
    PROBLEM_INVALID_CURSOR,
    PROBLEM_UNAUTHORIZED,
    PROBLEM_HOST_NOT_ALLOWED,
    PROBLEM_ORIGIN_NOT_ALLOWED,
    PROBLEM_NOT_FOUND,
    PROBLEM_METHOD_NOT_ALLOWED,
    PROBLEM_NOT_ACCEPTABLE,
    PROBLEM_CONTENT_TOO_LARGE,
    PROBLEM_UNSUPPORTED_MEDIA_TYPE,
    PROBLEM_RATE_LIMITED,
    PROBLEM_INTERNAL,
    PROBLEM_OVERLOADED,
    PROBLEM_NOT_READY,
    PROBLEM_QUERY_TIMEOUT,
    PROBLEM_COUNT
};

#define PROBLEM_MAX_FAULTS 8
#define PROBLEM_NO_POSITION SIZE_MAX

/* One thing that is wrong with one parameter. */
struct problem_fault {
    char parameter[32];
    char reason[208];
    size_t position; /* byte offset in the parameter's value, or PROBLEM_NO_POSITION */
};

/* All-zero is "no problem". */
struct problem {
    enum problem_code code;
    char detail[256];
    struct problem_fault faults[PROBLEM_MAX_FAULTS];
    size_t fault_count;
    unsigned retry_after_s; /* 0: none */
    uint64_t id;            /* of an internal failure, also in the log; 0: none */
};

/* problem_status(code), problem_name(code), problem_title(code): The table. */
unsigned problem_status(enum problem_code code);
const char *problem_name(enum problem_code code);
const char *problem_title(enum problem_code code);

/* problem_set(p, code, format, ...): Record the problem unless one stands there.  Always return -1. */
int problem_set(struct problem *p, enum problem_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* problem_fault(p, parameter, position, format, ...): Add a fault to an invalid_parameter problem
 * (which it makes, if there is none yet); more than PROBLEM_MAX_FAULTS are dropped.  Return -1. */
int problem_fault(struct problem *p, const char *parameter, size_t position, const char *format,
                  ...) __attribute__((format(printf, 4, 5)));

/* problem_from_error(p, err): Say what the engine said.  Return -1. */
int problem_from_error(struct problem *p, const struct error *err);

/* problem_write(p, instance, out): The body; ${instance} is the path of the request.
 * problem_write_members(p, instance, w): what stands in it, for a reply that adds members.
 * problem_write_line(p, instance, w): the object of type error that ends a stream of lines. */
void problem_write(const struct problem *p, struct span instance, struct bytes *out);
void problem_write_members(const struct problem *p, struct span instance, struct jsonw *w);
void problem_write_line(const struct problem *p, struct span instance, struct jsonw *w);

#endif
