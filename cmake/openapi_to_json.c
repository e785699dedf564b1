/* openapi_to_json.c: Run by the build: the files of the contract as the service sends them.
 *
 *     openapi_to_json openapi.yaml FOLDER
 *
 * writes FOLDER/openapi.yaml, FOLDER/openapi.json and both compressed (.gz).  Of YAML it understands
 * what openapi.yaml is written in: mappings and sequences by indentation or in braces, scalars on one
 * line, literal and folded blocks, comments on lines of their own.  Anchors, tags, several documents and
 * scalars that go on in the next line are refused with the number of the line.  The test of the contract
 * compares the result with that of a complete YAML library.
 */
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct input {
    const char *begin;
    const char *at;
};

static void fail(const struct input *in, const char *what)
{
    int line = 1;
    for (const char *p = in->begin; p < in->at; p++)
        line += *p == '\n';
    fprintf(stderr, "openapi.yaml:%d: %s\n", line, what);
    exit(1);
}

static json_t *known(const struct input *in, json_t *value)
{
    if (value == NULL)
        fail(in, "not valid UTF-8, or no memory");
    return value;
}

static json_t *parse_block(struct input *in, size_t indent);
static json_t *parse_flow(struct input *in);

static void skip_blanks(struct input *in)
{
    while (*in->at == ' ')
        in->at++;
}

static bool at_end_of_line(const struct input *in)
{
    return *in->at == '\n' || *in->at == '\0';
}

/* Go to the start of the next line that says something; its indentation, or -1 at the end. */
static long next_line(struct input *in)
{
    for (;;) {
        size_t n = strspn(in->at, " ");
        char c = in->at[n];
        if (c == '\0')
            return -1;
        if (c != '\n' && c != '#')
            return (long)n;
        in->at += n + strcspn(in->at + n, "\n");
        in->at += *in->at == '\n';
    }
}

static bool at_item(const char *p)
{
    return p[0] == '-' && (p[1] == ' ' || p[1] == '\n');
}

/* ---- scalars ---- */

struct text {
    char *bytes;
    size_t length;
};

static void add(struct text *t, const char *from, size_t n)
{
    char *more = realloc(t->bytes, t->length + n + 1);
    if (more == NULL)
        abort();
    memcpy(more + t->length, from, n);
    t->bytes = more;
    t->length += n;
    more[t->length] = '\0';
}

static json_t *take(const struct input *in, struct text *t)
{
    json_t *value = known(in, json_stringn(t->bytes == NULL ? "" : t->bytes, t->length));
    free(t->bytes);
    return value;
}

static void add_escape(struct input *in, struct text *t)
{
    static const char from[] = "\"\\/nrt0";
    static const char to[] = "\"\\/\n\r\t";
    char c = *in->at;
    const char *found = c == '\0' ? NULL : strchr(from, c);
    if (found == NULL)
        fail(in, "this escape is not understood");
    add(t, to + (found - from), 1);
    in->at++;
}

static json_t *parse_quoted(struct input *in)
{
    struct text t = {0};
    char quote = *in->at++;
    for (;;) {
        if (at_end_of_line(in))
            fail(in, "the quote is not closed on its line");
        if (*in->at == quote && quote == '\'' && in->at[1] == '\'') {
            in->at++;
        } else if (*in->at == quote) {
            in->at++;
            return take(in, &t);
        } else if (*in->at == '\\' && quote == '"') {
            in->at++;
            add_escape(in, &t);
            continue;
        }
        add(&t, in->at++, 1);
    }
}

static bool is_integer(const char *s)
{
    s += *s == '-';
    return *s != '\0' && s[strspn(s, "0123456789")] == '\0';
}

static bool is_real(const char *s)
{
    s += *s == '-';
    size_t n = strspn(s, "0123456789");
    return n > 0 && s[n] == '.' && s[n + 1] != '\0' &&
           s[n + 1 + strspn(s + n + 1, "0123456789")] == '\0';
}

/* What stands without quotes, by YAML's core schema. */
static json_t *plain_value(const struct input *in, struct text *t)
{
    json_t *value;
    const char *s = t->bytes;
    if (strcmp(s, "null") == 0 || strcmp(s, "~") == 0)
        value = json_null();
    else if (strcmp(s, "true") == 0 || strcmp(s, "false") == 0)
        value = json_boolean(*s == 't');
    else if (is_integer(s))
        value = json_integer(strtoll(s, NULL, 10));
    else if (is_real(s))
        value = json_real(strtod(s, NULL));
    else
        return take(in, t);
    free(t->bytes);
    return known(in, value);
}

