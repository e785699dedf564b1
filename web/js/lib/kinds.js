/**
 * How a message or hit is called, drawn and linked.
 */

import { formatState } from './url.js';

const KINDS = {
  prompt: ['user', 'Prompt'], reply: ['reply', 'Reply'], thinking: ['thinking', 'Thinking'],
  tool_use: ['tool', 'Call'], tool_result: ['result', 'Output'], meta: ['meta', 'Meta'],
  summary: ['summary', 'Summary'], system: ['system', 'System'],
};

/** "mcp__github__list_issues" as "github · list issues"; other names as they are. */
export function toolLabel(name) {
  const m = /^mcp__(.+?)__(.+)$/.exec(name ?? '');
  return m ? `${m[1]} · ${m[2].replaceAll('_', ' ')}` : String(name ?? '');
}

/** {icon, label, tone} of a hit; tone is a CSS class. */
export function kindOf({ kind, role, tools = [], error }) {
  const [icon, label] = KINDS[kind] ?? ['meta', String(kind || role || 'Message')];
  const named = kind === 'tool_use' || kind === 'tool_result';
  const names = named ? [...new Set(tools)].map(toolLabel) : [];
  const text = names.length ? `${names.join(', ')} ${label.toLowerCase()}` : label;
  return { icon: error ? 'error' : icon, label: text, tone: error ? 'error' : kind };
}

/** The session view's state for a hit; `find` is what to find there, of findOf(). */
export function stateOfHit(hit, find = {}) {
  const state = { view: 'session', id: hit.session, at: hit.id, ...find };
  if (hit.agent) state.agent = hit.agent;
  return state;
}

/** The address of a hit. */
export const addressOfHit = (hit, find) => formatState(stateOfHit(hit, find));

const PART_LABELS = { thinking: 'thinking', tool_input: 'input', tool_result: 'output', summary: 'summary', system: 'system' };

const OBVIOUS = { tool_use: 'tool_input', tool_result: 'tool_result', thinking: 'thinking', summary: 'summary', system: 'system' };

/** What to write before a snippet of this part in a hit of this kind, empty for the obvious. */
export const partLabel = (part, kind) => (OBVIOUS[kind] === part ? '' : PART_LABELS[part] ?? '');
