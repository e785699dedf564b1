/**
 * Where the page is: the state in the address, changed in one place.
 *
 * `go` adds a history entry, `replace` rewrites the present one. Listeners hear of
 * every change with the old and the new state, also of back and forward.
 */

import { formatState, parseState, sameState } from './url.js';

const listeners = new Set();
let current = parseState(location.hash);

/** The present state; do not change it. */
export const here = () => current;

/** Call `fn(state, before)` on every change. */
export function onChange(fn) {
  listeners.add(fn);
}

function moved(state) {
  const before = current;
  current = state;
  for (const fn of listeners) fn(current, before);
}

export function go(state) {
  if (sameState(state, current)) return;
  history.pushState(null, '', formatState(state));
  moved(state);
}

export function replace(state) {
  if (sameState(state, current)) return;
  history.replaceState(history.state, '', formatState(state));
  moved(state);
}

/** Change what others see as the address without telling the views (they know already). */
export function note(state) {
  if (sameState(state, current)) return;
  history.replaceState(history.state, '', formatState(state));
  current = state;
}

window.addEventListener('popstate', () => {
  const state = parseState(location.hash);
  if (!sameState(state, current)) moved(state);
});
