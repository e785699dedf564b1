#include "message.h"

#include "span.h"

struct hash128 message_identity(const struct message *m)
{
    if (m->uuid.len > 0)
        return hash_128(m->uuid);
    /* No uuid has this length and these bytes: it begins with a NUL. */
    struct {
        char mark[8];
        uint64_t source;
        uint64_t offset;
        uint64_t position;
    } place = {"\0place", m->source, m->offset, m->position};
    return hash_128((struct span){(const char *)&place, sizeof place});
}

unsigned message_rank(const struct message *m, struct span stem, bool is_agent)
{
    if (m->session.len > 0 && span_equal(m->session, stem))
        return 0;
    return is_agent ? 2 : 1;
}
