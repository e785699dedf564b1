/**
 * The head of a session: title, facts, and what one can do with it.
 */

import { address, request } from '../lib/api.js';
import { button, fill, h } from '../lib/dom.js';
import { bytes, compact, cost, count, duration, exactTime, modelNames, plural, relativeTime, shortPath, sumTokens, titleText, toMs } from '../lib/format.js';
import { icon } from '../lib/icons.js';
import { token } from '../lib/store.js';
import { visible } from '../lib/text.js';
import { titleOf } from '../lib/titles.js';
import { copyText } from '../lib/ui.js';
import { formatState } from '../lib/url.js';
import { quoteValue } from '../lib/query.js';

const FORMATS = [['markdown', 'Markdown', 'md'], ['html', 'HTML', 'html'], ['jsonl', 'JSONL', 'jsonl'], ['json', 'JSON', 'json']];

/** Save an export: by the link itself, or through fetch when a token must be sent. */
async function save(event, session, format, ext) {
  if (!token.get()) return;
  event.preventDefault();
  const response = await request(`sessions/${encodeURIComponent(session)}/export`, { format }, { accept: '*/*' });
  const url = URL.createObjectURL(await response.blob());
  h('a', { href: url, download: `${session}.${ext}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60e3);
}

function exportMenu(session) {
  const menu = h('details', { class: 'menu' }, h('summary', { class: 'btn' }, icon('download'), h('span', null, 'Export')),
    h('div', { class: 'menu-items' }, FORMATS.map(([format, label, ext]) => h('a', {
      class: 'menu-item', download: `${session}.${ext}`,
      href: address(`sessions/${encodeURIComponent(session)}/export`, { format }),
      onclick: (event) => {
        menu.open = false;
        save(event, session, format, ext);
      },
    }, label))));
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary').focus();
    event.stopPropagation();
  });
  menu.addEventListener('focusout', (event) => {
    if (!menu.contains(event.relatedTarget)) menu.open = false;
  });
  return menu;
}

const fact = (name, ...content) => h('span', { class: 'fact' }, name ? icon(name) : null, ...content);

function costFact(info) {
  if (!Number.isFinite(info.cost_usd)) return null;
  const open = info.unpriced_models?.length ? `; without a price: ${info.unpriced_models.join(', ')}` : '';
  return h('span', { class: 'fact', title: `cost at list prices${open}` }, cost(info.cost_usd, info.unpriced_models));
}

function tokens(info) {
  const t = info.tokens;
  if (!t || !sumTokens(t)) return null;
  const title = `input ${count(t.input)}, output ${count(t.output)}, cache written ${count(t.cache_write_5m + t.cache_write_1h)}, cache read ${count(t.cache_read)}`;
  return h('span', { class: 'fact', title }, `${compact(sumTokens(t))} tokens`);
}

function facts(info) {
  const span = toMs(info.last_time) - toMs(info.first_time);
  const id = quoteValue(String(info.id));
  return [
    info.project ? fact('folder', h('a', { href: formatState({ view: 'search', q: `project:${quoteValue(info.project)}` }), title: info.project }, visible(shortPath(info.project, 2)))) : null,
    info.branch ? fact('branch', visible(info.branch)) : null,
    info.first_time ? h('span', { class: 'fact', title: `${exactTime(info.first_time)} to ${exactTime(info.last_time)}` }, icon('clock'),
      `${relativeTime(info.last_time)}, over ${duration(span)}`) : null,
    modelNames(info.models).length ? fact(null, modelNames(info.models).join(', ')) : null,
    Number.isFinite(info.messages) ? h('span', { class: 'fact', title: info.size_bytes ? `${bytes(info.size_bytes)} of transcript` : null }, plural(info.messages, 'message')) : null,
    info.errors ? h('a', { class: 'fact failed', href: formatState({ view: 'search', q: `session:${id} is:error` }) }, plural(info.errors, 'error')) : null,
    tokens(info), costFact(info),
  ];
}

/**
 * Draw the head of session `id` with what is known of it (null: nothing yet).
 * `find` is the element to find in the session, `agent` is set when one sub-agent is shown alone.
 */
export function drawHead(node, id, info, { back, agent, find, toggleOutline }) {
  const gone = info?.resumable === false ? 'The directory or the transcript is gone on this machine.\n' : '';
  const resume = button({
    class: gone ? 'btn resume dim' : 'btn resume', title: `${gone}${info?.resume ?? ''} (r)`, onclick: () => copyText(info.resume, resume),
  }, icon('terminal'), h('span', null, 'Copy resume command'), gone ? h('span', { class: 'sr' }, ' (not resumable here)') : null);
  const typing = find.contains(document.activeElement) ? document.activeElement : null;
  fill(node, h('div', { class: 'head-line' },
    h('a', { class: 'icon-btn back', href: back, 'aria-label': 'Back to the results', title: 'Back to the results (Esc)' }, icon('left')),
    h('h1', { class: 'session-title', title: info?.title ?? id }, visible((info ? titleText(info.title) : titleOf(id)) || `Session ${String(id).slice(0, 8)}`)),
    find,
    h('div', { class: 'head-actions' },
      button({ class: 'btn only-narrow', title: 'Outline', onclick: toggleOutline }, icon('list'), h('span', null, 'Outline')),
      info?.resume ? resume : null, info ? exportMenu(id) : null)),
  agent ? h('div', { class: 'head-agent' }, icon('agent'), `Sub-agent ${visible(agent.description || agent.agent_type || agent.agent)} alone. `,
    h('a', { href: formatState({ view: 'session', id, at: agent.tool_message_id ?? undefined }) }, 'Whole session')) : null,
  h('div', { class: 'head-facts' }, info ? facts(info) : null));
  typing?.focus();
}
