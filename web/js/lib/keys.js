/**
 * Single-key shortcuts for the whole page.
 *
 * A view registers what its keys do while it is shown. Keys are ignored while one types,
 * while a dialog is open, with a modifier, and altogether when they are switched off in the
 * help (WCAG 2.1.4).
 */

import { shortcuts } from './store.js';

const layers = [];
let pending = '';
let timer = 0;

/** Use `map` (key or "g s" chord to function) until the returned function is called. */
export function useKeys(map) {
  layers.push(map);
  return () => {
    const i = layers.indexOf(map);
    if (i >= 0) layers.splice(i, 1);
  };
}

const typing = (target) => target instanceof Element
  && target.closest('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');

function action(key) {
  for (let i = layers.length - 1; i >= 0; i -= 1) {
    if (Object.hasOwn(layers[i], key)) return layers[i][key];
  }
  return null;
}

const startsChord = (key) => layers.some((map) => Object.keys(map).some((k) => k.startsWith(`${key} `)));

window.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || document.querySelector('dialog[open]')) return;
  if (event.key !== 'Escape' && !shortcuts.get()) return;
  const chord = pending ? `${pending} ${event.key}` : event.key;
  clearTimeout(timer);
  pending = '';
  const fn = action(chord) ?? action(event.key);
  if (fn) {
    event.preventDefault();
    fn(event);
  } else if (startsChord(event.key)) {
    pending = event.key;
    timer = setTimeout(() => { pending = ''; }, 900);
  }
});
