/**
 * The outline of a session: its prompts, and its sub-agents.
 */

import { getJson } from '../lib/api.js';
import { fill, h } from '../lib/dom.js';
import { clock, count, dayOf, exactTime, firstLine, plural, titleText } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { go, here } from '../lib/nav.js';
import { visible } from '../lib/text.js';
import { formatState } from '../lib/url.js';

const MAX = 1000;

const textOf = (hit) => (hit.snippets ?? []).map((s) => (s.segments ?? []).map(([t]) => t).join('')).join(' ').trim();

export class Outline {
  constructor() {
    this.prompts = [];
    this.list = h('ol', { class: 'outline-list' });
    this.agents = h('div', null);
    this.element = h('nav', { class: 'outline', 'aria-label': 'Prompts of this session', tabindex: '0' },
      h('h2', { class: 'facet-title' }, 'Prompts'), this.list, this.agents);
    this.list.addEventListener('click', (event) => this.clicked(event));
  }

  /** A prompt is a place in the session as it is read: what is being found stays. */
  clicked(event) {
    const id = event.target.closest('.outline-link')?.dataset.id;
    if (!id || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go({ ...here(), at: id, agent: undefined });
  }

  /** Load the prompts of a session; quiet when the service cannot tell. */
  async load(session, agents, signal) {
    this.session = session;
    this.drawAgents(agents ?? []);
    try {
      const reply = await getJson('search', {
        session, kind: 'prompt', agent: 'none', sort: 'oldest', limit: MAX, dedupe: false, snippet_chars: 160,
      }, { signal });
      this.prompts = reply.hits ?? [];
    } catch {
      this.prompts = [];
    }
    this.draw();
  }

  draw() {
    let day = '';
    fill(this.list, this.prompts.map((hit) => {
      const today = dayOf(hit.time);
      const head = today === day ? null : h('li', { class: 'outline-day' }, today);
      day = today;
      return [head, h('li', null, h('a', {
        class: 'outline-link', 'data-id': hit.id, title: exactTime(hit.time),
        href: formatState({ view: 'session', id: this.session, at: hit.id }),
      }, h('time', { class: 'dim' }, clock(hit.time)), h('span', null, visible(firstLine(titleText(textOf(hit)), 110)) || '(image)')))];
    }));
    if (!this.prompts.length) fill(this.list, h('li', { class: 'dim small' }, 'No prompts.'));
  }

  drawAgents(agents) {
    if (!agents.length) {
      fill(this.agents);
      return;
    }
    fill(this.agents, h('h2', { class: 'facet-title' }, `Sub-agents (${count(agents.length)})`),
      h('ul', { class: 'outline-list' }, agents.map((a) => h('li', null, h('a', {
        class: 'outline-link agent-link', href: formatState({ view: 'session', id: this.session, agent: a.agent }),
      }, icon('agent'), h('span', null, visible(a.description || a.agent_type || a.agent),
        h('span', { class: 'dim' }, ` ${plural(a.messages ?? 0, 'message')}`)))))));
  }

  /** Mark the prompt one is in: the last at or before a time. */
  follow(time) {
    let current = null;
    for (const hit of this.prompts) {
      if (hit.time > time) break;
      current = hit;
    }
    if (current?.id === this.current) return;
    this.current = current?.id;
    for (const link of this.list.querySelectorAll('.outline-link')) {
      const on = link.dataset.id === this.current;
      if (on) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
      if (on) link.scrollIntoView({ block: 'nearest' });
    }
  }

  /** The prompt after (1) or before (-1) a time. */
  next(time, by) {
    return by > 0 ? this.prompts.find((hit) => hit.time > time) : this.prompts.findLast((hit) => hit.time < time);
  }
}
