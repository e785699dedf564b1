#include "error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *err, enum error_code code, size_t pos, const char *fmt, ...)
{
    if (err == NULL || err->code != ERROR_NONE)
        return -1;
    err->code = code;
    err->pos = pos;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    if (n < 0)
        err->msg[0] = '\0';
    return -1;
}

void error_parameter(struct error *err, const char *name)
{
    if (err == NULL || err->parameter[0] != '\0')
        return;
    size_t n = strlen(name);
    if (n >= sizeof err->parameter)
        n = sizeof err->parameter - 1;
    memcpy(err->parameter, name, n);
    err->parameter[n] = '\0';
}

int error_given_up(struct error *err, enum cancel_reason why)
{
    if (why == CANCEL_TIMEOUT)
        return error_set(err, ERROR_TIMEOUT, ERROR_NO_POSITION,
                         "the time for this request was too short");
    return error_set(err, ERROR_CANCELLED, ERROR_NO_POSITION, "the request was given up");
}
