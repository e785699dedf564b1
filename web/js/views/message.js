/**
 * One row of a session: a prompt, a reply, thinking, tool cards, or a note of the system.
 *
 * `ctx` given to the blocks and cards: {reveal: RegExp|null, target: boolean,
 * cwd: string,
 * wholeText(message, block) -> Promise<string>, images(message, block) -> node}.
 */

import { resultCard, toolCard } from '../cards/card.js';
import { address, getJson } from '../lib/api.js';
import { append, button, h } from '../lib/dom.js';
import { clock, count, exactTime, firstLine, shortModel, sumTokens } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { longText } from '../lib/longtext.js';
import { renderMarkdown } from '../lib/markdown.js';
import { plainTerminal, visible, wrapperTags } from '../lib/text.js';
import { copyButton } from '../lib/ui.js';
import { formatState } from '../lib/url.js';
import { imagesOf } from './images.js';

/** Longer Markdown is shown as plain text, which can be laid out in pieces. */
const MAX_MARKDOWN = 70e3;

/** The whole text of a block that the listing cut. */
async function wholeText(message, block) {
  const whole = await getJson(`messages/${encodeURIComponent(message.id)}`, { full: true });
  const i = message.blocks.indexOf(block);
  return String(whole.blocks?.[i]?.text ?? block.text);
}

const long = (message, block, ctx, options = {}) => longText(block.text, {
  truncated: block.truncated, size: block.size_bytes, reveal: ctx.reveal,
  fetchAll: () => wholeText(message, block), ...options,
});

function prose(message, block, ctx, breaks) {
  if (block.truncated || block.text.length > MAX_MARKDOWN) return long(message, block, ctx, { lines: 40 });
  return h('div', { class: 'prose' }, renderMarkdown(block.text, { breaks }));
}

