/**
 * The overview: what is indexed, what was done and what it cost. Every figure leads to the
 * messages behind it.
 */

import { getJson } from '../lib/api.js';
import { button, fill, h } from '../lib/dom.js';
import { bytes, compact, cost, count, dayOf, exactTime, money, plural, projectNames, relativeTime, shortModel, sumTokens } from '../lib/format.js';
import { toolLabel } from '../lib/kinds.js';
import { go } from '../lib/nav.js';
import { addCondition, quoteValue, setQualifier } from '../lib/query.js';
import { visible } from '../lib/text.js';
import { note, problemNote } from '../lib/ui.js';
import { formatState, howOf, parseState, searchParams } from '../lib/url.js';
import { columns, dayAfter, tokensOf } from '../lib/usage.js';
import { calendar } from './calendar.js';
import { drawChart } from './chart.js';
import { clearFault, toldAtBox } from './problems.js';

const RANGES = [['7d', '7 days'], ['30d', '30 days'], ['90d', '90 days'], ['365d', 'A year'], ['', 'Everything']];
const TABLE_ROWS = 12;
/** How far back calendar and charts reach at most from the last message, in days. */
const CALENDAR_DAYS = 370;
/** A calendar of fewer days leaves room for the hours beside it. */
const SHORT_DAYS = 240;
const CHART_DAYS = 1100;
/** Charts over more days than this are drawn by week. */
const DAILY = 60;
const DAY_MS = 864e5;
/** An answer later than this is announced by a moving line, in milliseconds. */
const SLOW_MS = 250;

/**
 * Where charts begin and their step. One record with a clock that was wrong must not stretch them
 * over decades.
 * @returns {[(days: number) => string|undefined, string]} the start for a reach of so many days
 */
function chartSpan({ first_time: first, last_time: last }) {
  const from = Date.parse(first);
  const to = Date.parse(last);
  const span = (days) => (Number.isNaN(to) ? undefined : new Date(Math.max(from, to - days * DAY_MS)).toISOString());
  return [span, to - Math.max(from, to - CHART_DAYS * DAY_MS) > DAILY * DAY_MS ? '1w' : '1d'];
}

/** The query behind a figure: that of the overview, its time range, and one more condition. */
function behind(state, condition) {
  let q = state.q ?? '';
  if (state.range) q = setQualifier(q, 'since', state.range);
  return condition ? addCondition(q, condition) : q;
}

const searchHref = (state, condition) => formatState({ view: 'search', q: behind(state, condition) || undefined, ...howOf(state) });
const sessionsHref = (state, condition, sort) => formatState({ view: 'sessions', q: behind(state, condition) || undefined, sort, ...howOf(state) });

/** The search behind a span of days. */
const daysHref = (state, since, until) => formatState({
  view: 'search', q: setQualifier(setQualifier(state.q ?? '', 'since', since), 'until', until), ...howOf(state),
});

/** A figure in full as long as one can read it. */
const figure = (n) => (n < 1e6 ? count(n) : compact(n));

function tile(label, value, href, title) {
  return h('a', { class: 'tile', href, title }, h('span', { class: 'tile-value' }, value), h('span', { class: 'tile-label' }, label));
}

function tiles(state, t) {
  const tokens = t.tokens ?? {};
  const unpriced = t.unpriced_models?.length ? `without a price: ${t.unpriced_models.join(', ')}` : 'at list prices';
  return [
    tile('messages', figure(t.messages), searchHref(state), count(t.messages)),
    tile('sessions', figure(t.sessions), sessionsHref(state), 'with a message of their own: one that only holds copies of another is listed, not counted'),
    tile('prompts', figure(t.prompts), searchHref(state, 'kind:prompt')),
    tile('tool calls', figure(t.tool_calls), searchHref(state, 'kind:tool_use')),
    tile('errors', figure(t.errors), searchHref(state, 'is:error')),
    tile('tokens', compact(sumTokens(tokens)), searchHref(state, 'role:assistant'),
      `input ${count(tokens.input)}, output ${count(tokens.output)}, cache read ${count(tokens.cache_read)}`),
    tile('cost', cost(t.cost_usd, t.unpriced_models),
      sessionsHref(state, null, 'costliest'), unpriced),
  ];
}

