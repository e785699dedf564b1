/**
 * Pieces of which the tool cards are made.
 */

import { button, h } from '../lib/dom.js';
import { changedSpan, diffLines } from '../lib/diff.js';
import { count } from '../lib/format.js';
import { highlightHtml } from '../lib/highlight.js';
import { longText } from '../lib/longtext.js';
import { sanitize } from '../lib/sanitize.js';
import { plainTerminal, visible } from '../lib/text.js';

const DIFF_SHOWN = 40;
/** Longer JSON is shown as it came. */
const MAX_JSON = 200e3;

/** A value of a tool's input as text, whatever it is. */
export const str = (value) => (value === undefined || value === null ? ''
  : typeof value === 'string' ? value : JSON.stringify(value, null, 2));

/** A path in a card's title: relative to where the agent worked, and cut before its last part if need be. */
export function path(value, cwd) {
  const whole = str(value);
  const short = cwd && whole.startsWith(`${cwd}/`) ? whole.slice(cwd.length + 1) : whole;
  const at = short.replace(/[\\/]+$/, '').search(/[^\\/]*$/);
  return h('span', { class: 'path', title: whole }, at > 0 ? h('span', { class: 'path-dir' }, visible(short.slice(0, at))) : null,
    h('span', { class: 'path-base' }, visible(short.slice(at))));
}

/** Output that is JSON on one line, laid out; anything else as it is. */
export function layoutJson(text) {
  if (text.length > MAX_JSON || !/^\s*[[{]/.test(text)) return null;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return null;
  }
}

/** Code with colours, folded when long. */
export function code(text, language, ctx, lines = 16) {
  return longText(str(text), { language, lines, reveal: ctx.reveal });
}

/** What a tool gave back, with `clean` applied to the text. */
export function output(result, ctx, { lines = 12, language = '', clean = plainTerminal } = {}) {
  if (!result) return null;
  const { block, message } = result;
  const raw = str(block.text).replace(/^<tool_use_error>([\s\S]*)<\/tool_use_error>\s*$/, '$1');
  const text = clean(raw);
  return h('div', { class: block.is_error ? 'output failed' : 'output' },
    text.trim() || block.truncated ? longText(text.replace(/\s+$/, ''), {
      lines, language, tail: block.is_error, truncated: block.truncated, size: block.size_bytes, reveal: ctx.reveal,
      fetchAll: async () => clean(await ctx.wholeText(message, block)),
    }) : h('p', { class: 'empty' }, block.images ? '' : 'no output'),
    block.images ? ctx.images(message, block) : null);
}

function side(text, span, mark) {
  if (!span) return [text || ' '];
  const [from, to] = span;
  return [text.slice(0, from), from < to ? h('span', { class: mark }, text.slice(from, to)) : null, text.slice(to)];
}

/** Pair each removed line with the added line at the same place of its run. */
function pairs(lines) {
  const partner = new Map();
  for (let i = 0; i < lines.length;) {
    if (lines[i][0] !== '-') {
      i += 1;
      continue;
    }
    let dels = i;
    while (dels < lines.length && lines[dels][0] === '-') dels += 1;
    let adds = dels;
    while (adds < lines.length && lines[adds][0] === '+') adds += 1;
    for (let k = 0; k < Math.min(dels - i, adds - dels); k += 1) {
      partner.set(i + k, dels + k);
      partner.set(dels + k, i + k);
    }
    i = Math.max(adds, i + 1);
  }
  return partner;
}

function diffRow([sign, text], i, lines, partner) {
  const other = partner.has(i) ? lines[partner.get(i)][1] : null;
  const span = other === null ? null : changedSpan(text, other);
  const kind = sign === '-' ? 'del' : sign === '+' ? 'add' : 'same';
  const label = sign === '-' ? 'removed' : sign === '+' ? 'added' : '';
  return h('div', { class: `dl ${kind}` }, h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    label ? h('span', { class: 'sr' }, `${label}: `) : null,
    h('span', { class: 'dt' }, side(visible(text), span, 'changed')));
}

/** The difference of two texts as lines removed and added; whole at once when `reveal` matches only in its rest. */
export function diff(before, after, reveal = null) {
  const lines = diffLines(str(before), str(after));
  const partner = pairs(lines);
  const box = h('div', { class: 'diff', role: 'group', 'aria-label': 'Difference' });
  const draw = (all) => {
    const part = all ? lines : lines.slice(0, DIFF_SHOWN);
    box.replaceChildren(...part.map((line, i) => diffRow(line, i, lines, partner)));
    if (part.length < lines.length) {
      box.append(button({ class: 'show-all', onclick: () => draw(true) }, `Show all (${count(lines.length)} lines)`));
    }
  };
  const has = (part) => reveal && part.some(([, text]) => new RegExp(reveal.source, reveal.flags).test(text));
  draw(lines.length <= DIFF_SHOWN + 5 || (!has(lines.slice(0, DIFF_SHOWN)) && has(lines.slice(DIFF_SHOWN))));
  return box;
}

/** "+3 −1" of a difference. */
export function diffCount(before, after) {
  const lines = diffLines(str(before), str(after));
  const n = (sign) => lines.filter(([s]) => s === sign).length;
  return h('span', { class: 'diff-count' }, h('span', { class: 'plus' }, `+${n('+')}`), ' ', h('span', { class: 'minus' }, `−${n('-')}`));
}

/** Names and values of an input that has no card of its own. */
export function fields(input, ctx, skip = []) {
  if (input === null || typeof input !== 'object' || Array.isArray(input)) return code(str(input), 'json', ctx);
  const entries = Object.entries(input).filter(([name]) => !skip.includes(name));
  if (!entries.length) return null;
  return h('dl', { class: 'fields' }, entries.map(([name, value]) => [
    h('dt', null, visible(name)),
    h('dd', null, typeof value === 'string' && !value.includes('\n') && value.length < 200
      ? visible(value) : code(str(value), typeof value === 'string' ? '' : 'json', ctx, 10)),
  ]));
}

/** Short code on one line, coloured. */
export function inlineCode(text, language) {
  const html = highlightHtml(text, language);
  return h('code', null, html === null ? text : sanitize(html));
}