/** What a person typed: as typed, unless it has fenced code in it. */
function promptText(message, block, ctx) {
  if (/^\s*```/m.test(block.text)) return prose(message, block, ctx, true);
  return h('div', { class: 'typed' }, long(message, block, ctx, { lines: 30, chars: 6000 }));
}

const WRAPPED = {
  'command-name': 'command', 'bash-input': 'command', 'local-command-stdout': 'output', 'bash-stdout': 'output', 'bash-stderr': 'output',
};

/** Text that wraps a command, its output or a notice. */
function metaText(message, block, ctx) {
  const tags = wrapperTags(block.text);
  if (tags?.some(([name]) => WRAPPED[name])) {
    const filled = tags.filter(([, body]) => body.trim());
    if (!filled.length) return h('p', { class: 'dim small' }, 'no output');
    return h('div', { class: 'wrapped' }, filled.map(([name, body]) => {
      const text = plainTerminal(body.trim());
      if (WRAPPED[name] === 'command') return h('code', { class: 'slash' }, text);
      if (name === 'command-args') return h('code', { class: 'slash' }, text);
      return WRAPPED[name] === 'output' ? longText(text, { lines: 8, reveal: ctx.reveal }) : null;
    }));
  }
  const summary = h('summary', null, h('span', { class: 'dim' }, visible(firstLine(block.text.replace(/^\s*<[a-z-]+>/, ''), 110))));
  return h('details', { class: 'fold', open: ctx.target || block.text.length < 160 }, summary, prose(message, block, ctx, true));
}

function thinking(message, block, ctx) {
  if (!block.text.trim()) return h('p', { class: 'thinking-empty dim' }, icon('thinking'), 'Thinking, not recorded');
  const body = h('div', null);
  const details = h('details', { class: 'fold thinking', open: ctx.target },
    h('summary', null, icon('thinking'), h('span', { class: 'fold-name' }, 'Thinking'),
      h('span', { class: 'dim preview' }, visible(firstLine(block.text, 140)))), body);
  const make = () => body.firstChild || body.append(prose(message, block, ctx, false));
  if (ctx.target) make();
  details.addEventListener('toggle', () => details.open && make());
  return details;
}

function textBlock(message, block, ctx) {
  if (!block.text && !block.truncated) return null;
  if (message.kind === 'meta') return metaText(message, block, ctx);
  if (message.role === 'user') return promptText(message, block, ctx);
  return prose(message, block, ctx, false);
}

function blockNode(message, block, row, ctx) {
  switch (block.type) {
    case 'text': return textBlock(message, block, ctx);
    case 'thinking': return thinking(message, block, ctx);
    case 'tool_use': return toolCard(block, row.results.get(block.id), ctx);
    case 'tool_result': return resultCard(block, message, ctx);
    case 'image': return imagesOf(message, block);
    case 'summary':
    case 'system': return h('p', { class: 'notice' }, visible(String(block.text ?? '')));
    default: return h('p', { class: 'dim' }, `A block of type “${visible(String(block.type))}”, not shown.`);
  }
}

/** Kinds of message without a heading, with their icon. */
const QUIET = new Map([['meta', 'meta'], ['system', 'system'], ['summary', 'summary']]);
const NAMES = { user: 'You', assistant: 'Claude', system: 'System', summary: 'Summary' };

/** Who speaks; nothing for the small print between the speakers. */
function heading(row) {
  const { message } = row;
  if (row.joined || QUIET.has(message.kind)) return null;
  const name = message.agent && message.role === 'user' && message.kind === 'prompt' ? 'Task'
    : message.kind === 'tool_result' ? 'Tool' : NAMES[message.role] ?? message.role;
  const glyph = { user: message.kind === 'tool_result' ? 'result' : 'user', assistant: 'reply' }[message.role] ?? 'meta';
  return h('h2', { class: 'who' }, icon(glyph), name,
    message.role === 'assistant' && message.model && message.model !== '<synthetic>' ? h('span', { class: 'dim who-model' }, shortModel(message.model)) : null,
    message.sidechain && !message.agent ? h('span', { class: 'dim' }, 'sub-agent') : null,
    message.source_gone ? h('span', { class: 'dim', title: 'the transcript was deleted; --retain kept it' }, 'deleted') : null);
}

/** What "copy" copies: the text as written, commands and results included. */
export function plainText(row) {
  return row.message.blocks.map((b) => {
    if (b.type === 'tool_use') {
      const call = b.input?.command ?? JSON.stringify(b.input, null, 2);
      return `[${b.name}] ${call}\n${row.results.get(b.id)?.block.text ?? ''}`;
    }
    return b.text ?? '';
  }).filter(Boolean).join('\n\n');
}

async function showRaw(message) {
  const body = h('div', { class: 'raw' }, 'Loading…');
  const dialog = h('dialog', { class: 'dialog wide', 'aria-labelledby': 'raw-title' }, h('div', { class: 'dialog-body' },
    h('h2', { id: 'raw-title', tabindex: '-1', autofocus: true }, 'Source line'),
    h('p', { class: 'dim small' }, `${message.source}, line ${message.line}`), body,
    h('div', { class: 'dialog-actions' }, button({ class: 'btn primary', onclick: () => dialog.close() }, 'Close'))));
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  try {
    const { raw } = await getJson(`messages/${encodeURIComponent(message.id)}`, { raw: true });
    let text = raw;
    try {
      text = JSON.stringify(typeof raw === 'string' ? JSON.parse(raw) : raw, null, 2);
    } catch { /* damaged line: as it stands */ }
    body.replaceChildren(longText(String(text), { lines: 400, chars: 40e3, language: 'json' }));
  } catch (error) {
    body.textContent = error.message;
  }
}

function actions(row, session) {
  const { message } = row;
  const link = () => address('', {}) + formatState({ view: 'session', id: session, at: message.id, agent: message.agent ?? undefined });
  return h('div', { class: 'row-actions' },
    copyButton('Copy message', () => plainText(row)),
    copyButton('Copy link to message', link, { icon: 'link' }),
    button({ class: 'icon-btn', title: 'Source line', 'aria-label': 'Source line', onclick: () => showRaw(message) }, icon('file')));
}

function timeTitle(message) {
  const t = message.tokens;
  const used = t && sumTokens(t) ? `
input ${count(t.input)}, output ${count(t.output)}, cache written ${count(t.cache_write_5m + t.cache_write_1h)}, cache read ${count(t.cache_read)} tokens` : '';
  return exactTime(message.time) + used;
}

/**
 * A row of type "message" as an article.
 * @param {object} row of lib/thread.js
 * @param {{session: string, target: boolean, reveal: RegExp|null}} o
 */
export function messageRow(row, { session, target, reveal }) {
  const { message } = row;
  const ctx = { reveal: target ? reveal : null, target, cwd: message.cwd || message.project || '', wholeText, images: imagesOf };
  const body = append(h('div', { class: 'row-body' }), heading(row),
    message.blocks.map((block) => blockNode(message, block, row, ctx)),
    message.error && !message.blocks.some((b) => b.is_error) ? h('p', { class: 'warn' }, icon('error'), 'error') : null);
  const tone = message.kind === 'prompt' && message.agent ? 'prompt sub' : message.kind;
  return h('article', {
    class: `row ${tone}${row.joined ? ' joined' : ''}${row.depth || (message.sidechain && !message.agent) ? ' nested' : ''}${target ? ' target' : ''}`,
    tabindex: '-1', 'aria-label': `${NAMES[message.role] ?? message.role}, ${exactTime(message.time)}`,
  }, row.day ? h('div', { class: 'day' }, h('span', null, row.day)) : null,
  h('div', { class: 'row-main' }, QUIET.has(message.kind) ? icon(QUIET.get(message.kind)) : null, body, h('div', { class: 'row-side' },
    actions(row, session), h('time', { class: row.stamp ? 'row-time' : 'row-time same', datetime: message.time, title: timeTitle(message) }, clock(message.time)))));
}
