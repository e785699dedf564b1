/** The query tokenizer of the page: lexing rules, edits by facets, completion, positions. */
import test from 'node:test';
import assert from 'node:assert/strict';
import {
  addCondition, byteToIndex, completionAt, conditions, highlightRegex, highlightTerms, quoteValue, selected, setQualifier, toggleValue, tokenize, unfinishedAt,
} from '../../web/js/lib/query.js';

const shape = (q) => tokenize(q).map((t) => {
  const body = t.type === 'qualifier' ? `${t.name}:${t.values.map((v) => v.text).join('|')}`
    : t.type === 'regex' ? `/${t.source}/${t.flags}` : t.text ?? t.type;
  return `${t.negated ? '!' : ''}${body}`;
});

const LEXING = [
  ['', []],
  ['worktree', ['worktree']],
  ['a b', ['a', 'b']],
  ['a OR b', ['a', 'OR', 'b']],
  ['a or b', ['a', 'or', 'b']],
  ['NOT a', ['NOT', '!a']],
  ['-a', ['!a']],
  ['--force', ['--force']],
  ['a -', ['a', '-']],
  ['"exact phrase"', ['exact phrase']],
  ['"a\\"b\\n"', ['a"b\n']],
  ['"C:\\dir"', ['C:\\dir']],
  ["don't", ["don't"]],
  ['main()', ['main()']],
  ['(a OR b) c', ['open', 'a', 'OR', 'b', 'close', 'c']],
  ['-(a b)', ['!open', '!a', '!b', 'close']],
  ['-(a -b)', ['!open', '!a', 'b', 'close']],
  ['/usr/bin', ['/usr/bin']],
  ['/a\\/b/i', ['/a\\/b/i']],
  ['/a b/', ['/a b/']],
  ['(/x/)', ['open', '/x/', 'close']],
  ['std::x http://e.org', ['std::x', 'http://e.org']],
  ['role:user', ['role:user']],
  ['-role:user', ['!role:user']],
  ['tool:Bash,Edit', ['tool:Bash|Edit']],
  ['project:"/a b",/c', ['project:/a b|/c']],
  ['nosuch:thing', ['nosuch:thing']],
  ['"open', ['"open']],
  ['role:', ['role:']],
];
for (const [q, want] of LEXING) {
  test(`tokens of ${JSON.stringify(q)}`, () => assert.deepEqual(shape(q), want));
}

test('every token ends behind its start and the next begins no earlier', () => {
  const alphabet = ['a', ' ', '"', "'", '/', '(', ')', '-', ':', ',', '\\', 'role:', 'NOT ', 'é', '😀'];
  let seed = 7;
  for (let n = 0; n < 3000; n += 1) {
    let q = '';
    for (let k = 0; k < 9; k += 1) {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      q += alphabet[seed % alphabet.length];
    }
    let last = 0;
    for (const t of tokenize(q)) {
      assert.ok(t.start >= last && t.end > t.start && t.end <= q.length, JSON.stringify(q));
      last = t.end;
    }
  }
});

const PARTS = [
  ['fox', [['fox', '']]],
  ['fox tool:Bash', [['fox', 'tool:Bash'], ['tool:Bash', 'fox']]],
  ['a AND -b', [['a', '-b'], ['-b', 'a']]],
  ['NOT a (b OR c) "d e"', [['NOT a', '(b OR c) "d e"'], ['(b OR c)', 'NOT a "d e"'], ['"d e"', 'NOT a (b OR c)']]],
  ['-(a (b)) c', [['-(a (b))', 'c'], ['c', '-(a (b))']]],
  ['a OR b', []],
  ['', []],
];
for (const [q, want] of PARTS) {
  test(`conditions of ${JSON.stringify(q)}`, () => assert.deepEqual(conditions(q).map((c) => [c.text, c.without]), want));
}

test('highlight terms leave out what is negated', () => {
  assert.deepEqual(highlightTerms('a -b role:user NOT c /d/').map((t) => t.text ?? t.source), ['a', 'd']);
});

