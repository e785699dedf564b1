/**
 * Numbers, times and names as people read them.
 *
 * Pure functions; times are milliseconds since 1970 or RFC 3339 strings and
 * are shown in the reader's own zone.
 */

const MINUTE = 60e3;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Milliseconds of a time given as a string or number; NaN when there is none. */
export function toMs(time) {
  if (typeof time === 'number') return time;
  return time ? Date.parse(time) : NaN;
}

const pad = (n) => String(n).padStart(2, '0');

/** "2026-01-02 03:04:05", or an empty string. */
export function exactTime(time) {
  const ms = toMs(time);
  if (Number.isNaN(ms)) return '';
  const d = new Date(ms);
  return `${dayOf(ms)} ${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}`;
}

/** "2026-01-02" in the reader's zone. */
export function dayOf(time) {
  const d = new Date(toMs(time));
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())}`;
}

/** "5 Apr". */
export function shortDay(time) {
  const d = new Date(toMs(time));
  return `${d.getDate()} ${MONTHS[d.getMonth()]}`;
}

/** "03:04". */
export function clock(time) {
  const d = new Date(toMs(time));
  return Number.isNaN(d.getTime()) ? '' : `${pad(d.getHours())}:${pad(d.getMinutes())}`;
}

/** "just now", "5 min ago", "3 h ago", "2 days ago", "2 Jan", "2 Jan 2025". */
export function relativeTime(time, now = Date.now()) {
  const ms = toMs(time);
  if (Number.isNaN(ms)) return '';
  const age = now - ms;
  if (age < -MINUTE) return exactTime(ms);
  if (age < MINUTE) return 'just now';
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  if (age < 2 * DAY) return 'yesterday';
  if (age < 14 * DAY) return `${Math.floor(age / DAY)} days ago`;
  const d = new Date(ms);
  const short = `${d.getDate()} ${MONTHS[d.getMonth()]}`;
  return d.getFullYear() === new Date(now).getFullYear() ? short : `${short} ${d.getFullYear()}`;
}

/** 1234567 as "1,234,567". */
export function count(n) {
  if (!Number.isFinite(n)) return '–';
  return Math.round(n).toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** "1 hit", "2,345 hits". */
export function plural(n, one, many = `${one}s`) {
  return `${count(n)} ${n === 1 ? one : many}`;
}

function scaled(n, base, units) {
  let value = n;
  let unit = 0;
  while (Math.abs(value) >= base && unit < units.length - 1) {
    value /= base;
    unit += 1;
  }
  const digits = unit === 0 || Math.abs(value) >= 100 ? 0 : 1;
  return value.toFixed(digits).replace(/\.0$/, '') + units[unit];
}

/** 12345 as "12.3k". */
export function compact(n) {
  return Number.isFinite(n) ? scaled(n, 1000, ['', 'k', 'M', 'B', 'T']) : '–';
}

/** 65536 as "64 KB". */
export function bytes(n) {
  return Number.isFinite(n) ? scaled(n, 1024, [' B', ' KB', ' MB', ' GB', ' TB']) : '–';
}

/** Dollars: "$0.004", "$1.25", "$1,234". */
export function money(x) {
  if (!Number.isFinite(x)) return '–';
  if (x === 0) return '$0';
  if (x < 0.01) return `$${x.toPrecision(1)}`;
  return x >= 1000 ? `$${count(x)}` : `$${x.toFixed(2)}`;
}

/** Cost of something that may have used models without a price: never "$0" for what is not known. */
export function cost(dollars, unpriced) {
  if (!unpriced?.length) return money(dollars);
  return dollars ? `${money(dollars)}+` : 'no price';
}

/** A length of time in milliseconds: "0.4 ms", "2.1 s", "3 min 5 s", "2 h 10 min", "3 d 4 h". */
export function duration(ms) {
  if (!Number.isFinite(ms) || ms < 0) return '–';
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / 1000)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

/** The last component of a path, either separator; the path itself if there is none. */
export function baseName(path) {
  const parts = String(path || '').split(/[\\/]+/).filter(Boolean);
  return parts.length ? parts[parts.length - 1] : String(path || '');
}

/**
 * The short name of a project: its folder; with the one above where the folder alone says
 * little, as for numbered work trees.
 */
export function projectName(path) {
  const parts = String(path || '').split(/[\\/]+/).filter(Boolean);
  const base = parts.pop() ?? String(path || '');
  if (base.length > 2 || !parts.length) return base;
  const above = parts.filter((p) => !/^\.?worktrees$/.test(p)).pop();
  return above ? `${above}/${base}` : base;
}

/**
 * Short names of several projects that tell them apart: where two would be called the same, as many
 * folders above as it takes.
 * @returns {Map<string, string>} path to name
 */
export function projectNames(paths) {
  const names = new Map(paths.map((path) => [path, projectName(path)]));
  for (let depth = 2; depth < 8; depth += 1) {
    const seen = new Map();
    for (const name of names.values()) seen.set(name, (seen.get(name) ?? 0) + 1);
    const same = [...names].filter(([, name]) => seen.get(name) > 1);
    if (!same.length) break;
    for (const [path] of same) names.set(path, String(path).split(/[\\/]+/).filter(Boolean).slice(-depth).join('/'));
  }
  return names;
}

/** A path for a narrow place: its last `n` components behind an ellipsis. */
export function shortPath(path, n = 3) {
  const parts = String(path || '').split('/');
  return parts.length <= n + 1 ? String(path || '') : `…/${parts.slice(-n).join('/')}`;
}

/** A model id for a narrow place: "claude-opus-4-6-20260101" as "opus-4-6". */
export function shortModel(model) {
  return String(model || '').replace(/^(anthropic\/)?claude-/, '').replace(/[-@]\d{8}$/, '');
}

/** Short names of models, without the stand-in that errors carry. */
export function modelNames(models) {
  return (models ?? []).filter((m) => m && m !== '<synthetic>').map(shortModel);
}

/** All tokens of a usage object added up. */
export function sumTokens(t) {
  if (!t || typeof t !== 'object') return 0;
  return ['input', 'output', 'cache_write_5m', 'cache_write_1h', 'cache_read']
    .reduce((sum, key) => sum + (Number(t[key]) || 0), 0);
}

/**
 * A session's title, or what stands for one, on one line: without the marks of Markdown headings, and
 * a plan that was handed over by its own name ("Plan: …") rather than by the sentence they all share.
 */
export function titleText(title) {
  const text = String(title || '').replace(/```\S*/g, ' ').replace(/\s+/g, ' ').trim();
  const plan = /^Implement the following plan:? #+ (?:Plan: )?(.+)$/.exec(text);
  if (plan) return `Plan: ${plan[1].split(/ #{2,6} /)[0]}`;
  return text.replace(/^#{1,6} /, '').replace(/ #{2,6} /g, ' – ');
}

/** Text of the first line, cut to `max` characters. */
export function firstLine(text, max = 120) {
  const line = String(text || '').trimStart().split('\n', 1)[0].trim();
  const chars = [...line];
  return chars.length > max ? `${chars.slice(0, max - 1).join('')}…` : line;
}
