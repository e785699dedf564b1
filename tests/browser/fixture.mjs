/**
 * Transcripts for the browser tests, made from nothing: sessions with every kind of message, a
 * very long one, one with a very large message, and one whose every field attacks the page.
 *
 * `node fixture.mjs DIR` writes them under DIR as Claude Code would.
 */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const SESSIONS = {
  tour: '11111111-1111-4111-8111-111111111111',
  long: '22222222-2222-4222-8222-222222222222',
  large: '33333333-3333-4333-8333-333333333333',
  hostile: '44444444-4444-4444-8444-444444444444',
  live: '55555555-5555-4555-8555-555555555555',
};
export const AGENT = 'a1b2c3d4e5f60718a';
export const LONG_MESSAGES = 5000;
export const LARGE_BYTES = 5 * 1024 * 1024;

/** A 1 by 1 PNG. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** Text that runs `window.__xss(n)` or leaves the origin if it is ever taken for markup. */
export const PAYLOADS = [
  '<script>__xss(1)</script>',
  '<img src=x onerror=__xss(2)>',
  '<svg/onload=__xss(3)>',
  '<details open ontoggle=__xss(4)><summary>s</summary>x</details>',
  '<b onmouseover=__xss(5) onfocus=__xss(5) tabindex=0 autofocus>bold</b>',
  '[link](javascript:__xss(6))',
  '<a href="javascript:__xss(7)">a</a>',
  '<iframe srcdoc="<script>parent.__xss(8)</script>"></iframe>',
  '![pic](https://evil.example/pixel.png)',
  '<img src="https://evil.example/pixel2.png">',
  '<p style="background:url(https://evil.example/css)">styled</p>',
  '<form action=https://evil.example><input name=q><button>go</button></form>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=__xss(9)>',
  '"><script>__xss(10)</script>',
  "'><img src=x onerror=__xss(11)>",
  '</textarea></title></style><svg onload=__xss(12)>',
  '<a href="data:text/html,<script>__xss(13)</script>">d</a>',
  '<div id="main" class="dialog" onpointerenter=__xss(14)>clobber</div>',
  '```html\n<script>__xss(15)</script>\n```',
  '<object data="https://evil.example/o"></object><embed src="https://evil.example/e">',
  '<link rel=stylesheet href="https://evil.example/l.css"><meta http-equiv=refresh content="0;url=https://evil.example">',
  '<base href="https://evil.example/">',
  '<span class="sr" onclick=__xss(16) style="position:fixed;inset:0">cover</span>',
  '<td background="https://evil.example/td"><table background="https://evil.example/t"><tr><td>x</td></tr></table>',
  '${__xss(17)} {{constructor.constructor("__xss(18)")()}}',
  'javascript:__xss(19)',
];

class Session {
  constructor(id, { cwd = '/home/ada/engine', branch = 'main', model = 'claude-opus-4-6', start = Date.UTC(2026, 0, 5, 9), agent = null } = {}) {
    Object.assign(this, { id, cwd, branch, model, agent });
    this.time = start;
    this.n = 0;
    this.last = null;
    this.lines = [];
  }

  envelope(type, more = {}) {
    this.n += 1;
    this.time += more.gap ?? 7000;
    const uuid = more.uuid ?? `${this.id.slice(0, 8)}-${this.agent ? 'aaaa' : '0000'}-4000-8000-${String(this.n).padStart(12, '0')}`;
    const record = {
      parentUuid: this.last, isSidechain: Boolean(this.agent), userType: 'external', cwd: this.cwd, sessionId: this.id, version: '2.1.100',
      gitBranch: this.branch, type, uuid, timestamp: new Date(this.time).toISOString(),
    };
    if (this.agent) record.agentId = this.agent;
    this.last = uuid;
    return record;
  }

  push(record) {
    this.lines.push(JSON.stringify(record));
    return record.uuid;
  }

  user(content, more = {}) {
    return this.push({ ...this.envelope('user', more), message: { role: 'user', content }, ...more.fields });
  }

