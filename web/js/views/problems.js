/**
 * A wrong query, shown at the place where it is wrong.
 */

import { fill, h } from '../lib/dom.js';
import { byteToIndex } from '../lib/query.js';
import { visible } from '../lib/text.js';
import { note } from '../lib/ui.js';

/** Length of the piece marked at a fault: up to the next blank, at least one character. */
function faultLength(q, at) {
  const m = /^\S+/.exec(q.slice(at));
  return m ? m[0].length : 1;
}

/**
 * @param {string} q the query that was refused
 * @param {Problem} problem with status 400
 * @returns {HTMLElement} a description for under the box, id "query-error"
 */
export function queryError(q, problem) {
  const fault = problem.errors.find((e) => e.parameter === 'q' || e.parameter === undefined) ?? problem.errors[0];
  const reason = fault?.reason || problem.message;
  const where = Number.isInteger(fault?.position) ? byteToIndex(q, fault.position) : -1;
  return h('div', { class: 'query-error', id: 'query-error', role: 'alert' },
    where >= 0 ? h('code', { class: 'fault-line' }, visible(q.slice(0, where)),
      h('mark', { class: 'fault' }, visible(q.slice(where, where + faultLength(q, where))) || '⌃'),
      visible(q.slice(where + faultLength(q, where)))) : null,
    h('span', { class: 'fault-reason' }, reason));
}

/**
 * When it is the query that is wrong, say so under the box: what a view shows stays, dimmed, while
 * one goes on typing. A view that shows nothing yet gets a note that leads to the box.
 * @param {{box: import('./box.js').SearchBox, element: HTMLElement, message: HTMLElement, empty: boolean}} view
 * @returns {boolean} false for any other problem
 */
export function toldAtBox({ box, element, message, empty }, q, problem) {
  if (problem.status !== 400) return false;
  box.setError(queryError(q, problem));
  element.classList.add('stale');
  if (empty) fill(message, note('The query has a fault', 'It is marked under the search box.'));
  return true;
}

/** The query is right again. */
export function clearFault({ box, element }) {
  box.setError(null);
  element.classList.remove('stale');
}
