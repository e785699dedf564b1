/**
 * The frame around the views: name, search box, tabs, theme and help.
 */

import { button, fill, h } from '../lib/dom.js';
import { icon } from '../lib/icons.js';
import { theme } from '../lib/store.js';
import { formatState, howOf } from '../lib/url.js';
import { showHelp } from './help.js';

const TABS = [['search', 'Search', 'search'], ['sessions', 'Sessions', 'list'], ['overview', 'Overview', 'chart'], ['live', 'Live', 'live']];
const THEMES = { system: ['auto', 'by the system'], light: ['sun', 'light'], dark: ['moon', 'dark'] };

function themeButton() {
  const node = button({ class: 'icon-btn', onclick: () => {
    const names = Object.keys(THEMES);
    const next = names[(names.indexOf(theme.get()) + 1) % names.length];
    theme.set(next);
    if (next === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    draw(next);
    window.dispatchEvent(new Event('themechange'));
  } });
  const draw = (name) => {
    fill(node, icon(THEMES[name][0]));
    node.title = `Theme: ${THEMES[name][1]}`;
    node.setAttribute('aria-label', node.title);
  };
  draw(Object.hasOwn(THEMES, theme.get()) ? theme.get() : 'system');
  return node;
}

/** The header; `mark(state)` shows where one is. */
export class Shell {
  /** @param {HTMLElement} header @param {import('./box.js').SearchBox} box */
  constructor(header, box) {
    this.tabs = TABS.map(([view, label, name]) => h('a', { class: 'tab', 'data-view': view, title: label },
      icon(name), h('span', null, label)));
    fill(header, h('a', { class: 'logo', href: '#/search', 'aria-label': 'scrollback, start' },
      icon('result'), h('span', null, 'scrollback')),
    box.element, h('nav', { class: 'tabs', 'aria-label': 'Views' }, this.tabs),
    h('div', { class: 'top-tools' }, themeButton(),
      button({ class: 'icon-btn', title: 'Help (?)', 'aria-label': 'Help', onclick: showHelp }, icon('help'))));
  }

  mark(state, q) {
    for (const tab of this.tabs) {
      const { view } = tab.dataset;
      tab.setAttribute('href', formatState({ view, q, ...howOf(state) }));
      const on = view === state.view || (view === 'sessions' && state.view === 'session');
      if (on) tab.setAttribute('aria-current', 'page');
      else tab.removeAttribute('aria-current');
    }
  }
}
