/**
 * The search view: status line, histogram, facets and hits for the query in the address.
 *
 * The hits are asked for alone and shown as soon as they are there; facets and histogram
 * follow. A newer request cancels the older ones, so that answers never arrive out of order.
 */

import { follow, getJson, readiness } from '../lib/api.js';
import { button, fill, h } from '../lib/dom.js';
import { compact, duration, plural } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { useKeys } from '../lib/keys.js';
import { go, here } from '../lib/nav.js';
import { setQualifier } from '../lib/query.js';
import { visible } from '../lib/text.js';
import { announce, note, problemNote } from '../lib/ui.js';
import { findOf, formatState, searchParams } from '../lib/url.js';
import { countFacets, Facets } from './facets.js';
import { HitList } from './hits.js';
import { Histogram } from './histogram.js';
import { clearFault, toldAtBox } from './problems.js';
import { waysOut } from './ways.js';

const PAGE = 30;
/** Rest before the facets are asked for, so that fast typing costs only hits, in milliseconds. */
const REST = 120;
const REASONS = {
  timeout: 'stopped at the time limit', regex_limit: 'the expression was too costly somewhere', cancelled: 'cancelled',
};

export class SearchView {
  /** @param {import('./box.js').SearchBox} box */
  constructor(box) {
    this.box = box;
    this.histogram = new Histogram((since, until) => this.edit(
      setQualifier(setQualifier(here().q ?? '', 'since', since), 'until', until)));
    this.facets = new Facets((q) => this.edit(q));
    this.status = h('div', { class: 'status' });
    this.tools = h('div', { class: 'tools' });
    this.fresh = h('div', { class: 'fresh' });
    this.message = h('div', null);
    this.scroller = h('section', { class: 'results', 'aria-label': 'Results', tabindex: '0' },
      h('h1', { class: 'sr' }, 'Search'), h('div', { class: 'bar-line' }, this.status, this.tools), this.histogram.element, this.fresh, this.message);
    this.element = h('div', { class: 'search' }, this.facets.element, this.scroller);
    this.hits = new HitList(this.scroller, this.scroller);
    this.scroller.addEventListener('scroll', () => { this.scrolled = this.scroller.scrollTop; }, { passive: true });
  }

  /** Where the focus belongs: the hit one is at, or all of them. */
  get place() {
    return this.hits.place ?? this.scroller;
  }

  /** Whether no hits are shown. */
  get empty() {
    return !this.hits.length;
  }

  title(state) {
    return state.q ? `${state.q} – scrollback` : 'scrollback';
  }

  show(state) {
    this.stopKeys = useKeys({
      j: () => this.hits.step(1), k: () => this.hits.step(-1), n: () => this.hits.step(1), p: () => this.hits.step(-1),
    });
    const address = formatState(state);
    if (address === this.address && this.answered) {
      this.scroller.scrollTop = this.scrolled ?? 0;
      this.hits.list.update();
      this.hits.place?.focus({ preventScroll: true });
      this.resume(state);
    } else this.run(state);
  }

  hide() {
    this.stopKeys?.();
    this.abort?.abort();
    this.address = this.answered ? this.address : null;
  }

  /** The query edited by a click: a step one can go back from. */
  edit(q) {
    go({ ...here(), view: 'search', q });
  }

  change(state) {
    this.run(state);
  }

  /** The first hit takes the focus (Enter or arrow down in the box); waits for the answer. */
  enter() {
    if (this.answered && this.address === formatState(here())) this.hits.step(0);
    else this.entering = true;
  }

  /** Back at results that are still there: what they lacked when they were left, and what is new. */
  async resume(state) {
    this.abort = new AbortController();
    const { signal } = this.abort;
    if (!this.detailed) await this.details(state, searchParams(state), signal);
    if (!signal.aborted) this.watch(state);
  }

  async run(state, timeout) {
    this.abort?.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.address = formatState(state);
    this.answered = false;
    this.detailed = false;
    delete this.element.dataset.stream;
    const base = searchParams(state);
    const params = { ...base, sort: state.sort, group: state.group, timeout_ms: timeout };
    this.drawTools(state);
    const slow = setTimeout(() => {
      this.element.classList.add('busy');
      this.tellProgress(signal);
    }, 250);
    const began = performance.now();
    try {
      const reply = await getJson('search', { ...params, limit: PAGE }, { signal });
      if (signal.aborted) return;
      this.took = performance.now() - began;
      this.answer(state, reply, params);
      await this.details(state, base, signal);
      if (!signal.aborted) this.watch(state);
    } catch (problem) {
      if (!signal.aborted) this.failed(state, problem);
    } finally {
      clearTimeout(slow);
      if (!signal.aborted) this.element.classList.remove('busy');
    }
  }

  /** What a search waits for while the transcripts are read for the first time. */
  async tellProgress(signal) {
    while (!signal.aborted && !this.answered && this.element.classList.contains('busy')) {
      const done = await readiness(signal);
      if (done === null || done >= 1 || this.answered || signal.aborted) return;
      fill(this.status, h('span', { class: 'took' }, `The transcripts are read for the first time: ${Math.floor(done * 100)} %`));
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    }
  }