  assistant(blocks, more = {}) {
    const usage = { input_tokens: 900, output_tokens: 120 + this.n, cache_creation_input_tokens: 400, cache_read_input_tokens: 15000 };
    return this.push({
      ...this.envelope('assistant', more), requestId: `req_${this.id.slice(0, 4)}${this.n}`,
      message: { id: `msg_${this.id.slice(0, 4)}${this.agent ?? ''}${this.n}`, type: 'message', role: 'assistant', model: more.model ?? this.model, content: blocks, stop_reason: null, usage },
    });
  }

  reply(text, more) {
    return this.assistant([{ type: 'text', text }], more);
  }

  /** A call and its result. */
  tool(name, input, result, more = {}) {
    const id = `toolu_${this.id.slice(0, 4)}${this.agent ?? ''}${this.n}`;
    const call = this.assistant([{ type: 'tool_use', id, name, input }]);
    this.user([{ type: 'tool_result', tool_use_id: id, content: result, is_error: more.error ?? false }], {
      gap: 900, fields: { sourceToolAssistantUUID: call, ...more.fields },
    });
    return { id, call };
  }

  system(content, more = {}) {
    return this.push({ ...this.envelope('system'), content, level: 'info', isMeta: false, ...more });
  }

  write(root, folder) {
    const file = this.agent ? path.join(root, folder, this.id, 'subagents', `agent-${this.agent}.jsonl`) : path.join(root, folder, `${this.id}.jsonl`);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${this.lines.join('\n')}\n`);
    return file;
  }
}

const REPLY = `The cause is a **race** between the writer and the sealer.

1. The writer appends to the *tail*.
2. The sealer swaps it, see \`segment_seal()\`.

\`\`\`c
int segment_seal(struct segment *s, struct error *err)
{
    return s->sealed ? 0 : seal_locked(s, err);
}
\`\`\`

| step | before | after |
| --- | --- | --- |
| append | 12 µs | 3 µs |
| seal | 400 µs | 380 µs |

> Measured on two cores.

See [the notes](https://example.org/notes) and <kbd>Ctrl</kbd>+<kbd>C</kbd>; <details><summary>More</summary>It folds.</details>`;

function tour(root) {
  const s = new Session(SESSIONS.tour);
  s.push({ type: 'summary', summary: 'Mend the race in the segment sealer', leafUuid: 'x' });
  s.user('Why does the sealer lose a message now and then? 日本語の質問も大丈夫です。');
  s.assistant([{ type: 'thinking', thinking: 'Let me look at the sealer first.\n\nThe tail is swapped without a lock; a writer may still hold it.', signature: 'sig' }]);
  s.tool('Bash', { command: 'rg -n "segment_seal" engine | head', description: 'Find the sealer' },
    'engine/index/seal.c:41:int segment_seal(\n\u001b[31mengine/index/tail.c:88\u001b[0m:    segment_seal(tail, err);');
  s.tool('Read', { file_path: '/home/ada/engine/index/seal.c', offset: 40, limit: 4 }, '    40→\n    41→int segment_seal(struct segment *s)\n    42→{\n    43→    return s->sealed ? 0 : 1;');
  s.tool('Grep', { pattern: 'seal_locked', path: 'engine', glob: '*.c' }, 'Found 2 files\nengine/index/seal.c\nengine/index/tail.c');
  s.tool('Glob', { pattern: '**/*_test.c' }, 'tests/seal_test.c');
  s.tool('TodoWrite', { todos: [{ content: 'Reproduce', status: 'completed' }, { content: 'Mend the lock', status: 'in_progress' }, { content: 'Write a test', status: 'pending' }] }, 'Todos have been modified');
  s.tool('Edit', { file_path: '/home/ada/engine/index/seal.c', old_string: 'int segment_seal(struct segment *s)\n{\n    return s->sealed ? 0 : 1;\n}', new_string: 'int segment_seal(struct segment *s)\n{\n    lock(s);\n    return s->sealed ? 0 : 2;\n}' }, 'The file has been updated.');
  s.tool('Write', { file_path: '/home/ada/engine/tests/seal_test.py', content: 'def test_seal():\n    assert seal() == 0\n' }, 'File created successfully');
  s.tool('Bash', { command: 'make test' }, `${Array.from({ length: 60 }, (_, i) => `test ${i} ... ok`).join('\n')}\nFAILED: seal_test (zebra)`, { error: true });
  s.tool('WebFetch', { url: 'https://example.org/locks', prompt: 'What does it say on fairness?' }, 'Locks are **unfair** by default.');
  s.tool('WebSearch', { query: 'futex fairness' }, 'Web search results for query: "futex fairness"\n\nLinks: [{"title":"Futexes are tricky","url":"https://example.org/futex"}]\n\n**Fair** locks cost more.');
  s.tool('mcp__github__list_issues', { owner: 'ada', repo: 'engine', labels: ['bug'] }, '[{"number":7}]');
  s.tool('AskUserQuestion', { questions: [{ question: 'Which lock?', header: 'Lock', options: [{ label: 'Mutex', description: 'simple' }, { label: 'Spin', description: 'fast' }] }] }, 'User answered: Mutex');
  s.tool('mcp__browser__take_screenshot', { name: 'page' }, [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } }]);
  const agent = new Session(SESSIONS.tour, { agent: AGENT, start: s.time });
  agent.user('Look for other users of the tail and report them all.');
  agent.tool('Grep', { pattern: 'tail_append' }, 'engine/ingest.c');
  agent.reply('There is one other user, engine/ingest.c: the quokka path.');
  const prompt = 'Look for other users of the tail and report them all.';
  s.tool('Task', { description: 'Survey the users of the tail', subagent_type: 'Explore', prompt },
    [{ type: 'text', text: 'There is one other user, engine/ingest.c: the quokka path.' }],
    { fields: { toolUseResult: { status: 'completed', agentId: AGENT, prompt } } });
  s.reply(REPLY);
  s.user([{ type: 'text', text: 'Here is a picture of it' }, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } }]);
  s.user('<command-name>/compact</command-name>\n<command-message>compact</command-message>\n<command-args>keep the plan</command-args>');
  s.user('<local-command-stdout>Compacted 12 messages</local-command-stdout>');
  s.system('Conversation compacted', { subtype: 'compact_boundary', parentUuid: null });
  s.user('This session is being continued from a previous conversation that ran out of context. The sealer was mended.', { fields: { isCompactSummary: true } });
  s.user('Thanks. Please also explain the numbat counter.');
  s.tool('ExitPlanMode', { plan: '## Plan\n\n- explain the numbat counter' }, 'User has approved your plan');
  s.reply('The numbat counter counts seals. It lives in `stats.c`.', { model: 'claude-sonnet-4-6' });
  s.write(root, '-home-ada-engine');
  agent.write(root, '-home-ada-engine');
}

