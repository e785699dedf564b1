/**
 * The list of hits: grouped under a line for their session, loaded as one scrolls.
 */

import { getJson } from '../lib/api.js';
import { button, h } from '../lib/dom.js';
import { baseName, count, exactTime, plural, projectName, relativeTime, shortModel } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { addressOfHit, kindOf, partLabel } from '../lib/kinds.js';
import { snippetSegments } from '../lib/text.js';
import { titleOf, wantTitle } from '../lib/titles.js';
import { problemNote, segments } from '../lib/ui.js';
import { formatState } from '../lib/url.js';
import { VirtualList } from '../lib/virtual.js';

/** Hits of one session shown below a grouped hit at most, before "open the session". */
const MORE_IN_SESSION = 50;

function snippet(s, kind) {
  const label = partLabel(s.part, kind);
  const code = s.part === 'tool_input' || s.part === 'tool_result';
  return h('p', { class: code ? 'snippet code' : 'snippet' },
    label ? h('span', { class: 'part' }, label) : null,
    h('span', { class: 'snippet-text' }, segments(snippetSegments(s.segments))));
}

function facts(hit) {
  const matches = (hit.snippets ?? []).reduce((sum, s) => sum + (s.matches ?? 0), 0);
  const files = (hit.files ?? []).slice(0, 2);
  return [
    hit.sidechain || hit.agent ? h('span', { class: 'fact', title: hit.agent ?? 'sidechain' }, icon('agent'), 'sub-agent') : null,
    hit.source_gone ? h('span', { class: 'fact', title: 'the transcript was deleted; --retain kept it' }, 'deleted') : null,
    hit.model ? h('span', { class: 'fact model' }, shortModel(hit.model)) : null,
    files.map((file) => h('span', { class: 'fact path', title: file }, icon('file'), baseName(file))),
    matches > 1 ? h('span', { class: 'fact count' }, plural(matches, 'match', 'matches')) : null,
    hit.also_in?.length ? h('span', { class: 'fact', title: hit.also_in.map((c) => c.source).join('\n') },
      icon('copy'), plural(hit.also_in.length, 'copy', 'copies')) : null,
  ];
}

/** One hit, without its session line; `find` as of findOf(). */
export function hitBody(hit, find) {
  const kind = kindOf(hit);
  return h('div', { class: `hit-body ${kind.tone}` },
    h('div', { class: 'hit-head' },
      h('a', { class: 'hit-link', href: addressOfHit(hit, find) },
        h('span', { class: 'kind' }, icon(kind.icon), kind.label)),
      facts(hit),
      h('time', { class: 'time', datetime: hit.time, title: exactTime(hit.time) }, relativeTime(hit.time))),
    (hit.snippets ?? []).slice(0, 4).map((s) => snippet(s, hit.kind)));
}

/** The line that names the session of the hits below it. */
function sessionLine(hit, find) {
  wantTitle(hit.session);
  const title = titleOf(hit.session);
  return h('h2', { class: 'run' },
    h('a', { href: formatState({ view: 'session', id: hit.session, ...find }), title: hit.project },
      h('span', { class: 'run-project' }, projectName(hit.project) || 'no project'),
      h('span', { class: 'run-title', 'data-title-of': hit.session }, title ?? '')),
    hit.branch ? h('span', { class: 'fact branch', title: hit.branch }, icon('branch'), h('span', null, hit.branch)) : null,
    h('span', { class: 'run-id' }, String(hit.session).slice(0, 8)));
}

export class HitList {
  /**
   * @param {HTMLElement} scroller
   * @param {HTMLElement} parent
   */
  constructor(scroller, parent) {
    this.foot = h('div', { class: 'list-foot' });
    this.list = new VirtualList({
      scroller, parent, label: 'Search results',
      key: (row) => row.key,
      estimate: (row) => (row.first ? 128 : 88),
      render: (row, i) => this.row(row, i),
      onEnd: () => this.more(),
    });
    parent.append(this.foot);
    this.rows = [];
    this.find = {};
    this.opened = new Set();
  }