  answer(state, reply, params) {
    this.answered = true;
    this.element.classList.remove('busy');
    clearFault(this);
    this.message.replaceChildren();
    this.fresh.replaceChildren();
    this.scroller.scrollTop = 0;
    this.hits.current = undefined;
    this.hits.show(reply, { params, grouped: state.group === 'session', find: findOf(state) });
    this.drawStatus(state, reply);
    if (!reply.hits?.length) {
      this.message.append(this.nothing(state));
      this.offer(state, this.abort.signal);
    }
    if (this.entering) this.hits.step(0);
    this.entering = false;
  }

  nothing(state) {
    if (!state.q) return note('Nothing indexed yet', 'Transcripts appear here as soon as there are any.');
    return note('No message matches', 'Fewer words, another spelling, or without a filter? ',
      button({ class: 'link', onclick: () => go({ view: 'search' }) }, 'Clear the search'));
  }

  /** Below the note that nothing matches: what would, with one condition less. */
  async offer(state, signal) {
    const found = await waysOut(state, signal);
    if (signal.aborted || !found.length) return;
    this.message.append(h('div', { class: 'ways' }, h('p', null, 'Matches without:'),
      h('ul', null, found.map(({ label, to, n }) => h('li', null, h('a', { class: 'chip', href: formatState(to) },
        h('code', null, visible(label)), ' ', h('span', null, plural(n, 'message'))))))));
  }

  drawStatus(state, reply) {
    const n = reply.total?.value ?? 0;
    const text = `${reply.total?.relation === 'gte' ? 'at least ' : ''}${plural(n, 'message')}`;
    const why = reply.complete === false ? REASONS[reply.incomplete_reason] ?? 'incomplete' : '';
    fill(this.status, h('strong', null, text), h('span', { class: 'took', title: 'time in the engine' }, duration(reply.took_ms ?? 0)),
      why ? h('span', { class: 'warn' }, icon('error'), why,
        reply.incomplete_reason === 'timeout' ? button({ class: 'link', onclick: () => this.run(state, 30000) }, 'search longer') : null) : null,
      (reply.warnings ?? []).map((w) => h('span', { class: 'took' }, icon('help'), ' ', typeof w === 'string' ? w : w.detail ?? w.reason ?? JSON.stringify(w))));
    announce(why ? `${text}, ${why}` : text);
  }

  drawTools(state) {
    const set = (change) => go({ ...here(), ...change });
    const sort = h('select', {
      class: 'select', 'aria-label': 'Sort by', onchange: () => set({ sort: sort.value === 'newest' ? undefined : sort.value }),
    }, ['newest', 'oldest', 'relevance'].map((value) => h('option', { value, selected: value === (state.sort ?? 'newest') }, value)));
    const flag = (name, value, label, title) => button({
      class: 'chip', title, 'aria-pressed': String(Boolean(state[name])), onclick: () => set({ [name]: state[name] ? undefined : value }),
    }, label);
    const filters = button({
      class: 'chip only-narrow', 'aria-expanded': String(this.element.classList.contains('with-facets')), onclick: () => {
        const open = this.element.classList.toggle('with-facets');
        filters.setAttribute('aria-expanded', String(open));
      },
    }, icon('filter'), 'Filters');
    fill(this.tools, filters, flag('group', 'session', 'By session', 'One line for each session'),
      flag('copies', true, 'Copies', 'Show copies in resumed and forked sessions too'), sort);
  }

  /** Facets and histogram, once the typing rests. */
  async details(state, base, signal) {
    this.facets.show(state.q ?? '', null);
    await new Promise((resolve) => { setTimeout(resolve, REST); });
    if (signal.aborted) return;
    const [facets, series] = await Promise.allSettled([
      countFacets(base, signal),
      getJson('timeseries', { ...base, metric: 'messages', step: 'auto' }, { signal }),
    ]);
    if (signal.aborted) return;
    this.detailed = true;
    if (facets.status === 'fulfilled') this.facets.show(state.q ?? '', facets.value);
    if (series.status === 'fulfilled') this.histogram.show(series.value);
    else this.histogram.hide();
  }

  failed(state, problem) {
    this.address = null;
    this.entering = false;
    if (toldAtBox(this, state.q ?? '', problem)) {
      this.facets.show(state.q ?? '', null);
      return;
    }
    this.element.classList.remove('stale');
    this.hits.show({ hits: [] }, { params: {}, grouped: false, find: {} });
    this.histogram.hide();
    fill(this.status);
    fill(this.message, problemNote(problem, () => this.run(state)));
    if (problem.status === 503) setTimeout(() => this.address === null && this.run(here()), (problem.retryAfter || 2) * 1000);
  }

  /** Count what arrives while one reads, and offer it. */
  watch(state) {
    const { signal } = this.abort;
    if (state.sort && state.sort !== 'newest') return;
    let n = 0;
    follow(searchParams(state), {
      signal, onState: (s) => { this.element.dataset.stream = s; }, onMessage: () => {
        n += 1;
        fill(this.fresh, button({ class: 'btn fresh-btn', onclick: () => this.run(here()) },
          icon('up'), `${compact(n)} new ${n === 1 ? 'message' : 'messages'}`));
      },
    });
  }
}

