#include "session.h"

#include <stdio.h>
#include <string.h>

enum { COPIED_TURNS = 4 };

static const char *const versions[] = {"2.0.35", "2.1.14",  "2.1.59",
                                       "2.1.77", "2.1.104", "2.1.219"};
static const char *const models[] = {"claude-opus-4-6",           "claude-sonnet-4-5-20250929",
                                     "claude-haiku-4-5-20251001", "claude-opus-4-5-20251101",
                                     "claude-sonnet-4-6",         "glm-5.1"};
static const char *const branches[] = {"main",           "HEAD", "fix/login-timeout",
                                       "feature/search", "",     "release/2.4"};

static bool old_layout(const struct session *s)
{
    return s->version == versions[0];
}

static bool has_progress(const struct session *s)
{
    return s->version == versions[1] || s->version == versions[2] || s->version == versions[3];
}

static enum language pick_language(struct rng *r)
{
    uint64_t dice = rng_below(r, 100);
    return dice < 80 ? LANGUAGE_ENGLISH : dice < 90 ? LANGUAGE_RUSSIAN : LANGUAGE_CHINESE;
}

/* What the records of a session draw from its seed; a copy draws the same. */
static void begin(struct session *s, const struct session_plan *plan, struct counts *counts)
{
    s->rng.state = plan->seed;
    s->counts = counts;
    s->id = plan->id;
    s->now_ms = plan->start_ms;
    s->cwd = plan->project->cwd;
    s->version = versions[rng_below(&s->rng, sizeof versions / sizeof *versions)];
    s->model = models[rng_below(&s->rng, sizeof models / sizeof *models)];
    s->branch = branches[rng_below(&s->rng, sizeof branches / sizeof *branches)];
    s->style = (struct text_style){pick_language(&s->rng), plan->damage};
}

static void write_meta_json(const char *path, const struct call *call)
{
    struct out out;
    out_open(&out, path);
    out_emit(
        &out,
        "{\"agentType\":\"Explore\",\"description\":\"look around\",\"toolUseId\":\"toolu_01%x\"}",
        call->id);
    out_close(&out);
}

static uint64_t write_agent(const struct session *parent, const struct session_plan *plan,
                            const char *root, struct call *call);

static void one_response(struct session *s, struct call *call)
{
    struct response a;
    response_begin(s, &a);
    if (rng_chance(&s->rng, 45))
        record_thinking(s, &a);
    if (rng_chance(&s->rng, 30))
        record_reply(s, &a, false);
    record_call(s, &a, call);
}

static void name_agent(struct session *s, struct call *call)
{
    unsigned long long id = rng_next(&s->rng);
    if (old_layout(s))
        snprintf(call->agent, sizeof call->agent, "%08llx", id >> 32);
    else
        snprintf(call->agent, sizeof call->agent, "a%06llx", id >> 40);
}

static uint64_t one_round(struct session *s, const struct session_plan *plan, const char *root)
{
    struct call call;
    uint64_t bytes = 0;
    one_response(s, &call);
    if (call.tool == TOOL_TASK) {
        name_agent(s, &call);
        if (!s->agent && !s->copying)
            bytes = write_agent(s, plan, root, &call);
    }
    if (has_progress(s))
        for (uint64_t n = rng_below(&s->rng, call.tool == TOOL_TASK ? 12 : 4); n > 0; n--)
            record_progress(s, &call);
    record_result(s, &call);
    return bytes;
}

static void between_rounds(struct session *s)
{
    uint64_t dice = rng_below(&s->rng, 200);
    if (dice < 2)
        record_queued_prompt(s);
    else if (dice < 3)
        record_api_error(s);
    else if (dice < 4)
        record_compact(s);
    else if (dice < 12)
        record_attachment(s);
}

static void end_of_turn(struct session *s)
{
    struct response a;
    response_begin(s, &a);
    record_reply(s, &a, true);
    record_system_note(s);
    if (rng_chance(&s->rng, 10))
        record_meta(s);
    if (rng_chance(&s->rng, 4))
        record_system_text(s);
}

/* Records without uuid are never copied, so nothing a copy repeats may depend on them. */
static void aside(struct session *s, void (*record)(struct session *))
{
    struct rng numbers = s->rng;
    int64_t now = s->now_ms;
    if (!s->copying)
        record(s);
    s->rng = numbers;
    s->now_ms = now;
}

static uint64_t one_turn(struct session *s, const struct session_plan *plan, const char *root)
{
    uint64_t bytes = 0;
    s->now_ms += (int64_t)rng_tail(&s->rng, 60000);
    record_prompt(s);
    if (rng_chance(&s->rng, 70))
        aside(s, record_side);
    for (uint64_t rounds = rng_tail(&s->rng, 6); rounds > 0; rounds--) {
        bytes += one_round(s, plan, root);
        between_rounds(s);
    }
    end_of_turn(s);
    return bytes;
}

