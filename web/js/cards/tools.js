/**
 * How each tool's call is shown: a title for its line, and a body.
 *
 * A card is {icon, title(input), body(input, result, ctx), open}. `open` cards show their body
 * at once, others when asked (or when they failed, or hold the hit one came for).
 */

import { h } from '../lib/dom.js';
import { firstLine, plural } from '../lib/format.js';
import { languageOf } from '../lib/highlight.js';
import { renderMarkdown } from '../lib/markdown.js';
import { unnumber, visible } from '../lib/text.js';
import { code, diff, diffCount, fields, output, path, str } from './parts.js';

const prose = (text) => h('div', { class: 'prose' }, renderMarkdown(str(text)));
const dim = (text) => (text ? h('span', { class: 'dim' }, visible(str(text))) : null);
const list = (value) => (Array.isArray(value) ? value : []);

const bash = {
  icon: 'terminal', open: true,
  title: (i) => [h('code', null, visible(firstLine(str(i.command), 140))), dim(i.description)],
  body: (i, result, ctx) => [
    h('div', { class: 'command' }, code(str(i.command), 'bash', ctx, 12)),
    output(result, ctx),
  ],
};

const edit = {
  icon: 'edit', open: true,
  title: (i) => [path(i.file_path), diffCount(i.old_string, i.new_string), i.replace_all ? dim('all occurrences') : null],
  body: (i, result, ctx) => [diff(i.old_string, i.new_string), failure(result, ctx)],
};

const multiEdit = {
  icon: 'edit', open: true,
  title: (i) => [path(i.file_path), dim(plural(list(i.edits).length, 'edit'))],
  body: (i, result, ctx) => [list(i.edits).map((e) => diff(e?.old_string, e?.new_string)), failure(result, ctx)],
};

const write = {
  icon: 'file', open: true,
  title: (i) => [path(i.file_path ?? i.notebook_path), dim(plural(str(i.content ?? i.new_source).split('\n').length, 'line'))],
  body: (i, result, ctx) => [code(str(i.content ?? i.new_source), languageOf(i.file_path) || (i.notebook_path ? 'python' : ''), ctx, 14), failure(result, ctx)],
};

const read = {
  icon: 'file',
  title: (i) => [path(i.file_path ?? i.notebook_path), i.offset || i.limit ? dim(`from line ${i.offset ?? 1}${i.limit ? `, ${i.limit} lines` : ''}`) : null],
  body: (i, result, ctx) => output(result, ctx, {
    language: languageOf(i.file_path), lines: 20, clean: (text) => unnumber(text.replace(/\n*<system-reminder>[\s\S]*?<\/system-reminder>\s*$/, ''))?.text ?? text,
  }),
};

const grep = {
  icon: 'search',
  title: (i) => [h('code', null, visible(str(i.pattern))), i.path ? [dim('in '), path(i.path)] : null, dim(i.glob ?? i.type)],
  body: (i, result, ctx) => output(result, ctx, { lines: 20 }),
};

const BOXES = { completed: '☑', in_progress: '◐', pending: '☐' };

function todos(items) {
  return h('ul', { class: 'todos' }, items.map((t) => h('li', { class: `todo ${BOXES[t?.status] ? t.status : ''}` },
    h('span', { class: 'todo-box', role: 'img', 'aria-label': str(t?.status).replace('_', ' ') }, BOXES[t?.status] ?? '☐'),
    h('span', null, visible(str(t?.content ?? t?.subject))))));
}

const todoWrite = {
  icon: 'list', open: true,
  title: (i) => dim(`${list(i.todos).filter((t) => t?.status === 'completed').length} of ${list(i.todos).length} done`),
  body: (i, result, ctx) => [todos(list(i.todos)), failure(result, ctx)],
};

const task = {
  icon: 'agent', open: true,
  title: (i) => [h('span', null, visible(str(i.description))), dim(i.subagent_type)],
  body: (i, result, ctx) => [
    folded('Task', prose(i.prompt), false, ctx),
    result ? folded('Report', result.block.truncated ? output(result, ctx) : prose(result.block.text), !result.block.is_error && str(result.block.text).length < 1500, ctx) : null,
  ],
};

function folded(label, content, open) {
  return h('details', { class: 'fold', open }, h('summary', null, label), content);
}

function external(url) {
  const text = str(url);
  return /^https?:\/\//i.test(text)
    ? h('a', { href: text, rel: 'noopener noreferrer', target: '_blank' }, visible(text)) : visible(text);
}

const web = {
  icon: 'globe',
  title: (i) => [h('span', null, visible(str(i.url ?? i.query))), dim(firstLine(str(i.prompt), 80))],
  body: (i, result, ctx) => [i.url ? h('p', { class: 'small' }, external(i.url)) : null, i.prompt ? h('p', { class: 'dim' }, visible(str(i.prompt))) : null, output(result, ctx, { lines: 24 })],
};

const ask = {
  icon: 'question', open: true,
  title: (i) => dim(firstLine(str(list(i.questions)[0]?.question), 100)),
  body: (i, result, ctx) => [list(i.questions).map((q) => h('div', { class: 'question' },
    h('p', null, visible(str(q?.question))),
    h('ul', { class: 'choices' }, list(q?.options).map((o) => h('li', null, h('strong', null, visible(str(o?.label ?? o))), ' ', dim(o?.description)))))),
  output(result, ctx)],
};

const plan = {
  icon: 'list', open: true, title: (i) => dim(firstLine(str(i.plan), 80)),
  body: (i, result, ctx) => [prose(i.plan), failure(result, ctx)],
};

const generic = {
  icon: 'tool',
  title: (i) => {
    const text = Object.values(i ?? {}).find((v) => typeof v === 'string' && v.trim());
    return dim(firstLine(text ?? '', 120));
  },
  body: (i, result, ctx) => [fields(i, ctx), output(result, ctx)],
};

const mcp = { ...generic, icon: 'plug' };

/** Only what went wrong: where success says nothing new. */
function failure(result, ctx) {
  return result?.block.is_error || result?.block.images ? output(result, ctx) : null;
}

const CARDS = {
  Bash: bash, PowerShell: bash, Edit: edit, MultiEdit: multiEdit, Write: write, NotebookEdit: write, Read: read,
  NotebookRead: read, Grep: grep, Glob: grep, LS: { ...grep, icon: 'folder', title: (i) => path(i.path) },
  TodoWrite: todoWrite, Task: task, Agent: task, WebFetch: web, WebSearch: web, AskUserQuestion: ask, ExitPlanMode: plan,
};

/** The card of a tool by name; unknown tools get one that fits any. */
export function cardOf(name) {
  if (Object.hasOwn(CARDS, name)) return CARDS[name];
  return String(name).startsWith('mcp__') ? mcp : generic;
}

