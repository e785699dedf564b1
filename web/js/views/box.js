/**
 * The search box: a combobox over the query, with case and word switches beside it.
 *
 * It reports what is typed at once (`onInput`) and what is meant (`onCommit`: Enter). The
 * arrow keys walk the suggestions; without one chosen, Enter is the search itself.
 */

import { button, fill, h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { unfinishedAt } from '../lib/query.js';
import { loadValues, optionsFor } from './suggest.js';

const narrow = matchMedia('(max-width: 760px)');
const placeholder = () => (narrow.matches ? 'Search…' : 'Search everything that was said…');

/** A label whose end, where it is a path, is not what gets cut. */
function optionLabel(text) {
  const end = /[^/]\/?(\/[^/\s]+\/[^/\s]+)$/.exec(text)?.[1] ?? '';
  return h('span', { class: 'option-label' }, end
    ? [h('span', { class: 'path-dir' }, text.slice(0, -end.length)), h('span', { class: 'path-base' }, end)] : text);
}

export class SearchBox {
  /** @param {{onInput: (q) => void, onCommit: (q) => void, onDown: () => void, onLeave: () => void, onToggle: (name) => void}} events */
  constructor(events) {
    this.events = events;
    this.options = [];
    this.active = -1;
    this.closed = true;
    this.input = h('input', {
      id: 'q', class: 'box-input', type: 'search', role: 'combobox', autocomplete: 'off', autocapitalize: 'off',
      spellcheck: 'false', enterkeyhint: 'search', placeholder: placeholder(),
      'aria-label': 'Search transcripts', 'aria-autocomplete': 'list', 'aria-expanded': 'false',
      'aria-controls': 'box-options', maxlength: 4000,
      oninput: () => this.typed(), onkeydown: (e) => this.key(e), onfocus: () => this.focused(),
      onblur: () => this.close(), onclick: () => this.suggest(),
    });
    narrow.addEventListener('change', () => { this.input.placeholder = placeholder(); });
    this.list = h('ul', { id: 'box-options', class: 'options', role: 'listbox', 'aria-label': 'Suggestions', hidden: true });
    this.clearButton = button({
      class: 'box-toggle box-clear', title: 'Clear', 'aria-label': 'Clear the search', hidden: true, onclick: () => this.clear(),
    }, icon('close'));
    this.caseButton = this.toggle('case', 'Aa', 'Match case');
    this.wordButton = this.toggle('word', 'W', 'Whole words');
    this.error = h('div', { class: 'box-error' });
    this.element = h('div', { class: 'box' },
      h('div', { class: 'box-row', role: 'search', 'aria-label': 'All transcripts' }, icon('search'), this.input, this.clearButton,
        h('kbd', { class: 'box-hint', 'aria-hidden': 'true' }, '/'), this.caseButton, this.wordButton),
      this.list, this.error);
  }

  toggle(name, text, label) {
    return button({
      class: 'box-toggle', title: label, 'aria-label': label, 'aria-pressed': 'false',
      onclick: () => this.events.onToggle(name),
    }, text);
  }

  /** Show a state without reporting it. */
  set({ q = '', matchCase = '', word = false }) {
    if (this.input.value !== q) this.input.value = q;
    this.clearButton.hidden = q === '';
    this.caseButton.setAttribute('aria-pressed', String(matchCase === 'sensitive'));
    this.wordButton.setAttribute('aria-pressed', String(Boolean(word)));
  }

  /** Show or clear (null) the description of a fault. */
  setError(node) {
    fill(this.error, node);
    this.input.setAttribute('aria-invalid', String(Boolean(node)));
    if (node) this.input.setAttribute('aria-describedby', 'query-error');
    else this.input.removeAttribute('aria-describedby');
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  clear() {
    this.input.value = '';
    this.input.focus();
    this.typed();
  }

  typed() {
    this.clearButton.hidden = this.input.value === '';
    this.suggest();
    if (!this.unfinished()) this.events.onInput(this.input.value);
  }

  /** Whether the value at the caret is still being written: not yet a question one can ask. */
  unfinished() {
    return unfinishedAt(this.input.value, this.input.selectionStart ?? 0);
  }

  async focused() {
    this.suggest();
    await loadValues();
    if (document.activeElement === this.input && !this.closed) this.suggest();
  }

  suggest() {
    this.closed = false;
    this.options = optionsFor(this.input.value, this.input.selectionStart ?? this.input.value.length);
    this.active = -1;
    this.draw();
  }

  close() {
    this.closed = true;
    this.options = [];
    this.active = -1;
    this.draw();
  }

  draw() {
    fill(this.list, this.options.map((option, i) => h('li', {
      id: `box-option-${i}`, role: 'option', class: 'option', 'aria-selected': String(i === this.active),
      onpointerdown: (event) => {
        event.preventDefault();
        this.choose(i);
      },
    }, optionLabel(option.label), h('span', { class: 'option-hint' }, option.hint))));
    const open = this.options.length > 0;
    this.list.hidden = !open;
    this.input.setAttribute('aria-expanded', String(open));
    if (this.active >= 0) this.input.setAttribute('aria-activedescendant', `box-option-${this.active}`);
    else this.input.removeAttribute('aria-activedescendant');
    this.list.children[this.active]?.scrollIntoView({ block: 'nearest' });
  }

  choose(i) {
    const { q, caret } = this.options[i].apply();
    this.input.value = q;
    this.input.setSelectionRange(caret, caret);
    this.typed();
  }

  move(step) {
    const n = this.options.length + 1;
    this.active = ((this.active + 1 + step + n) % n) - 1;
    this.draw();
  }

  key(event) {
    const open = this.options.length > 0;
    if (event.isComposing) return;
    if (event.key === 'ArrowDown' && open) this.move(1);
    else if (event.key === 'ArrowDown') this.events.onDown();
    else if (event.key === 'ArrowUp' && open) this.move(-1);
    else if (event.key === 'Tab' && this.active >= 0) this.choose(this.active);
    else if (event.key === 'Enter' && this.active >= 0) this.choose(this.active);
    else if (event.key === 'Enter') {
      this.close();
      this.events.onCommit(this.input.value);
    } else if (event.key === 'Escape' && open) this.close();
    else if (event.key === 'Escape') this.events.onLeave();
    else return;
    event.preventDefault();
  }
}