test('the highlight regex folds case, obeys word and skips what JavaScript cannot compile', () => {
  assert.deepEqual('Foo foobar'.match(highlightRegex('foo')), ['Foo', 'foo']);
  assert.deepEqual('Foo foobar'.match(highlightRegex('foo', { word: true })), ['Foo']);
  assert.deepEqual('Foo foo'.match(highlightRegex('foo', { matchCase: 'sensitive' })), ['foo']);
  assert.equal(highlightRegex('/(?<n>a)(?&n)/ role:user'), null);
  assert.equal(highlightRegex('role:user'), null);
});

test('toggling a value includes, joins, excludes and takes away', () => {
  assert.equal(toggleValue('fox', 'tool', 'Bash'), 'fox tool:Bash');
  assert.equal(toggleValue('fox tool:Bash', 'tool', 'Edit'), 'fox tool:Bash,Edit');
  assert.equal(toggleValue('fox tool:Bash,Edit', 'tool', 'Bash'), 'fox tool:Edit');
  assert.equal(toggleValue('fox tool:Bash', 'tool', 'Bash'), 'fox');
  assert.equal(toggleValue('fox tool:Bash', 'tool', 'Bash', true), 'fox -tool:Bash');
  assert.equal(toggleValue('fox -tool:Bash', 'tool', 'Bash', true), 'fox');
  assert.equal(toggleValue('', 'project', '/a b'), 'project:"/a b"');
  assert.equal(toggleValue('a OR b', 'role', 'user'), '(a OR b) role:user');
  assert.equal(toggleValue('-tool:Read', 'tool', 'Bash', true), '-tool:Read -tool:Bash');
});

test('selected values are those of the top level', () => {
  assert.deepEqual(selected('tool:A,B -tool:C (tool:D)', 'tool'), { include: ['A', 'B'], exclude: ['C'] });
});

test('a qualifier is set once, replaced and removed', () => {
  assert.equal(setQualifier('x since:7d', 'since', '2026-01-01'), 'x since:2026-01-01');
  assert.equal(setQualifier('since:7d x since:3d', 'since', null), 'x');
});

test('a value survives quoting', () => {
  for (const value of ['a', 'a b', 'a,b', 'a"b', 'C:\\x y', "it's", '(x)', 'ü', 'a\nb', '']) {
    const [token] = tokenize(`branch:${quoteValue(value)}`);
    assert.deepEqual(token.values.map((v) => v.text), [value]);
  }
});

test('a condition goes beside alternatives, not into the last of them', () => {
  assert.equal(addCondition('a OR b', 'is:error'), '(a OR b) is:error');
  assert.equal(addCondition('', 'is:error'), 'is:error');
});

test('completion knows names, values and where it has nothing to say', () => {
  assert.deepEqual(completionAt('ro', 2), { type: 'name', prefix: 'ro', start: 0, end: 2 });
  assert.deepEqual(completionAt('x -ro', 5), { type: 'name', prefix: 'ro', start: 3, end: 5 });
  assert.deepEqual(completionAt('role:us', 7), { type: 'value', name: 'role', prefix: 'us', start: 5, end: 7 });
  assert.deepEqual(completionAt('tool:Bash,E', 11), { type: 'value', name: 'tool', prefix: 'E', start: 10, end: 11 });
  assert.deepEqual(completionAt('role:', 5), { type: 'value', name: 'role', prefix: '', start: 5, end: 5 });
  assert.equal(completionAt('a ', 2), null);
  assert.equal(completionAt('"ro', 3), null);
});

test('a value is unfinished while it can only grow into a right one', () => {
  for (const q of ['role:', 'a role:us', 'tool:', 'since:', 'since:2026-0', 'until:7', 'role:user,as']) assert.equal(unfinishedAt(q, q.length), true, q);
  for (const q of ['role:user', 'role:zzz', 'tool:B', 'since:7d', 'since:2026-01-31', 'a', 'role:us b']) assert.equal(unfinishedAt(q, q.length), false, q);
});

test('byte positions become indices', () => {
  assert.equal(byteToIndex('aé😀b', 0), 0);
  assert.equal(byteToIndex('aé😀b', 1), 1);
  assert.equal(byteToIndex('aé😀b', 3), 2);
  assert.equal(byteToIndex('aé😀b', 7), 4);
  assert.equal(byteToIndex('ab', 99), 2);
});