/* Up to the end of the line, to ": " and in braces to what ends an item there. */
static json_t *parse_plain(struct input *in, bool flow)
{
    struct text t = {0};
    const char *start = in->at;
    if (strchr("&*!%@`|>", *start) != NULL)
        fail(in, "anchors, aliases, tags and the like are not understood");
    while (!at_end_of_line(in)) {
        char c = *in->at;
        if (c == ':' && (in->at[1] == ' ' || in->at[1] == '\n' || (flow && in->at[1] == '}')))
            break;
        if (flow && strchr(",[]{}", c) != NULL)
            break;
        if (c == '#' && in->at > start && in->at[-1] == ' ')
            fail(in, "a comment needs a line of its own");
        in->at++;
    }
    size_t n = (size_t)(in->at - start);
    while (n > 0 && start[n - 1] == ' ')
        n--;
    if (n == 0)
        fail(in, "expected a value");
    add(&t, start, n);
    return plain_value(in, &t);
}

/* A '|' or '>' block of lines that are indented more than ${parent}. */
static json_t *parse_lines(struct input *in, long parent)
{
    struct text t = {0};
    bool folded = *in->at++ == '>';
    bool strip = *in->at == '-';
    bool joined = true; /* no blank is due before the next line */
    long indent = -1;

    in->at += strip;
    if (*in->at != '\n')
        fail(in, "of the signs after '|' and '>' only '-' is understood");
    while (*in->at == '\n') {
        const char *line = in->at + 1;
        long n = (long)strspn(line, " ");
        size_t length = strcspn(line, "\n");
        bool blank = (size_t)n == length;
        if ((!blank && n <= parent) || *line == '\0')
            break;
        if (indent < 0 && !blank)
            indent = n;
        if (!blank && n < indent)
            fail(in, "a line of the block is indented less than its first");
        if (folded && !blank && n > indent)
            fail(in, "a line of a folded block is indented more than its first");
        if (folded && !joined && !blank)
            add(&t, " ", 1);
        if (!blank)
            add(&t, line + indent, length - (size_t)indent);
        if (blank || !folded)
            add(&t, "\n", 1);
        joined = blank;
        in->at = line + length;
    }
    while (t.length > 0 && t.bytes[t.length - 1] == '\n')
        t.length--;
    if (!strip)
        add(&t, "\n", 1);
    return take(in, &t);
}

/* ---- collections ---- */

static void set(const struct input *in, json_t *object, json_t *key, json_t *value)
{
    char number[32];
    const char *name = json_string_value(key);
    if (json_is_integer(key)) {
        snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(key));
        name = number;
    }
    if (name == NULL || json_object_get(object, name) != NULL)
        fail(in, name == NULL ? "this cannot be a key" : "the key stands here twice");
    if (json_object_set_new(object, name, value) != 0)
        fail(in, "no memory");
    json_decref(key);
}

static void skip_space(struct input *in)
{
    in->at += strspn(in->at, " \n");
}

static json_t *parse_flow_scalar(struct input *in)
{
    return *in->at == '"' || *in->at == '\'' ? parse_quoted(in) : parse_plain(in, true);
}

static json_t *parse_flow_value(struct input *in)
{
    return *in->at == '[' || *in->at == '{' ? parse_flow(in) : parse_flow_scalar(in);
}

static void parse_flow_entry(struct input *in, json_t *all)
{
    if (json_is_array(all)) {
        json_array_append_new(all, parse_flow_value(in));
        return;
    }
    json_t *key = parse_flow_scalar(in);
    if (*in->at++ != ':')
        fail(in, "expected a colon");
    skip_space(in);
    set(in, all, key, parse_flow_value(in));
}

static json_t *parse_flow(struct input *in)
{
    bool is_array = *in->at++ == '[';
    char close = is_array ? ']' : '}';
    json_t *all = known(in, is_array ? json_array() : json_object());

    skip_space(in);
    while (*in->at != close) {
        parse_flow_entry(in, all);
        skip_space(in);
        if (*in->at == ',')
            in->at++;
        else if (*in->at != close)
            fail(in, "expected a comma or the closing bracket");
        skip_space(in);
    }
    in->at++;
    return all;
}

