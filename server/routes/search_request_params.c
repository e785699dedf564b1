#include "search_request_params.h"

static const char *const sorts[] = {"newest", "oldest", "relevance", NULL};
static const char *const groups[] = {"none", "session", NULL};
/* In the order of enum facet. */
static const char *const facets[] = {"role",    "kind",  "part",   "tool", "project",
                                     "session", "model", "branch", "day",  NULL};
const char *const search_formats[] = {"json", "ndjson", "csv", NULL};

const struct param_spec search_param_specs[] = {
    QUERY_PARAM_SPECS,
    {"sort", PARAM_WORD, 0, 0, sorts, "newest"},
    {"limit", PARAM_NUMBER, 0, REQUEST_MAX_LIMIT, NULL, "20"},
    {"cursor", PARAM_TEXT, 0, 2048, NULL, ""},
    {"context", PARAM_NUMBER, 0, REQUEST_MAX_CONTEXT, NULL, "0"},
    {"snippet_chars", PARAM_NUMBER, 0, REQUEST_MAX_SNIPPET, NULL, "240"},
    {"facets", PARAM_WORDS, 0, 0, facets, NULL},
    {"facet_limit", PARAM_NUMBER, 1, REQUEST_MAX_FACETS, NULL, "10"},
    {"group", PARAM_WORD, 0, 0, groups, "none"},
    {"timeout_ms", PARAM_NUMBER, 1, 30000, NULL, "2000"},
    {"explain", PARAM_FLAG, 0, 0, NULL, "false"},
    {"format", PARAM_WORD, 0, 0, search_formats, "json"},
};
const size_t search_param_count = sizeof(search_param_specs) / sizeof(search_param_specs[0]);

void search_request_read(const struct params *p, struct query_values *values,
                         enum strategy fallback, struct search_request *out)
{
    search_request_init(out);
    query_params_read(p, values, fallback, &out->query);
    out->sort = (enum request_sort)params_word(p, "sort");
    out->limit = params_number(p, "limit");
    out->cursor = params_text(p, "cursor");
    out->context = params_number(p, "context");
    out->snippet_chars = params_number(p, "snippet_chars");
    out->facets = params_words(p, "facets");
    out->facet_limit = params_number(p, "facet_limit");
    out->group_by_session = params_word(p, "group") == 1;
    out->explain = params_flag(p, "explain");
}
