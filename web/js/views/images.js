/**
 * Images of a message: taken from its source line and shown as data, never fetched from elsewhere.
 */

import { getJson } from '../lib/api.js';
import { button, fill, h } from '../lib/dom.js';
import { bytes, plural } from '../lib/format.js';
import { icon } from '../lib/icons.js';

const SAFE = /^image\/(?:png|jpeg|gif|webp)$/;

/** Images up to this size are shown at once, in bytes; larger ones when asked for. */
const AT_ONCE = 1024 * 1024;

const safe = ({ media_type: type, data }) => SAFE.test(type) && typeof data === 'string' && /^[A-Za-z0-9+/=\s]*$/.test(data);

/** All image blocks inside a record, at any depth and in order: a data address, or null for what is not shown. */
function sources(value, found = [], depth = 0) {
  if (value === null || typeof value !== 'object' || depth > 12) return found;
  const { source } = value;
  if (value.type === 'image') found.push(source && safe(source) ? `data:${source.media_type};base64,${source.data}` : null);
  else for (const inner of Object.values(value)) sources(inner, found, depth + 1);
  return found;
}

const countOf = (block) => (block.type === 'image' ? 1 : block.images ?? 0);

async function load(message, block) {
  const { raw } = await getJson(`messages/${encodeURIComponent(message.id)}`, { raw: true });
  const record = typeof raw === 'string' ? JSON.parse(raw) : raw;
  const before = message.blocks.slice(0, message.blocks.indexOf(block)).reduce((sum, b) => sum + countOf(b), 0);
  return sources(record?.message?.content ?? record).slice(before, before + countOf(block)).filter(Boolean);
}

/**
 * The images of a block: small ones at once, others behind a button.
 * @param {object} message
 * @param {object} block of the message, "image" or a "tool_result" with `images`
 */
export function imagesOf(message, block) {
  const box = h('div', { class: 'images' });
  const facts = [block.media_type, block.type === 'image' && block.size_bytes ? bytes(block.size_bytes) : ''].filter(Boolean).join(', ');
  const show = async () => {
    chip.disabled = true;
    try {
      const found = await load(message, block);
      fill(box, found.length ? found.map((src, i) => h('img', { src, alt: `Image ${i + 1} of this message`, title: facts, class: 'image' }))
        : h('p', { class: 'dim small' }, 'The image is not in the transcript.'));
    } catch (error) {
      chip.disabled = false;
      fill(box, chip, h('p', { class: 'warn' }, error.message));
    }
  };
  const chip = button({ class: 'chip', onclick: show }, icon('image'), `Show ${plural(countOf(block), 'image')}`);
  fill(box, chip, facts ? h('span', { class: 'dim' }, facts) : null);
  if (block.type === 'image' && block.size_bytes <= AT_ONCE && SAFE.test(block.media_type)) show();
  return box;
}