function long(root) {
  const s = new Session(SESSIONS.long, { cwd: '/home/ada/parser', branch: 'feature/long', start: Date.UTC(2025, 10, 1, 8) });
  s.user('Work through the whole list, one after the other.');
  for (let i = 0; s.n < LONG_MESSAGES - 3; i += 1) {
    if (i % 40 === 39) s.user(`Go on with part ${i}: the wombat list.`);
    else if (i % 3 === 0) s.tool('Bash', { command: `step ${i} --verbose`, description: `Step ${i}` }, Array.from({ length: i % 30 }, (_, k) => `line ${k} of step ${i}`).join('\n'));
    else if (i % 3 === 1) s.reply(`Step **${i}** is done.\n\n- item \`${i}\`\n- next\n\n\`\`\`js\nconst step = ${i};\n\`\`\``);
    else s.tool('Edit', { file_path: `/home/ada/parser/f${i}.js`, old_string: `let a = ${i};\nlet b;`, new_string: `const a = ${i};\nlet b;` }, 'ok');
  }
  s.reply('All steps are done, the platypus is found.');
  s.write(root, '-home-ada-parser');
}

function large(root) {
  const s = new Session(SESSIONS.large, { cwd: '/home/ada/logs', branch: '', start: Date.UTC(2025, 11, 12, 8) });
  s.user('Print the whole log.');
  const row = 'a line of an endless log that nobody reads, except for the one with the axolotl in it\n';
  s.tool('Bash', { command: 'cat all.log' }, row.repeat(Math.ceil(LARGE_BYTES / row.length)));
  s.reply('That was long.');
  s.write(root, '-home-ada-logs');
}

