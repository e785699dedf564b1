/**
 * Cleaning and cutting of transcript text before it is shown.
 *
 * Terminal output carries escape sequences, and any text may carry characters
 * that reorder or hide what follows. Pure functions over strings.
 */

/* CSI and OSC sequences, two-character escapes, and a lone ESC. */
const ANSI = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\^_]|)/g;

/* Controls other than tab and newline, bidi embeddings, overrides and isolates. */
const HIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Terminal text as plain text: escapes out, a carriage return overwrites its line. */
export function plainTerminal(text) {
  const clean = String(text ?? '').replace(ANSI, '');
  if (!clean.includes('\r')) return visible(clean);
  const lines = clean.replace(/\r+\n/g, '\n').split('\n');
  return visible(lines.map((line) => line.slice(line.lastIndexOf('\r') + 1)).join('\n'));
}

/**
 * Segments [text, is_match] of a snippet for a narrow place: terminal escapes out, no blank lines,
 * none but the words at either end. What is marked stays whole.
 */
export function snippetSegments(list) {
  const out = (Array.isArray(list) ? list : []).map(([text, match]) => (match ? [visible(text), match]
    : [visible(String(text).replace(ANSI, '').replace(/\r/g, '')).replace(/\n\s*\n/g, '\n'), match]));
  if (out.length && !out[0][1]) out[0][0] = out[0][0].trimStart();
  const last = out[out.length - 1];
  if (last && !last[1]) last[0] = last[0].trimEnd();
  return out.filter(([text]) => text);
}

/** Text with control and reordering characters shown as a middle dot. */
export function visible(text) {
  return String(text ?? '').replace(HIDDEN, '·');
}

/**
 * The head of a text for a folded view: at most `maxLines` lines and `maxChars`
 * UTF-16 units, never half a surrogate pair.
 * @returns {{text: string, cut: boolean, lines: number}} lines counts all lines
 */
export function clip(text, maxLines, maxChars) {
  let lines = 1;
  let end = text.length;
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
    if (lines === maxLines && i < end) end = i;
    lines += 1;
  }
  if (end > maxChars) end = maxChars;
  const code = text.charCodeAt(end - 1);
  if (end < text.length && code >= 0xd800 && code < 0xdc00) end -= 1;
  return { text: text.slice(0, end), cut: end < text.length, lines };
}

/**
 * The tail of a text, for output whose end tells most: at most `maxLines` lines and `maxChars` units.
 * @returns {{text: string, cut: boolean, lines: number}}
 */
export function clipTail(text, maxLines, maxChars) {
  const { lines } = clip(text, 1, 0);
  let start = text.length;
  for (let n = 0; n < maxLines && start >= 0; n += 1) start = start === 0 ? -1 : text.lastIndexOf('\n', start - 1);
  start = Math.max(start + 1, text.length - maxChars, 0);
  if ((text.charCodeAt(start) & 0xfc00) === 0xdc00) start += 1;
  return { text: text.slice(start), cut: start > 0, lines };
}

/** Split a text at line ends into pieces of about `size` units; joined they are the text. */
export function pieces(text, size) {
  const out = [];
  let start = 0;
  while (start < text.length) {
    let end = Math.min(start + size, text.length);
    if (end < text.length) {
      const newline = text.lastIndexOf('\n', end);
      if (newline > start) end = newline + 1;
      else if ((text.charCodeAt(end) & 0xfc00) === 0xdc00) end += 1;
    }
    out.push(text.slice(start, end));
    start = end;
  }
  return out;
}

/**
 * Take the `cat -n` numbering off the output of a file read.
 * @returns {{first: number, text: string}|null} null when the text is not numbered throughout
 */
export function unnumber(text) {
  const body = text.split('\n');
  const out = [];
  let first = 0;
  for (const [i, line] of body.entries()) {
    const m = /^ *(\d+)(?:→|\t)(.*)$/s.exec(line);
    if (!m) {
      if (i > 0 && body.slice(i).every((rest) => !/^ *\d+→/.test(rest))) {
        out.push(...body.slice(i));
        break;
      }
      return null;
    }
    if (i === 0) first = Number(m[1]);
    out.push(m[2]);
  }
  return { first, text: out.join('\n') };
}

/**
 * The wrapper tags around a user text that no person typed, as pairs.
 * "<a>x</a><b>y</b>" gives [["a","x"],["b","y"]]; null when the text is not so built.
 */
export function wrapperTags(text) {
  const out = [];
  const re = /\s*<([a-z][a-z-]*)(?:\s[^<>]*)?>([\s\S]*?)<\/\1>\s*/gy;
  const s = String(text ?? '');
  while (re.lastIndex < s.length) {
    const m = re.exec(s);
    if (!m) return null;
    out.push([m[1], m[2]]);
  }
  return out.length ? out : null;
}

/**
 * The links of a search's answer and the rest of its text.
 * @param {string} text with a line "Links: [{"title":…,"url":…},…]" or without
 * @returns {{links: Array<{title: string, url: string}>, rest: string}}
 */
export function webLinks(text) {
  const links = [];
  const rest = text.replace(/^Links: (\[.*\])$/gm, (line, json) => {
    try {
      links.push(...JSON.parse(json).filter((l) => typeof l?.url === 'string')
        .map((l) => ({ url: l.url, title: typeof l.title === 'string' && l.title ? l.title : l.url })));
      return '';
    } catch {
      return line;
    }
  });
  return { links, rest };
}
