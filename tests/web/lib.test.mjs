/** The page's pure helpers: addresses, formats, heights, text cleaning, diffs. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { formatState, parseState, sameState } from '../../web/js/lib/url.js';
import * as format from '../../web/js/lib/format.js';
import { Heights } from '../../web/js/lib/heights.js';
import { clip, clipTail, pieces, plainTerminal, snippetSegments, unnumber, visible, webLinks, wrapperTags } from '../../web/js/lib/text.js';
import { changedSpan, diffLines } from '../../web/js/lib/diff.js';

const ROUND_TRIPS = [
  { view: 'search' },
  { view: 'search', q: 'a b "c" tool:Bash,Edit & = # %', sort: 'relevance', case: 'smart', word: true, group: 'session' },
  { view: 'session', id: 'abc', at: 'm1', find: 'x y' },
  { view: 'sessions', sort: 'costliest' },
  { view: 'overview', range: '30d' },
  { view: 'live', q: 'is:error' },
];
for (const state of ROUND_TRIPS) {
  test(`address of ${JSON.stringify(state)}`, () => {
    assert.deepEqual(parseState(formatState(state)), state);
  });
}

test('wrong addresses are the search page, wrong values are dropped', () => {
  for (const hash of ['', '#', '#/', '#/nope', '#/__proto__', '#/search/x', 'javascript:alert(1)']) {
    assert.deepEqual(parseState(hash), { view: 'search' });
  }
  assert.deepEqual(parseState('#/search?sort=up&word=1&q=a'), { view: 'search', q: 'a' });
  assert.deepEqual(parseState('#/session'), { view: 'sessions' });
  assert.ok(sameState({ view: 'search', q: '' }, { view: 'search' }));
});

test('relative times', () => {
  const now = Date.UTC(2026, 5, 15, 12);
  const ago = (ms) => format.relativeTime(now - ms, now);
  assert.equal(ago(5e3), 'just now');
  assert.equal(ago(5 * 60e3), '5 min ago');
  assert.equal(ago(3 * 3600e3), '3 h ago');
  assert.equal(ago(30 * 3600e3), 'yesterday');
  assert.equal(ago(5 * 86400e3), '5 days ago');
  assert.match(ago(60 * 86400e3), /^\d+ Apr$/);
  assert.match(ago(400 * 86400e3), /2025$/);
  assert.equal(format.relativeTime('nonsense', now), '');
});

test('numbers', () => {
  assert.equal(format.count(1234567), '1,234,567');
  assert.equal(format.compact(999), '999');
  assert.equal(format.compact(12345), '12.3k');
  assert.equal(format.compact(7912e6), '7.9B');
  assert.equal(format.bytes(65536), '64 KB');
  assert.equal(format.bytes(1536), '1.5 KB');
  assert.equal(format.money(0.004), '$0.004');
  assert.equal(format.money(1.5), '$1.50');
  assert.equal(format.money(12345.6), '$12,346');
  assert.equal(format.cost(1.5, []), '$1.50');
  assert.equal(format.cost(1.5, ['x']), '$1.50+');
  assert.equal(format.cost(0, ['x']), 'no price');
  assert.equal(format.duration(0.41), '0.4 ms');
  assert.equal(format.duration(125e3), '2 min 5 s');
  assert.equal(format.duration(-1), '–');
  assert.equal(format.count(undefined), '–');
  assert.equal(format.plural(1, 'hit'), '1 hit');
  assert.equal(format.plural(2, 'hit'), '2 hits');
});

test('names', () => {
  assert.equal(format.baseName('/home/me/api'), 'api');
  assert.equal(format.baseName('C:\\code\\x\\'), 'x');
  assert.equal(format.shortModel('claude-opus-4-6-20260101'), 'opus-4-6');
  assert.equal(format.shortPath('/a/b/c/d/e'), '…/c/d/e');
  assert.equal(format.shortDay(new Date(2026, 3, 5, 12).toISOString()), '5 Apr');
  assert.equal(format.firstLine('  one two\nthree', 5), 'one …');
});

test('heights agree with plain sums', () => {
  const values = Array.from({ length: 137 }, (_, i) => (i * 37) % 91);
  const heights = new Heights(values);
  for (let n = 0; n < 60; n += 1) {
    const i = (n * 53) % values.length;
    values[i] = n * 3;
    heights.set(i, n * 3);
  }
  let sum = 0;
  values.forEach((value, i) => {
    assert.equal(heights.before(i), sum);
    if (value > 0) assert.equal(heights.at(sum), i);
    sum += value;
  });
  assert.equal(heights.total, sum);
  assert.equal(heights.at(1e9), values.length - 1);
  assert.equal(new Heights([]).at(0), -1);
});

test('terminal text loses its escapes and keeps its words', () => {
  assert.equal(plainTerminal('\u001b[31mred\u001b[0m \u001b]0;title\u0007ok'), 'red ok');
  assert.equal(plainTerminal('10%\r50%\r100%\ndone\r\n'), '100%\ndone\n');
  assert.equal(visible('a\u202eb\u0000c'), 'a·b·c');
  assert.equal(visible('tab\tline\n'), 'tab\tline\n');
});

test('clipping cuts lines and characters, never a pair', () => {
  assert.deepEqual(clip('a\nb\nc', 2, 99), { text: 'a\nb', cut: true, lines: 3 });
  assert.deepEqual(clip('a\nb', 2, 99), { text: 'a\nb', cut: false, lines: 2 });
  assert.deepEqual(clip('a😀b', 9, 2), { text: 'a', cut: true, lines: 1 });
});

test('the tail of a text', () => {
  assert.deepEqual(clipTail('a\nb\nc', 2, 99), { text: 'b\nc', cut: true, lines: 3 });
  assert.deepEqual(clipTail('a\nb', 2, 99), { text: 'a\nb', cut: false, lines: 2 });
  assert.deepEqual(clipTail('\n\nc', 2, 99), { text: '\nc', cut: true, lines: 3 });
  assert.deepEqual(clipTail('a😀', 9, 1), { text: '', cut: true, lines: 1 });
  assert.deepEqual(clipTail('', 3, 9), { text: '', cut: false, lines: 1 });
});

test('pieces join to the text', () => {
  const text = `${'x'.repeat(50)}\n${'😀'.repeat(40)}\nend`;
  for (const size of [1, 7, 33, 1000]) assert.equal(pieces(text, size).join(''), text);
  assert.ok(pieces('😀'.repeat(9), 3).every((p) => p.length % 2 === 0));
});

test('numbered output is recognised', () => {
  assert.deepEqual(unnumber('    7→a\n    8→\n    9→c'), { first: 7, text: 'a\n\nc' });
  assert.equal(unnumber('plain\n  1→x'), null);
  assert.deepEqual(unnumber('1→a\n\n<note>'), { first: 1, text: 'a\n\n<note>' });
});

test('wrapper tags', () => {
  assert.deepEqual(wrapperTags('<command-name>/x</command-name>\n <command-args>1 < 2</command-args>'),
    [['command-name', '/x'], ['command-args', '1 < 2']]);
  assert.equal(wrapperTags('<a>x</a> typed'), null);
  assert.equal(wrapperTags(''), null);
});

test('a diff rebuilds both sides and is short where it can be', () => {
  const CASES = [
    ['', ''], ['a', 'a'], ['', 'a\nb'], ['a\nb', ''], ['a\nb\nc', 'a\nx\nc'], ['a\nb\nc\nd', 'b\nd\ne'],
    ['one\n\ntwo', 'one\ntwo\n'],
  ];
  for (const [before, after] of CASES) {
    const lines = diffLines(before, after);
    const side = (marks) => lines.filter(([m]) => marks.includes(m)).map(([, t]) => t).join('\n');
    assert.equal(side(' -'), before);
    assert.equal(side(' +'), after);
  }
  assert.equal(diffLines('a\nb\nc\nd', 'b\nd\ne').filter(([m]) => m !== ' ').length, 3);
  assert.ok(diffLines('a\n'.repeat(9000), 'b\n'.repeat(9000)).length > 9000);
});

test('changed span of two lines', () => {
  assert.deepEqual(changedSpan('const a = 1;', 'const b = 1;'), [6, 7, 7]);
  assert.equal(changedSpan('abc', 'xyz'), null);
});

test('titles are one line, and a plan goes by its own name', () => {
  assert.equal(format.titleText('Implement the following plan: # Plan: Mend the lock ## Context It fails'), 'Plan: Mend the lock');
  assert.equal(format.titleText('Implement the following plan:\n\n# Mend the lock\n\n## Context'), 'Plan: Mend the lock');
  assert.equal(format.titleText('# Notes\n\n## First'), 'Notes – First');
  assert.equal(format.titleText('It fails:\n```text\nboom\n```'), 'It fails: boom');
  assert.equal(format.titleText('close issue # 3'), 'close issue # 3');
  assert.equal(format.titleText(undefined), '');
});

test('snippets lose escapes, blank lines and blanks at their ends, never what is marked', () => {
  assert.deepEqual(snippetSegments([['\n  \u001b[31mred\u001b[0m\n \n', 0], [' hit\n', 1], ['\n\nafter  \n', 0]]),
    [['red\n', 0], [' hit\n', 1], ['\nafter', 0]]);
  assert.deepEqual(snippetSegments([['\n', 0], ['hit', 1]]), [['hit', 1]]);
  assert.deepEqual(snippetSegments(undefined), []);
});

test('links of a web search are taken out of its text; what only looks like them stays', () => {
  const { links, rest } = webLinks('Found:\n\nLinks: [{"title":"A","url":"https://a.example/x"},{"url":"https://b.example"},{"title":1}]\n\nText');
  assert.deepEqual(links, [{ url: 'https://a.example/x', title: 'A' }, { url: 'https://b.example', title: 'https://b.example' }]);
  assert.equal(rest, 'Found:\n\n\n\nText');
  assert.deepEqual(webLinks('Links: [broken]'), { links: [], rest: 'Links: [broken]' });
});