/* What stands after "key:" or "-"; ${parent} is the indentation of that. */
static json_t *parse_node(struct input *in, long parent)
{
    json_t *value;
    skip_blanks(in);
    if (at_end_of_line(in)) {
        long indent = next_line(in);
        if (indent <= parent)
            fail(in, "expected a value, indented more than its key");
        return parse_block(in, (size_t)indent);
    }
    switch (*in->at) {
    case '[':
    case '{':
        value = parse_flow(in);
        break;
    case '"':
    case '\'':
        value = parse_quoted(in);
        break;
    case '|':
    case '>':
        value = parse_lines(in, parent);
        break;
    default:
        value = parse_plain(in, false);
    }
    skip_blanks(in);
    if (!at_end_of_line(in))
        fail(in, "expected the end of the line");
    return value;
}

/* Is the next line part of the same collection?  If so, stand on its first sign. */
static bool goes_on(struct input *in, size_t indent, bool sequence)
{
    long n = next_line(in);
    if (n > (long)indent)
        fail(in, "this line is indented more than those it belongs to");
    if (n != (long)indent || at_item(in->at + n) != sequence)
        return false;
    in->at += n;
    return true;
}

/* Standing on the first key. */
static json_t *parse_mapping(struct input *in, size_t indent)
{
    json_t *all = known(in, json_object());
    do {
        bool quoted = *in->at == '"' || *in->at == '\'';
        json_t *key = quoted ? parse_quoted(in) : parse_plain(in, false);
        if (*in->at++ != ':')
            fail(in, "expected a key and a colon");
        set(in, all, key, parse_node(in, (long)indent));
    } while (goes_on(in, indent, false));
    return all;
}

static bool at_key(const struct input *in)
{
    struct input look = *in;
    if (strchr("[{|>", *look.at) != NULL)
        return false;
    json_decref(*look.at == '"' || *look.at == '\'' ? parse_quoted(&look)
                                                    : parse_plain(&look, false));
    return *look.at == ':';
}

/* Standing on the first "-". */
static json_t *parse_sequence(struct input *in, size_t indent)
{
    json_t *all = known(in, json_array());
    do {
        size_t gap = 1 + strspn(in->at + 1, " ");
        bool alone = in->at[gap] == '\n';
        in->at += gap;
        json_t *value =
            !alone && at_key(in) ? parse_mapping(in, indent + gap) : parse_node(in, (long)indent);
        json_array_append_new(all, value);
    } while (goes_on(in, indent, true));
    return all;
}

/* Standing at the start of a line. */
static json_t *parse_block(struct input *in, size_t indent)
{
    in->at += indent;
    return at_item(in->at) ? parse_sequence(in, indent) : parse_mapping(in, indent);
}

/* ---- files ---- */

static char *read_whole(const char *path)
{
    struct text t = {0};
    char piece[65536];
    size_t n;
    FILE *f = fopen(path, "rb");
    if (f == NULL) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        exit(1);
    }
    while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
        add(&t, piece, n);
    fclose(f);
    add(&t, "\n", 1);
    return t.bytes;
}

static void write_both(const char *folder, const char *name, const char *data, size_t size)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    bool good = f != NULL && fwrite(data, 1, size, f) == size;
    good = f != NULL && fclose(f) == 0 && good;
    snprintf(path, sizeof(path), "%s/%s.gz", folder, name);
    gzFile g = gzopen(path, "wb9");
    good = good && g != NULL && gzwrite(g, data, (unsigned)size) == (int)size;
    good = g != NULL && gzclose(g) == Z_OK && good;
    if (!good) {
        fprintf(stderr, "%s: cannot be written\n", path);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: openapi_to_json openapi.yaml FOLDER\n");
        return 2;
    }
    char *text = read_whole(argv[1]);
    struct input in = {text, text};
    long indent = next_line(&in);
    if (indent != 0)
        fail(&in, "expected the document to begin here");
    json_t *document = parse_block(&in, 0);
    if (next_line(&in) >= 0)
        fail(&in, "expected the end of the document");
    char *json = json_dumps(document, JSON_COMPACT);
    if (json == NULL)
        fail(&in, "no memory");
    write_both(argv[2], "openapi.yaml", text, strlen(text) - 1);
    write_both(argv[2], "openapi.json", json, strlen(json));
    free(json);
    json_decref(document);
    free(text);
    return 0;
}
