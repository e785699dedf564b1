#include "pricing.h"

#include "error.h"
#include "span.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define MAX_ROWS 1024
#define MAX_LINE 512

struct row {
    char model[96];
    struct price price;
};

struct pricing {
    size_t count;
    const struct row *rows;
    struct row own[]; /* of a table read from a file */
};

/* Dollars per million tokens with two decimals, as picodollars a token. */
#define CENTS(n) (UINT64_C(n) * 10000)
#define ROW(model, in, out, w5, w1, rd)                            \
    {                                                              \
        model,                                                     \
        {                                                          \
            CENTS(in), CENTS(out), CENTS(w5), CENTS(w1), CENTS(rd) \
        }                                                          \
    }

static const struct row builtin_rows[] = {
    ROW("claude-3-haiku", 25, 125, 30, 50, 3),
    ROW("claude-3-5-haiku", 80, 400, 100, 160, 8),
    ROW("claude-3-opus", 1500, 7500, 1875, 3000, 150),
    ROW("claude-3-sonnet", 300, 1500, 375, 600, 30),
    ROW("claude-3-5-sonnet", 300, 1500, 375, 600, 30),
    ROW("claude-3-7-sonnet", 300, 1500, 375, 600, 30),
    ROW("claude-haiku-4-5", 100, 500, 125, 200, 10),
    ROW("claude-sonnet-4", 300, 1500, 375, 600, 30),
    ROW("claude-sonnet-4-5", 300, 1500, 375, 600, 30),
    ROW("claude-sonnet-4-6", 300, 1500, 375, 600, 30),
    ROW("claude-opus-4", 1500, 7500, 1875, 3000, 150),
    ROW("claude-opus-4-1", 1500, 7500, 1875, 3000, 150),
    ROW("claude-opus-4-5", 500, 2500, 625, 1000, 50),
    ROW("claude-opus-4-6", 500, 2500, 625, 1000, 50),
    ROW("claude-opus-4-7", 500, 2500, 625, 1000, 50),
    ROW("claude-opus-4-8", 500, 2500, 625, 1000, 50),
    ROW("claude-fable-5", 1000, 5000, 1250, 2000, 100),
};

static const struct pricing builtin = {sizeof builtin_rows / sizeof builtin_rows[0], builtin_rows};

const struct pricing *pricing_builtin(void)
{
    return &builtin;
}

void pricing_free(struct pricing *p)
{
    if (p != NULL && p != &builtin)
        free(p);
}

/* "3.75" dollars per million tokens as picodollars a token: six decimals at most. */
static int parse_price(const char *s, uint64_t *out)
{
    uint64_t n = 0;
    int decimals = -1, digits = 0;
    for (; *s != '\0'; s++) {
        if (*s == '.' && decimals < 0) {
            decimals = 0;
            continue;
        }
        if (*s < '0' || *s > '9' || ++digits > 15 || decimals >= 6)
            return -1;
        n = n * 10 + (uint64_t)(*s - '0');
        decimals += decimals >= 0;
    }
    for (int d = decimals < 0 ? 0 : decimals; d < 6; d++)
        if (__builtin_mul_overflow(n, 10, &n))
            return -1;
    *out = n;
    return digits > 0 ? 0 : -1;
}

/* Cut the next tab-separated column off; NULL at the end of the line. */
static char *next_column(char **rest)
{
    char *begin = *rest;
    if (begin == NULL)
        return NULL;
    char *tab = strchr(begin, '\t');
    *rest = tab == NULL ? NULL : tab + 1;
    if (tab != NULL)
        *tab = '\0';
    return begin;
}

static int parse_row(char *line, struct row *out)
{
    uint64_t *prices[] = {&out->price.input, &out->price.output, &out->price.cache_write_5m,
                          &out->price.cache_write_1h, &out->price.cache_read};
    char *rest = line, *model = next_column(&rest);
    size_t len = strlen(model);
    if (len == 0 || len >= sizeof out->model)
        return -1;
    memcpy(out->model, model, len + 1);
    for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++) {
        char *column = next_column(&rest);
        if (column == NULL || parse_price(column, prices[i]) != 0)
            return -1;
    }
    return rest == NULL ? 0 : -1;
}

static int read_rows(FILE *f, struct pricing *p, struct error *err)
{
    char line[MAX_LINE];
    bool header = false;
    for (unsigned number = 1; fgets(line, sizeof line, f) != NULL; number++) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        if (!header && strncmp(line, "model\t", 6) == 0) {
            header = true;
            continue;
        }
        if (p->count == MAX_ROWS || parse_row(line, &p->own[p->count]) != 0)
            return error_set(err, ERROR_INVALID_PARAMETER, ERROR_NO_POSITION,
                             "line %u of the pricing file: expected a model and five prices in "
                             "dollars per million tokens, separated by tabs",
                             number);
        p->count++;
    }
    return ferror(f) ? error_set(err, ERROR_IO, ERROR_NO_POSITION, "reading the pricing file: %s",
                                 strerror(errno))
                     : 0;
}

int pricing_read(const char *path, struct pricing **out, struct error *err)
{
    FILE *f = fopen(path, "re");
    if (f == NULL)
        return error_set(err, ERROR_IO, ERROR_NO_POSITION, "cannot open the pricing file: %s",
                         strerror(errno));
    struct pricing *p = calloc(1, sizeof *p + MAX_ROWS * sizeof p->own[0]);
    int rc = p == NULL ? error_no_memory(err) : read_rows(f, p, err);
    (void)fclose(f);
    if (rc != 0) {
        free(p);
        return -1;
    }
    p->rows = p->own;
    *out = p;
    return 0;
}

static char alike(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (char)(c + ('a' - 'A'));
    return c == '.' ? '-' : c;
}

/* Whether what follows the row's name is nothing or a date. */
static bool ends_as_date(struct span rest)
{
    if (rest.len == 0)
        return true;
    if (rest.len != 9 || (rest.ptr[0] != '-' && rest.ptr[0] != '@'))
        return false;
    for (size_t i = 1; i < rest.len; i++)
        if (rest.ptr[i] < '0' || rest.ptr[i] > '9')
            return false;
    return true;
}

static bool fits(const char *row, struct span model)
{
    size_t n = strlen(row);
    if (model.len < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (alike(row[i]) != alike(model.ptr[i]))
            return false;
    return ends_as_date((struct span){model.ptr + n, model.len - n});
}

const struct price *pricing_find(const struct pricing *p, struct span model)
{
    const struct span maker = SPAN("anthropic/");
    if (span_starts_with(model, maker))
        model = (struct span){model.ptr + maker.len, model.len - maker.len};
    for (size_t i = 0; i < p->count; i++)
        if (fits(p->rows[i].model, model))
            return &p->rows[i].price;
    return NULL;
}

uint64_t pricing_add(uint64_t sum, uint64_t more)
{
    return __builtin_add_overflow(sum, more, &sum) ? UINT64_MAX : sum;
}

static uint64_t add_product(uint64_t sum, uint64_t a, uint64_t b)
{
    uint64_t product;
    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : pricing_add(sum, product);
}

uint64_t pricing_cost(const struct price *price, const struct usage *u)
{
    uint64_t sum = add_product(0, price->input, u->input);
    sum = add_product(sum, price->output, u->output);
    sum = add_product(sum, price->cache_write_5m, u->cache_write_5m);
    sum = add_product(sum, price->cache_write_1h, u->cache_write_1h);
    return add_product(sum, price->cache_read, u->cache_read);
}
