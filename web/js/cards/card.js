/**
 * A tool call and its result as one card: a line that says what was done, and a body.
 */

import { append, h } from '../lib/dom.js';
import { bytes } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { toolLabel } from '../lib/kinds.js';
import { visible } from '../lib/text.js';
import { output } from './parts.js';
import { cardOf } from './tools.js';

function outcome(result) {
  if (!result) return h('span', { class: 'outcome dim' }, 'no result');
  if (result.block.is_error) return h('span', { class: 'outcome failed' }, icon('error'), 'failed');
  const size = result.block.size_bytes ?? String(result.block.text ?? '').length;
  return h('span', { class: 'outcome dim' }, bytes(size));
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
    h('span', { class: 'card-title' }, card.title(input)), outcome(result));
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
