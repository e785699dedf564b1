/* fuzz_query.c: No text makes the query parser crash, read outside or break what query.h promises.
 *
 * The first byte chooses mode, case, word and a parameter; a NUL ends q and begins its value. */
#include "filter.h"
#include "query.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(truth) \
    do {               \
        if (!(truth))  \
            abort();   \
    } while (0)

static void check_filter(const struct filter *f, struct span value)
{
    switch (f->field) {
    case FIELD_ROLE:
    case FIELD_KIND:
    case FIELD_IS:
    case FIELD_HAS:
        (void)filter_bits(f, ROLE_USER, KIND_PROMPT, MESSAGE_ERROR);
        break;
    case FIELD_PART:
        (void)filter_parts(f, 1);
        break;
    case FIELD_SINCE:
    case FIELD_UNTIL:
        (void)filter_time(f, 0);
        break;
    case FIELD_ID:
        (void)filter_id(f, value, (struct span){NULL, 0});
        break;
    default:
        (void)filter_text(f, value);
        (void)filter_text(f, f->values[0].text);
    }
}

static void check_node(const struct query *q, const struct node *n, unsigned depth)
{
    REQUIRE(depth <= 2 * QUERY_MAX_DEPTH + 4);
    switch (n->type) {
    case NODE_TERM:
        REQUIRE(n->term->index < q->term_count && q->terms[n->term->index] == n->term);
        break;
    case NODE_FILTER:
        REQUIRE(n->filter->count >= 1 && n->filter->count <= QUERY_MAX_VALUES);
        break;
    case NODE_NOT:
        REQUIRE(n->count == 1 && n->children[0]->type != NODE_NOT);
        break;
    case NODE_AND:
    case NODE_OR:
        REQUIRE(n->count >= 2);
        break;
    case NODE_ALL:
        REQUIRE(depth == 0 && q->term_count == 0 && q->filter_count == 0);
    }
    for (uint32_t i = 0; i < n->count; i++) {
        REQUIRE(n->children[i]->type != n->type);
        check_node(q, n->children[i], depth + 1);
    }
}

static void check_query(struct query *q, const struct query_input *in)
{
    check_node(q, q->root, 0);
    for (uint32_t i = 0; i < q->term_count; i++) {
        const struct term *t = q->terms[i];
        REQUIRE(t->text.len > 0 && t->index == i);
        for (size_t k = 0; k <= t->text.len; k++)
            REQUIRE(query_term_position(t, k) <= in->text.len);
    }
    for (uint32_t i = 0; i < q->filter_count; i++)
        check_filter(q->filters[i], in->text);
    const struct span sessions[] = {{"a", 1}, {"ab", 2}};
    struct error err = {0};
    if (query_pin_sessions(q, sessions, 2, &err) != 0)
        REQUIRE(err.code == ERROR_INVALID_QUERY || err.code == ERROR_INVALID_PARAMETER);
    REQUIRE(query_describe(q).len > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    unsigned choice = data[0];
    const char *text = (const char *)data + 1;
    struct query_input in = {.text = {text, strnlen(text, size - 1)},
                             .mode = (enum query_mode)(choice % 3),
                             .letter_case = (enum query_case)(choice / 3 % 3),
                             .word = choice % 2 == 1,
                             .now_ms = INT64_C(1767323045678)};
    struct span value = {text + in.text.len, size - 1 - in.text.len};
    if (value.len > 0) {
        value = (struct span){value.ptr + 1, value.len - 1};
        in.values[choice % FIELD_ID] = &value;
        in.value_count[choice % FIELD_ID] = 1;
    }
    struct query *q = NULL;
    struct error err = {0};
    if (query_parse(&in, &q, &err) == 0) {
        check_query(q, &in);
    } else {
        REQUIRE(q == NULL && err.msg[0] != '\0' && err.parameter[0] != '\0');
        size_t size_at_fault = strcmp(err.parameter, "q") == 0 ? in.text.len : value.len;
        REQUIRE(err.pos <= size_at_fault);
    }
    query_free(q);
    return 0;
}
