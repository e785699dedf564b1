/**
 * The query language as the page needs it: enough to highlight, suggest and edit.
 *
 * The server alone decides what a query means and whether it is right. This
 * tokenizer follows the lexing rules of the HTTP contract and never fails: what
 * it does not understand is a text token. Pure; positions are UTF-16 units.
 */

export const QUALIFIERS = {
  role: 'who wrote it', kind: 'what sort of message', part: 'where in a message to look',
  tool: 'tool called or answering', project: 'working directory', session: 'session id',
  branch: 'git branch', model: 'model name, part of it', file: 'path a tool touched',
  agent: 'sub-agent: only, none or an id', since: 'from this time on', until: 'before this time',
  is: 'error, sidechain, meta, compact', has: 'thinking, image, tool',
};

export const VALUES = {
  role: ['user', 'assistant', 'system', 'summary'],
  kind: ['prompt', 'reply', 'thinking', 'tool_use', 'tool_result', 'meta', 'summary', 'system'],
  part: ['text', 'thinking', 'tool_input', 'tool_result', 'summary', 'system'],
  agent: ['none', 'only'],
  since: ['today', 'yesterday', '24h', '7d', '4w'],
  until: ['today', 'yesterday', '7d'],
  is: ['error', 'sidechain', 'meta', 'compact'],
  has: ['thinking', 'image', 'tool'],
};

const isBlank = (c) => c === ' ' || c === '\t' || c === '\n' || c === '\r';

/** End of a quoted string that starts at i: the index behind the closing quote, or -1. */
function quoteEnd(q, i) {
  const quote = q[i];
  for (let k = i + 1; k < q.length; k += 1) {
    if (q[k] === '\\' && k + 1 < q.length) k += 1;
    else if (q[k] === quote) return k + 1;
  }
  return -1;
}

const ESCAPES = { n: '\n', t: '\t', '"': '"', "'": "'", '\\': '\\' };

function unquote(body) {
  return body.replace(/\\(.)/gs, (all, c) => ESCAPES[c] ?? all);
}

/** A regex token that starts at i, or null when the slash is text. */
function regexAt(q, i) {
  let k = i + 1;
  while (k < q.length && q[k] !== '/') k += q[k] === '\\' ? 2 : 1;
  if (k >= q.length) return null;
  let end = k + 1;
  while (end < q.length && 'imsx'.includes(q[end])) end += 1;
  if (end < q.length && !isBlank(q[end]) && q[end] !== ')') return null;
  return { type: 'regex', source: q.slice(i + 1, k), flags: q.slice(k + 1, end), end };
}

/** End of a bare word at i: a blank or a parenthesis that closes more than the word opened. */
function wordEnd(q, i) {
  let depth = 0;
  let k = i;
  for (; k < q.length && !isBlank(q[k]); k += 1) {
    if (q[k] === '(') depth += 1;
    else if (q[k] === ')') {
      if (depth === 0) break;
      depth -= 1;
    }
  }
  return k;
}

/** The values of a qualifier: a comma list of bare or quoted words from i on. */
function valuesAt(q, i) {
  const values = [];
  let k = i;
  for (;;) {
    const start = k;
    let text = '';
    let end = q[k] === '"' || q[k] === "'" ? quoteEnd(q, k) : -1;
    if (end > 0) text = unquote(q.slice(k + 1, end - 1));
    else {
      const stop = wordEnd(q, k);
      const comma = q.indexOf(',', k);
      end = comma >= 0 && comma < stop ? comma : stop;
      text = q.slice(k, end);
    }
    values.push({ text, start, end });
    k = end;
    if (q[k] !== ',') return { values, end: k };
    k += 1;
  }
}

function termAt(q, i) {
  if (q[i] === '"' || q[i] === "'") {
    const end = quoteEnd(q, i);
    if (end > 0) return { type: 'literal', text: unquote(q.slice(i + 1, end - 1)), end };
  }
  if (q[i] === '/') {
    const regex = regexAt(q, i);
    if (regex) return regex;
  }
  const name = /^([a-z]+):/.exec(q.slice(i, i + 10));
  if (name && Object.hasOwn(QUALIFIERS, name[1])) {
    return { type: 'qualifier', name: name[1], ...valuesAt(q, i + name[0].length) };
  }
  const end = Math.max(wordEnd(q, i), i + 1);
  const text = q.slice(i, end);
  if (text === 'AND' || text === 'OR' || text === 'NOT') return { type: 'operator', text, end };
  return { type: 'literal', text, end };
}

