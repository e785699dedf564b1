#include "value.h"

#include "error.h"
#include "moment.h"
#include "span.h"

/* The words of is: and has:. */
static const struct {
    enum field field;
    const char *name;
    unsigned flag;
} flag_names[] = {
    {FIELD_IS, "error", MESSAGE_ERROR},
    {FIELD_IS, "sidechain", MESSAGE_SIDECHAIN},
    {FIELD_IS, "meta", MESSAGE_META},
    {FIELD_IS, "compact", MESSAGE_COMPACT},
    {FIELD_HAS, "thinking", MESSAGE_HAS_THINKING},
    {FIELD_HAS, "image", MESSAGE_HAS_IMAGE},
    {FIELD_HAS, "tool", MESSAGE_HAS_TOOL},
};

static unsigned flag_bits(enum field field, struct span name)
{
    for (size_t i = 0; i < sizeof flag_names / sizeof *flag_names; i++)
        if (flag_names[i].field == field && span_equal(name, span_of(flag_names[i].name)))
            return flag_names[i].flag;
    return 0;
}

/* The bit that ${name} means in a field with fixed names, or 0. */
static unsigned name_bits(enum field field, struct span name)
{
    enum role role;
    enum kind kind;
    enum part part;
    switch (field) {
    case FIELD_ROLE:
        return vocabulary_role_parse(name, &role) == 0 ? 1u << role : 0;
    case FIELD_KIND:
        return vocabulary_kind_parse(name, &kind) == 0 ? 1u << kind : 0;
    case FIELD_PART:
        return vocabulary_part_parse(name, &part) == 0 ? 1u << part : 0;
    default:
        return flag_bits(field, name);
    }
}

/* What is expected where a value of ${field} does not parse. */
static const char *expected_values(enum field field)
{
    switch (field) {
    case FIELD_ROLE:
        return "expected one of user, assistant, system, summary";
    case FIELD_KIND:
        return "expected one of prompt, reply, thinking, tool_use, tool_result, meta, summary, "
               "system";
    case FIELD_PART:
        return "expected one of text, thinking, tool_input, tool_result, summary, system";
    case FIELD_IS:
        return "expected one of error, sidechain, meta, compact";
    case FIELD_HAS:
        return "expected one of thinking, image, tool";
    default:
        return "expected a time: RFC 3339, a date, Unix seconds or milliseconds, 90m, 36h, 7d, 2w, "
               "today or yesterday";
    }
}

static int lower_copy(struct arena *a, struct span *s)
{
    char *to = arena_alloc(a, s->len);
    if (to == NULL)
        return -1;
    for (size_t i = 0; i < s->len; i++) {
        char c = s->ptr[i];
        to[i] = c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
    }
    s->ptr = to;
    return 0;
}

#define WHOLE_ID 36 /* bytes of a UUID */

/* Fill in what the text of ${v}, which stands at ${pos}, means. */
static int value_check(const struct value_context *c, const struct lexer *l, enum field field,
                       size_t pos, struct filter_value *v, struct error *err)
{
    bool known = true;
    switch (field) {
    case FIELD_ROLE:
    case FIELD_KIND:
    case FIELD_PART:
    case FIELD_IS:
    case FIELD_HAS:
        v->bits = name_bits(field, v->text);
        known = v->bits != 0;
        break;
    case FIELD_SINCE:
    case FIELD_UNTIL:
        known = moment_parse(v->text, c->now_ms, c->zone, &v->time_ms) == 0;
        break;
    case FIELD_MODEL:
        if (lower_copy(c->arena, &v->text) != 0)
            return error_no_memory(err);
        break;
    case FIELD_SESSION:
        v->exact = v->text.len == WHOLE_ID;
        break;
    default:
        break;
    }
    return known ? 0 : error_set(err, l->fault, pos, "%s", expected_values(field));
}

static int add_value(const struct value_context *c, const struct lexer *l, enum field field,
                     struct span text, size_t pos, struct value_set *set, struct error *err)
{
    if (set->count == QUERY_MAX_VALUES)
        return error_set(err, l->fault, pos, "expected at most %d values", QUERY_MAX_VALUES);
    struct filter_value *v = &set->items[set->count++];
    *v = (struct filter_value){.text = text, .pos = l->parameter ? ERROR_NO_POSITION : pos};
    return value_check(c, l, field, pos, v, err);
}

int value_read(const struct value_context *c, struct lexer *l, enum field field,
               struct value_set *set, struct error *err)
{
    if (l->parameter) {
        if (l->text.len == 0)
            return error_set(err, l->fault, 0, "expected a value");
        return add_value(c, l, field, l->text, 0, set, err);
    }
    do {
        struct token t;
        if (lexer_value(l, &t, err) != 0 || add_value(c, l, field, t.text, t.pos, set, err) != 0)
            return -1;
    } while (lexer_comma(l));
    return 0;
}

int value_filter(const struct value_context *c, enum field field, const struct value_set *set,
                 struct filter **out, struct error *err)
{
    struct filter *f = arena_alloc(c->arena, sizeof *f);
    struct filter_value *copy = arena_alloc(c->arena, set->count * sizeof *copy);
    if (f == NULL || copy == NULL)
        return error_no_memory(err);
    memcpy(copy, set->items, set->count * sizeof *copy);
    *f = (struct filter){field, copy, set->count};
    *out = f;
    return 0;
}
