/**
 * Facets beside the results: each value is included or excluded by editing the query.
 */

import { getJson } from '../lib/api.js';
import { button, fill, h } from '../lib/dom.js';
import { compact, count, dayOf, projectNames, shortModel } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { selected, setQualifier, toggleValue, withoutQualifier } from '../lib/query.js';
import { toolLabel } from '../lib/kinds.js';

const FACETS = ['project', 'role', 'kind', 'tool', 'model', 'branch'];
/** Values of a facet that are counted. */
const LIMIT = 20;

const TITLES = { role: 'Role', kind: 'Kind', tool: 'Tool', project: 'Project', model: 'Model', branch: 'Branch' };
const LABEL = {
  model: shortModel, tool: toolLabel, kind: (v) => v.replace('_', ' '),
};
const TIMES = [['', 'Any'], ['today', 'Today'], ['7d', 'Week'], ['30d', 'Month']];

function labels(name, values) {
  if (name === 'project') {
    const names = projectNames(values);
    return values.map((v) => names.get(v));
  }
  return values.map((v) => (LABEL[name] ? LABEL[name](v) : v));
}

/**
 * Count the values of all facets for the query of `params`. Where values of one are chosen already it
 * is counted without them: those one may take besides are to be seen.
 * @returns {Promise<object>} facet to buckets; rejects with the Problem
 */
export async function countFacets(params, signal) {
  const q = params.q ?? '';
  const chosen = FACETS.filter((name) => selected(q, name).include.length);
  const ask = async (text, names) => (names.length ? (await getJson('search',
    { ...params, q: text || undefined, limit: 0, facets: names.join(','), facet_limit: LIMIT }, { signal })).facets : {});
  const counts = await Promise.all([ask(q, FACETS.filter((name) => !chosen.includes(name))),
    ...chosen.map((name) => ask(withoutQualifier(q, name), [name]))]);
  return Object.assign({}, ...counts);
}

export class Facets {
  /** @param {(q: string) => void} onQuery called with the edited query */
  constructor(onQuery) {
    this.onQuery = onQuery;
    this.q = '';
    this.counts = {};
    this.open = new Set();
    this.times = h('div', { class: 'facet' });
    this.groups = h('div', null);
    this.element = h('aside', { class: 'facets', 'aria-label': 'Filters', tabindex: '0' }, this.times, this.groups);
  }

  /** Show the facets of an answer for query q; `facets` null keeps the old counts. */
  show(q, facets) {
    const focus = document.activeElement?.dataset?.focus;
    this.q = q;
    if (facets) this.counts = facets;
    this.drawTimes();
    fill(this.groups, FACETS.map((name) => this.group(name)));
    if (focus) this.element.querySelector(`[data-focus="${CSS.escape(focus)}"]`)?.focus();
  }

  group(name) {
    const { include, exclude } = selected(this.q, name);
    const buckets = (this.counts[name] ?? []).filter((b) => b.value !== null && b.value !== '');
    const seen = new Set(buckets.map((b) => String(b.value)));
    const extra = [...include, ...exclude].filter((v) => !seen.has(v)).map((value) => ({ value, count: null }));
    const all = [...extra, ...buckets];
    if (!all.length) return null;
    const names = labels(name, all.map((b) => String(b.value)));
    const limit = this.open.has(name) ? all.length : 6;
    return h('section', { class: 'facet' },
      h('h2', { class: 'facet-title' }, TITLES[name]),
      h('ul', null, all.slice(0, limit).map((bucket, i) => this.row(name, bucket, names[i], include, exclude))),
      all.length > limit ? button({
        class: 'link small', onclick: () => {
          this.open.add(name);
          this.show(this.q, null);
        },
      }, `${all.length - limit} more`) : null);
  }

  row(name, bucket, label, include, exclude) {
    const value = String(bucket.value);
    const on = include.includes(value);
    const off = exclude.includes(value);
    const change = (negated) => this.onQuery(toggleValue(this.q, name, value, negated));
    return h('li', { class: `facet-row${on ? ' on' : ''}${off ? ' off' : ''}` },
      button({
        class: 'facet-value', 'aria-pressed': String(on), title: value,
        'data-focus': `${name}+${value}`, onclick: () => change(false),
      }, h('span', { class: 'facet-label' }, label),
      bucket.count === null ? null : h('span', { class: 'facet-count', title: count(bucket.count) }, compact(bucket.count))),
      button({
        class: 'facet-not', 'aria-pressed': String(off), 'aria-label': `Exclude ${label}`, title: `Exclude ${label}`,
        'data-focus': `${name}-${value}`, onclick: () => change(true),
      }, icon('minus')));
  }

  drawTimes() {
    const since = selected(this.q, 'since').include[0] ?? '';
    const until = selected(this.q, 'until').include[0] ?? '';
    const date = (name, value) => h('input', {
      type: 'date', class: 'field date', 'aria-label': name === 'since' ? 'From day' : 'Before day',
      'data-focus': name, value: /^\d{4}-\d\d-\d\d/.test(value) ? dayOf(value.length > 10 ? value : `${value}T00:00`) : '',
      onchange: (event) => this.onQuery(setQualifier(this.q, name, event.target.value || null)),
    });
    fill(this.times, h('h2', { class: 'facet-title' }, 'Time'),
      h('div', { class: 'times' }, TIMES.map(([value, label]) => button({
        class: 'chip', 'aria-pressed': String(value === since && (value !== '' || !until)), 'data-focus': `t${value}`,
        onclick: () => this.onQuery(setQualifier(withoutQualifier(this.q, 'until'), 'since', value || null)),
      }, label))),
      h('div', { class: 'dates' }, date('since', since), h('span', { 'aria-hidden': 'true' }, '–'), date('until', until)));
  }
}
