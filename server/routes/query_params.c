#include "query_params.h"

#include "render_search.h"

const char *const query_modes[] = {"query", "literal", "regex", NULL};
const char *const query_cases[] = {"insensitive", "sensitive", "smart", NULL};
const char *const query_roles[] = {"user", "assistant", "system", "summary", NULL};
const char *const query_kinds[] = {"prompt", "reply",   "thinking", "tool_use", "tool_result",
                                   "meta",   "summary", "system",   NULL};
const char *const query_parts[] = {"text",    "thinking", "tool_input", "tool_result",
                                   "summary", "system",   NULL};
const char *const query_is[] = {"error", "sidechain", "meta", "compact", NULL};
const char *const query_has[] = {"thinking", "image", "tool", NULL};
const char *const query_strategies[] = {"index", "auto",   "serial", "worksharing",
                                        "async", "hybrid", NULL};
const char *const query_partials[] = {"allow", "deny", NULL};

static const char *const filter_names[FILTER_COUNT] = {
    [FILTER_ROLE] = "role",     [FILTER_KIND] = "kind",       [FILTER_PART] = "part",
    [FILTER_TOOL] = "tool",     [FILTER_PROJECT] = "project", [FILTER_SESSION] = "session",
    [FILTER_BRANCH] = "branch", [FILTER_MODEL] = "model",     [FILTER_FILE] = "file",
    [FILTER_AGENT] = "agent",   [FILTER_SINCE] = "since",     [FILTER_UNTIL] = "until",
    [FILTER_IS] = "is",         [FILTER_HAS] = "has",
};

void query_params_read(const struct params *p, struct query_values *values, enum strategy fallback,
                       struct request_query *out)
{
    request_query_init(out);
    out->q = params_text(p, "q");
    out->mode = (enum request_mode)params_word(p, "mode");
    out->letter_case = (enum request_case)params_word(p, "case");
    out->word = params_flag(p, "word");
    out->dedupe = params_flag(p, "dedupe");
    out->tz = params_text(p, "tz");
    out->strategy = fallback;
    if (params_find(p, "strategy") != NULL)
        out->strategy = (enum strategy)params_word(p, "strategy");
    for (int i = 0; i < FILTER_COUNT; i++) {
        uint32_t n = params_list(p, filter_names[i], values->values[i], REQUEST_MAX_VALUES);
        out->values[i] = n == 0 ? NULL : values->values[i];
        out->value_count[i] = n;
    }
}

int query_params_denied(const struct params *p, bool complete, enum incomplete_reason reason,
                        struct problem *problem)
{
    if (complete || params_word(p, "partial") == 0)
        return 0;
    return problem_set(problem, PROBLEM_QUERY_TIMEOUT,
                       "the answer is not complete (%s) and partial=deny was asked for",
                       render_reason(reason) == NULL ? "unknown" : render_reason(reason));
}
