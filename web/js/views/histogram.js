/**
 * Hits over time as bars; drag over them, or click one, to narrow the search to a range.
 *
 * The same is reached from the keyboard by the dates among the facets, so the bars are a
 * picture with a description.
 */

import { fill, h, svg } from '../lib/dom.js';
import { count, dayOf, exactTime, plural } from '../lib/format.js';

const WIDTH = 1000;
const HEIGHT = 44;
const MAX_BARS = 160;

/** Add neighbours together until there are few enough bars to see. */
function coarse(points, stepS) {
  const factor = Math.ceil(points.length / MAX_BARS);
  const bars = [];
  for (let i = 0; i < points.length; i += factor) {
    const group = points.slice(i, i + factor);
    bars.push({ from: Date.parse(group[0].time), value: group.reduce((sum, p) => sum + p.value, 0) });
  }
  const width = stepS * 1000 * factor;
  bars.forEach((bar, i) => { bar.to = bars[i + 1]?.from ?? bar.from + width; });
  return bars;
}

/** A time as a query writes it: a day when it is one, else RFC 3339. */
function queryTime(ms) {
  const d = new Date(ms);
  const midnight = d.getHours() + d.getMinutes() + d.getSeconds() === 0;
  return midnight ? dayOf(ms) : d.toISOString().replace(/\.\d+Z$/, 'Z');
}

export class Histogram {
  /** @param {(since: string, until: string) => void} onRange values for the query */
  constructor(onRange) {
    this.onRange = onRange;
    this.element = h('div', { class: 'histogram', hidden: true });
  }

  hide() {
    this.element.hidden = true;
  }

  /** @param {{points: Array, step_s: number}} reply of /timeseries without `by` */
  show(reply) {
    const points = reply.points ?? [];
    this.element.hidden = points.length < 2;
    if (this.element.hidden) return;
    this.bars = coarse(points, reply.step_s);
    const max = Math.max(...this.bars.map((b) => b.value), 1);
    const w = WIDTH / this.bars.length;
    this.picked = svg('rect', { class: 'picked', x: 0, y: 0, width: 0, height: HEIGHT });
    this.chart = svg('svg', {
      class: 'bars', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img',
      'aria-label': this.describe(max),
      onpointerdown: (e) => this.down(e), onpointermove: (e) => this.move(e), onpointerup: (e) => this.up(e),
      onpointerleave: () => this.tell(-1), onpointercancel: () => this.cancel(),
    }, this.bars.map((bar, i) => {
      const height = bar.value ? Math.max(2, (bar.value / max) * (HEIGHT - 2)) : 0;
      return svg('rect', { class: 'bar', x: i * w + w * 0.08, y: HEIGHT - height, width: w * 0.84, height });
    }), this.picked);
    this.tip = h('div', { class: 'bar-tip', 'aria-hidden': 'true' });
    const first = this.bars[0].from;
    const last = this.bars[this.bars.length - 1].to - 1;
    fill(this.element, this.chart, h('div', { class: 'bar-axis', 'aria-hidden': 'true' },
      h('span', null, dayOf(first)), this.tip, h('span', null, dayOf(last))));
  }

  describe(max) {
    const peak = this.bars.find((b) => b.value === max);
    const last = this.bars[this.bars.length - 1];
    return `Messages over time, ${dayOf(this.bars[0].from)} to ${dayOf(last.to - 1)}`
      + (peak ? `; most, ${count(max)}, at ${exactTime(peak.from)}` : '');
  }

  barAt(event) {
    const box = this.chart.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width;
    return Math.max(0, Math.min(this.bars.length - 1, Math.floor(x * this.bars.length)));
  }

  /** Say what the bar under the pointer holds, or all from the one where a drag began. */
  tell(i) {
    const [a, b] = [this.start ?? i, i].sort((x, y) => x - y);
    const [first, last] = [this.bars[a], this.bars[b]];
    const sum = this.bars.slice(a, b + 1).reduce((n, bar) => n + bar.value, 0);
    const until = a === b ? '' : ` – ${exactTime(last?.to).slice(0, 16)}`;
    this.tip.textContent = first && last ? `${exactTime(first.from).slice(0, 16)}${until}: ${plural(sum, 'message')}` : '';
  }

  draw(a, b) {
    const w = WIDTH / this.bars.length;
    this.picked.setAttribute('x', Math.min(a, b) * w);
    this.picked.setAttribute('width', (Math.abs(b - a) + 1) * w);
  }

  down(event) {
    this.start = this.barAt(event);
    this.chart.setPointerCapture(event.pointerId);
    this.draw(this.start, this.start);
  }

  move(event) {
    const i = this.barAt(event);
    this.tell(i);
    if (this.start !== undefined) this.draw(this.start, i);
  }

  cancel() {
    this.start = undefined;
    this.picked.setAttribute('width', 0);
  }

  up(event) {
    if (this.start === undefined) return;
    const [a, b] = [this.start, this.barAt(event)].sort((x, y) => x - y);
    this.cancel();
    this.onRange(queryTime(this.bars[a].from), queryTime(this.bars[b].to));
  }
}
