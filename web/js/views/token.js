/**
 * Asks for the access token when the service wants one. Kept for this tab only.
 */

import { button, h } from '../lib/dom.js';
import { token } from '../lib/store.js';

let open = null;

/** Ask once, however many requests wait; resolves to true when a token was given. */
export function askForToken() {
  open ??= new Promise((resolve) => {
    const wrong = token.get() !== null;
    const input = h('input', {
      type: 'password', id: 'token', class: 'field', autocomplete: 'off', required: true,
      'aria-describedby': 'token-why',
    });
    const form = h('form', { method: 'dialog', class: 'dialog-body' },
      h('h2', { id: 'token-title' }, 'This service wants a token'),
      h('p', { id: 'token-why' }, wrong ? 'The token given was not accepted. ' : '',
        'It is the content of the file named by --token-file. It stays in this tab.'),
      h('label', { for: 'token' }, 'Token'), input,
      h('div', { class: 'dialog-actions' },
        button({ class: 'btn', onclick: () => dialog.close('') }, 'Cancel'),
        h('button', { class: 'btn primary', type: 'submit' }, 'Continue')));
    const dialog = h('dialog', { class: 'dialog', 'aria-labelledby': 'token-title' }, form);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      token.set(input.value.trim());
      dialog.close('ok');
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      open = null;
      resolve(dialog.returnValue === 'ok');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
  return open;
}
