/**
 * The session view: a thread one can scroll from end to end, opened at the hit.
 */

import { follow, getJson } from '../lib/api.js';
import { button, fill, h, whenIdle } from '../lib/dom.js';
import { plural, titleText } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { useKeys } from '../lib/keys.js';
import { go, here, note as noteState } from '../lib/nav.js';
import { mark, rangesIn } from '../lib/marks.js';
import { learn } from '../lib/titles.js';
import { note, problemNote } from '../lib/ui.js';
import { formatState } from '../lib/url.js';
import { VirtualList } from '../lib/virtual.js';
import { visible } from '../lib/text.js';
import { Find } from './find.js';
import { Loader } from './loader.js';
import { messageRow } from './message.js';
import { Outline } from './outline.js';
import { drawHead } from './session_head.js';

const NEWEST_DELAY = 250;

/** On a phone the actions of a message stand above it: room for them, in pixels. */
const ACTIONS_ABOVE = 30;
const narrow = matchMedia('(max-width: 760px)');

/** A first guess of a row's height: what it mostly comes to. */
function estimate(row) {
  if (row.type !== 'message') return 44;
  let height = row.joined ? 12 : 44;
  for (const block of row.message.blocks) {
    if (block.type === 'text') height += Math.min(900, 30 + block.text.length / 4.5);
    else if (block.type === 'tool_use') height += 110;
    else height += 36;
  }
  return height;
}

export class SessionView {
  constructor() {
    this.outline = new Outline();
    this.head = h('div', { class: 'session-head' });
    this.find = new Find({
      onLeave: () => this.place.focus({ preventScroll: true }), onText: (q) => this.changeFind(q), onJump: (hit) => this.jump(hit.id, hit.agent, { to: true }), onMarks: () => this.marks(),
    });
    this.message = h('div', null);
    this.thread = h('div', { class: 'thread' });
    this.scroller = h('section', { class: 'thread-scroll', 'aria-label': 'Messages', tabindex: '0' }, this.thread, this.message);
    this.element = h('div', { class: 'session' }, this.outline.element,
      h('div', { class: 'session-main' }, this.head, this.scroller));
    this.abort = new AbortController();
  }

  /** Where the focus belongs: the message one is at, or all of them. */
  get place() {
    return (this.target && this.list?.elementOf(this.target)) || this.scroller;
  }

  title() {
    return `${titleText(this.info?.title) || 'Session'} – scrollback`;
  }

  show(state, before) {
    this.back = before && before.view !== 'session' ? formatState(before) : this.back ?? '#/search';
    this.cameFromPage = Boolean(before && before.view !== 'session');
    this.stopKeys = useKeys({
      j: () => this.step(1), k: () => this.step(-1), n: () => this.find.step(1), p: () => this.find.step(-1),
      ']': () => this.prompt(1), '[': () => this.prompt(-1), f: () => this.find.focus(),
      r: () => this.head.querySelector('.resume')?.click(), Escape: () => this.leave(),
    });
    this.change(state);
  }

  hide() {
    this.stopKeys?.();
    this.abort.abort();
    mark(null, null);
    this.list?.destroy();
    this.list = null;
    this.loaded = '';
  }

  leave() {
    if (this.element.classList.contains('with-outline')) this.toggleOutline();
    else if (this.cameFromPage) history.back();
    else location.hash = this.back;
  }

  headParts() {
    return { back: this.back, find: this.find.element, toggleOutline: () => this.toggleOutline() };
  }

  toggleOutline() {
    this.element.classList.toggle('with-outline');
  }

  /** Which agent is shown alone: one named without a message, or one whose call is unknown. */
  alone(state, info) {
    if (!state.agent) return undefined;
    const agent = (info?.agents_list ?? []).find((a) => a.agent === state.agent);
    return !state.at || !agent?.tool_message_id ? state.agent : undefined;
  }