/** Columns of a breakdown: heading, the cell's text for a row, and what leads to what it counts. */
const COLUMNS = {
  messages: ['Messages', (r) => count(r.messages), (state, condition) => searchHref(state, condition)],
  sessions: ['Sessions', (r) => count(r.sessions), (state, condition) => sessionsHref(state, condition)],
  errors: ['Errors', (r) => count(r.errors), (state, condition) => searchHref(state, `${condition} is:error`)],
  output: ['Output', (r) => compact(tokensOf(r).output), (state, condition) => searchHref(state, `${condition} role:assistant`)],
  tokens: ['Tokens', (r) => compact(sumTokens(tokensOf(r))), (state, condition) => searchHref(state, `${condition} role:assistant`)],
  cost: ['Cost', (r) => (r.cost_usd || !r.unpriced_models?.length ? money(r.cost_usd) : '–'), (state, condition) => sessionsHref(state, condition, 'costliest')],
};

/** A cell: a figure, and where it is not nothing the way to what it counts. */
function cell(state, row, column, condition) {
  const [, text, href] = COLUMNS[column];
  const shown = text(row);
  return h('td', { class: column === 'errors' && row.errors ? 'failed' : null },
    /[1-9]/.test(shown) ? h('a', { href: href(state, condition) }, shown) : shown);
}

const BREAKDOWNS = [
  { by: 'project', title: 'Projects', name: null, columns: ['sessions', 'messages', 'errors', 'cost'] },
  { by: 'model', title: 'Models', name: shortModel, columns: ['messages', 'output', 'tokens', 'cost'] },
  { by: 'tool', title: 'Tools', name: toolLabel, columns: ['messages', 'errors'] },
];

function table(state, { by, title, name, columns: cols }, rows) {
  const named = rows.filter((r) => r[by] !== null && r[by] !== undefined && r[by] !== '');
  const sorted = named.sort((a, b) => (cols.includes('cost') ? (b.cost_usd ?? 0) - (a.cost_usd ?? 0) : 0) || b.messages - a.messages);
  const names = projectNames(sorted.map((r) => String(r[by])));
  const nameOf = name ?? ((path) => names.get(path));
  const condition = (r) => `${by}:${quoteValue(String(r[by]))}`;
  const line = (r) => h('tr', null,
    h('th', { scope: 'row' }, h('a', { href: searchHref(state, condition(r)), title: visible(String(r[by])) }, visible(nameOf(String(r[by]))))),
    cols.map((c) => cell(state, r, c, condition(r))));
  const body = h('tbody', null, sorted.slice(0, TABLE_ROWS).map(line));
  const rest = sorted.slice(TABLE_ROWS);
  const more = rest.length ? button({ class: 'link small', onclick: () => {
    more.remove();
    const lines = rest.map(line);
    body.append(...lines);
    lines[0].querySelector('a').focus();
  } }, `${count(rest.length)} more`) : null;
  return h('section', { class: 'panel' }, h('h2', null, title),
    h('div', { class: 'table-box', tabindex: '0', role: 'region', 'aria-label': title }, h('table', { class: 'figures' },
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, by), cols.map((c) => h('th', { scope: 'col' }, COLUMNS[c][0])))),
      body)), more);
}

/** Messages by hour of the day. A picture: no query asks for an hour, so nothing here leads on, or looks as if. */
function hours(rows) {
  const values = new Array(24).fill(0);
  for (const r of rows) if (Number(r.hour) >= 0 && Number(r.hour) < 24) values[Number(r.hour)] += r.messages;
  const max = Math.max(...values, 1);
  const top = values.indexOf(max);
  const most = top < 0 ? null : h('span', { class: 'dim small' }, ` most from ${top}:00 to ${top + 1}:00: ${plural(max, 'message')}`);
  return h('section', { class: 'panel' }, h('h2', null, 'Busiest hours', most), h('ol', { class: 'hours' }, values.map((v, i) => {
    const bar = h('span', { class: 'hour-bar' });
    bar.style.height = `${Math.max(v ? 2 : 0, (v / max) * 100)}%`;
    return h('li', { title: `${i}:00 to ${i + 1}:00: ${plural(v, 'message')}` }, h('span', { class: 'hour-track', 'aria-hidden': 'true' }, bar),
      h('span', { class: 'sr' }, `${i} h: ${plural(v, 'message')}`), h('span', { class: 'hour-label', 'aria-hidden': 'true' }, i % 3 === 0 ? String(i) : ''));
  })));
}

