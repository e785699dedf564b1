/**
 * How each tool's call is shown: a title for its line, and a body.
 *
 * A card is {icon, title(input, ctx), body(input, result, ctx), open, quiet}. `open` cards show their body
 * at once, others when asked (or when they failed, or hold the hit one came for); `quiet` ones do not
 * say how much a success gave back.
 */

import { h } from '../lib/dom.js';
import { count, firstLine, plural } from '../lib/format.js';
import { languageOf } from '../lib/highlight.js';
import { renderMarkdown } from '../lib/markdown.js';
import { unnumber, visible, webLinks } from '../lib/text.js';
import { code, diff, diffCount, fields, layoutJson, output, path, str } from './parts.js';
import { longProse } from './prose.js';

const prose = (text) => h('div', { class: 'prose' }, renderMarkdown(str(text)));
const dim = (text) => (text ? h('span', { class: 'dim' }, visible(str(text))) : null);
const list = (value) => (Array.isArray(value) ? value : []);

const bash = {
  icon: 'terminal', open: true,
  title: (i) => [h('code', { class: 'cmd' }, visible(firstLine(str(i.command), 140))), i.description ? h('span', { class: 'desc' }, visible(str(i.description))) : null],
  body: (i, result, ctx) => [
    h('div', { class: 'command' }, code(str(i.command), 'bash', ctx, 12)),
    output(result, ctx),
  ],
};

const edit = {
  icon: 'edit', open: true, quiet: true,
  title: (i, ctx) => [path(i.file_path, ctx.cwd), diffCount(i.old_string, i.new_string), i.replace_all ? dim('all occurrences') : null],
  body: (i, result, ctx) => [diff(i.old_string, i.new_string, ctx.reveal), failure(result, ctx)],
};

const multiEdit = {
  icon: 'edit', open: true, quiet: true,
  title: (i, ctx) => [path(i.file_path, ctx.cwd), dim(plural(list(i.edits).length, 'edit'))],
  body: (i, result, ctx) => [list(i.edits).map((e) => diff(e?.old_string, e?.new_string, ctx.reveal)), failure(result, ctx)],
};

const write = {
  icon: 'file', open: true, quiet: true,
  title: (i, ctx) => [path(i.file_path ?? i.notebook_path, ctx.cwd), dim(plural(str(i.content ?? i.new_source).split('\n').length, 'line'))],
  body: (i, result, ctx) => [code(str(i.content ?? i.new_source), languageOf(i.file_path) || (i.notebook_path ? 'python' : ''), ctx, 14), failure(result, ctx)],
};

/** Which lines of a file were asked for. */
function linesRead({ offset, limit }) {
  const from = Number(offset) || 1;
  if (!Number(limit)) return offset ? dim(`from line ${count(from)}`) : null;
  return dim(`lines ${count(from)}–${count(from + Number(limit) - 1)}`);
}

const read = {
  icon: 'file',
  title: (i, ctx) => [path(i.file_path ?? i.notebook_path, ctx.cwd), linesRead(i)],
  body: (i, result, ctx) => output(result, ctx, {
    language: languageOf(i.file_path), lines: 20, clean: (text) => unnumber(text.replace(/\n*<system-reminder>[\s\S]*?<\/system-reminder>\s*$/, ''))?.text ?? text,
  }),
};

const grep = {
  icon: 'search',
  title: (i, ctx) => [h('code', null, visible(str(i.pattern))), i.path ? [h('span', { class: 'dim fixed' }, 'in'), path(i.path, ctx.cwd)] : null, dim(i.glob ?? i.type)],
  body: (i, result, ctx) => output(result, ctx, { lines: 20 }),
};

const BOXES = { completed: '☑', in_progress: '◐', pending: '☐' };

function todos(items) {
  return h('ul', { class: 'todos' }, items.map((t) => h('li', { class: `todo ${BOXES[t?.status] ? t.status : ''}` },
    h('span', { class: 'todo-box', role: 'img', 'aria-label': str(t?.status).replace('_', ' ') }, BOXES[t?.status] ?? '☐'),
    h('span', null, visible(str(t?.content ?? t?.subject))))));
}

const todoWrite = {
  icon: 'list', open: true, quiet: true,
  title: (i) => dim(`${list(i.todos).filter((t) => t?.status === 'completed').length} of ${list(i.todos).length} done`),
  body: (i, result, ctx) => [todos(list(i.todos)), failure(result, ctx)],
};