  async change(state, before) {
    this.element.classList.remove('with-outline');
    const whole = `${state.id} ${this.alone(state, this.info?.id === state.id ? this.info : null) ?? ''}`;
    if (this.loaded !== whole && !(this.loaded && before?.id === state.id && state.at && this.alone(state, this.info) === this.loader.only)) {
      await this.load(state);
      return;
    }
    if (before && ['find', 'case', 'word'].some((name) => state[name] !== before[name])) this.find.search(state, this.abort.signal);
    if (state.at && state.at !== before?.at) await this.jump(state.at, state.agent, { to: false });
  }

  async load(state) {
    this.abort.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.list?.destroy();
    this.list = null;
    this.loader?.close();
    fill(this.message);
    this.element.classList.add('loading');
    this.element.setAttribute('aria-busy', 'true');
    if (this.info?.id !== state.id) this.info = null;
    drawHead(this.head, state.id, this.info, this.headParts());
    const infoAsked = this.info ? Promise.resolve(this.info)
      : getJson(`sessions/${encodeURIComponent(state.id)}`, {}, { signal }).catch((problem) => problem);
    try {
      if (state.agent) await this.takeInfo(state, infoAsked, signal);
      this.loader = new Loader(state.id, this.info, this.alone(state, this.info));
      this.loaded = `${state.id} ${this.loader.only ?? ''}`;
      const around = state.agent && !this.loader.only ? this.loader.callOf(state.agent) : state.at;
      await Promise.all([this.start(around), this.takeInfo(state, infoAsked, signal)]);
      if (signal.aborted) return;
      this.loader.agents = this.info?.agents_list ?? [];
      await this.opened(state, signal);
    } catch (problem) {
      if (signal.aborted || problem.name === 'AbortError') return;
      this.loaded = '';
      drawHead(this.head, state.id, this.info, this.headParts());
      fill(this.message, problem.status === 404 ? this.missing(state) : problemNote(problem, () => this.load(state)));
    } finally {
      if (!signal.aborted) this.ready();
    }
  }

  ready() {
    this.element.classList.remove('loading');
    this.element.removeAttribute('aria-busy');
  }

  missing({ id }) {
    return note('There is no such session', `None of the transcripts is of ${visible(id)}: deleted, or written on another machine. `,
      h('a', { href: '#/sessions' }, 'All sessions'));
  }

  async takeInfo(state, asked, signal) {
    const info = await asked;
    if (signal.aborted) return;
    this.info = info instanceof Error ? null : info;
    if (this.info) learn([this.info]);
    document.title = this.title();
  }

  /** The page around a message; when the main thread has no such message, from the start. */
  async start(around) {
    try {
      await this.loader.start(around);
    } catch (problem) {
      if (!around || (problem.status !== 404 && problem.status !== 400)) throw problem;
      await this.loader.start(undefined);
    }
  }

  async opened(state, signal) {
    const { loader } = this;
    loader.agentsByCall = loader.only ? new Map() : new Loader(state.id, this.info).agentsByCall;
    const agent = loader.only ? loader.agents.find((a) => a.agent === loader.only) ?? { agent: loader.only } : null;
    drawHead(this.head, state.id, this.info, { ...this.headParts(), agent });
    this.makeList(state.id);
    this.target = null;
    this.draw({ keep: false });
    if (!loader.messages.length) fill(this.message, note('No messages', 'This session holds nothing to read.'));
    this.scroller.scrollTop = 0;
    this.find.search(state, signal);
    if (state.at) await this.jump(state.at, state.agent, { to: false, focus: true });
    else this.resumePlace();
    this.ready();
    whenIdle(() => signal.aborted || this.outline.load(state.id, this.info?.agents_list, signal));
    this.watch(state.id, signal);
  }

