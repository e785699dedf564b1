/**
 * The live view: messages as they are written, newest on top.
 */

import { follow, getJson, Problem } from '../lib/api.js';
import { button, fill, h } from '../lib/dom.js';
import { plural, projectName } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { useKeys } from '../lib/keys.js';
import { here } from '../lib/nav.js';
import { visible } from '../lib/text.js';
import { titleOf, wantTitle } from '../lib/titles.js';
import { note, problemNote } from '../lib/ui.js';
import { findOf, formatState, searchParams } from '../lib/url.js';
import { VirtualList } from '../lib/virtual.js';
import { hitBody } from './hits.js';
import { clearFault, toldAtBox } from './problems.js';

/** Messages kept; older ones are a search away. */
const KEEP = 2000;
/** The last messages before one came, to begin with. */
const EARLIER = 20;

export class LiveView {
  /** @param {import('./box.js').SearchBox} box */
  constructor(box) {
    this.box = box;
    this.status = h('div', { class: 'status', role: 'status' });
    this.pause = button({ class: 'chip', 'aria-pressed': 'false', onclick: () => this.setPaused(!this.paused) });
    this.message = h('div', null);
    this.element = h('section', { class: 'results plain', 'aria-label': 'Live', tabindex: '0' }, h('h1', { class: 'sr' }, 'Live'),
      h('div', { class: 'bar-line' }, this.status, h('div', { class: 'tools' }, this.pause)), this.message);
    this.rows = [];
    this.waiting = [];
    this.seen = 0;
    this.epoch = 0;
    this.list = new VirtualList({
      scroller: this.element, parent: this.element, label: 'New messages', key: (r) => r.key, estimate: () => 90,
      render: (row) => this.row(row),
    });
    this.setPaused(false);
  }

  /** Where the focus belongs. */
  get place() {
    return this.element;
  }

  /** Whether no messages are shown. */
  get empty() {
    return !this.rows.length;
  }

  title(state) {
    return `Live${state.q ? `: ${state.q}` : ''} – scrollback`;
  }

  row({ hit, earlier, first, head }) {
    if (head) wantTitle(hit.session);
    return h('article', { class: earlier ? 'hit earlier' : 'hit', 'aria-label': earlier ? 'Earlier message' : 'New message' },
      first ? h('div', { class: 'day' }, h('span', null, 'before you came')) : null, head && h('p', { class: 'run' },
      h('a', { href: formatState({ view: 'session', id: hit.session }) },
        h('span', { class: 'run-project' }, visible(projectName(hit.project)) || 'no project'),
        h('span', { class: 'run-title', 'data-title-of': hit.session }, titleOf(hit.session) ?? ''))), hitBody(hit, findOf(here())));
  }

  show(state) {
    this.stopKeys = useKeys({ j: () => this.step(1), k: () => this.step(-1) });
    if (this.address !== formatState(state)) this.change(state);
    else {
      this.watch(state);
      this.drawMessage();
    }
  }

  hide() {
    this.stopKeys();
    this.abort?.abort();
  }

  change(state) {
    this.address = formatState(state);
    this.old = true;
    this.waiting = [];
    this.seen = 0;
    this.watch(state);
    this.earlier(state, this.abort.signal);
  }

  /** The first answer to a query: what was there for the one before makes room. */
  begin() {
    if (!this.old) return;
    this.old = false;
    this.epoch += 1;
    this.rows = [];
    clearFault(this);
    this.list.setItems([]);
  }

  drawMessage() {
    fill(this.message, this.empty ? note('Waiting for the next message', 'What your agents write shows up here as it lands.') : null);
  }

  /** What was written last, below what is about to come. */
  async earlier(state, signal) {
    const reply = await getJson('search', { ...searchParams(state), limit: EARLIER }, { signal }).catch((problem) => problem);
    if (signal.aborted || reply.status === 400) return;
    this.begin();
    if (reply instanceof Problem) return;
    const here = new Set(this.rows.map((r) => r.hit.id));
    this.rows.push(...(reply.hits ?? []).filter((hit) => !here.has(hit.id))
      .map((hit, i) => ({ key: `${this.epoch}:e${i}`, hit, earlier: true, first: i === 0 })));
    this.drawMessage();
    this.draw();
  }

  /** Show the rows: the first of each run of one session names it. */
  draw(options) {
    let before = null;
    for (const row of this.rows) {
      const head = Boolean(row.first) || before?.session !== row.hit.session;
      if (row.head !== undefined && row.head !== head) this.list.invalidate(row.key);
      row.head = head;
      before = row.hit;
    }
    this.list.setItems(this.rows, options);
  }

  watch(state) {
    this.abort?.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.tell('waiting');
    follow(searchParams(state), { signal, onMessage: (hit) => this.arrived(hit), onState: (s) => this.tell(s) });
  }

  tell(state) {
    this.connection = state;
    if (state instanceof Problem) {
      fill(this.status);
      if (!toldAtBox(this, here().q ?? '', state)) fill(this.message, problemNote(state, () => this.change(here())));
      return;
    }
    fill(this.status, h('span', { class: `dot ${state}`, 'aria-hidden': 'true' }),
      h('strong', null, state === 'live' ? 'Live' : 'Connecting…'),
      h('span', { class: 'took' }, plural(this.seen, 'new message')),
      this.paused && this.waiting.length ? h('span', { class: 'took' }, `${plural(this.waiting.length, 'message')} held back`) : null);
  }

  arrived(hit) {
    this.begin();
    this.seen += 1;
    this.waiting.push({ key: `${this.epoch}:${this.seen}`, hit });
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.paused) this.flush();
      this.tell(this.connection);
    });
  }

  flush() {
    const top = this.element.scrollTop < 60;
    this.rows = [...this.waiting.reverse(), ...this.rows].slice(0, KEEP);
    this.waiting = [];
    if (this.rows.length) fill(this.message);
    this.draw({ keep: !top });
  }

  setPaused(on) {
    this.paused = on;
    this.pause.setAttribute('aria-pressed', String(on));
    fill(this.pause, icon(on ? 'play' : 'pause'), on ? 'Go on' : 'Hold');
    if (!on && this.waiting.length) this.flush();
    if (this.connection) this.tell(this.connection);
  }

  step(by) {
    if (!this.rows.length) return;
    const active = document.activeElement?.closest?.('.hit')?.dataset.key;
    const at = this.rows.findIndex((r) => r.key === active);
    const next = Math.max(0, Math.min(this.rows.length - 1, at + by));
    this.list.scrollTo(this.rows[next].key)?.querySelector('.hit-link')?.focus({ preventScroll: true });
  }
}