const task = {
  icon: 'agent', open: true, quiet: true,
  title: (i) => [h('span', { class: 'desc' }, visible(str(i.description))), dim(i.subagent_type)],
  body: (i, result, ctx) => [
    folded('Task', str(i.prompt), prose(i.prompt), false),
    result ? folded('Report', str(result.block.text), result.block.truncated || result.block.is_error ? output(result, ctx) : prose(result.block.text),
      result.block.is_error || str(result.block.text).length < 1500) : null,
  ],
};

/** What folds away behind its name and its first words. */
function folded(label, text, content, open) {
  return h('details', { class: 'fold named', open }, h('summary', null, h('span', { class: 'fold-label' }, label),
    h('span', { class: 'dim preview' }, visible(firstLine(text.replace(/^[#\s]+/, ''), 140)))), content);
}

/** A page's text is Markdown, and the list of what a search found comes as JSON. */
function webBody(result, ctx) {
  if (!result || result.block.is_error || result.block.truncated) return output(result, ctx, { lines: 24 });
  const { links, rest } = webLinks(str(result.block.text));
  return h('div', { class: 'output' },
    links.length ? h('ul', { class: 'links' }, links.map((l) => h('li', null, external(l.url, l.title), dim(hostOf(l.url))))) : null,
    rest.trim() ? longProse(rest, ctx.reveal) : null);
}

function hostOf(url) {
  return /^https?:\/\/([^/]+)/i.exec(url)?.[1] ?? '';
}

function external(url, title = url) {
  const text = str(url);
  return /^https?:\/\//i.test(text)
    ? h('a', { href: text, rel: 'noopener noreferrer', target: '_blank' }, visible(str(title))) : visible(str(title));
}

const web = {
  icon: 'globe',
  title: (i) => [h('span', null, visible(str(i.url ?? i.query))), dim(firstLine(str(i.prompt), 80))],
  body: (i, result, ctx) => [i.url ? h('p', { class: 'small' }, external(i.url)) : null,
    i.prompt ? h('p', { class: 'small dim' }, visible(str(i.prompt))) : null, webBody(result, ctx)],
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
  icon: 'list', open: true, quiet: true, title: (i) => dim(firstLine(str(i.plan).replace(/^[#\s]+/, ''), 80)),
  body: (i, result, ctx) => [prose(i.plan), failure(result, ctx)],
};

const generic = {
  icon: 'tool',
  title: (i) => {
    const text = Object.values(i ?? {}).find((v) => typeof v === 'string' && v.trim());
    return dim(firstLine(text ?? '', 120));
  },
  body: (i, result, ctx) => [fields(i, ctx), anyOutput(result, ctx)],
};

/** Output of whoever: JSON laid out and coloured, the rest as it is. */
function anyOutput(result, ctx) {
  const json = result && !result.block.truncated ? layoutJson(str(result.block.text)) : null;
  return json === null ? output(result, ctx) : output(result, ctx, { language: 'json', clean: () => json });
}

const taskCreate = { ...generic, icon: 'list', quiet: true, title: (i) => h('span', { class: 'desc' }, visible(str(i.subject))) };
const taskUpdate = {
  ...generic, icon: 'list', quiet: true,
  title: (i) => [h('span', { class: 'desc fixed' }, `#${visible(str(i.taskId))}`), dim(str(i.status ?? i.subject ?? i.owner).replace('_', ' '))],
};
const skill = { ...generic, title: (i) => [h('span', { class: 'desc' }, visible(str(i.skill ?? i.command))), dim(firstLine(str(i.args), 100))] };

const mcp = { ...generic, icon: 'plug' };

/** Only what went wrong: where success says nothing new. */
function failure(result, ctx) {
  return result?.block.is_error || result?.block.images ? output(result, ctx) : null;
}

const CARDS = {
  Bash: bash, PowerShell: bash, Edit: edit, MultiEdit: multiEdit, Write: write, NotebookEdit: write, Read: read,
  NotebookRead: read, Grep: grep, Glob: grep, LS: { ...grep, icon: 'folder', title: (i, ctx) => path(i.path, ctx.cwd) },
  TodoWrite: todoWrite, Task: task, Agent: task, WebFetch: web, WebSearch: web, AskUserQuestion: ask, ExitPlanMode: plan,
  TaskCreate: taskCreate, TaskUpdate: taskUpdate, Skill: skill,
};

/** The card of a tool by name; unknown tools get one that fits any. */
export function cardOf(name) {
  if (Object.hasOwn(CARDS, name)) return CARDS[name];
  return String(name).startsWith('mcp__') ? mcp : generic;
}