/**
 * All tokens of a query: {type, start, end, negated, depth} with
 * literal {text}, regex {source, flags}, qualifier {name, values}, operator {text}, open, close.
 */
export function tokenize(q) {
  const tokens = [];
  let depth = 0;
  let not = false;
  const negatedDepths = [];
  for (let i = 0; i < q.length;) {
    if (isBlank(q[i])) {
      i += 1;
      continue;
    }
    const start = i;
    const minus = q[i] === '-' && i + 1 < q.length && q[i + 1] !== '-' && !isBlank(q[i + 1]);
    if (minus) i += 1;
    const negated = minus !== not;
    if (q[i] === '(') {
      depth += 1;
      negatedDepths.push(negated);
      tokens.push({ type: 'open', start, end: i + 1, negated, depth });
      i += 1;
      not = false;
      continue;
    }
    if (q[i] === ')') {
      tokens.push({ type: 'close', start, end: i + 1, negated: false, depth });
      depth = Math.max(0, depth - 1);
      negatedDepths.pop();
      i += 1;
      continue;
    }
    const token = termAt(q, i);
    const inside = negatedDepths.filter(Boolean).length % 2 === 1;
    tokens.push({ ...token, start, negated: negated !== inside, depth });
    not = token.type === 'operator' && token.text === 'NOT' ? !not : false;
    i = token.end;
  }
  return tokens;
}

/** What a reader wants to see marked: the literals and regexes that are not negated. */
export function highlightTerms(q) {
  return tokenize(q).filter((t) => !t.negated && (t.type === 'literal' || t.type === 'regex'))
    .filter((t) => (t.type === 'literal' ? t.text.trim() !== '' : t.source !== ''));
}

const escapeRegex = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/**
 * One JavaScript expression that finds the terms of a query, or null when there
 * are none. What JavaScript cannot compile (PCRE2 knows more) is left out.
 */
export function highlightRegex(q, { matchCase = false, word = false } = {}) {
  const sources = [];
  for (const term of highlightTerms(q)) {
    if (term.type === 'regex') {
      try {
        new RegExp(term.source, 'u');
        sources.push(term.source);
      } catch { /* PCRE2 only: the server marks it in snippets, we do not */ }
    } else {
      const body = escapeRegex(term.text.trim());
      sources.push(word ? `(?<![A-Za-z0-9_])${body}(?![A-Za-z0-9_])` : body);
    }
  }
  if (!sources.length) return null;
  const smart = matchCase === 'smart' && /\p{Lu}/u.test(q);
  const flags = matchCase === 'sensitive' || smart ? 'gu' : 'giu';
  try {
    return new RegExp(sources.map((s) => `(?:${s})`).join('|'), flags);
  } catch {
    return null;
  }
}

/**
 * The conditions that must all hold, each with the query without it: [{text, without}]. Empty
 * where the query is a choice (OR at its top).
 */
export function conditions(q) {
  const tokens = tokenize(q);
  if (tokens.some((t) => t.type === 'operator' && t.text === 'OR' && t.depth === 0)) return [];
  const parts = [];
  let start = -1;
  for (const t of tokens) {
    if (start < 0 && !(t.type === 'operator' && t.text === 'AND')) start = t.start;
    const ends = t.type === 'close' ? t.depth <= 1 : t.depth === 0 && t.type !== 'operator';
    if (!ends) continue;
    parts.push(q.slice(start, t.end));
    start = -1;
  }
  return parts.map((text, i) => ({ text, without: parts.filter((_, k) => k !== i).join(' ') }));
}

