#include "params.h"

#include "text.h"

#include <assert.h>
#include <float.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LIST 32 /* values of one parameter */

void params_init(struct params *p, const struct param_spec *specs, size_t count)
{
    assert(count <= PARAMS_MAX_SPECS);
    *p = (struct params){.specs = specs, .spec_count = count};
}

void params_clear(struct params *p)
{
    bytes_clear(&p->bytes);
    free(p->values);
    p->values = NULL;
    p->count = 0;
}

static bool is_list(const struct param_spec *s)
{
    return s->type == PARAM_WORDS || s->type == PARAM_TEXTS;
}

static const struct param_spec *find_spec(const struct params *p, struct span name)
{
    for (size_t i = 0; i < p->spec_count; i++)
        if (text_is(name, p->specs[i].name))
            return &p->specs[i];
    return NULL;
}

static uint32_t count_values(const struct params *p, const struct param_spec *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->count; i++)
        n += &p->specs[p->values[i].spec] == s;
    return n;
}

static int no_memory(struct problem *problem)
{
    return problem_set(problem, PROBLEM_OVERLOADED, "there is no memory for this request");
}

static int add_value(struct params *p, const struct param_spec *s, struct span text,
                     uint32_t number, struct problem *problem)
{
    if (p->count == PARAMS_MAX_VALUES)
        return problem_fault(problem, s->name, PROBLEM_NO_POSITION,
                             "the request has more than %d values", PARAMS_MAX_VALUES);
    if (p->values == NULL)
        p->values = malloc(PARAMS_MAX_VALUES * sizeof(*p->values));
    if (p->values == NULL)
        return no_memory(problem);
    p->values[p->count] = (struct param_value){.offset = (uint32_t)p->bytes.len,
                                               .length = (uint32_t)text.len,
                                               .number = number,
                                               .spec = (uint16_t)(s - p->specs)};
    bytes_add_span(&p->bytes, text);
    bytes_add_byte(&p->bytes, '\0');
    if (p->bytes.failed)
        return no_memory(problem);
    p->count++;
    return 0;
}

static void list_words(const struct param_spec *s, char *out, size_t size)
{
    size_t n = 0;
    out[0] = '\0';
    for (size_t i = 0; s->words[i] != NULL && n + 1 < size; i++) {
        int more = snprintf(out + n, size - n, "%s%s", i == 0 ? "" : ", ", s->words[i]);
        n += more < 0 ? 0 : (size_t)more;
    }
}

static int add_word(struct params *p, const struct param_spec *s, struct span text, size_t position,
                    struct problem *problem)
{
    char words[160];
    for (uint32_t i = 0; s->words[i] != NULL; i++)
        if (text_is(text, s->words[i]))
            return add_value(p, s, text, i, problem);
    list_words(s, words, sizeof(words));
    return problem_fault(problem, s->name, position, "expected one of: %s", words);
}

static int add_number(struct params *p, const struct param_spec *s, struct span text,
                      struct problem *problem)
{
    uint64_t n;
    if (text_number(text, s->max, &n) != 0 || n < s->min)
        return problem_fault(problem, s->name, 0, "expected a whole number from %u to %u", s->min,
                             s->max);
    return add_value(p, s, text, (uint32_t)n, problem);
}

static int add_flag(struct params *p, const struct param_spec *s, struct span text,
                    struct problem *problem)
{
    if (!text_is(text, "true") && !text_is(text, "false"))
        return problem_fault(problem, s->name, 0, "expected true or false");
    return add_value(p, s, text, text.len == 4, problem);
}

/* Checks that hold for every text, whatever its parameter. */
static int check_text(const struct param_spec *s, struct span text, size_t position,
                      struct problem *problem)
{
    size_t fault = text_utf8_fault(text);
    if (fault != TEXT_NOWHERE)
        return problem_fault(problem, s->name, position + fault, "expected valid UTF-8");
    const char *nul = text.len == 0 ? NULL : memchr(text.ptr, '\0', text.len);
    if (nul != NULL)
        return problem_fault(problem, s->name, position + (size_t)(nul - text.ptr),
                             "a NUL character is not allowed");
    return 0;
}

static int add_text(struct params *p, const struct param_spec *s, struct span text, size_t position,
                    struct problem *problem)
{
    if (text.len > s->max)
        return problem_fault(problem, s->name, position + s->max, "expected at most %u bytes",
                             s->max);
    return add_value(p, s, text, 0, problem);
}

static int add_item(struct params *p, const struct param_spec *s, struct span text, size_t position,
                    struct problem *problem)
{
    if (count_values(p, s) == MAX_LIST)
        return problem_fault(problem, s->name, position, "expected at most %d values", MAX_LIST);
    if (text.len == 0)
        return problem_fault(problem, s->name, position, "expected a value, found none");
    if (s->type == PARAM_WORDS)
        return add_word(p, s, text, position, problem);
    return add_text(p, s, text, position, problem);
}

