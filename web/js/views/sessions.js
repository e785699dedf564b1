/**
 * The list of sessions: newest first, or those that hold what is searched for.
 */

import { getJson } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { bytes, compact, cost, count, duration, exactTime, plural, relativeTime, projectName, modelNames, sumTokens, titleText, toMs } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { useKeys } from '../lib/keys.js';
import { go, here } from '../lib/nav.js';
import { setQualifier } from '../lib/query.js';
import { visible } from '../lib/text.js';
import { learn } from '../lib/titles.js';
import { announce, copyButton, note, problemNote } from '../lib/ui.js';
import { findOf, formatState, searchParams } from '../lib/url.js';
import { VirtualList } from '../lib/virtual.js';
import { clearFault, toldAtBox } from './problems.js';

const PAGE = 50;
const SORTS = [['', 'newest'], ['oldest', 'oldest'], ['longest', 'longest'], ['costliest', 'costliest']];

/** An answer later than this is announced by a moving line, in milliseconds. */
const SLOW_MS = 250;

const cell = (name, title, ...content) => h('span', { class: `fact ${name}`, title: title || null }, ...content);

function row(s, state) {
  const { q } = state;
  const only = (name, value) => formatState({ ...state, q: setQualifier(q ?? '', name, value) });
  const span = toMs(s.last_time) - toMs(s.first_time);
  return h('article', { class: 'hit session-row', 'aria-label': s.title || s.id },
    h('div', { class: 'hit-body' },
      h('div', { class: 'hit-head' },
        h('a', { class: 'hit-link session-link', href: formatState({ view: 'session', id: s.id, ...findOf(state) }) },
          visible(titleText(s.title) || `Session ${String(s.id).slice(0, 8)}`)),
        s.agents ? cell('kept', plural(s.agents, 'sub-agent'), icon('agent'), count(s.agents)) : null,
        Number.isFinite(s.matches) && q ? h('strong', { class: 'fact kept matches' }, plural(s.matches, 'match', 'matches')) : null,
        h('time', { class: 'time', datetime: s.last_time, title: `${exactTime(s.first_time)} to ${exactTime(s.last_time)}` }, relativeTime(s.last_time)),
        s.resume ? copyButton('Copy resume command', () => s.resume, { icon: 'terminal' }) : null),
      h('div', { class: 'session-facts' },
        cell('c-project', s.project, icon('folder'), s.project ? h('a', { href: only('project', s.project) }, visible(projectName(s.project))) : h('span', null, 'no project')),
        cell('c-branch', s.branch, s.branch ? [icon('branch'), h('a', { href: only('branch', s.branch) }, visible(s.branch))] : null),
        cell('c-model', modelNames(s.models).join(', '), h('span', null, modelNames(s.models).join(', '))),
        cell('c-num', '', plural(s.prompts ?? 0, 'prompt')), cell('c-num wide', '', plural(s.messages ?? 0, 'message')),
        cell('c-num', '', s.tool_calls ? plural(s.tool_calls, 'call') : null),
        cell('c-num failed', '', s.errors ? plural(s.errors, 'error') : null),
        cell('c-num', '', duration(span)),
        cell('c-num wide', sumTokens(s.tokens) ? `${count(sumTokens(s.tokens))} tokens, ${bytes(s.size_bytes)} of transcript` : '',
          sumTokens(s.tokens) ? `${compact(sumTokens(s.tokens))} tokens` : null),
        cell('c-num', s.unpriced_models?.length ? `unpriced: ${s.unpriced_models.join(', ')}` : '',
          Number.isFinite(s.cost_usd) ? cost(s.cost_usd, s.unpriced_models) : null))));
}

export class SessionsView {
  /** @param {import('./box.js').SearchBox} box */
  constructor(box) {
    this.box = box;
    this.status = h('div', { class: 'status' });
    this.tools = h('div', { class: 'tools' });
    this.message = h('div', null);
    this.element = h('section', { class: 'results plain', 'aria-label': 'Sessions', tabindex: '0' },
      h('h1', { class: 'sr' }, 'Sessions'), h('div', { class: 'bar-line' }, this.status, this.tools), this.message);
    this.element.addEventListener('scroll', () => { this.scrolled = this.element.scrollTop; }, { passive: true });
    this.list = new VirtualList({
      scroller: this.element, parent: this.element, label: 'Sessions', key: (s) => s.id, estimate: () => 64,
      render: (s) => this.row(s), onEnd: () => this.more(),
    });
    this.foot = h('div', { class: 'list-foot' });
    this.element.append(this.foot);
    this.rows = [];
  }