/** A value as it must be written behind `name:`. */
export function quoteValue(value) {
  if (value !== '' && !/[\s,()"'\\]/.test(value)) return value;
  return `"${value.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n').replace(/\t/g, '\\t')}"`;
}

const topQualifiers = (q) => tokenize(q).filter((t) => t.type === 'qualifier' && t.depth === 0);

/** Which values of a qualifier the query includes and excludes at its top level. */
export function selected(q, name) {
  const out = { include: [], exclude: [] };
  for (const t of topQualifiers(q)) {
    if (t.name === name) out[t.negated ? 'exclude' : 'include'].push(...t.values.map((v) => v.text));
  }
  return out;
}

function write(name, values, negated) {
  return `${negated ? '-' : ''}${name}:${values.map(quoteValue).join(',')}`;
}

function splice(q, start, end, text) {
  const before = q.slice(0, start).trimEnd();
  const after = q.slice(end).trimStart();
  return [before, text, after].filter(Boolean).join(' ');
}

/** The query with one more condition that must hold beside all it already asks. */
export function addCondition(q, text) {
  const either = tokenize(q).some((t) => t.depth === 0 && t.type === 'operator' && t.text === 'OR');
  const base = either ? `(${q.trim()})` : q.trim();
  return base ? `${base} ${text}` : text;
}

/**
 * Turn a value of a qualifier on or off, as an included or an excluded one.
 * An included value joins the comma list already there; the opposite form of the
 * same value is taken away.
 */
export function toggleValue(q, name, value, negated = false) {
  const same = topQualifiers(q).filter((t) => t.name === name);
  const holder = same.find((t) => t.values.some((v) => v.text === value));
  let next = q;
  if (holder) {
    const rest = holder.values.map((v) => v.text).filter((v) => v !== value);
    next = splice(q, holder.start, holder.end, rest.length ? write(name, rest, holder.negated) : '');
    if (holder.negated === negated) return next;
  }
  const friend = negated ? null : topQualifiers(next).find((t) => t.name === name && !t.negated);
  if (friend) {
    return splice(next, friend.start, friend.end,
      write(name, [...friend.values.map((v) => v.text), value], false));
  }
  return addCondition(next, write(name, [value], negated));
}

/** The query with `name` set to one value, or taken out when value is null. */
export function setQualifier(q, name, value) {
  let next = q;
  for (let t; (t = topQualifiers(next).find((x) => x.name === name && !x.negated));) {
    next = splice(next, t.start, t.end, '');
  }
  return value === null ? next : addCondition(next, write(name, [value], false));
}

/** The query without its top-level qualifiers of this name. */
export const withoutQualifier = (q, name) => setQualifier(q, name, null);

/**
 * What is being typed at the caret: {type: 'name', prefix, start, end}, or
 * {type: 'value', name, prefix, start, end}, or null where nothing can be suggested.
 */
export function completionAt(q, caret) {
  const token = tokenize(q).find((t) => t.start < caret && caret <= t.end
    && (t.type === 'literal' || t.type === 'qualifier'));
  if (!token) return null;
  if (token.type === 'qualifier') {
    const value = token.values.find((v) => v.start <= caret && caret <= v.end);
    if (!value) return null;
    const prefix = q.slice(value.start, caret).replace(/^["']/, '');
    return { type: 'value', name: token.name, prefix, start: value.start, end: value.end };
  }
  const start = token.start + (q[token.start] === '-' ? 1 : 0);
  const prefix = q.slice(start, caret);
  return /^[a-z]+$/.test(prefix) ? { type: 'name', prefix, start, end: token.end } : null;
}

const CLOSED = new Set(['role', 'kind', 'part', 'is', 'has']);
const TIME = /^(?:\d{4}-\d\d-\d\d(?:T\d\d:\d\d\S*)?|\d+[mhdw]|\d{9,}|today|yesterday)$/;

/**
 * Whether the value being typed at the caret is only the beginning of one: empty, part of a word
 * from a closed list, or of a time. Asking with it would be refused.
 */
export function unfinishedAt(q, caret) {
  const done = completionAt(q, caret);
  if (done?.type !== 'value' || caret !== done.end) return false;
  if (done.prefix === '') return true;
  if (done.name === 'since' || done.name === 'until') return !TIME.test(done.prefix);
  const words = CLOSED.has(done.name) ? VALUES[done.name] : [];
  return !words.includes(done.prefix) && words.some((word) => word.startsWith(done.prefix));
}

/** The UTF-16 index of a byte position in the UTF-8 form of a string. */
export function byteToIndex(text, position) {
  let bytes = 0;
  let index = 0;
  for (const c of text) {
    if (bytes >= position) return index;
    const code = c.codePointAt(0);
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    index += c.length;
  }
  return index;
}
