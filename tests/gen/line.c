/* line.c: The framing of lines: where damage happens, and the clock and envelope of records. */
#include "record.h"

#include <string.h>

/* Beginnings of records as a crash leaves them; none holds a whole value that a reader could
 * recover. */
static const char torn_string[] = "{\"parentUuid\":null,\"type\":\"user\",\"message\":{\"role\":"
                                  "\"user\",\"content\":\"half a sen";
static const char *const torn[] = {"{\"parentUuid\":\"3f1b",
                                   "{\"parentUuid\":null,\"isSidechain\":fal",
                                   "{\"type\":\"file-history-snapshot\",\"messageId\":\"12",
                                   torn_string,
                                   "{\"type\":\"user\",\"message\":{\"content\":[",
                                   "{\"uuid\":\"a\\"};

static void nuls(struct session *s)
{
    static const char zeros[64];
    for (uint64_t n = rng_between(s->damage, 1, 40); n > 0; n--)
        out_bytes(&s->out, zeros, rng_between(s->damage, 1, sizeof zeros));
}

static void tear(struct session *s)
{
    out_text(&s->out, torn[rng_below(s->damage, sizeof torn / sizeof *torn)]);
    if (rng_chance(s->damage, 40))
        return; /* a whole record follows on the same line */
    out_text(&s->out, "\n");
    s->counts->malformed_lines += !s->line_open;
    s->line_open = false;
}

void line_begin(struct session *s)
{
    if (!s->damage || !rng_chance(s->damage, 4))
        return;
    switch (rng_below(s->damage, 4)) {
    case 0:
        nuls(s);
        break;
    case 1:
        out_text(&s->out, s->line_open ? " " : "\xef\xbb\xbf");
        break;
    case 2:
        if (!s->line_open)
            out_text(&s->out, rng_chance(s->damage, 50) ? "\n" : " \t\r\n");
        break;
    default:
        tear(s);
    }
}

void line_end(struct session *s, bool message)
{
    s->counts->messages += message;
    s->counts->copies += message && s->copying;
    s->counts->other_records += !message;
    s->line_open = false;
    if (s->damage && rng_chance(s->damage, 3)) {
        switch (rng_below(s->damage, 3)) {
        case 0:
            s->line_open = true; /* the next record is glued to this one */
            return;
        case 1:
            nuls(s);
            break;
        default:
            out_text(&s->out, "\r");
        }
    }
    out_text(&s->out, "\n");
}

struct uuid random_uuid(struct rng *r)
{
    uint64_t high = rng_next(r);
    return (struct uuid){high, rng_next(r)};
}

int64_t session_tick(struct session *s, uint64_t up_to_ms)
{
    int64_t step = (int64_t)rng_below(&s->rng, up_to_ms);
    s->now_ms += step;
    return rng_chance(&s->rng, 5) ? s->now_ms - step / 2 - 40 : s->now_ms;
}

void envelope_begin(struct session *s)
{
    line_begin(s);
    if (s->has_parent)
        out_emit(&s->out, "{\"parentUuid\":\"%U\"", &s->parent);
    else
        out_text(&s->out, "{\"parentUuid\":null");
    out_emit(&s->out,
             ",\"isSidechain\":%b,\"userType\":\"external\",\"cwd\":\"%s\",\"sessionId\":\"%U\","
             "\"version\":\"%s\",\"gitBranch\":\"%s\"",
             s->agent != NULL, s->cwd, &s->id, s->version, s->branch);
    if (s->agent)
        out_emit(&s->out, ",\"agentId\":\"%s\"", s->agent);
}

void envelope_end(struct session *s, bool message)
{
    struct uuid id = random_uuid(&s->rng);
    out_emit(&s->out, ",\"uuid\":\"%U\",\"timestamp\":\"%T\"}", &id, session_tick(s, 3000));
    s->parent = id;
    s->has_parent = true;
    line_end(s, message);
}
