/**
 * What the search box offers: names and values of qualifiers, and recent searches.
 *
 * Values that depend on the transcripts (tools, projects, models, branches) are asked for
 * once and again when they are some minutes old.
 */

import { getJson } from '../lib/api.js';
import { baseName, count } from '../lib/format.js';
import { completionAt, QUALIFIERS, quoteValue, VALUES } from '../lib/query.js';
import { recent } from '../lib/store.js';

const DYNAMIC = ['tool', 'project', 'model', 'branch'];
const MAX_AGE = 5 * 60e3;
const MAX_SHOWN = 9;

let values = {};
let loaded = -Infinity;

/** Ask for the values of the transcripts, unless they are fresh. Never rejects. */
export async function loadValues() {
  if (performance.now() - loaded < MAX_AGE) return;
  loaded = performance.now();
  try {
    const reply = await getJson('search', { limit: 0, facets: DYNAMIC.join(','), facet_limit: 100 });
    values = reply.facets ?? {};
  } catch {
    loaded = -Infinity;
  }
}

function ranked(list, prefix, textOf) {
  const want = prefix.toLowerCase();
  const score = (item) => {
    const text = textOf(item).toLowerCase();
    if (text.startsWith(want) || baseName(text).startsWith(want)) return 0;
    return text.includes(want) ? 1 : 2;
  };
  return list.map((item) => [score(item), item]).filter(([s]) => s < 2)
    .sort((a, b) => a[0] - b[0]).map(([, item]) => item).slice(0, MAX_SHOWN);
}

function valueOptions(done, q) {
  const known = VALUES[done.name]?.map((value) => ({ value, count: null }))
    ?? (values[done.name] ?? []).filter((v) => v.value !== null && v.value !== '');
  const list = ranked(known, done.prefix, (v) => v.value);
  if (list.length === 1 && list[0].value === done.prefix) return [];
  return list.map((v) => ({
    label: `${done.name}:${v.value}`, hint: v.count === null ? '' : count(v.count),
    apply: () => replaced(q, done, `${quoteValue(v.value)} `),
  }));
}

function replaced(q, { start, end }, text) {
  const tail = q.slice(end);
  const joined = text.endsWith(' ') && tail.startsWith(' ') ? text.trimEnd() : text;
  return { q: q.slice(0, start) + joined + tail, caret: start + text.length };
}

/**
 * Options for a query and caret: [{label, hint, apply() -> {q, caret}, heading?}].
 */
export function optionsFor(q, caret) {
  if (!q.trim()) {
    return recent.list().slice(0, MAX_SHOWN).map((text) => ({
      label: text, hint: 'recent', apply: () => ({ q: text, caret: text.length }),
    }));
  }
  const done = completionAt(q, caret);
  if (!done) return [];
  if (done.type === 'value') return valueOptions(done, q);
  return Object.entries(QUALIFIERS).filter(([name]) => name.startsWith(done.prefix)).map(([name, hint]) => ({
    label: `${name}:`, hint, apply: () => replaced(q, done, `${name}:`),
  }));
}
