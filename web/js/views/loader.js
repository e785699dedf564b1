/**
 * The messages of a session as far as they are loaded: a window that grows at both ends, and
 * the sub-agents that were opened.
 */

import { getJson } from '../lib/api.js';
import { buildThread, byCall, join } from '../lib/thread.js';

const PAGE = 120;
const AGENT_PAGE = 200;
/** Pages of one agent read at most while looking for a message in it. */
const MAX_LOOK = 60;

export class Loader {
  /**
   * @param {string} session
   * @param {object|null} info reply of /sessions/{id}
   * @param {string|undefined} only show this agent alone
   */
  constructor(session, info, only) {
    this.session = session;
    this.path = `sessions/${encodeURIComponent(session)}/messages`;
    this.only = only;
    this.agents = info?.agents_list ?? [];
    this.agentsByCall = only ? new Map() : byCall(this.agents);
    this.open = new Map();
    this.reset();
  }

  reset() {
    this.messages = [];
    this.before = '';
    this.after = '';
    this.total = null;
    this.abort?.abort();
    this.abort = new AbortController();
    this.busy = { before: false, after: false };
  }

  close() {
    this.abort.abort();
  }

  ask(params) {
    return getJson(this.path, { agent: this.only ?? 'none', limit: PAGE, ...params }, { signal: this.abort.signal });
  }

  /** Load the first page, or the page around a message. Rejects with the Problem. */
  async start(around) {
    this.reset();
    const reply = await this.ask({ around });
    this.messages = reply.messages ?? [];
    this.before = reply.prev_cursor ?? '';
    this.after = reply.next_cursor ?? '';
    this.total = reply.total?.value ?? null;
  }

  /** Load one more page 'before' or 'after'; true when something came. */
  async more(side) {
    if (!this[side] || this.busy[side]) return false;
    this.busy[side] = true;
    const { signal } = this.abort;
    try {
      const reply = await this.ask({ cursor: this[side] });
      if (signal.aborted) return false;
      const page = reply.messages ?? [];
      this.messages = side === 'before' ? join(page, this.messages) : join(this.messages, page);
      this[side] = (side === 'before' ? reply.prev_cursor : reply.next_cursor) ?? '';
      return true;
    } finally {
      if (!signal.aborted) this.busy[side] = false;
    }
  }

  /** Messages that were written since, when the end is loaded; true when there are any. */
  async newest() {
    if (this.after || !this.messages.length) return false;
    const n = this.messages.length;
    const last = this.messages[n - 1];
    const reply = await this.ask({ around: last.id, limit: 200 });
    const page = reply.messages ?? [];
    const at = page.findIndex((m) => m.id === last.id);
    this.messages = join(this.messages, page.slice(at + 1));
    this.after = this.after || (reply.next_cursor ?? '');
    return this.messages.length > n;
  }

  /** Open an agent below its call (or close it). */
  async toggleAgent(id) {
    if (this.open.has(id)) this.open.delete(id);
    else await this.openAgent(id);
  }

  async openAgent(id) {
    const state = { messages: [], cursor: '' };
    const reply = await getJson(this.path, { agent: id, limit: AGENT_PAGE }, { signal: this.abort.signal });
    state.messages = reply.messages ?? [];
    state.cursor = reply.next_cursor ?? '';
    this.open.set(id, state);
  }

  async moreOfAgent(id) {
    const state = this.open.get(id);
    if (!state?.cursor || state.loading) return;
    state.loading = true;
    try {
      const reply = await getJson(this.path, { agent: id, limit: AGENT_PAGE, cursor: state.cursor }, { signal: this.abort.signal });
      state.messages = join(state.messages, reply.messages ?? []);
      state.cursor = reply.next_cursor ?? '';
    } finally {
      state.loading = false;
    }
  }

  /** Make a message of an opened agent present, reading on until it is found. */
  async findInAgent(agent, id) {
    if (!this.open.has(agent)) await this.openAgent(agent);
    for (let n = 0; n < MAX_LOOK; n += 1) {
      const state = this.open.get(agent);
      if (!state.cursor || state.messages.some((m) => m.id === id)) return;
      await this.moreOfAgent(agent);
    }
  }

  /** The message of the main thread that started an agent, if it is known. */
  callOf(agent) {
    return this.agents.find((a) => a.agent === agent)?.tool_message_id ?? undefined;
  }

  build() {
    return buildThread(this.messages, { agent: this.only, agentsByCall: this.agentsByCall, open: this.open });
  }
}