  /**
   * Show the first page of an answer.
   * @param {object} reply of /search
   * @param {{params: object, grouped: boolean, find: object}} o params to ask for the next page with, and what to find where a hit leads
   */
  show(reply, o) {
    this.o = o;
    this.find = o.find;
    this.cursor = reply.next_cursor ?? '';
    this.busy = false;
    this.epoch = (this.epoch ?? 0) + 1;
    this.rows = [];
    this.opened.clear();
    this.total = reply.total?.value ?? 0;
    this.add(reply.hits ?? []);
    this.foot.replaceChildren();
  }

  add(hits) {
    for (const hit of hits) {
      const before = this.rows[this.rows.length - 1];
      const first = this.o.grouped || !before || before.hit.session !== hit.session;
      this.rows.push({ key: `${this.epoch}:${this.rows.length}`, hit, first });
    }
    this.list.setItems(this.rows);
  }

  async more() {
    if (this.busy || !this.cursor) return;
    this.busy = true;
    const { epoch } = this;
    try {
      const reply = await getJson('search', { ...this.o.params, limit: 100, cursor: this.cursor });
      if (epoch !== this.epoch) return;
      this.cursor = reply.next_cursor ?? '';
      this.add(reply.hits ?? []);
      if (!this.cursor) this.foot.replaceChildren(h('p', { class: 'end' }, 'That is all.'));
    } catch (problem) {
      if (epoch !== this.epoch || problem.name === 'AbortError') return;
      const { cursor } = this;
      this.cursor = '';
      this.foot.replaceChildren(problemNote(problem, () => {
        this.cursor = cursor;
        this.foot.replaceChildren();
        this.more();
      }));
    } finally {
      if (epoch === this.epoch) this.busy = false;
    }
  }

  row({ hit, first }, i) {
    const node = h('article', {
      class: first ? 'hit first' : 'hit', 'aria-label': `${kindOf(hit).label}, ${exactTime(hit.time)}`,
      onclick: (event) => this.clicked(event, node),
      onfocusin: () => { this.current = i; },
    }, first ? sessionLine(hit, this.find) : null, hitBody(hit, this.find),
    this.o.grouped && hit.count > 1 ? this.moreOf(hit) : null);
    return node;
  }

  /** A click anywhere on a hit opens it, unless it was meant for something else. */
  clicked(event, node) {
    if (event.target.closest('a, button') || String(getSelection())) return;
    if (event.target.closest('.hit-body')) event.target.closest('.hit-body').querySelector('.hit-link').click();
    else node.querySelector('.hit-link').click();
  }

  moreOf(hit) {
    const box = h('div', { class: 'more-of' });
    const open = button({
      class: 'link', 'aria-expanded': 'false', onclick: async () => {
        open.disabled = true;
        const { cursor, group, ...params } = this.o.params;
        try {
          const reply = await getJson('search', { ...params, session: hit.session, limit: MORE_IN_SESSION });
          const others = (reply.hits ?? []).filter((other) => other.id !== hit.id);
          box.replaceChildren(...others.map((other) => hitBody(other, this.find)),
            hit.count > MORE_IN_SESSION ? h('p', { class: 'end' }, 'Open the session to see the rest.') : '');
        } catch (problem) {
          box.append(problemNote(problem));
        }
      },
    }, icon('down'), ` ${count(hit.count - 1)} more in this session`);
    box.append(open);
    return box;
  }

  /** Move the focus to the next (1) or previous (-1) hit. */
  step(by) {
    if (!this.rows.length) return;
    const active = document.activeElement?.closest?.('.hit');
    const at = active ? this.current ?? -1 : -1;
    const next = Math.max(0, Math.min(this.rows.length - 1, at + by));
    const element = this.list.scrollTo(this.rows[next].key, 'nearest');
    element?.querySelector('.hit-link')?.focus({ preventScroll: true });
    this.current = next;
  }

  /** The link of the hit one was at last, while it is in the document. */
  get place() {
    return this.list.elementOf(this.rows[this.current]?.key)?.querySelector('.hit-link');
  }

  get length() {
    return this.rows.length;
  }
}