  /** Where the focus belongs. */
  get place() {
    return this.element;
  }

  /** Whether no sessions are shown. */
  get empty() {
    return !this.rows.length;
  }

  title() {
    return 'Sessions – scrollback';
  }

  row(s) {
    const node = row(s, here());
    node.addEventListener('click', (event) => {
      if (!event.target.closest('a, button') && !String(getSelection())) node.querySelector('.hit-link').click();
    });
    return node;
  }

  show(state) {
    this.stopKeys = useKeys({ j: () => this.step(1), k: () => this.step(-1) });
    if (this.address === formatState(state)) {
      this.element.scrollTop = this.scrolled ?? 0;
      this.list.update();
    } else this.change(state);
  }

  hide() {
    this.stopKeys();
    this.abort?.abort();
  }

  async change(state) {
    this.abort?.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.drawTools(state);
    this.params = { ...searchParams(state), sort: state.sort, limit: PAGE };
    this.address = null;
    this.cursor = '';
    const slow = setTimeout(() => this.element.classList.add('busy'), SLOW_MS);
    try {
      const reply = await getJson('sessions', this.params, { signal });
      if (signal.aborted) return;
      this.address = formatState(state);
      clearFault(this);
      this.foot.replaceChildren();
      this.rows = [];
      this.element.scrollTop = 0;
      fill(this.message, reply.sessions?.length ? null : note('No session', 'No session holds what is asked for.'));
      const text = plural(reply.total?.value ?? 0, 'session');
      fill(this.status, h('strong', null, text), state.q ? h('span', { class: 'took' }, `with ${visible(state.q)}`) : null);
      announce(text);
      this.add(reply);
    } catch (problem) {
      if (signal.aborted || toldAtBox(this, state.q ?? '', problem)) return;
      clearFault(this);
      this.rows = [];
      this.list.setItems([]);
      fill(this.status);
      fill(this.message, problemNote(problem, () => this.change(state)));
    } finally {
      clearTimeout(slow);
      if (!signal.aborted) this.element.classList.remove('busy');
    }
  }

  add(reply) {
    const have = new Set(this.rows.map((s) => s.id));
    this.rows.push(...(reply.sessions ?? []).filter((s) => !have.has(s.id)));
    this.cursor = reply.next_cursor ?? '';
    learn(reply.sessions ?? []);
    if (!have.size) for (const s of this.rows) this.list.invalidate(s.id);
    this.list.setItems(this.rows);
  }

  async more() {
    if (!this.cursor) return;
    const { cursor, abort } = this;
    this.cursor = '';
    try {
      const reply = await getJson('sessions', { ...this.params, cursor }, { signal: abort.signal });
      if (!abort.signal.aborted) this.add(reply);
    } catch (problem) {
      if (abort.signal.aborted) return;
      this.foot.append(problemNote(problem, () => {
        this.foot.replaceChildren();
        this.cursor = cursor;
        this.more();
      }));
    }
  }

  drawTools(state) {
    const sort = h('select', {
      class: 'select', 'aria-label': 'Sort by', onchange: () => go({ ...here(), sort: sort.value || undefined }),
    }, SORTS.map(([value, label]) => h('option', { value, selected: value === (state.sort ?? '') }, label)));
    fill(this.tools, sort);
  }

  step(by) {
    if (!this.rows.length) return;
    const active = document.activeElement?.closest?.('.hit')?.dataset.key;
    const at = this.rows.findIndex((s) => s.id === active);
    const next = Math.max(0, Math.min(this.rows.length - 1, at + by));
    this.list.scrollTo(this.rows[next].id)?.querySelector('.hit-link')?.focus({ preventScroll: true });
  }
}