function engineFacts(engine) {
  const s = engine?.sources ?? {};
  const i = engine?.index ?? {};
  const pairs = [
    ['Indexed so far', i.progress < 1 ? i.progress : null, (v) => `${Math.floor(v * 100)} %`],
    ['Files', s.files, count], ['Read', s.bytes, bytes], ['Messages indexed', i.messages, count], ['Text', i.text_bytes, bytes],
    ['Segments', i.segments, count], ['Index on disk', i.disk_bytes, bytes], ['Index in memory', i.memory_bytes, bytes],
    ['Other records', s.other_records, count], ['Damaged lines', s.malformed_lines, count],
    ['Last look', i.last_refresh, (v) => relativeTime(v) || exactTime(v)],
  ].filter(([, value]) => value !== undefined && value !== null);
  return h('section', { class: 'panel' }, h('h2', null, 'Index'),
    h('dl', { class: 'facts' }, pairs.map(([name, value, format]) => h('div', null, h('dt', null, name), h('dd', null, format(value))))),
    s.unreadable?.length ? h('details', { class: 'fold' }, h('summary', null, plural(s.unreadable.length, 'unreadable file')),
      h('ul', null, s.unreadable.map((u) => h('li', { class: 'small' }, visible(`${u.source}: ${u.reason}`))))) : null);
}

/** Where the figures will stand, until they are there. */
function skeleton() {
  return [h('div', { class: 'tiles', 'aria-hidden': 'true' }, Array.from({ length: 7 }, () => h('div', { class: 'tile empty' }))),
    h('p', { class: 'sr' }, 'Counting')];
}

