/**
 * Figures of /stats and /timeseries turned into what the overview draws. Pure.
 */

const KINDS = ['input', 'output', 'cache_write_5m', 'cache_write_1h', 'cache_read'];

/** The tokens of a row, whether they stand in an object or flat beside the other fields. */
export function tokensOf(row) {
  if (row.tokens && typeof row.tokens === 'object') return row.tokens;
  return Object.fromEntries(KINDS.map((k) => [k, Number(row[`tokens_${k}`] ?? row[`${k}_tokens`] ?? row[k]) || 0]));
}

/** The share below which a series is too thin to see and becomes part of the rest. */
const TOO_SMALL = 0.002;

/**
 * Points {time, series, value} as columns for a chart: the largest `max` series by sum, the rest
 * added up as "other".
 * @returns {{times: number[], series: Array<{name: string, values: number[], total: number}>}} times in seconds
 */
export function columns(points, max = 5) {
  const times = [...new Set(points.map((p) => p.time))].sort();
  const place = new Map(times.map((t, i) => [t, i]));
  const bySeries = new Map();
  for (const p of points) {
    const name = p.series ?? '';
    if (!bySeries.has(name)) bySeries.set(name, { name, values: new Array(times.length).fill(0), total: 0 });
    const series = bySeries.get(name);
    series.values[place.get(p.time)] += p.value;
    series.total += p.value;
  }
  const all = [...bySeries.values()].filter((s) => s.total > 0).sort((a, b) => b.total - a.total);
  const whole = all.reduce((sum, s) => sum + s.total, 0);
  const n = all.filter((s, i) => i < max && s.total >= whole * TOO_SMALL).length;
  const shown = all.slice(0, n);
  const rest = all.slice(n);
  if (rest.length) {
    shown.push({
      name: 'other', total: rest.reduce((sum, s) => sum + s.total, 0),
      values: times.map((_, i) => rest.reduce((sum, s) => sum + s.values[i], 0)),
    });
  }
  return { times: times.map((t) => Date.parse(t) / 1000), series: shown };
}

/** Series stacked upon each other: the k-th result is the sum of the first k+1. */
export function stacked(series) {
  const out = [];
  for (const s of series) {
    const below = out[out.length - 1];
    out.push(s.values.map((v, i) => v + (below ? below[i] : 0)));
  }
  return out;
}

/** Level 0 to 4 of a value for a heat map, by the square root so that quiet days show. */
export function level(value, max) {
  if (!value || !max) return 0;
  return Math.max(1, Math.min(4, Math.ceil(Math.sqrt(value / max) * 4)));
}

/** The day after "2026-01-31". */
export function dayAfter(day) {
  const d = new Date(`${day}T12:00:00Z`);
  d.setUTCDate(d.getUTCDate() + 1);
  return d.toISOString().slice(0, 10);
}

/** Days from `first` to `last` by weeks, Monday first; null outside. */
export function weeks(first, last) {
  const out = [];
  const d = new Date(`${first}T12:00:00Z`);
  d.setUTCDate(d.getUTCDate() - ((d.getUTCDay() + 6) % 7));
  for (let day = d.toISOString().slice(0, 10); day <= last;) {
    const week = [];
    for (let k = 0; k < 7; k += 1, day = dayAfter(day)) week.push(day >= first && day <= last ? day : null);
    out.push(week);
  }
  return out;
}
