/**
 * The help dialog: query syntax and keys, and the switch for single-key shortcuts.
 */

import { button, h } from '../lib/dom.js';
import { QUALIFIERS, VALUES } from '../lib/query.js';
import { shortcuts } from '../lib/store.js';

const SYNTAX = [
  ['worktree', 'these letters, anywhere in a word, upper or lower case'],
  ['git rebase', 'both, anywhere in the message'],
  ['"git rebase"', 'exactly this, with its spaces'],
  ['fox OR dog', 'either; brackets group: (fox OR dog) cat'],
  ['-fox', 'not this; also NOT fox'],
  ['/colou?r/i', 'a regular expression, flags i m s x'],
  ['role:user', 'a qualifier narrows'],
  ['tool:Bash,Edit', 'either value'],
  ['-tool:Read', 'any but this value'],
  ['project:"/home/me/my app"', 'a value with blanks in quotes'],
  ['since:7d until:2026-01-31', 'times: dates, 90m, 36h, 7d, 2w, today, yesterday'],
];

/** Qualifiers whose values are words one must know. */
const WORDS = ['role', 'kind', 'part'];

const KEYS = [
  ['/', 'to the search box'], ['j  k', 'next, previous hit or message'], ['Enter', 'open the hit'],
  ['Esc', 'close, leave the box, back to the results'], ['n  p', 'next, previous match in a session'],
  ['[  ]', 'previous, next prompt in a session'], ['f', 'find in the session'], ['r', 'copy the resume command'],
  ['g s', 'to the search'], ['g t', 'to the sessions'], ['g o', 'to the overview'], ['g l', 'to the live view'], ['?', 'this help'],
];

const rows = (list, code) => list.map(([a, b]) => h('tr', null,
  h('th', { scope: 'row' }, a.split('  ').map((one, i) => [i ? ' ' : '', h(code, null, one)])), h('td', null, b)));

/** Open the help. */
export function showHelp() {
  const toggle = h('input', {
    type: 'checkbox', id: 'keys-on', checked: shortcuts.get(), onchange: () => shortcuts.set(toggle.checked),
  });
  const dialog = h('dialog', { class: 'dialog wide', 'aria-labelledby': 'help-title' },
    h('div', { class: 'dialog-body' },
      h('h2', { id: 'help-title', tabindex: '-1', autofocus: true }, 'How to search'),
      h('div', { class: 'help-grid' },
        h('table', { class: 'help-table' }, h('caption', null, 'Queries'), h('tbody', null, rows(SYNTAX, 'code'))),
        h('table', { class: 'help-table' }, h('caption', null, 'Qualifiers'),
          h('tbody', null, rows(Object.entries(QUALIFIERS).map(([k, v]) => [`${k}:`, WORDS.includes(k) ? `${v}: ${VALUES[k].join(', ')}` : v]), 'code'))),
        h('table', { class: 'help-table keys' }, h('caption', null, 'Keys'), h('tbody', null, rows(KEYS, 'kbd')))),
      h('p', { class: 'check small' }, toggle, ' ', h('label', { for: 'keys-on' }, 'Single-key shortcuts')),
      h('div', { class: 'dialog-actions' }, button({ class: 'btn primary', onclick: () => dialog.close() }, 'Close'))));
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}
