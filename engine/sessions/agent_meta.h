/* agent_meta.h: What Claude Code notes beside a sub-agent's transcript, and the call that started it.
 *
 * agent-<id>.meta.json holds {"agentType", "description", "toolUseId", ...}, the last one only in
 * newer versions.  For older ones the link is in the parent's transcript: the result of the call carries
 * the agent's id in toolUseResult.agentId.
 */
#ifndef SCROLLBACK_AGENT_META_H
#define SCROLLBACK_AGENT_META_H

#include "arena.h"
#include "reader.h"
#include "sessions_api.h"
#include "source.h"

/* agent_meta_read(s, arena, out): Fill agent_type, description and tool_use_id of ${out} from the
 * file beside ${s}, as far as they are there; a broken file tells nothing.  0, or -1 without
 * memory. */
int agent_meta_read(const struct source *s, struct arena *arena, struct reply_agent *out);

/* agent_calls_read(r, main, arena, agents, count): Fill tool_use_id and tool_message_id of those
 * agents from the lines of the session's main file.  0, or -1 without memory. */
int agent_calls_read(struct reader *r, const struct source *main, struct arena *arena,
                     struct reply_agent *agents, uint32_t count);

#endif
