/**
 * Find in a session: the service finds, the page walks from match to match.
 */

import { getJson } from '../lib/api.js';
import { button, fill, h } from '../lib/dom.js';
import { count } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { highlightRegex } from '../lib/query.js';
import { announce } from '../lib/ui.js';

const MAX = 1000;
const DEBOUNCE = 120;

export class Find {
  /** @param {{onLeave: () => void, onText: (q) => void, onJump: (hit) => void, onMarks: () => void}} events */
  constructor(events) {
    this.events = events;
    this.hits = [];
    this.at = -1;
    this.input = h('input', {
      type: 'search', class: 'field find-input', placeholder: 'Find in session', 'aria-label': 'Find in session',
      autocomplete: 'off', spellcheck: 'false', oninput: () => this.typed(), onkeydown: (e) => this.key(e),
    });
    this.place = h('span', { class: 'find-place', role: 'status' });
    this.element = h('div', { class: 'find', role: 'search', 'aria-label': 'This session' }, this.input, this.place,
      button({ class: 'icon-btn', title: 'Previous match (p)', 'aria-label': 'Previous match', onclick: () => this.step(-1) }, icon('up')),
      button({ class: 'icon-btn', title: 'Next match (n)', 'aria-label': 'Next match', onclick: () => this.step(1) }, icon('down')));
  }

  typed() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.events.onText(this.input.value), DEBOUNCE);
  }

  key(event) {
    if (event.key === 'Enter') this.step(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') this.events.onLeave();
    else return;
    event.preventDefault();
  }

  focus() {
    this.input.focus();
    this.input.select();
  }

  /**
   * Look for what the state of a session asks, from the message it is at.
   * @returns {Promise<void>} when the matches are known
   */
  async search({ id: session, find: q = '', at, case: matchCase, word }, signal) {
    if (document.activeElement !== this.input) this.input.value = q;
    this.q = q;
    this.regex = highlightRegex(q, { matchCase, word });
    this.hits = [];
    this.at = -1;
    this.total = 0;
    this.asked?.abort();
    this.waiting = Boolean(q.trim());
    this.draw();
    this.events.onMarks();
    if (!this.waiting || signal.aborted) return;
    const own = new AbortController();
    this.asked = own;
    signal.addEventListener('abort', () => own.abort(), { once: true });
    try {
      const reply = await getJson('search', {
        q, session, case: matchCase, word, sort: 'oldest', limit: MAX, dedupe: false, snippet_chars: 0,
      }, { signal: own.signal });
      this.waiting = false;
      this.hits = reply.hits ?? [];
      this.total = reply.total?.value ?? this.hits.length;
      this.at = this.hits.findIndex((hit) => hit.id === at);
      this.draw();
    } catch (problem) {
      if (problem.name !== 'AbortError') this.place.textContent = problem.status === 400 ? 'not a query' : 'no answer';
    }
  }

  draw() {
    const text = this.waiting || !this.q?.trim() ? '' : !this.hits.length ? 'no match'
      : `${this.at >= 0 ? `${count(this.at + 1)} of ` : ''}${count(this.total)}`;
    fill(this.place, text);
    this.input.classList.toggle('nothing', text === 'no match');
  }

  /** Go to the next (1) or previous (-1) match, round the ends. */
  step(by) {
    const n = this.hits.length;
    if (!n) return;
    this.at = this.at < 0 && by < 0 ? n - 1 : (this.at + by + n) % n;
    this.draw();
    announce(`Match ${this.at + 1} of ${this.total}`);
    this.events.onJump(this.hits[this.at]);
  }
}