/* A comma list; an item may stand in double quotes, in which \" and \\ are escapes, so that a path
 * with a comma in it can be given. */
static int add_list(struct params *p, const struct param_spec *s, struct span text,
                    struct problem *problem)
{
    size_t at = 0;
    for (;;) {
        struct bytes item = {0};
        size_t start = at;
        bool quoted = at < text.len && text.ptr[at] == '"' && s->type == PARAM_TEXTS;
        bool closed = !quoted;
        at += quoted;
        while (at < text.len && (quoted ? text.ptr[at] != '"' : text.ptr[at] != ',')) {
            if (quoted && text.ptr[at] == '\\' && at + 1 < text.len &&
                (text.ptr[at + 1] == '"' || text.ptr[at + 1] == '\\'))
                at++;
            bytes_add_byte(&item, text.ptr[at++]);
        }
        if (quoted && at < text.len) {
            closed = true;
            at++;
        }
        int rc = -1;
        if (item.failed)
            no_memory(problem);
        else if (!closed)
            problem_fault(problem, s->name, start, "the quote is not closed");
        else if (at < text.len && text.ptr[at] != ',')
            problem_fault(problem, s->name, at, "expected a comma after the closing quote");
        else
            rc = add_item(p, s, bytes_span(&item), start, problem);
        bytes_clear(&item);
        if (rc != 0 || at >= text.len)
            return rc;
        at++;
    }
}

/* A value as text, from the query string or from a JSON string. */
static int add_given(struct params *p, const struct param_spec *s, struct span text,
                     struct problem *problem)
{
    if (check_text(s, text, 0, problem) != 0)
        return -1;
    switch (s->type) {
    case PARAM_TEXT:
        return add_text(p, s, text, 0, problem);
    case PARAM_WORD:
        return add_word(p, s, text, 0, problem);
    case PARAM_FLAG:
        return add_flag(p, s, text, problem);
    case PARAM_NUMBER:
        return add_number(p, s, text, problem);
    case PARAM_WORDS:
    case PARAM_TEXTS:
        break;
    }
    return add_list(p, s, text, problem);
}

/* A name of the client's for a message: valid UTF-8, no controls, cut short. */
static void printable_name(struct span name, char out[32])
{
    size_t n = 0;
    for (size_t i = 0; i < name.len && n < 31; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        out[n++] = c < 0x20 || c >= 0x7F ? '?' : (char)c;
    }
    out[n] = '\0';
}

static int unknown_name(struct span name, struct problem *problem)
{
    char text[32];
    printable_name(name, text);
    return problem_fault(problem, text, PROBLEM_NO_POSITION, "this route has no such parameter");
}

static int read_pair(struct params *p, struct span pair, uint64_t *seen, struct problem *problem)
{
    struct bytes name = {0};
    struct bytes value = {0};
    struct span raw_name = pair;
    struct span rest = pair;
    size_t fault = 0;
    int rc = -1;

    text_split(&rest, '=', &raw_name);
    if (text_percent_decode(raw_name, true, &name, &fault) != 0) {
        unknown_name(raw_name, problem);
        goto done;
    }
    const struct param_spec *s = find_spec(p, bytes_span(&name));
    if (s == NULL) {
        unknown_name(bytes_span(&name), problem);
        goto done;
    }
    uint64_t bit = UINT64_C(1) << (s - p->specs);
    if ((*seen & bit) != 0 && !is_list(s)) {
        problem_fault(problem, s->name, PROBLEM_NO_POSITION, "given more than once");
        goto done;
    }
    *seen |= bit;
    if (rest.ptr == NULL)
        problem_fault(problem, s->name, PROBLEM_NO_POSITION, "expected '=' and a value");
    else if (text_percent_decode(rest, true, &value, &fault) != 0)
        problem_fault(problem, s->name, fault, "expected two hexadecimal digits after '%%'");
    else if (name.failed || value.failed)
        no_memory(problem);
    else
        rc = add_given(p, s, bytes_span(&value), problem);
done:
    bytes_clear(&name);
    bytes_clear(&value);
    return rc;
}

int params_read_query(struct params *p, struct span query, struct problem *problem)
{
    uint64_t seen = 0;
    struct span rest = query;
    struct span pair;

    while (text_split(&rest, '&', &pair))
        if (pair.len > 0)
            read_pair(p, pair, &seen, problem);
    return problem->code == PROBLEM_NONE ? 0 : -1;
}

static const char *const type_names[] = {[PARAM_TEXT] = "a string",
                                         [PARAM_WORD] = "a string",
                                         [PARAM_FLAG] = "true or false",
                                         [PARAM_NUMBER] = "a whole number",
                                         [PARAM_WORDS] = "an array of strings, or a string",
                                         [PARAM_TEXTS] = "an array of strings, or a string"};

static int wrong_type(const struct param_spec *s, struct problem *problem)
{
    return problem_fault(problem, s->name, PROBLEM_NO_POSITION, "expected %s", type_names[s->type]);
}

