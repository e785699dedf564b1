/* reply.h: A reply and the memory that it holds. */
#ifndef SCROLLBACK_REPLY_H
#define SCROLLBACK_REPLY_H

#include "arena.h"
#include "search_api.h"
#include "stats_api.h"

/* The caller of the engine sees the first member; freeing it frees the arena. */
struct search_answer {
    struct search_reply reply;
    struct arena arena;
};

struct stats_answer {
    struct stats_reply reply;
    struct arena arena;
};

#endif