/** Every field that a transcript has is filled with every payload. */
function hostile(root) {
  const at = Date.UTC(2025, 9, 3, 8);
  const s = new Session(SESSIONS.hostile, { start: at });
  s.push({ type: 'custom-title', customTitle: PAYLOADS[1], sessionId: s.id });
  PAYLOADS.forEach((p, i) => {
    s.cwd = `/tmp/${p}`;
    s.branch = p;
    s.model = p;
    s.user(`hostile ${p}`);
    s.reply(`hostile **md** ${p}\n\n${p}\n\n- ${p}\n\n| ${p} |\n| --- |\n| ${p} |\n`);
    s.assistant([{ type: 'thinking', thinking: `hostile ${p}` }]);
    for (const name of ['Bash', 'Edit', 'Write', 'Read', 'Grep', 'TodoWrite', 'Task', 'WebFetch', 'AskUserQuestion', 'ExitPlanMode', 'TaskUpdate', 'Skill', `mcp__${p}__x`, p]) {
      s.tool(name, {
        command: p, description: p, file_path: p, old_string: p, new_string: `${p}\n${p}`, content: p, pattern: p, path: p, glob: p, prompt: p, subagent_type: p,
        url: p, query: p, plan: p, todos: [{ content: p, status: p }], questions: [{ question: p, options: [{ label: p, description: p }] }],
        subject: p, taskId: p, status: p, skill: p, args: p, [p]: p,
      }, i % 2 ? p : [{ type: 'text', text: p }], { error: i % 3 === 0 });
    }
    s.tool('WebSearch', { query: p }, `Links: ${JSON.stringify([{ title: p, url: p }, { title: p, url: `https://evil.example/${p}` }])}\n\n${p}`);
    s.tool('mcp__hostile__json', { [p]: p }, JSON.stringify({ [p]: [p] }));
    s.user([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: p } }]);
    s.system(`hostile ${p}`, { subtype: p });
    s.user(`<command-name>${p}</command-name><command-args>${p}</command-args>`);
    s.user(`<local-command-stdout>${p}</local-command-stdout>`);
    s.user([{ type: 'image', source: { type: 'base64', media_type: 'image/svg+xml', data: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="__xss(20)"/>').toString('base64') } }]);
  });
  const agent = new Session(SESSIONS.hostile, { agent: 'abad1dea', start: at });
  PAYLOADS.forEach((p) => agent.user(`hostile ${p}`));
  s.push({ type: 'summary', summary: `hostile ${PAYLOADS[0]}`, leafUuid: PAYLOADS[1] });
  s.write(root, '-tmp--img-src-x-onerror-');
  agent.write(root, '-tmp--img-src-x-onerror-');
}

function live(root) {
  const s = new Session(SESSIONS.live, { cwd: '/home/ada/live', start: Date.now() - 60e3 });
  s.user('Say something when you are there.');
  s.reply('I am here.');
  s.write(root, '-home-ada-live');
}

/** A line to append to the live session: a reply with this text. */
export function liveLine(text, n) {
  const s = new Session(SESSIONS.live, { cwd: '/home/ada/live', start: Date.now() });
  s.n = 100 + n;
  s.reply(text, { gap: 0 });
  return `${s.lines[0]}\n`;
}

export const liveFile = (root) => path.join(root, '-home-ada-live', `${SESSIONS.live}.jsonl`);

/** Write all of it under `root`. */
export function writeFixture(root) {
  for (const make of [tour, long, large, hostile, live]) make(root);
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) writeFixture(process.argv[2]);
