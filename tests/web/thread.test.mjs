/** Rows of a session from its messages, and the figures of the overview. */
import test from 'node:test';
import assert from 'node:assert/strict';
import { buildThread, byCall, join } from '../../web/js/lib/thread.js';
import { columns, dayAfter, level, stacked, tokensOf, weeks } from '../../web/js/lib/usage.js';

let line = 0;
const message = (id, role, blocks, more = {}) => ({
  id, role, kind: role === 'user' ? 'prompt' : 'reply', time: '2026-01-02T10:00:00.000Z', source: 's', line: ++line, agent: null, blocks, ...more,
});
const text = (t) => ({ type: 'text', text: t });
const call = (id, name = 'Bash') => ({ type: 'tool_use', id, name, input: {} });
const result = (id, t = 'ok') => ({ type: 'tool_result', tool_use_id: id, text: t });

test('a result joins its call and is found under its own id', () => {
  const { rows, keyOf } = buildThread([
    message('p', 'user', [text('do it')]), message('c', 'assistant', [call('t1')], { kind: 'tool_use' }),
    message('r', 'user', [result('t1')], { kind: 'tool_result' }), message('e', 'assistant', [text('done')]),
  ]);
  assert.deepEqual(rows.map((r) => r.message.id), ['p', 'c', 'e']);
  assert.equal(rows[1].results.get('t1').block.text, 'ok');
  assert.equal(keyOf('r'), keyOf('c'));
  assert.equal(rows[2].joined, true);
  assert.equal(rows[1].joined, false);
});

test('a result whose call is not loaded stands alone, one with text beside it too', () => {
  const { rows } = buildThread([
    message('r', 'user', [result('gone')], { kind: 'tool_result' }), message('c', 'assistant', [call('t')], { kind: 'tool_use' }),
    message('m', 'user', [result('t'), text('and more')], { kind: 'tool_result' }),
  ]);
  assert.deepEqual(rows.map((r) => r.message.id), ['r', 'c', 'm']);
});

test('keys are unique where ids repeat, and a message without blocks is a row', () => {
  const { rows } = buildThread([message('x', 'user', [text('a')]), message('x', 'user', [text('b')]), { ...message('y', 'system', []), blocks: undefined }]);
  assert.equal(new Set(rows.map((r) => r.key)).size, 3);
});

test('a reply without a word is no row, and is found in the one before', () => {
  const { rows, keyOf } = buildThread([message('p', 'user', [text('do it')]), message('b', 'assistant', [text('\n\n')]), message('e', 'assistant', [text('done')])]);
  assert.deepEqual(rows.map((r) => r.message.id), ['p', 'e']);
  assert.equal(keyOf('b'), keyOf('p'));
  assert.equal(rows[1].joined, false);
});

test('a time is written where the minute changes', () => {
  const say = (id, time) => message(id, 'assistant', [text(id)], { time });
  const { rows } = buildThread([say('a', '2026-01-02T10:00:01Z'), say('b', '2026-01-02T10:00:59Z'), say('c', '2026-01-02T10:01:00Z')]);
  assert.deepEqual(rows.map((r) => r.stamp), [true, false, true]);
});

test('a new day is marked once', () => {
  const { rows } = buildThread([
    message('a', 'user', [text('a')]), message('b', 'user', [text('b')]), message('c', 'user', [text('c')], { time: '2026-01-05T10:00:00.000Z' }),
  ]);
  assert.deepEqual(rows.map((r) => r.day), ['2026-01-02', '', '2026-01-05']);
});

test('an opened agent stands below its call, with its own keys', () => {
  const agents = [{ agent: 'a1', tool_use_id: 't1' }, { agent: 'a2', tool_use_id: null }];
  const main = [message('c', 'assistant', [call('t1', 'Task')], { kind: 'tool_use' }), message('e', 'assistant', [text('end')])];
  const agentsByCall = byCall(agents);
  assert.deepEqual(buildThread(main, { agentsByCall }).rows.map((r) => r.type), ['message', 'agent', 'message']);
  const open = new Map([['a1', { messages: [message('c', 'user', [text('copy')], { agent: 'a1' })], cursor: 'next' }]]);
  const { rows, keyOf } = buildThread(main, { agentsByCall, open });
  assert.deepEqual(rows.map((r) => r.type), ['message', 'agent', 'message', 'more', 'message']);
  assert.equal(rows[2].depth, 1);
  assert.notEqual(keyOf('c'), keyOf('c', 'a1'));
});

test('pages join without repeats', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => message(id, 'user', []));
  assert.deepEqual(join([a, b], [b, c]).map((m) => m.id), ['a', 'b', 'c']);
});

test('columns keep the largest series and add up the rest', () => {
  const points = ['2026-01-01', '2026-01-02'].flatMap((day, d) => ['x', 'y', 'z', 'w'].map((series, i) => ({
    time: `${day}T00:00:00.000Z`, series, value: (i + 1) * (d + 1),
  })));
  const data = columns(points, 2);
  assert.deepEqual(data.series.map((s) => [s.name, s.total]), [['w', 12], ['z', 9], ['other', 9]]);
  assert.deepEqual(stacked(data.series)[2], [10, 20]);
  assert.equal(data.times.length, 2);
});

test('tokens of a row, nested or flat', () => {
  assert.equal(tokensOf({ tokens: { output: 3 } }).output, 3);
  assert.equal(tokensOf({ output: 4 }).output, 4);
  assert.equal(tokensOf({ tokens_output: 5 }).output, 5);
});

test('calendar weeks begin on Monday and hold each day once', () => {
  const all = weeks('2026-01-01', '2026-02-10');
  assert.equal(all.flat().filter(Boolean).length, 41);
  assert.equal(all[0].indexOf('2026-01-01'), 3);
  assert.ok(all.every((w) => w.length === 7));
  assert.equal(dayAfter('2024-02-28'), '2024-02-29');
  assert.deepEqual([level(0, 9), level(1, 1000), level(1000, 1000)], [0, 1, 4]);
});