  makeList(session) {
    this.list = new VirtualList({
      scroller: this.scroller, parent: this.thread, label: 'Messages', key: (row) => row.key, estimate,
      render: (row) => this.render(row, session),
      setSize: () => this.loader.total ?? -1, inset: () => (narrow.matches ? ACTIONS_ABOVE : 0),
      onStart: () => this.more('before'), onEnd: () => this.more('after'),
      onView: (first, last, top) => this.viewed(top),
    });
  }

  render(row, session) {
    if (row.type === 'agent') return this.agentRow(row);
    if (row.type === 'more') {
      queueMicrotask(async () => {
        await this.loader.moreOfAgent(row.agent.agent).catch(() => {});
        this.draw();
      });
      return h('article', { class: 'row nested', 'aria-label': 'Loading' }, h('p', { class: 'dim' }, 'Loading…'));
    }
    const target = row.key === this.target;
    return messageRow(row, { session, target, reveal: this.find.regex });
  }

  agentRow({ agent, call, open, depth }) {
    const kind = agent.agent_type || String(call.subagent_type ?? '');
    const name = agent.description || String(call.description ?? '') || kind || agent.agent;
    const toggle = button({
      class: 'agent-toggle', 'aria-expanded': String(open), onclick: async () => {
        toggle.disabled = true;
        await this.loader.toggleAgent(agent.agent).catch((problem) => fill(this.message, problemNote(problem)));
        this.list.invalidate(`agent:${agent.agent}`);
        this.draw();
        this.list.elementOf(`agent:${agent.agent}`)?.querySelector('button')?.focus({ preventScroll: true });
      },
    }, icon(open ? 'down' : 'agent'), h('strong', null, visible(name)), h('span', { class: 'dim' },
      [name === kind ? '' : visible(kind), plural(agent.messages ?? 0, 'message')].filter(Boolean).join(' · ')));
    return h('article', { class: depth ? 'row agent nested' : 'row agent', 'aria-label': `Sub-agent ${name}` }, toggle,
      h('a', { class: 'small', href: formatState({ view: 'session', id: this.loader.session, agent: agent.agent }) }, 'alone'));
  }

  draw({ keep = true } = {}) {
    const { rows, keyOf } = this.loader.build();
    this.rows = rows;
    this.keyOf = keyOf;
    this.list.setItems(rows, { keep });
  }

  async more(side) {
    try {
      if (await this.loader.more(side)) {
        const before = new Map(this.rows.map((row) => [row.key, row]));
        this.draw();
        for (const row of this.rows) this.refresh(before.get(row.key), row);
        fill(this.message);
      }
    } catch (problem) {
      if (problem.name !== 'AbortError') fill(this.message, problemNote(problem, () => this.more(side)));
    }
  }

  /** Render a row again when what it shows has changed. */
  refresh(old, row) {
    if (!old || row.type !== 'message') return;
    if (old.joined !== row.joined || old.stamp !== row.stamp || old.day !== row.day || old.results.size !== row.results.size) this.list.invalidate(row.key);
  }

  /** Bring a message into view and mark it; `to` also puts it in the address. */
  async jump(id, agent, { to = false, focus = true } = {}) {
    const { signal } = this.abort;
    const { loader } = this;
    const inAgent = agent && !loader.only;
    try {
      let key = this.keyOf(id, inAgent ? agent : loader.only);
      if (!key && inAgent) {
        const call = loader.callOf(agent);
        if (!call) {
          go({ ...here(), at: id, agent });
          return;
        }
        if (!this.keyOf(call)) await this.start(call);
        await loader.findInAgent(agent, id);
      } else if (!key) await this.start(id);
      if (signal.aborted) return;
      if (!key) {
        this.list.invalidate(`agent:${agent}`);
        this.draw({ keep: false });
        key = this.keyOf(id, inAgent ? agent : loader.only);
      }
      if (key) this.setTarget(key, { focus });
      if (to) noteState({ ...here(), at: id, agent: agent ?? undefined });
    } catch (problem) {
      if (problem.name !== 'AbortError') fill(this.message, problemNote(problem));
    }
  }

