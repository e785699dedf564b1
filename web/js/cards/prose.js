/**
 * Prose of any length: what web tools give back are pages summed up in Markdown.
 */

import { button, h } from '../lib/dom.js';
import { count } from '../lib/format.js';
import { renderMarkdown } from '../lib/markdown.js';

/** Longer prose is folded, in lines or characters. */
const FOLD_LINES = 30;
const FOLD_CHARS = 2500;

/** Rendered Markdown, its end behind a button when it is long; whole at once when `reveal` matches in it. */
export function longProse(text, reveal) {
  const box = h('div', { class: 'prose' }, renderMarkdown(text));
  const lines = text.split('\n').length;
  if ((lines <= FOLD_LINES && text.length <= FOLD_CHARS) || (reveal && new RegExp(reveal.source, reveal.flags).test(text))) return box;
  box.classList.add('folded');
  const toggle = button({ class: 'show-all', 'aria-expanded': 'false', onclick: () => {
    const folded = box.classList.toggle('folded');
    toggle.setAttribute('aria-expanded', String(!folded));
    toggle.textContent = folded ? `Show all (${count(lines)} lines)` : 'Show less';
  } }, `Show all (${count(lines)} lines)`);
  return h('div', { class: 'long' }, box, toggle);
}