static struct span json_span(const json_t *v)
{
    return (struct span){json_string_value(v), json_string_length(v)};
}

static int add_json_array(struct params *p, const struct param_spec *s, json_t *array,
                          struct problem *problem)
{
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item)
    {
        if (!json_is_string(item))
            return wrong_type(s, problem);
        struct span text = json_span(item);
        if (check_text(s, text, 0, problem) != 0 || add_item(p, s, text, 0, problem) != 0)
            return -1;
    }
    return 0;
}

static int add_json(struct params *p, const struct param_spec *s, json_t *v,
                    struct problem *problem)
{
    char digits[32];
    bool is_text = s->type != PARAM_FLAG && s->type != PARAM_NUMBER;

    if (is_text && json_is_string(v))
        return add_given(p, s, json_span(v), problem);
    if (is_list(s) && json_is_array(v))
        return add_json_array(p, s, v, problem);
    if (s->type == PARAM_FLAG && json_is_boolean(v))
        return add_value(p, s, text_of(json_is_true(v) ? "true" : "false"), json_is_true(v),
                         problem);
    if (s->type == PARAM_NUMBER && json_is_integer(v))
        snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT, json_integer_value(v));
    /* JSON has one kind of number: 20.0 is 20, and with the sum -0.0 is 0. */
    else if (s->type == PARAM_NUMBER && json_is_real(v))
        snprintf(digits, sizeof(digits), "%.*g", DBL_DECIMAL_DIG, json_real_value(v) + 0.0);
    else
        return wrong_type(s, problem);
    return add_number(p, s, text_of(digits), problem);
}

int params_read_json(struct params *p, struct span body, struct problem *problem)
{
    json_error_t e;
    const char *key;
    json_t *v;

    if (body.len > PARAMS_MAX_BODY)
        return problem_set(problem, PROBLEM_CONTENT_TOO_LARGE,
                           "the body has more than %u bytes; shorten the query or its filters",
                           PARAMS_MAX_BODY);
    json_t *root = json_loadb(body.ptr, body.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);
    if (root == NULL)
        return problem_fault(problem, "body", e.position < 0 ? 0 : (size_t)e.position,
                             "expected a JSON object: %s", e.text);
    if (!json_is_object(root)) {
        json_decref(root);
        return problem_fault(problem, "body", 0, "expected a JSON object");
    }
    json_object_foreach(root, key, v)
    {
        const struct param_spec *s = find_spec(p, text_of(key));
        if (s == NULL)
            unknown_name(text_of(key), problem);
        else if (!is_list(s) && count_values(p, s) > 0)
            problem_fault(problem, s->name, PROBLEM_NO_POSITION, "given more than once");
        else
            add_json(p, s, v, problem);
    }
    json_decref(root);
    return problem->code == PROBLEM_NONE ? 0 : -1;
}

const struct param_value *params_find(const struct params *p, const char *name)
{
    for (uint32_t i = 0; i < p->count; i++)
        if (strcmp(p->specs[p->values[i].spec].name, name) == 0)
            return &p->values[i];
    return NULL;
}

static struct span value_text(const struct params *p, const struct param_value *v)
{
    return (struct span){p->bytes.ptr + v->offset, v->length};
}

struct span params_text(const struct params *p, const char *name)
{
    const struct param_value *v = params_find(p, name);
    return v == NULL ? (struct span){NULL, 0} : value_text(p, v);
}

static uint32_t fallback_number(const struct param_spec *s)
{
    uint64_t n = 0;
    if (s->fallback == NULL)
        return 0;
    if (s->type == PARAM_FLAG)
        return text_is(text_of(s->fallback), "true");
    if (s->type == PARAM_WORD) {
        while (strcmp(s->words[n], s->fallback) != 0)
            n++;
        return (uint32_t)n;
    }
    text_number(text_of(s->fallback), UINT32_MAX, &n);
    return (uint32_t)n;
}

uint32_t params_number(const struct params *p, const char *name)
{
    const struct param_value *v = params_find(p, name);
    if (v != NULL)
        return v->number;
    const struct param_spec *s = find_spec(p, text_of(name));
    return s == NULL ? 0 : fallback_number(s);
}

bool params_flag(const struct params *p, const char *name)
{
    return params_number(p, name) != 0;
}

uint32_t params_word(const struct params *p, const char *name)
{
    return params_number(p, name);
}

uint32_t params_list(const struct params *p, const char *name, struct span *out, uint32_t max)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->count && n < max; i++)
        if (strcmp(p->specs[p->values[i].spec].name, name) == 0)
            out[n++] = value_text(p, &p->values[i]);
    return n;
}

uint32_t params_words(const struct params *p, const char *name)
{
    uint32_t mask = 0;
    for (uint32_t i = 0; i < p->count; i++)
        if (strcmp(p->specs[p->values[i].spec].name, name) == 0)
            mask |= UINT32_C(1) << p->values[i].number;
    return mask;
}