  setTarget(key, { focus }) {
    const old = this.target;
    this.target = key;
    for (const k of [old, key]) if (k) this.list.invalidate(k);
    let element = this.list.scrollTo(key, 'center');
    this.marks();
    if (element && this.find.regex) {
      const first = rangesIn(element, this.find.regex, 1)[0];
      const box = first?.getBoundingClientRect();
      const view = this.scroller.getBoundingClientRect();
      if (box?.height && (box.bottom > view.bottom - 20 || box.top < view.top)) {
        this.scroller.scrollTop += box.top - view.top - view.height / 3;
        this.list.update();
        element = this.list.elementOf(key);
      }
    }
    if (focus && !this.element.contains(document.activeElement?.closest?.('.find') ?? null)) element?.focus({ preventScroll: true });
  }

  marks() {
    if (this.marking) return;
    this.marking = requestAnimationFrame(() => {
      this.marking = 0;
      const now = this.target ? this.list?.elementOf(this.target) : null;
      mark(this.thread, this.find.regex, now);
    });
  }

  viewed(top) {
    const row = this.rows[top];
    if (row?.type === 'message') this.outline.follow(row.message.time);
    if (this.find.regex) this.marks();
    const { session } = this.loader;
    clearTimeout(this.placeTimer);
    this.placeTimer = setTimeout(() => {
      if (row?.type !== 'message' || here().id !== session) return;
      history.replaceState({ ...history.state, seen: { session, id: row.message.id } }, '');
    }, 400);
  }

  /** After a reload or on the way back: where one was. */
  async resumePlace() {
    const { session, id } = history.state?.seen ?? {};
    if (!id || session !== this.loader.session) return;
    if (!this.keyOf(id, this.loader.only)) {
      await this.start(id).catch(() => {});
      this.draw({ keep: false });
    }
    const key = this.keyOf(id, this.loader.only);
    if (key) this.list.scrollTo(key, 'start');
  }

  changeFind(q) {
    noteState({ ...here(), find: q || undefined });
    this.find.search(here(), this.abort.signal).then(() => {
      if (this.find.at < 0 && q) this.find.step(1);
    });
  }

  /** The message one is at: the target if it is on screen, else the topmost. */
  currentIndex() {
    const i = this.rows.findIndex((row) => row.key === this.target);
    if (i >= 0 && this.list.elementOf(this.target)) return i;
    return this.list.topIndex() - 1;
  }

  step(by) {
    let i = this.currentIndex() + by;
    while (this.rows[i] && this.rows[i].type !== 'message') i += by;
    const row = this.rows[i];
    if (!row) return;
    noteState({ ...here(), at: row.message.id, agent: row.message.agent ?? undefined });
    this.setTarget(row.key, { focus: true });
  }

  prompt(by) {
    const row = this.rows[Math.max(0, this.currentIndex())];
    const hit = this.outline.next(row?.message?.time ?? '', by);
    if (hit) this.jump(hit.id, null, { to: true });
  }

  /** Messages that are being written appear at the end. */
  watch(session, signal) {
    let timer = 0;
    follow({ session }, {
      signal, onState: (s) => { this.element.dataset.stream = s; }, onMessage: () => {
        clearTimeout(timer);
        timer = setTimeout(() => this.arrived(signal), NEWEST_DELAY);
      },
    });
  }

  async arrived(signal) {
    const atEnd = this.scroller.scrollTop + this.scroller.clientHeight > this.scroller.scrollHeight - 80;
    const came = await this.loader.newest().catch(() => false);
    if (!came || signal.aborted) return;
    const before = new Map(this.rows.map((row) => [row.key, row]));
    this.draw();
    for (const row of this.rows) this.refresh(before.get(row.key), row);
    if (atEnd) this.list.scrollTo(this.rows[this.rows.length - 1].key, 'nearest');
  }
}
