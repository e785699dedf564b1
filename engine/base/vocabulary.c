#include "vocabulary.h"

#include "span.h"

static const char *const role_names[ROLE_COUNT] = {"user", "assistant", "system", "summary"};
static const char *const kind_names[KIND_COUNT] = {"prompt",      "reply", "thinking", "tool_use",
                                                   "tool_result", "meta",  "summary",  "system"};
static const char *const part_names[PART_COUNT] = {"text",        "thinking", "tool_input",
                                                   "tool_result", "summary",  "system"};
static const char *const strategy_names[STRATEGY_COUNT] = {"index",       "auto",  "serial",
                                                           "worksharing", "async", "hybrid"};
static const char *const facet_names[FACET_COUNT] = {"role",    "kind",    "part",   "tool",
                                                     "project", "session", "model",  "branch",
                                                     "day",     "hour",    "version"};

const char *vocabulary_role_name(enum role v)
{
    return role_names[v];
}

const char *vocabulary_kind_name(enum kind v)
{
    return kind_names[v];
}

const char *vocabulary_part_name(enum part v)
{
    return part_names[v];
}

const char *vocabulary_strategy_name(enum strategy v)
{
    return strategy_names[v];
}

const char *vocabulary_facet_name(enum facet v)
{
    return facet_names[v];
}

enum role vocabulary_kind_role(enum kind k)
{
    switch (k) {
    case KIND_REPLY:
    case KIND_THINKING:
    case KIND_TOOL_USE:
        return ROLE_ASSISTANT;
    case KIND_SUMMARY:
        return ROLE_SUMMARY;
    case KIND_SYSTEM:
        return ROLE_SYSTEM;
    default:
        return ROLE_USER;
    }
}

static int name_index(struct span name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (span_equal(name, span_of(names[i])))
            return i;
    return -1;
}

/* The five parsers differ in their table only. */
#define DEFINE_PARSE(what, COUNT)                                   \
    int vocabulary_##what##_parse(struct span name, enum what *out) \
    {                                                               \
        int i = name_index(name, what##_names, COUNT);              \
        if (i >= 0)                                                 \
            *out = (enum what)i;                                    \
        return i >= 0 ? 0 : -1;                                     \
    }

DEFINE_PARSE(role, ROLE_COUNT)
DEFINE_PARSE(kind, KIND_COUNT)
DEFINE_PARSE(part, PART_COUNT)
DEFINE_PARSE(strategy, STRATEGY_COUNT)
DEFINE_PARSE(facet, FACET_COUNT)