export class OverviewView {
  /** @param {import('./box.js').SearchBox} box */
  constructor(box) {
    this.box = box;
    this.tools = h('div', { class: 'tools' });
    this.scope = h('div', { class: 'status' });
    this.body = h('div', { class: 'panels' });
    this.message = this.body;
    this.element = h('section', { class: 'results overview', 'aria-label': 'Overview', tabindex: '0' }, h('h1', { class: 'sr' }, 'Overview'),
      h('div', { class: 'bar-line' }, this.scope, this.tools), this.body);
    this.charts = [];
    this.redraw = () => this.drawCharts();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.shown && this.redraw());
  }

  /** Where the focus belongs. */
  get place() {
    return this.element;
  }

  /** Whether no figures are shown. */
  get empty() {
    return !this.data;
  }

  title() {
    return 'Overview – scrollback';
  }

  show(state) {
    this.shown = true;
    window.addEventListener('themechange', this.redraw);
    this.change(state);
  }

  hide() {
    this.shown = false;
    window.removeEventListener('themechange', this.redraw);
    this.abort?.abort();
    this.endCharts();
  }

  endCharts() {
    for (const end of this.charts) end();
    this.charts = [];
  }

  async change(state) {
    this.abort?.abort();
    this.abort = new AbortController();
    const { signal } = this.abort;
    this.drawTools(state);
    if (!this.data) fill(this.body, skeleton());
    const slow = setTimeout(() => this.element.classList.add('busy'), SLOW_MS);
    const params = { ...searchParams(state), since: state.range };
    const ask = (path, extra) => getJson(path, { ...params, ...extra }, { signal });
    try {
      const stats = await ask('stats');
      if (signal.aborted) return;
      clearFault(this);
      if (!stats.totals?.messages) {
        this.data = { state, stats, none: true };
        this.draw();
        return;
      }
      const [span, step] = chartSpan(stats.totals);
      const asked = await Promise.allSettled([
        ...BREAKDOWNS.map(({ by }) => ask('stats', { by })), ask('stats', { by: 'hour' }),
        ask('timeseries', { metric: 'messages', step: '1d', since: span(CALENDAR_DAYS) }),
        ask('timeseries', { metric: 'tokens', by: 'model', step, since: span(CHART_DAYS) }),
        ask('timeseries', { metric: 'cost', by: 'project', step, since: span(CHART_DAYS) }),
      ]);
      if (signal.aborted) return;
      const values = asked.map((r) => (r.status === 'fulfilled' ? r.value : null));
      const n = BREAKDOWNS.length;
      this.data = { state, step, stats, tables: values.slice(0, n), hours: values[n], days: values[n + 1], tokens: values[n + 2], spent: values[n + 3] };
      this.draw();
    } catch (problem) {
      if (signal.aborted || toldAtBox(this, state.q ?? '', problem)) return;
      clearFault(this);
      this.endCharts();
      this.data = null;
      fill(this.body, problemNote(problem, () => this.change(state)));
    } finally {
      clearTimeout(slow);
      if (!signal.aborted) this.element.classList.remove('busy');
    }
  }

  drawTools(state) {
    fill(this.tools, RANGES.map(([range, label]) => h('a', {
      class: 'chip', href: formatState({ ...state, range }), 'aria-current': (state.range ?? '') === range ? 'true' : null,
    }, label)));
    fill(this.scope, state.q ? [h('strong', null, 'Messages that match'), h('code', null, visible(state.q)),
      h('a', { href: formatState({ ...state, q: undefined }), class: 'small' }, 'all messages')] : h('strong', null, 'All messages'));
  }

  draw() {
    if (this.data.none) {
      this.drawNothing();
      return;
    }
    const { state, stats, tables, hours: hourRows, days } = this.data;
    const counts = new Map();
    for (const p of days?.points ?? []) counts.set(dayOf(p.time), (counts.get(dayOf(p.time)) ?? 0) + p.value);
    const t = stats.totals ?? {};
    const short = counts.size > 0 && counts.size < SHORT_DAYS;
    this.tokenBox = h('div', { class: 'chart-box' });
    this.costBox = h('div', { class: 'chart-box' });
    fill(this.body, h('div', { class: 'tiles' }, tiles(state, t)),
      counts.size ? h('section', { class: short ? 'panel' : 'panel wide' }, h('h2', null, 'Activity', h('span', { class: 'dim small' }, t.first_time ? ` ${dayOf(t.first_time)} to ${dayOf(t.last_time)}` : '')),
        calendar(counts, (since, until) => daysHref(state, since, until))) : null,
      short && hourRows ? hours(hourRows.rows ?? []) : null,
      h('section', { class: 'panel half' }, h('h2', null, 'Tokens by model'), this.tokenBox),
      h('section', { class: 'panel half' }, h('h2', null, 'Cost by project'), this.costBox),
      BREAKDOWNS.map((b, i) => (tables[i] ? table(state, b, tables[i].rows ?? []) : null)),
      !short && hourRows ? hours(hourRows.rows ?? []) : null, engineFacts(stats.engine));
    const squares = this.body.querySelector('.calendar');
    if (squares) squares.scrollLeft = squares.scrollWidth;
    this.drawCharts();
  }

  /** No message in this range, or none that matches: then there is nothing to draw of it. */
  drawNothing() {
    const { state, stats } = this.data;
    const range = RANGES.find(([name]) => name === state.range)?.[1];
    this.endCharts();
    fill(this.body, h('div', { class: 'tiles' }, tiles(state, stats.totals ?? {})),
      h('div', { class: 'wide' }, note(state.q ? 'No message matches' : 'No message yet',
        range ? [`Nothing in the last ${range.replace('A ', '')}. `, h('a', { href: formatState({ ...state, range: undefined }) }, 'Look at everything')]
          : state.q ? h('a', { href: formatState({ ...state, q: undefined }) }, 'All messages') : 'Transcripts appear here as soon as there are any.')),
      engineFacts(stats.engine));
  }

  drawCharts() {
    if (!this.data || this.data.none) return;
    this.endCharts();
    const { tokens, spent, state } = this.data;
    const days = this.data.step === '1w' ? 7 : 1;
    const pick = (day) => {
      let until = day;
      for (let k = 0; k < days; k += 1) until = dayAfter(until);
      go(parseState(daysHref(state, day, until)));
    };
    const draw = (box, reply, label, name, format) => {
      const data = columns(reply?.points ?? []);
      const names = name(data.series.map((s) => s.name));
      data.series.forEach((s, i) => { if (s.name !== 'other') s.name = names[i] || '(none)'; });
      if (!data.series.length) fill(box, h('p', { class: 'dim' }, 'Nothing to draw.'));
      else this.charts.push(drawChart(box, data, { label: `${label}: ${data.series.map((s) => `${s.name} ${format(s.total)}`).join(', ')}`, format, onPick: pick, step: days }));
    };
    draw(this.tokenBox, tokens, 'Tokens by model', (list) => list.map(shortModel), compact);
    draw(this.costBox, spent, 'Cost by project', (list) => [...projectNames(list).values()], money);
  }
}

