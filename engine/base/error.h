/* error.h: Filling in struct error (declared in vocabulary.h). */
#ifndef SCROLLBACK_ERROR_H
#define SCROLLBACK_ERROR_H

#include "cancel.h"
#include "vocabulary.h"

/* error_set(err, code, pos, fmt, ...): Record a failure in ${err} unless one is recorded there
 * already or ${err} is NULL.  Always return -1, so that "return error_set(...)" reads well. */
int error_set(struct error *err, enum error_code code, size_t pos, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* error_parameter(err, name): Name the request parameter at fault, if none is named yet. */
void error_parameter(struct error *err, const char *name);

/* error_no_memory(err): error_set with ERROR_NO_MEMORY and a standard text; return -1. */
static inline int error_no_memory(struct error *err)
{
    (void)error_set(err, ERROR_NO_MEMORY, ERROR_NO_POSITION, "out of memory");
    return -1; /* in sight of the compiler, which then knows what cannot follow */
}

/* error_given_up(err, why): error_set for work that was told to stop; return -1. */
int error_given_up(struct error *err, enum cancel_reason why);

#endif
