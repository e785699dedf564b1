/* query_storage.h: What a query owns; struct query.storage points to it. */
#ifndef SCROLLBACK_QUERY_STORAGE_H
#define SCROLLBACK_QUERY_STORAGE_H

#include "arena.h"
#include "query.h"

struct query_storage {
    struct query query;
    struct arena arena;      /* all that the query points to */
    struct span description; /* absent until asked for */
};

#endif
