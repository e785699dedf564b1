/**
 * Stacked columns over time with uPlot, in the page's colours.
 */

import uPlot from 'uplot';
import { h } from '../lib/dom.js';
import { dayOf, shortDay } from '../lib/format.js';
import { stacked } from '../lib/usage.js';

const HEIGHT = 190;
const MAX_SERIES = 6;

/** The colour a CSS class gives, as the canvas wants it. */
function colours() {
  const probe = h('i', { hidden: true });
  document.body.append(probe);
  const take = (name) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const out = { text: take('--muted'), line: take('--line'), series: Array.from({ length: MAX_SERIES }, (_, i) => take(`--series-${i + 1}`)) };
  probe.remove();
  return out;
}

function seriesOptions(data, colour, format) {
  return data.series.map((s, i) => ({ s, fill: colour.series[s.name === 'other' ? MAX_SERIES - 1 : i] })).map(({ s, fill }) => ({
    label: s.name || '(none)', fill, stroke: fill, width: 0,
    paths: uPlot.paths.bars({ size: [0.86, 60] }), points: { show: false },
    value: (u, v, si, at) => format(at === null || at === undefined ? s.total : s.values[at]),
  }));
}

function axes(colour, format) {
  const common = { stroke: colour.text, grid: { stroke: colour.line, width: 1 }, ticks: { show: false }, font: '11px system-ui, sans-serif' };
  return [{ ...common, grid: { show: false }, size: 28, values: (u, list) => list.map((v) => shortDay(v * 1000)) }, { ...common, size: 56, values: (u, list) => list.map((v) => format(v).replace(/\.00$/, '')) }];
}

/**
 * @param {HTMLElement} box takes the chart
 * @param {{times: number[], series: Array}} data of columns()
 * @param {{label: string, format: (n) => string, onPick: (day: string) => void, step: number}} o; step is the days of a column
 * @returns {() => void} ends the chart
 */
export function drawChart(box, data, { label, format, onPick, step }) {
  const colour = colours();
  const sums = stacked(data.series);
  // uPlot draws in order: the tallest sum first, the lower ones over it.
  const order = sums.map((_, i) => sums.length - 1 - i);
  const half = data.times.length > 1 ? (data.times[1] - data.times[0]) / 2 : 43200;
  const options = {
    width: Math.max(240, box.clientWidth), height: HEIGHT, cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    legend: { live: true }, scales: { x: { time: true, range: (u, min, max) => [min - half, max + half] }, y: { range: (u, min, max) => [0, max || 1] } },
    axes: axes(colour, format),
    series: [{ label: 'day', value: (u, v) => (v === null || v === undefined ? 'in all' : `${step > 1 ? 'week of ' : ''}${dayOf(v * 1000)}`) },
      ...order.map((i) => seriesOptions(data, colour, format)[i])],
  };
  const root = h('div', { class: 'chart', role: 'img', 'aria-label': label });
  box.replaceChildren(root);
  const plot = new uPlot(options, [data.times, ...order.map((i) => sums[i])], root);
  // uPlot lists series as it draws them; read from the largest on.
  root.querySelectorAll('.u-series').forEach((row, i, all) => { row.style.order = i ? all.length - i : 0; });
  plot.over.addEventListener('click', () => {
    const at = plot.cursor.idx;
    if (at !== null && at !== undefined) onPick(dayOf(data.times[at] * 1000));
  });
  const sizes = new ResizeObserver(() => {
    const width = Math.max(240, box.clientWidth);
    if (width !== plot.width) plot.setSize({ width, height: HEIGHT });
  });
  sizes.observe(box);
  return () => {
    sizes.disconnect();
    plot.destroy();
  };
}
