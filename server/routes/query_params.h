/* query_params.h: The parameters that say which messages, shared by all routes that search.
 *
 * QUERY_PARAM_SPECS(query_bytes) are the first lines of a route's table.
 */
#ifndef SCROLLBACK_QUERY_PARAMS_H
#define SCROLLBACK_QUERY_PARAMS_H

#include "engine.h"
#include "params.h"

extern const char *const query_modes[];
extern const char *const query_cases[];
extern const char *const query_roles[];
extern const char *const query_kinds[];
extern const char *const query_parts[];
extern const char *const query_is[];
extern const char *const query_has[];
extern const char *const query_strategies[];
extern const char *const query_partials[];

#define QUERY_VALUE_BYTES 1024

/* clang-format off */
#define QUERY_PARAM_SPECS \
    {"q", PARAM_TEXT, 0, REQUEST_MAX_QUERY, NULL, ""}, \
    {"mode", PARAM_WORD, 0, 0, query_modes, "query"}, \
    {"case", PARAM_WORD, 0, 0, query_cases, "insensitive"}, \
    {"word", PARAM_FLAG, 0, 0, NULL, "false"}, \
    {"role", PARAM_WORDS, 0, 0, query_roles, NULL}, \
    {"kind", PARAM_WORDS, 0, 0, query_kinds, NULL}, \
    {"part", PARAM_WORDS, 0, 0, query_parts, NULL}, \
    {"tool", PARAM_TEXTS, 0, QUERY_VALUE_BYTES, NULL, NULL}, \
    {"project", PARAM_TEXTS, 0, QUERY_VALUE_BYTES, NULL, NULL}, \
    {"session", PARAM_TEXTS, 0, QUERY_VALUE_BYTES, NULL, NULL}, \
    {"branch", PARAM_TEXTS, 0, QUERY_VALUE_BYTES, NULL, NULL}, \
    {"model", PARAM_TEXTS, 0, QUERY_VALUE_BYTES, NULL, NULL}, \
    {"file", PARAM_TEXTS, 0, QUERY_VALUE_BYTES, NULL, NULL}, \
    {"agent", PARAM_TEXTS, 0, QUERY_VALUE_BYTES, NULL, NULL}, \
    {"since", PARAM_TEXT, 0, 64, NULL, NULL}, \
    {"until", PARAM_TEXT, 0, 64, NULL, NULL}, \
    {"is", PARAM_WORDS, 0, 0, query_is, NULL}, \
    {"has", PARAM_WORDS, 0, 0, query_has, NULL}, \
    {"dedupe", PARAM_FLAG, 0, 0, NULL, "true"}, \
    {"tz", PARAM_TEXT, 0, 64, NULL, "UTC"}, \
    {"strategy", PARAM_WORD, 0, 0, query_strategies, "index"}, \
    {"partial", PARAM_WORD, 0, 0, query_partials, "allow"}
/* clang-format on */

/* The arrays that a request_query points into. */
struct query_values {
    struct span values[FILTER_COUNT][REQUEST_MAX_VALUES];
};

/* query_params_read(p, values, fallback, out): Fill ${out}, which borrows from ${p} and ${values};
 * ${fallback} is the strategy where none was asked for. */
void query_params_read(const struct params *p, struct query_values *values, enum strategy fallback,
                       struct request_query *out);

/* query_params_denied(p, complete, reason, problem): With partial=deny an incomplete answer is a
 * problem.  Return 0 or -1. */
int query_params_denied(const struct params *p, bool complete, enum incomplete_reason reason,
                        struct problem *problem);

#endif
