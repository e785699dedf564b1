/**
 * Small pieces of interface used by all views: notices, problems, copying, announcements.
 */

import { alive } from './api.js';
import { button, fill, h } from './dom.js';
import { icon } from './icons.js';

let announceTimer = 0;

/** Say something to screen readers, after a short calm. */
export function announce(text) {
  clearTimeout(announceTimer);
  announceTimer = setTimeout(() => {
    document.getElementById('announce').textContent = text;
  }, 600);
}

/** A quiet message in place of content. */
export function note(title, ...details) {
  return h('div', { class: 'note' }, h('p', { class: 'note-title' }, title),
    details.length ? h('p', null, ...details) : null);
}

/** Pause between two looks whether a service that is away is back, in milliseconds. */
const LOOK_MS = 3000;

/** Try again once the service is back, for as long as the note that says it is away is shown. */
function whenBack(node, retry) {
  setTimeout(async () => {
    if (!node.isConnected) return;
    const back = await alive();
    if (!node.isConnected) return;
    if (back) retry();
    else whenBack(node, retry);
  }, LOOK_MS);
}

/**
 * What went wrong, with a button to try again where that can help; it tries again by itself when there
 * was no connection.
 */
export function problemNote(problem, retry) {
  const title = problem.status === 404 ? 'Not here'
    : problem.status === 0 ? 'No connection'
      : problem.status === 401 ? 'A token is needed'
        : problem.status >= 500 ? 'The service could not answer' : 'The service refused this';
  const detail = problem.status === 401 ? 'The service answers only those who have its token.' : problem.message;
  const node = h('div', { class: 'note', role: 'alert' }, h('p', { class: 'note-title' }, title), h('p', null, detail),
    retry ? button({ class: 'btn', onclick: retry }, 'Try again') : null);
  if (retry && problem.status === 0) whenBack(node, retry);
  return node;
}

/** Buttons that show just now that something was copied: what they say otherwise, and until when. */
const copied = new WeakMap();

function showCopied(target) {
  const { was, timer } = copied.get(target) ?? { was: [...target.childNodes] };
  clearTimeout(timer);
  fill(target, icon('check'), was.length > 1 ? h('span', null, 'Copied') : null);
  copied.set(target, { was, timer: setTimeout(() => {
    copied.delete(target);
    fill(target, ...was);
  }, 1200) });
}

/** Copy text; the button shows for a moment that it was done. */
export async function copyText(text, target) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = h('textarea', { class: 'sr', 'aria-hidden': 'true' });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  announce('Copied');
  if (target) showCopied(target);
}

/** A button that copies what `text()` gives. */
export function copyButton(label, text, props = {}) {
  const node = button({
    class: 'icon-btn', title: label, 'aria-label': label, ...props,
    onclick: async (event) => {
      event.stopPropagation();
      copyText(await text(), node);
    },
  }, icon(props.icon ?? 'copy'));
  node.removeAttribute('icon');
  return node;
}

/** Segments [text, is_match] of a snippet as text and marks. */
export function segments(list) {
  return (Array.isArray(list) ? list : []).map(([text, match]) => (match ? h('mark', null, text) : String(text)));
}
