/**
 * Text of any length: its head at first, all of it on demand, without stalling the page.
 *
 * Above CHUNKED characters the text is laid out in pieces that the browser skips until they
 * are scrolled to (content-visibility), in a box of its own, some pieces a frame.
 */

import { button, fill, h } from './dom.js';
import { bytes, count } from './format.js';
import { codeNodes } from './highlight.js';
import { clip, clipTail, pieces, visible } from './text.js';

const CHUNKED = 100e3;
const PIECE = 16e3;
const PER_FRAME = 8;

/** All of a long text in a box that scrolls by itself. */
function chunked(text) {
  const box = h('div', { class: 'chunks', tabindex: '0', role: 'region', 'aria-label': 'Long text' });
  const rest = pieces(text, PIECE);
  const step = () => {
    for (const piece of rest.splice(0, PER_FRAME)) box.append(h('pre', { class: 'chunk' }, piece));
    if (rest.length) requestAnimationFrame(step);
  };
  step();
  return box;
}

function whole(text, language) {
  return text.length > CHUNKED ? chunked(text) : h('pre', { class: 'pre' }, codeNodes(text, language));
}

/**
 * @param {string} text what we have of it
 * @param {object} [o]
 * @param {number} [o.lines] lines shown at first
 * @param {number} [o.chars] characters shown at first
 * @param {boolean} [o.tail] show the end at first, not the beginning
 * @param {string} [o.language] for colours
 * @param {boolean} [o.truncated] the text itself is only the beginning
 * @param {number} [o.size] bytes of the whole text
 * @param {() => Promise<string>} [o.fetchAll] gives the whole text, needed when truncated
 * @param {RegExp|null} [o.reveal] show all at once when this matches in the hidden part
 */
export function longText(text, { lines = 16, chars = 6000, tail = false, language = '', truncated = false, size, fetchAll, reveal } = {}) {
  const shownText = visible(text);
  const head = tail && !truncated ? clipTail(shownText, lines, chars) : clip(shownText, lines, chars);
  if (!head.cut && !truncated) return h('div', { class: 'long' }, h('pre', { class: 'pre' }, codeNodes(shownText, language)));
  const body = h('div', null);
  const lengthOf = () => (truncated ? bytes(size ?? text.length)
    : `${count(head.lines)} lines, ${bytes(size ?? text.length)}`);
  let open = false;
  const draw = async () => {
    toggle.setAttribute('aria-expanded', String(open));
    if (!open) fill(body, h('pre', { class: tail && !truncated ? 'pre cut-head' : 'pre cut' }, codeNodes(head.text, language)));
    else if (truncated && fetchAll) {
      toggle.disabled = true;
      try {
        fill(body, whole(visible(await fetchAll()), language));
      } catch (error) {
        fill(body, whole(shownText, language), h('p', { class: 'warn' }, error.message));
      }
      toggle.disabled = false;
    } else fill(body, whole(shownText, language));
    fill(toggle, open ? 'Show less' : `Show all (${lengthOf()})`);
  };
  const toggle = button({ class: 'show-all', onclick: () => {
    open = !open;
    draw();
  } });
  if (reveal && !truncated) {
    reveal.lastIndex = 0;
    open = !reveal.test(head.text) && new RegExp(reveal.source, reveal.flags).test(shownText);
  }
  draw();
  return h('div', { class: 'long' }, body, toggle);
}
