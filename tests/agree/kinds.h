/* kinds.h: The kinds of questions that every strategy must answer alike. */
#ifndef AGREE_KINDS_H
#define AGREE_KINDS_H

#include "compile_request.h"
#include "search_api.h"

/* Answers are the kind's own, void to all others. */
struct request_kind {
    const char *name;
    /* Ask the question of this kind that ${r} stands for, by env->strategy.  0 or -1. */
    int (*ask)(const struct environment *env, const struct search_request *r, void **out,
               struct error *err);
    /* As compare_replies() of compare.h. */
    int (*compare)(const void *a, const void *b, char *why, size_t size);
    bool (*has_hits)(const void *reply);
    void (*free)(void *reply); /* NULL does nothing */
    bool of_index;             /* without the index all strategies go one way: only it is asked */
};

/* What the first, the search itself, is asked; then the others: a walk over pages of it, statistics
 * of what it finds, the sessions of what it finds, the thread of the first hit read from there to its end. */
enum { KINDS = 5 };
extern const struct request_kind kinds[KINDS];

#endif
