/**
 * Messages of a session to the rows one reads.
 *
 * A call and its result become one row, the messages of a sub-agent come in below the call
 * that started it (when opened), and neighbours by one speaker are joined. Pure: messages in,
 * rows out, nothing is fetched or drawn here.
 */

import { clock, dayOf } from './format.js';

/** Whether a message holds nothing but results. */
const onlyResults = (message) => message.blocks.length > 0
  && message.blocks.every((b) => b.type === 'tool_result' || (b.type === 'text' && !b.text));

/** Whether a reply has nothing to read: models write one now and then before they think or call. */
const blank = (message) => message.role === 'assistant' && message.blocks.length > 0 && !message.error
  && message.blocks.every((b) => b.type === 'text' && !b.truncated && !String(b.text ?? '').trim());

/** The speaker, for joining neighbours. */
function speaker(message) {
  if (message.role === 'assistant') return `assistant ${message.agent ?? ''}`;
  return message.kind === 'tool_result' ? `assistant ${message.agent ?? ''}` : '';
}

/** tool_use id to {block, message} of its result, over one list of messages. */
function resultsOf(messages) {
  const results = new Map();
  for (const message of messages) {
    for (const block of message.blocks) {
      if (block.type === 'tool_result' && !results.has(block.tool_use_id)) results.set(block.tool_use_id, { block, message });
    }
  }
  return results;
}

/** Blocks, whatever the answer left out. */
const whole = (message) => (Array.isArray(message.blocks) ? message : { ...message, blocks: [] });

class Builder {
  constructor(options) {
    this.agentsByCall = options.agentsByCall ?? new Map();
    this.open = options.open ?? new Map();
    this.rows = [];
    this.keys = new Map();
    this.used = new Set();
  }

  unique(key) {
    let name = key;
    for (let n = 2; this.used.has(name); n += 1) name = `${key}#${n}`;
    this.used.add(name);
    return name;
  }

  remember(agent, id, key) {
    const name = `${agent ?? ''}/${id}`;
    if (!this.keys.has(name)) this.keys.set(name, key);
  }

  add(list, agent, depth) {
    const messages = list.map(whole);
    const results = resultsOf(messages);
    const calls = new Map();
    let last = null;
    let day = '';
    for (const message of messages) {
      const mine = message.blocks.filter((b) => b.type === 'tool_use');
      const answered = onlyResults(message)
        && message.blocks.every((b) => b.type !== 'tool_result' || calls.has(b.tool_use_id));
      if (answered) {
        const id = message.blocks.find((b) => b.type === 'tool_result').tool_use_id;
        this.remember(agent, message.id, calls.get(id));
        continue;
      }
      if (blank(message) && this.rows.length) {
        this.remember(agent, message.id, this.rows[this.rows.length - 1].key);
        continue;
      }
      const key = this.unique(`${agent ?? ''}/${message.id}`);
      this.remember(agent, message.id, key);
      const today = depth === 0 ? dayOf(message.time) : '';
      const joined = last !== null && speaker(last) !== '' && speaker(last) === speaker(message) && today === day;
      const row = {
        type: 'message', key, message, depth, joined,
        day: today !== day ? today : '',
        stamp: !joined || clock(last.time) !== clock(message.time),
        results: new Map(mine.filter((b) => results.has(b.id)).map((b) => [b.id, results.get(b.id)])),
      };
      day = today;
      last = message;
      this.rows.push(row);
      for (const block of mine) calls.set(block.id, key);
      for (const block of mine) this.agentOf(block, depth);
    }
  }

  agentOf(block, depth) {
    for (const agent of this.agentsByCall.get(block.id) ?? []) {
      const state = this.open.get(agent.agent);
      this.rows.push({ type: 'agent', key: `agent:${agent.agent}`, agent, call: block.input ?? {}, depth, open: Boolean(state) });
      if (!state) continue;
      this.add(state.messages, agent.agent, depth + 1);
      if (state.cursor) this.rows.push({ type: 'more', key: `more:${agent.agent}`, agent, depth: depth + 1 });
    }
  }
}

/**
 * @param {object[]} messages of the main thread (or of one agent, with `agent` set)
 * @param {object} [options]
 * @param {string|null} [options.agent] whose messages these are
 * @param {Map<string, object[]>} [options.agentsByCall] tool_use id to the agents it started
 * @param {Map<string, {messages: object[], cursor: string}>} [options.open] agents shown, by id
 * @returns {{rows: object[], keyOf: (id: string, agent?: string|null) => string|undefined}}
 */
export function buildThread(messages, options = {}) {
  const builder = new Builder(options);
  builder.add(messages, options.agent ?? null, 0);
  return { rows: builder.rows, keyOf: (id, agent = null) => builder.keys.get(`${agent ?? ''}/${id}`) };
}

/** Agents of a session by the call that started them. */
export function byCall(agents) {
  const map = new Map();
  for (const agent of agents ?? []) {
    if (!agent.tool_use_id) continue;
    if (!map.has(agent.tool_use_id)) map.set(agent.tool_use_id, []);
    map.get(agent.tool_use_id).push(agent);
  }
  return map;
}

/** New messages behind (or before) the ones we have, without those we have. */
export function join(before, after) {
  const line = (m) => `${m.source}:${m.line}:${m.id}`;
  const have = new Set(before.map(line));
  return [...before, ...after.filter((m) => !have.has(line(m)))];
}
