/**
 * Titles of sessions, fetched in batches as they come into view and kept.
 *
 * Hits name only the session's id; a list of hits reads better with titles.
 */

import { getJson } from './api.js';
import { titleText } from './format.js';

const BATCH = 32;
const known = new Map();
let queue = new Set();
let timer = 0;
let off = false;

/** The title when it is known, else undefined. */
export const titleOf = (session) => known.get(session);

/** Remember what another request told us. */
export function learn(sessions) {
  for (const s of sessions) known.set(s.id, titleText(s.title));
}

function show(ids) {
  for (const node of document.querySelectorAll('[data-title-of]')) {
    if (ids.has(node.dataset.titleOf)) node.textContent = known.get(node.dataset.titleOf) || '';
  }
}

async function ask() {
  const ids = [...queue].slice(0, BATCH);
  queue = new Set([...queue].slice(BATCH));
  try {
    const reply = await getJson('sessions', { session: ids, limit: BATCH });
    learn(reply.sessions ?? []);
    for (const id of ids) if (!known.has(id)) known.set(id, '');
    show(new Set(ids));
  } catch {
    off = true; // the page reads well without titles
    setTimeout(() => { off = false; }, 30e3);
    queue.clear();
  }
  if (queue.size) timer = setTimeout(ask, 0);
  else timer = 0;
}

/** Fetch the title of a session and put it in every node with `data-title-of` of that id. */
export function wantTitle(session) {
  if (off || known.has(session)) return;
  queue.add(session);
  timer ||= setTimeout(ask, 60);
}
