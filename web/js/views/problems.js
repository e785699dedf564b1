/**
 * A wrong query, shown at the place where it is wrong.
 */

import { h } from '../lib/dom.js';
import { byteToIndex } from '../lib/query.js';
import { visible } from '../lib/text.js';

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
