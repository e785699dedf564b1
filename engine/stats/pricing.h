/* pricing.h: What tokens cost.
 *
 * Prices are integers, in picodollars (1e-12 US dollars) a token, so that sums are exact: list prices have at
 * most six decimals a million tokens.  The table built in holds public list prices of June 2026; a
 * file of the same form replaces it: tab-separated, a header line "model input output
 * cache_write_5m cache_write_1h cache_read", dollars per million tokens, '#' begins a comment.
 *
 * A model id fits a row when it equals it, or is the row followed by '-' or '@' and an eight-digit
 * date; '.' and '-' are alike, an "anthropic/" before it is dropped, ASCII case is ignored.  A model without a row has no
 * price: it is listed as unpriced, never guessed.
 */
#ifndef SCROLLBACK_PRICING_H
#define SCROLLBACK_PRICING_H

#include "message.h"

struct price {
    uint64_t input;
    uint64_t output;
    uint64_t cache_write_5m;
    uint64_t cache_write_1h;
    uint64_t cache_read;
};

struct pricing;

/* pricing_builtin(): The table built in; never freed. */
const struct pricing *pricing_builtin(void);

/* pricing_read(path, out, err): Read a file.  Return 0, or -1 with ERROR_IO or
 * ERROR_INVALID_PARAMETER naming the line at fault.  pricing_free(NULL or builtin) does nothing. */
int pricing_read(const char *path, struct pricing **out, struct error *err);
void pricing_free(struct pricing *p);

/* pricing_find(p, model): The price of a model, or NULL. */
const struct price *pricing_find(const struct pricing *p, struct span model);

/* pricing_cost(price, usage): Picodollars; saturates at UINT64_MAX.
 * pricing_add(sum, more): A sum of such, or of tokens: the same. */
uint64_t pricing_cost(const struct price *price, const struct usage *usage);
uint64_t pricing_add(uint64_t sum, uint64_t more);

#endif
