/**
 * A tool call and its result as one card: a line that says what was done, and a body.
 */

import { append, h } from '../lib/dom.js';
import { bytes, plural } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { toolLabel } from '../lib/kinds.js';
import { visible } from '../lib/text.js';
import { output } from './parts.js';
import { cardOf } from './tools.js';

/** What is written where a person said no to a call. */
const DECLINED = /^\s*(?:The user doesn't want to (?:proceed|take)|\[Request interrupted|User rejected)/;

/** How a call ended, in a word: what went wrong, or how much came back where that tells something. */
function outcome(result, quiet) {
  if (!result) return h('span', { class: 'outcome dim' }, 'no result');
  const { block } = result;
  const text = String(block.text ?? '');
  if (block.is_error) return h('span', { class: 'outcome failed' }, icon('error'), DECLINED.test(text) ? 'declined' : 'failed');
  if (quiet) return null;
  if (block.truncated) return h('span', { class: 'outcome dim' }, bytes(block.size_bytes ?? text.length));
  const said = text.replace(/<system-reminder>[\s\S]*$/, '').trim();
  const lines = said ? said.split('\n').length : 0;
  return lines > 1 ? h('span', { class: 'outcome dim' }, plural(lines, 'line')) : null;
}

/** Details whose body is made when it is first opened. */
function lazyDetails(props, summary, open, body) {
  const details = h('details', { ...props, open }, summary);
  let made = false;
  const make = () => {
    if (made) return;
    made = true;
    append(details, h('div', { class: 'card-body' }, body()));
  };
  if (open) make();
  details.addEventListener('toggle', () => details.open && make());
  return details;
}

/** Input that is no object (garbage of a model, or another writer's) as one. */
const asObject = (input) => (input !== null && typeof input === 'object' && !Array.isArray(input) ? input : { input });

/**
 * @param {object} block tool_use
 * @param {{block: object, message: object}|undefined} result
 * @param {object} ctx see views/message.js
 */
export function toolCard(block, result, ctx) {
  const card = cardOf(block.name);
  const input = asObject(block.input);
  const failed = Boolean(result?.block.is_error);
  const summary = h('summary', { class: 'card-head' }, icon(card.icon),
    h('span', { class: 'card-name' }, visible(toolLabel(block.name))),
    h('span', { class: 'card-title' }, card.title(input, ctx)), outcome(result, card.quiet));
  return lazyDetails({ class: failed ? 'card failed' : 'card' }, summary,
    Boolean(card.open || failed || ctx.target), () => card.body(input, result, ctx));
}

/** A result whose call is not at hand. */
export function resultCard(block, message, ctx) {
  const result = { block, message };
  const summary = h('summary', { class: 'card-head' }, icon('result'),
    h('span', { class: 'card-name' }, block.tool ? `${visible(toolLabel(block.tool))} output` : 'Output'),
    h('span', { class: 'card-title' }), outcome(result));
  return lazyDetails({ class: block.is_error ? 'card failed' : 'card' }, summary, true, () => output(result, ctx));
}