/* Last lines as a writer leaves them: whole without newline, torn, or a tail of NULs. */
static void ragged_end(struct session *s)
{
    static const char zeros[4096];
    if (s->line_open)
        out_text(&s->out, "\n");
    s->line_open = false;
    switch (rng_below(s->damage, 6)) {
    case 0:
        out_emit(&s->out, "{\"type\":\"mode\",\"mode\":\"normal\",\"sessionId\":\"%U\"}", &s->id);
        s->counts->other_records++;
        break;
    case 1:
        out_emit(&s->out,
                 "{\"parentUuid\":null,\"type\":\"user\",\"sessionId\":\"%U\",\"message\":{"
                 "\"role\":\"us",
                 &s->id);
        break;
    case 2:
        out_bytes(&s->out, zeros, sizeof zeros);
        break;
    default:
        break;
    }
}

static uint64_t finish(struct session *s)
{
    if (s->damage)
        ragged_end(s);
    s->counts->files++;
    out_close(&s->out);
    return s->out.written;
}

static void uuid_text(const struct uuid *id, char text[37])
{
    snprintf(text, 37, "%08llx-%04llx-%04llx-%04llx-%012llx", (unsigned long long)(id->high >> 32),
             (unsigned long long)(id->high >> 16 & 0xffff),
             (unsigned long long)((id->high & 0xfff) | 0x4000),
             (unsigned long long)((id->low >> 48 & 0x3fff) | 0x8000),
             (unsigned long long)(id->low & 0xffffffffffff));
}

static void agent_path(const struct session *s, const struct session_plan *plan, const char *root,
                       const char *agent, const char *ending, char *path, size_t size)
{
    char id[37];
    uuid_text(&plan->id, id);
    if (old_layout(s))
        snprintf(path, size, "%s/projects/%s/agent-%s%s", root, plan->project->folder, agent,
                 ending);
    else
        snprintf(path, size, "%s/projects/%s/%s/subagents/agent-%s%s", root, plan->project->folder,
                 id, agent, ending);
}

static uint64_t write_agent(const struct session *parent, const struct session_plan *plan,
                            const char *root, struct call *call)
{
    struct session s = *parent;
    char path[512];
    s.rng.state = rng_child(call->texts.state, 3);
    s.has_parent = false;
    s.line_open = false;
    s.agent = call->agent;
    agent_path(parent, plan, root, call->agent, ".jsonl", path, sizeof path);
    out_open(&s.out, path);
    for (uint64_t turns = rng_between(&s.rng, 1, 3); turns > 0; turns--)
        one_turn(&s, plan, root);
    uint64_t bytes = finish(&s);
    if (!old_layout(parent)) {
        agent_path(parent, plan, root, call->agent, ".meta.json", path, sizeof path);
        write_meta_json(path, call);
    }
    return bytes;
}

/* A fork for compaction: a sub-agent's file that repeats the beginning of its parent. */
static uint64_t write_compaction_fork(const struct session_plan *plan, const char *root,
                                      struct counts *counts)
{
    struct session s = {0};
    struct rng damage = {rng_child(plan->seed, 5)};
    char path[512], name[32];
    begin(&s, plan, counts);
    snprintf(name, sizeof name, "acompact-%06llx", (unsigned long long)plan->seed >> 40);
    agent_path(&s, plan, root, name, ".jsonl", path, sizeof path);
    s.agent = name;
    s.copying = true;
    s.damage = plan->damage ? &damage : NULL;
    out_open(&s.out, path);
    for (unsigned i = 0; i < COPIED_TURNS / 2 && i < plan->turns; i++)
        one_turn(&s, plan, root);
    return finish(&s);
}

static void open_main(struct session *s, const struct session_plan *plan, const char *root)
{
    char id[37], path[512];
    uuid_text(&plan->id, id);
    snprintf(path, sizeof path, "%s/projects/%s/%s.jsonl", root, plan->project->folder, id);
    out_open(&s->out, path);
}

static void copy_beginning(struct session *s, const struct session_plan *plan, const char *root)
{
    struct uuid own = plan->id;
    begin(s, plan->copied, s->counts);
    s->id = own;
    s->copying = true;
    for (unsigned i = 0; i < COPIED_TURNS && i < plan->copied->turns; i++)
        one_turn(s, plan, root);
    s->copying = false;
    s->rng.state = plan->seed;
    s->now_ms = plan->start_ms;
}

uint64_t session_write(struct session_plan *plan, const char *root, struct counts *counts)
{
    struct session s = {0};
    struct rng damage = {rng_child(plan->seed, 4)};
    uint64_t bytes = 0;
    begin(&s, plan, counts);
    open_main(&s, plan, root);
    s.damage = plan->damage ? &damage : NULL;
    if (plan->copied)
        copy_beginning(&s, plan, root);
    else if (plan->seed % 8 == 0)
        aside(&s, record_summary);
    plan->turns = 0;
    do {
        bytes += one_turn(&s, plan, root);
        plan->turns++;
    } while (s.out.written < plan->bytes);
    if (plan->long_line)
        record_long_result(&s, plan->long_line);
    bytes += finish(&s);
    if (plan->seed % 32 == 1 && !plan->copied)
        bytes += write_compaction_fork(plan, root, counts);
    return bytes;
}

uint64_t session_write_tiny(struct session_plan *plan, const char *root, struct counts *counts)
{
    struct session s = {0};
    begin(&s, plan, counts);
    open_main(&s, plan, root);
    record_prompt(&s);
    for (uint64_t n = rng_below(&s.rng, 3); n > 0; n--)
        record_side(&s);
    return finish(&s);
}
