/**
 * Line diff of two texts, for edits shown as removed and added lines.
 *
 * Common head and tail are taken off, then a longest common subsequence is
 * found by dynamic programming; where that table would be too large the middle
 * is shown as removed and added whole, which is right though not shortest.
 */

/** Cells of the table we are willing to fill: 4 million bytes, a few milliseconds. */
const MAX_CELLS = 2e6;

function lcsTable(a, b) {
  const width = b.length + 1;
  const table = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i * width + j] = a[i] === b[j]
        ? table[(i + 1) * width + j + 1] + 1
        : Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
  }
  return table;
}

function middle(a, b) {
  const whole = [...a.map((text) => ['-', text]), ...b.map((text) => ['+', text])];
  if (!a.length || !b.length || (a.length + 1) * (b.length + 1) > MAX_CELLS) return whole;
  const table = lcsTable(a, b);
  const width = b.length + 1;
  const out = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    if (a[i] === b[j]) {
      out.push([' ', a[i]]);
      i += 1;
      j += 1;
    } else if (table[(i + 1) * width + j] >= table[i * width + j + 1]) {
      out.push(['-', a[i]]);
      i += 1;
    } else {
      out.push(['+', b[j]]);
      j += 1;
    }
  }
  while (i < a.length) out.push(['-', a[i++]]);
  while (j < b.length) out.push(['+', b[j++]]);
  return out;
}

/**
 * @param {string} before
 * @param {string} after
 * @returns {Array<[' '|'-'|'+', string]>} lines in order; '-' and ' ' joined by newlines are
 *          `before`, '+' and ' ' are `after`
 */
export function diffLines(before, after) {
  const a = before === '' ? [] : before.split('\n');
  const b = after === '' ? [] : after.split('\n');
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head
    && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const same = (text) => [' ', text];
  return [
    ...a.slice(0, head).map(same),
    ...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    ...a.slice(a.length - tail).map(same),
  ];
}

/**
 * The part two similar lines do not share: [start, endOfA, endOfB] in UTF-16 units, or null
 * when they share too little to be worth marking.
 */
export function changedSpan(a, b) {
  const max = Math.min(a.length, b.length);
  let head = 0;
  while (head < max && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < max - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  if ((head + tail) * 2 < Math.max(a.length, b.length)) return null;
  return [head, a.length - tail, b.length - tail];
}
