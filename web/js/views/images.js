/**
 * Images of a message: taken from its source line on demand and shown as data, never fetched
 * from elsewhere.
 */

import { getJson } from '../lib/api.js';
import { button, h } from '../lib/dom.js';
import { plural } from '../lib/format.js';
import { icon } from '../lib/icons.js';

const SAFE = /^image\/(?:png|jpeg|gif|webp)$/;

/** All base64 image sources inside a record, at any depth. */
function sources(value, found = [], depth = 0) {
  if (value === null || typeof value !== 'object' || depth > 12) return found;
  const { source } = value;
  if (value.type === 'image' && source && SAFE.test(source.media_type) && typeof source.data === 'string'
    && /^[A-Za-z0-9+/=\s]*$/.test(source.data)) found.push(`data:${source.media_type};base64,${source.data}`);
  else for (const inner of Object.values(value)) sources(inner, found, depth + 1);
  return found;
}

/** A button that becomes the images of the message. */
export function imagesOf(message, n) {
  const box = h('div', { class: 'images' });
  const show = button({ class: 'chip', onclick: async () => {
    show.disabled = true;
    try {
      const { raw } = await getJson(`messages/${encodeURIComponent(message.id)}`, { raw: true });
      const record = typeof raw === 'string' ? JSON.parse(raw) : raw;
      const found = sources(record?.message?.content ?? record);
      box.replaceChildren(...found.map((src, i) => h('img', { src, alt: `Image ${i + 1} of this message`, class: 'image' })));
      if (!found.length) box.replaceChildren(h('p', { class: 'dim' }, 'The image is not in the transcript.'));
    } catch (error) {
      show.disabled = false;
      box.append(h('p', { class: 'warn' }, error.message));
    }
  } }, icon('image'), `Show ${plural(n, 'image')}`);
  box.append(show);
  return box;
}
